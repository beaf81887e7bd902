//! The list of activities as a page shows it: what was asked for, the rows, and what they add up to.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::filter::{decoded, pairs};
use super::{BulkDone, Filter, Kind, Summary};
use crate::FieldErrors;
use crate::list::{Page, PageRequest};

/// What a list is sorted by. What is not known comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// The latest start first.
    #[default]
    Newest,
    /// The earliest start first.
    Oldest,
    /// The longest way first.
    Distance,
    /// The longest time in motion first.
    Duration,
    /// The fastest first.
    Speed,
    /// The highest mean heart rate first.
    HeartRate,
    /// The most climb first.
    Climb,
    /// The highest load first.
    Load,
}

impl Sort {
    /// All of them.
    pub const ALL: [Self; 8] = [Self::Newest, Self::Oldest, Self::Distance, Self::Duration, Self::Speed, Self::HeartRate, Self::Climb, Self::Load];

    /// The name in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Distance => "distance",
            Self::Duration => "duration",
            Self::Speed => "speed",
            Self::HeartRate => "heart_rate",
            Self::Climb => "climb",
            Self::Load => "load",
        }
    }

    /// From the name in addresses; nonsense is the usual one.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        Self::ALL.into_iter().find(|sort| sort.code() == code).unwrap_or_default()
    }

    /// What the choice says.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Newest => "Newest first",
            Self::Oldest => "Oldest first",
            Self::Distance => "Longest distance first",
            Self::Duration => "Longest time first",
            Self::Speed => "Fastest first",
            Self::HeartRate => "Highest heart rate first",
            Self::Climb => "Most climb first",
            Self::Load => "Highest load first",
        }
    }

    /// Whether it is by time, so that weeks follow one another.
    #[must_use]
    pub const fn is_by_time(self) -> bool {
        matches!(self, Self::Newest | Self::Oldest)
    }
}

/// Which page of which list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ListRequest {
    /// What is let in.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// From where on.
    pub page: PageRequest,
}

impl ListRequest {
    /// What an address asks for, after its question mark; what cannot be read of it is left out, and named in the errors.
    #[must_use]
    pub fn of_query(query: &str) -> (Self, FieldErrors) {
        let fields = decoded(query);
        let field = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, text)| text.as_str());
        let (filter, errors) = Filter::read(pairs(&fields));
        (Self { filter, sort: Sort::parse(field("sort").unwrap_or_default()), page: PageRequest::parse(field("after")) }, errors)
    }

    /// The address of the first page of it: `/activities?sport=run&sort=distance`.
    #[must_use]
    pub fn address(&self) -> String {
        address(&self.filter, self.sort)
    }
}

/// The address of a list.
#[must_use]
pub fn address(filter: &Filter, sort: Sort) -> String {
    let mut query = filter.query();
    if sort != Sort::default() {
        query = format!("{query}{}sort={}", if query.is_empty() { "" } else { "&" }, sort.code());
    }
    if query.is_empty() { "/activities".to_owned() } else { format!("/activities?{query}") }
}

/// What some activities add up to. What is of no possible day is counted, and added to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Sums {
    /// How many they are.
    pub count: u32,
    /// Metres.
    pub distance_m: f64,
    /// Seconds in motion.
    pub moving_s: f64,
    /// Seconds of those of which a distance is known.
    pub moving_with_distance_s: f64,
    /// Metres climbed.
    pub elevation_gain_m: f64,
    /// Training impulses.
    pub trimp: f64,
}

impl std::ops::AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.count += other.count;
        self.distance_m += other.distance_m;
        self.moving_s += other.moving_s;
        self.moving_with_distance_s += other.moving_with_distance_s;
        self.elevation_gain_m += other.elevation_gain_m;
        self.trimp += other.trimp;
    }
}

/// What the activities of a week add up to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListWeek {
    /// Its first day.
    pub first_day: NaiveDate,
    /// By kind, the most frequent first.
    pub kinds: Vec<(Kind, Sums)>,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListRow {
    /// What lists of activities show.
    pub summary: Summary,
    /// What it is called.
    pub kind: Kind,
    /// The athlete's words for it.
    pub tags: Vec<String>,
    /// Whether the sport is our guess.
    pub guessed: bool,
    /// Whether nobody else sees it.
    pub hidden: bool,
}

/// The list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActivityList {
    /// A page of it, of [`PAGE_SIZE`](super::PAGE_SIZE).
    pub page: Page<ListRow>,
    /// What all that the filter lets in adds up to, by kind, the most frequent first.
    pub kinds: Vec<(Kind, Sums)>,
    /// The weeks of the page's rows, with all that the filter lets in of each; none where the list is not by time.
    pub weeks: Vec<ListWeek>,
    /// How many activities there are, whatever the filter.
    pub of: u32,
}

impl ActivityList {
    /// What all that the filter lets in adds up to.
    #[must_use]
    pub fn all(&self) -> Sums {
        total(&self.kinds)
    }
}

/// What kinds add up to together.
#[must_use]
pub fn total(kinds: &[(Kind, Sums)]) -> Sums {
    let mut all = Sums::default();
    for (_, sums) in kinds {
        all += *sums;
    }
    all
}

/// A filter that an athlete keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedFilter {
    /// Which.
    pub id: Uuid,
    /// What the athlete calls it.
    pub name: String,
    /// Its filter and order, as an address has them.
    pub query: String,
}

/// Filters that one athlete can keep.
pub const MAX_SAVED_FILTERS: usize = 50;
/// Characters of the name of one.
pub const MAX_FILTER_NAME: usize = 60;

/// Everything that the page of the list shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListView {
    /// The list.
    pub list: ActivityList,
    /// Today where the athlete lives.
    pub today: NaiveDate,
    /// The filters that the athlete keeps, by name.
    pub saved: Vec<SavedFilter>,
    /// Shoes and bicycles in use.
    pub gear: Vec<String>,
    /// What was just done to several activities.
    pub done: Option<BulkDone>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_listed() {
        let (request, errors) = ListRequest::of_query("sport=run&sort=distance&after=5_01900000-0000-7000-8000-000000000000&q=a+b&from=x");
        assert_eq!((request.sort, request.page.after_number_and_id().map(|(n, _)| n)), (Sort::Distance, Some(5)));
        assert!(errors.get("from").is_some());
        assert_eq!(request.address(), "/activities?sport=run&q=a%20b&sort=distance");
        assert_eq!(ListRequest::default().address(), "/activities");
        for sort in Sort::ALL {
            assert_eq!(Sort::parse(sort.code()), sort);
        }
    }
}

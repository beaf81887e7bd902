//! What the list filters, sorts and adds up: all activities of an athlete, sixty bytes each, as the database packs them by month (migration 0061).
//!
//! One statement reads them along the primary key of `activity_months`, whatever the filter; days of a filter leave months out. That is less work than an
//! index for each condition, which would serve that one alone, and neither totals nor combinations. The lines with gear, tags and words are read only if
//! the filter asks for them. Then the rows of one page are read by their ids.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{Days, NaiveDate, TimeDelta};
use domain::activities::{Filter, Kind, ListWeek, Sort, Sums};
use domain::units::Units;
use uuid::Uuid;

/// Bytes of an activity.
const BYTES: usize = 60;
/// What began this close to where another one began is near it, in metres.
const NEAR_M: f64 = 1000.0;
/// Metres of a hundred-thousandth of a degree of latitude.
const STEP_M: f64 = 1.111_95;

/// The activities of a month, as they are stored.
pub(crate) struct Month {
    pub(crate) facts: Vec<u8>,
    /// A line of each, empty if the filter does not ask for them.
    pub(crate) words: String,
}

/// An activity. Numbers are in whole parts of their unit, −1 where they are not known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listed {
    pub(crate) id: Uuid,
    /// Microseconds since 1970.
    started_us: i64,
    /// Days since 1970.
    day: i32,
    distance_dm: i32,
    moving_ds: i32,
    hr_tenths: i32,
    climb_dm: i32,
    load_tenths: i32,
    /// Hundred-thousandths of a degree north of the south pole.
    latitude: i32,
    /// The same, east of 180° west.
    longitude: i32,
    kind: u16,
    flags: u16,
}

impl Listed {
    fn unpack(bytes: &[u8; BYTES]) -> Self {
        let four = |at: usize| i32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let two = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
        let mut id = [0; 16];
        id.copy_from_slice(&bytes[..16]);
        let mut started = [0; 8];
        started.copy_from_slice(&bytes[16..24]);
        Self {
            id: Uuid::from_bytes(id),
            started_us: i64::from_be_bytes(started),
            day: four(24),
            distance_dm: four(28),
            moving_ds: four(32),
            hr_tenths: four(36),
            climb_dm: four(40),
            load_tenths: four(44),
            latitude: four(48),
            longitude: four(52),
            kind: two(56),
            flags: two(58),
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        Kind::ALL.get(usize::from(self.kind)).copied().unwrap_or(Kind::Other)
    }

    /// Whether its day is a possible one.
    pub(crate) const fn counts(&self) -> bool {
        self.flags & 1 != 0
    }

    /// Its local day.
    pub(crate) fn local_day(&self) -> NaiveDate {
        day_since_1970(self.day)
    }

    pub(crate) fn sums(&self) -> Sums {
        if !self.counts() {
            return Sums { count: 1, ..Sums::default() };
        }
        let number = |tenths: i32| f64::from(tenths.max(0)) / 10.0;
        let moving_s = number(self.moving_ds);
        Sums {
            count: 1,
            distance_m: number(self.distance_dm),
            moving_s,
            moving_with_distance_s: if self.distance_dm > 0 { moving_s } else { 0.0 },
            elevation_gain_m: number(self.climb_dm),
            trimp: number(self.load_tenths),
        }
    }

    /// Its place in a list, the largest first.
    pub(crate) fn key(&self, sort: Sort) -> i64 {
        i64::from(match sort {
            Sort::Newest => return self.started_us,
            Sort::Oldest => return -self.started_us,
            Sort::Distance => self.distance_dm,
            Sort::Duration => self.moving_ds,
            Sort::Speed if self.distance_dm > 0 && self.moving_ds > 0 => return i64::from(self.distance_dm) * 100_000 / i64::from(self.moving_ds),
            Sort::Speed => -1,
            Sort::HeartRate => self.hr_tenths,
            Sort::Climb => self.climb_dm,
            Sort::Load => self.load_tenths,
        })
    }
}

/// What a filter asks of an activity, made ready to ask of many.
pub(crate) struct Question {
    kinds: u32,
    from: i32,
    to: i32,
    filter: Filter,
    /// A tag between commas, and words in lower case.
    tag: Option<String>,
    text: Option<String>,
    near: Option<(i32, i32)>,
}

fn days_since_1970(day: NaiveDate) -> i32 {
    i32::try_from(day.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or(0)
}

fn day_since_1970(day: i32) -> NaiveDate {
    NaiveDate::default().checked_add_signed(TimeDelta::days(i64::from(day))).unwrap_or_default()
}

impl Question {
    /// Of a filter, with the place where the activity of `near` began: degrees north and east.
    pub(crate) fn new(filter: &Filter, near: Option<(f64, f64)>) -> Self {
        let kinds = if filter.kinds.is_empty() { u32::MAX } else { filter.kinds.iter().fold(0, |set, kind| set | 1 << *kind as u32) };
        let steps = |degrees: f64, offset: f64| ((degrees + offset) * 1e5).round() as i32;
        Self {
            kinds,
            from: filter.from.map_or(i32::MIN, days_since_1970),
            to: filter.to.map_or(i32::MAX, days_since_1970),
            tag: filter.tag.as_ref().map(|tag| format!(",{tag},")),
            text: filter.text.as_ref().map(|text| text.to_lowercase()),
            near: near.map(|(latitude, longitude)| (steps(latitude, 90.0), steps(longitude, 180.0))),
            filter: filter.clone(),
        }
    }

    /// Whether the lines with gear, tags and words are needed.
    pub(crate) fn needs_words(filter: &Filter) -> bool {
        filter.tag.is_some() || filter.gear.is_some() || filter.text.is_some()
    }

    fn lets_in(&self, listed: &Listed, line: &str) -> bool {
        let known = |tenths: i32| (tenths >= 0).then(|| f64::from(tenths) / 10.0);
        let Filter { distance_m, moving_s, hr_bpm, gear, near, .. } = &self.filter;
        self.kinds & 1 << listed.kind.min(31) != 0
            && (self.from..=self.to).contains(&listed.day)
            && distance_m.holds(known(listed.distance_dm))
            && moving_s.holds(known(listed.moving_ds))
            && hr_bpm.holds(known(listed.hr_tenths))
            && (near.is_none() || self.is_near(listed))
            && (gear.is_none() && self.tag.is_none() && self.text.is_none() || self.line_fits(line))
    }

    fn is_near(&self, listed: &Listed) -> bool {
        let Some((latitude, longitude)) = self.near.filter(|_| listed.latitude >= 0 && listed.longitude >= 0) else { return false };
        let north = f64::from(listed.latitude - latitude) * STEP_M;
        // The shorter way round the globe.
        let around = f64::from(longitude.abs_diff(listed.longitude).min(36_000_000u32.saturating_sub(longitude.abs_diff(listed.longitude))));
        let east = around * STEP_M * (f64::from(latitude) / 1e5 - 90.0).to_radians().cos();
        north.hypot(east) <= NEAR_M
    }

    fn line_fits(&self, line: &str) -> bool {
        let mut parts = line.splitn(3, '\t');
        let mut next = || parts.next().unwrap_or_default();
        let (gear, tags, words) = (next(), next(), next());
        self.filter.gear.as_ref().is_none_or(|wanted| wanted == gear)
            && self.tag.as_ref().is_none_or(|tag| tags.contains(tag.as_str()))
            && self.text.as_ref().is_none_or(|text| has(words, text))
    }

    /// The activities that it lets in, in their stored order: the newest first, if the months are.
    pub(crate) fn select(&self, months: &[Month]) -> Vec<Listed> {
        let mut selected = Vec::new();
        for month in months {
            let mut lines = month.words.split('\n');
            let (records, _) = month.facts.as_chunks::<BYTES>();
            for record in records {
                let (listed, line) = (Listed::unpack(record), lines.next().unwrap_or_default());
                if self.lets_in(&listed, line) {
                    selected.push(listed);
                }
            }
        }
        selected
    }
}

/// Whether words have a text in lower case. A database without a locale has lowered the letters of ASCII only.
fn has(words: &str, text: &str) -> bool {
    words.contains(text) || !words.is_ascii() && words.to_lowercase().contains(text)
}

/// The activities of a page, in its order: `limit` of them after a place.
pub(crate) fn page(selected: &[Listed], sort: Sort, after: Option<(i64, Uuid)>, limit: usize) -> Vec<Listed> {
    let place = |listed: &Listed| Reverse((listed.key(sort), listed.id));
    let mut rest: Vec<Listed> = selected.iter().filter(|listed| after.is_none_or(|after| place(listed) > Reverse(after))).copied().collect();
    if rest.len() > limit {
        rest.select_nth_unstable_by_key(limit, place);
        rest.truncate(limit);
    }
    rest.sort_unstable_by_key(place);
    rest
}

/// What activities add up to by kind, the most frequent first.
pub(crate) fn sums<'a>(selected: impl Iterator<Item = &'a Listed>) -> Vec<(Kind, Sums)> {
    let mut by_kind = [Sums::default(); Kind::ALL.len()];
    for listed in selected {
        by_kind[listed.kind() as usize] += listed.sums();
    }
    let mut sums: Vec<(Kind, Sums)> = Kind::ALL.into_iter().zip(by_kind).filter(|(_, sums)| sums.count > 0).collect();
    sums.sort_by_key(|(_, sums)| Reverse(sums.count));
    sums
}

/// The weeks of a page, in its order, with what all that is selected adds up to in each.
pub(crate) fn weeks(selected: &[Listed], page: &[Listed], units: Units) -> Vec<ListWeek> {
    let mut firsts: Vec<NaiveDate> = page.iter().map(|listed| units.week_of(day_since_1970(listed.day))).collect();
    firsts.dedup();
    let mut wanted: Vec<(i32, Vec<&Listed>)> = firsts.iter().map(|day| (days_since_1970(*day), Vec::new())).collect();
    wanted.sort_unstable_by_key(|(day, _)| *day);
    wanted.dedup_by_key(|(day, _)| *day);
    for listed in selected {
        let after = wanted.partition_point(|(first, _)| *first <= listed.day);
        if let Some((first, of_week)) = after.checked_sub(1).and_then(|n| wanted.get_mut(n))
            && listed.day - *first < 7
        {
            of_week.push(listed);
        }
    }
    let of_week = |first: NaiveDate| wanted.iter().find(|(day, _)| *day == days_since_1970(first)).map(|(_, of_week)| sums(of_week.iter().copied()));
    firsts.into_iter().map(|first_day| ListWeek { first_day, kinds: of_week(first_day).unwrap_or_default() }).collect()
}

/// By the name of gear: whether most with it were rides, what those with it add up to, and their last day.
pub(crate) fn by_gear(months: &[Month]) -> HashMap<String, (bool, Sums, NaiveDate)> {
    let mut found: HashMap<&str, (i64, Sums, i32)> = HashMap::new();
    for month in months {
        let (records, _) = month.facts.as_chunks::<BYTES>();
        for (record, line) in records.iter().zip(month.words.split('\n')) {
            let listed = Listed::unpack(record);
            let Some(gear) = line.split('\t').next().filter(|gear| !gear.is_empty()) else { continue };
            let (rides, sums, last) = found.entry(gear).or_insert((0, Sums::default(), i32::MIN));
            *rides += if listed.kind() == Kind::Ride { 1 } else { -1 };
            *sums += listed.sums();
            *last = (*last).max(listed.day);
        }
    }
    found.into_iter().map(|(gear, (rides, sums, last))| (gear.to_owned(), (rides > 0, sums, day_since_1970(last)))).collect()
}

/// The months of the starts, in UTC, of activities of these days: a day has begun a day earlier, or ends a day later, elsewhere on the globe.
pub(crate) fn months_of(filter: &Filter) -> (NaiveDate, NaiveDate) {
    let first_of_month = |day: NaiveDate| chrono::Datelike::with_day(&day, 1).unwrap_or(day);
    let all = (NaiveDate::from_ymd_opt(1800, 1, 1).unwrap_or(NaiveDate::MIN), NaiveDate::from_ymd_opt(2300, 1, 1).unwrap_or(NaiveDate::MAX));
    let from = filter.from.and_then(|day| day.checked_sub_days(Days::new(2))).map_or(all.0, first_of_month);
    let to = filter.to.and_then(|day| day.checked_add_days(Days::new(2))).map_or(all.1, first_of_month);
    (from, to)
}

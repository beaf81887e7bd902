//! Fitness over time, capacity, records.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Assumed, Kind, SPORTS};

/// How much of the past the fitness chart shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FitnessRange {
    /// Ninety days.
    Quarter,
    /// Half a year.
    #[default]
    Season,
    /// A year.
    Year,
    /// From the first load on.
    All,
}

impl FitnessRange {
    /// From the shortest to the longest.
    pub const ALL: [Self; 4] = [Self::Quarter, Self::Season, Self::Year, Self::All];

    /// As an address has it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Quarter => "quarter",
            Self::Season => "season",
            Self::Year => "year",
            Self::All => "all",
        }
    }

    /// On its button.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Quarter => "90 d",
            Self::Season => "Half year",
            Self::Year => "Year",
            Self::All => "All",
        }
    }

    /// The range that an address asks for; half a year if it asks for none that there is.
    #[must_use]
    pub fn parse(key: &str) -> Self {
        Self::ALL.into_iter().find(|range| range.key() == key).unwrap_or_default()
    }

    /// Days of the past with today; `None` for all.
    #[must_use]
    pub const fn days(self) -> Option<u32> {
        match self {
            Self::Quarter => Some(91),
            Self::Season => Some(181),
            Self::Year => Some(366),
            Self::All => None,
        }
    }
}

/// What activities of a stored sport are called: `Rides`.
#[must_use]
pub fn sport_plural(sport: &str) -> &'static str {
    match Kind::of(None, sport, None) {
        Kind::Other => "Other sports",
        kind => kind.plural(),
    }
}

/// What the address asks of the performance page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PerformanceQuery {
    /// What of the past the chart shows.
    pub range: FitnessRange,
    /// Whether the athlete's own time constants are asked for.
    pub own: bool,
    /// The stored sport whose loads alone make the curves; all sports without one.
    pub sport: Option<String>,
}

impl PerformanceQuery {
    /// From the fields of an address: a range, `own`, and a sport. What is none of these is as without it.
    #[must_use]
    pub fn of(range: &str, constants: &str, sport: &str) -> Self {
        let sport = SPORTS.into_iter().find(|(code, _)| *code == sport).map(|(code, _)| code.to_owned());
        Self { range: FitnessRange::parse(range), own: constants == "own", sport }
    }

    /// The address of the page.
    #[must_use]
    pub fn address(&self) -> String {
        let own = if self.own { "&constants=own" } else { "" };
        let sport = self.sport.as_ref().map(|sport| format!("&sport={sport}")).unwrap_or_default();
        format!("/performance?range={}{own}{sport}", self.range.key())
    }
}

/// Load, fitness, fatigue and form of one day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PmcDay {
    /// Which day.
    pub day: NaiveDate,
    /// Training impulse of the day.
    pub load: f64,
    /// Chronic training load: 42-day exponential average.
    pub fitness: f64,
    /// Acute training load: 7-day exponential average.
    pub fatigue: f64,
    /// Training stress balance: yesterday's fitness minus yesterday's fatigue.
    pub form: f64,
}

/// The last seven days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Week {
    /// Training impulse.
    pub load: f64,
    /// Change of fitness.
    pub ramp: Option<f64>,
    /// Mean over standard deviation of the days (Foster).
    pub monotony: Option<f64>,
    /// Load times monotony.
    pub strain: Option<f64>,
}

/// A predicted race.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Metres.
    pub distance_m: f64,
    /// Seconds.
    pub seconds: f64,
    /// Fast end of the 90 % range.
    pub low_s: f64,
    /// Slow end of the 90 % range.
    pub high_s: f64,
}

/// What the athlete could do, from the best efforts of the last 90 days.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Capacity {
    /// Critical speed in m/s; nothing unless efforts of several days agree.
    pub critical_speed_mps: Option<f64>,
    /// Its 90 % range in m/s.
    pub critical_speed_range: Option<(f64, f64)>,
    /// D′ in metres.
    pub d_prime_m: Option<f64>,
    /// The efforts behind it: seconds and metres.
    pub curve: Vec<(f64, f64)>,
    /// VDOT of the best effort, and that effort: metres, seconds, day.
    pub vdot: Option<(f64, f64, f64, NaiveDate)>,
    /// Races.
    pub predictions: Vec<Prediction>,
    /// The efforts that the predictions rest on, the longest first.
    pub behind: Vec<Record>,
    /// Median estimate of `VO₂max` in ml/kg/min over the last 42 days, and the number of runs behind it.
    pub vo2max: Option<(f64, u32)>,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Metres.
    pub distance_m: f64,
    /// Seconds.
    pub elapsed_s: f64,
    /// The activity it was set in.
    pub activity: Uuid,
    /// That activity's name.
    pub title: String,
    /// When.
    pub day: NaiveDate,
}

/// The best of a year over a distance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct YearRecord {
    /// Metres.
    pub distance_m: f64,
    /// The year.
    pub year: i32,
    /// Seconds.
    pub elapsed_s: f64,
    /// The activity it was set in.
    pub activity: Uuid,
}

/// What an activity was the most of its sport in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Most {
    /// Metres.
    Distance,
    /// Moving seconds.
    Time,
    /// Metres of climb.
    Climb,
    /// Metres per second, moving, over a distance that says something.
    Speed,
}

/// The activity that was the most of its sport.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MostOf {
    /// In what.
    pub what: Most,
    /// How much, in the unit of [`Most`].
    pub value: f64,
    /// The activity.
    pub activity: Uuid,
    /// Its name.
    pub title: String,
    /// When.
    pub day: NaiveDate,
}

/// What the activities of a sport other than running were the most in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SportRecords {
    /// The stored sport.
    pub sport: String,
    /// How many activities there are of it.
    pub activities: u32,
    /// What they were the most in.
    pub most: Vec<MostOf>,
}

/// A year up to today's day of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Season {
    /// The year.
    pub year: i32,
    /// Fitness at the end of each week: the day of the year, and the value.
    pub weeks: Vec<(u16, f32)>,
    /// Runs.
    pub runs: u32,
    /// Metres run.
    pub distance_m: f64,
    /// Seconds run.
    pub moving_s: f64,
    /// Elevation gain of the runs in metres.
    pub elevation_gain_m: f64,
    /// The highest fitness, and its day.
    pub peak: Option<(f64, NaiveDate)>,
}

/// A time constant in days with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TimeConstant {
    /// The best one.
    pub days: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The athlete's own time constants, as far as the runs tell them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OwnConstants {
    /// How many more days with a run are wanted; 0 if there are enough.
    pub wanted: u32,
    /// Days with runs that counted.
    pub runs: u32,
    /// Of fitness; `None` if the runs do not tell.
    pub fitness: Option<TimeConstant>,
    /// Of fatigue.
    pub fatigue: Option<TimeConstant>,
}

impl OwnConstants {
    /// Both in days, if both are told.
    #[must_use]
    pub fn days(&self) -> Option<(f64, f64)> {
        self.fitness.zip(self.fatigue).map(|(fitness, fatigue)| (fitness.days, fatigue.days))
    }
}

/// Everything that the performance page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Performance {
    /// What was asked; the sport is one that there are loads of, or none.
    pub query: PerformanceQuery,
    /// The stored sports with loads in what the curves rest on, those with most load first.
    pub sports: Vec<String>,
    /// One entry per day, from the range before to six weeks past today; of more than 400 days, every second or more. Empty without any load.
    pub balance: Vec<PmcDay>,
    /// The last day with a load.
    pub last_load: Option<NaiveDate>,
    /// Today.
    pub today: NaiveDate,
    /// The last seven days.
    pub week: Option<Week>,
    /// Estimated capacity.
    pub capacity: Capacity,
    /// Records.
    pub records: Vec<Record>,
    /// The best of each of the last years over each distance.
    pub by_year: Vec<YearRecord>,
    /// The farthest run in each of some durations, the shortest first.
    pub by_duration: Vec<Record>,
    /// The longest run of each year that has one, the latest first.
    pub longest: Vec<YearRecord>,
    /// Records of other sports, the most frequent first.
    pub other_sports: Vec<SportRecords>,
    /// This year and the last one, up to the same day.
    pub seasons: Vec<Season>,
    /// The athlete's own time constants, if they are asked for. The chart has them if both are told.
    pub own: Option<OwnConstants>,
    /// What loads and `VO₂max` assume of the athlete today.
    pub assumed: Assumed,
    /// Whether days after today have the load that is planned; otherwise they are days without training.
    pub planned: bool,
}

/// Why activities are recomputed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecomputeReason {
    /// The athlete's thresholds changed.
    Thresholds,
    /// The athlete's time zone changed, in which recordings without one are dated.
    TimeZone,
    /// A new version of Legwork computes something better.
    Formulas,
    /// What the activities are made of changed: an edit, an undo, a merge.
    Edits,
}

impl RecomputeReason {
    const ALL: [Self; 4] = [Self::Thresholds, Self::TimeZone, Self::Formulas, Self::Edits];

    /// As it is stored.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Thresholds => "thresholds",
            Self::TimeZone => "time_zone",
            Self::Formulas => "formulas",
            Self::Edits => "edits",
        }
    }

    /// The reason with this key.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.key() == key)
    }

    /// The sentence that says so.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Thresholds => "Your thresholds changed.",
            Self::TimeZone => "Your time zone changed.",
            Self::Formulas => "The formulas got better.",
            Self::Edits => "What they are made of changed.",
        }
    }
}

/// A task that recomputes activities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recompute {
    /// The task.
    pub id: Uuid,
    /// Why.
    pub reason: RecomputeReason,
    /// Activities in all.
    pub total: u32,
    /// Activities done.
    pub done: u32,
    /// Activities that could not be recomputed and keep their old metrics.
    pub failed: u32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Whether it is finished.
    pub finished: bool,
    /// Whether the athlete cancelled it.
    pub cancelled: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_of_the_page_is_its_address() {
        let asked = PerformanceQuery::of("year", "own", "cycling");
        assert_eq!(asked.address(), "/performance?range=year&constants=own&sport=cycling");
        assert_eq!(PerformanceQuery::of("x", "", "flying"), PerformanceQuery::default());
        assert_eq!((PerformanceQuery::default().address().as_str(), sport_plural("cycling")), ("/performance?range=season", "Rides"));
    }
}

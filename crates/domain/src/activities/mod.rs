//! Activities as the pages show them.

mod analysis;
mod assumed;
mod bulk;
pub mod comparison;
mod edit;
mod filter;
mod form;
mod gear;
mod insight;
mod kind;
mod listing;
mod perception;
mod performance;
mod repairs;
mod sport;
mod tags;
mod thresholds;
mod trend;

pub use analysis::{Caveat, Unusable};
pub use assumed::Assumed;
pub use bulk::{BulkAction, BulkDone, BulkEdit, MAX_BULK, read_ids};
pub use edit::{ActivityUpdate, MAX_DESCRIPTION, ManualActivity, SPORTS, Start, TimeRange, sport_name};
pub use filter::{Chip, Filter, Span};
pub use form::{FORM_IS, FormState};
pub use gear::{Gear, GearEdit, GearKind, MAX_GEAR, MAX_GEAR_NAME};
pub use insight::Insight;
pub use kind::Kind;
pub use listing::{
    ActivityList, ListRequest, ListRow, ListView, ListWeek, MAX_FILTER_NAME, MAX_SAVED_FILTERS, SavedFilter, Sort, Sums, address, total,
};
pub use perception::{EFFORTS, LEGS, MAX_FELT, MOODS, Perception};
pub use performance::{
    Capacity, FitnessRange, Most, MostOf, OwnConstants, Performance, PerformanceQuery, PmcDay, Prediction, Recompute, RecomputeReason, Record,
    Season, SportRecords, TimeConstant, Week, YearRecord, sport_plural,
};
pub use repairs::{corrected_throughout, describe_repair, summarise_repairs};
pub use sport::SportStyle;
pub use tags::{MAX_TAG, MAX_TAGS, read_tag, read_tags};
pub use thresholds::{DatedThresholds, FoundMaximum, FoundNumber, FoundThresholds, Thresholds, read_birth_year};
pub use trend::{MIN_TREND_DAYS, MIN_TREND_RUNS, TrendEstimate};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use comparison::Comparison;

/// One row of the activity list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The activity.
    pub id: Uuid,
    /// `running`, `cycling` …
    pub sport: String,
    /// Its title.
    pub title: String,
    /// The day it counts for, where the athlete was.
    pub day: NaiveDate,
    /// Local time at the start.
    pub local_start: NaiveDateTime,
    /// The instant of the start.
    pub started_at: DateTime<Utc>,
    /// Metres.
    pub distance_m: Option<f64>,
    /// Seconds.
    pub moving_s: Option<f64>,
    /// Seconds.
    pub elapsed_s: Option<f64>,
    /// Elevation gain in metres.
    pub elevation_gain_m: Option<f64>,
    /// Beats per minute.
    pub avg_hr_bpm: Option<f64>,
    /// Seconds per kilometre on the flat for the same effort.
    pub gap_s_per_km: Option<f64>,
    /// Metres per heartbeat, graded.
    pub efficiency_factor: Option<f64>,
    /// Per cent.
    pub decoupling_pct: Option<f64>,
    /// Banister's training impulse.
    pub trimp: Option<f64>,
    /// The route's shape in a unit square, x to the east and y to the south; empty without positions.
    pub route_preview: Vec<(f32, f32)>,
}

impl Summary {
    /// Moving seconds per kilometre.
    #[must_use]
    pub fn pace_s_per_km(&self) -> Option<f64> {
        let (s, m) = (self.moving_s?, self.distance_m?);
        (m > 0.0).then(|| s / m * 1000.0)
    }
}

/// Activities on a page of the list.
pub const PAGE_SIZE: u32 = 25;

/// One row of the splits table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Metres: the length of a split, less for the last one.
    pub distance_m: f64,
    /// Seconds.
    pub moving_s: f64,
    /// Seconds per kilometre.
    pub gap_s_per_km: Option<f64>,
    /// Beats per minute.
    pub avg_hr_bpm: Option<f64>,
    /// Elevation gain in metres.
    pub elevation_gain_m: Option<f64>,
}

/// A lap.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Lap {
    /// Seconds from the start.
    pub start_s: f64,
    /// Seconds, stops included.
    pub elapsed_s: f64,
    /// Seconds in motion.
    pub moving_s: f64,
    /// Metres.
    pub distance_m: Option<f64>,
    /// Seconds per kilometre.
    pub gap_s_per_km: Option<f64>,
    /// Beats per minute.
    pub avg_hr_bpm: Option<f64>,
    /// Beats per minute.
    pub max_hr_bpm: Option<f64>,
    /// Elevation gain in metres.
    pub elevation_gain_m: Option<f64>,
    /// Marked as recovery, or rest at the wall of a pool.
    pub rest: bool,
    /// Strokes in a pool.
    pub strokes: Option<f64>,
    /// SWOLF: seconds plus strokes per length, on average.
    pub swolf: Option<f64>,
    /// The swimming stroke.
    pub stroke: Option<String>,
}

/// A climb, with its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClimbRow {
    /// Metres from the start to its foot.
    pub from_m: f64,
    /// Metres from the start to its top.
    pub to_m: f64,
    /// Elevation gain in metres.
    pub elevation_gain_m: f64,
    /// Mean grade: rise over the way, 0.05 for 5 %.
    pub grade: f64,
    /// Seconds in motion.
    pub moving_s: f64,
    /// Seconds per kilometre on the flat for the same effort.
    pub gap_s_per_km: Option<f64>,
    /// Beats per minute.
    pub avg_hr_bpm: Option<f64>,
}

/// An activity on a route.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RoutePoint {
    /// The activity.
    pub id: Uuid,
    /// Its day.
    pub day: NaiveDate,
    /// Metres per heartbeat, graded.
    pub efficiency_factor: Option<f64>,
    /// Moving seconds per kilometre.
    pub pace_s_per_km: Option<f64>,
}

/// A best effort within one activity, and its rank among all of the athlete's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Effort {
    /// Metres.
    pub distance_m: f64,
    /// Seconds, stops included.
    pub elapsed_s: f64,
    /// 1 for the athlete's best ever, up to 3; else `None`.
    pub rank: Option<u8>,
}

/// Another activity that is merged with or split from this one, or could be merged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Related {
    /// The activity.
    pub id: Uuid,
    /// Its name.
    pub title: String,
    /// What recorded it, or the file that it came from.
    pub source: String,
    /// Local time at its start.
    pub local_start: NaiveDateTime,
    /// Metres.
    pub distance_m: Option<f64>,
}

/// A leg of an event of several sports, such as the swim of a triathlon or the transition after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leg {
    /// Its activity.
    pub id: Uuid,
    /// What it is called.
    pub kind: Kind,
    /// The sub-sport as files name it.
    pub sub_sport: Option<String>,
    /// The instant of its start.
    pub started_at: DateTime<Utc>,
    /// Seconds.
    pub elapsed_s: Option<f64>,
    /// Seconds in motion.
    pub moving_s: Option<f64>,
    /// Metres.
    pub distance_m: Option<f64>,
    /// Beats per minute.
    pub avg_hr_bpm: Option<f64>,
}

impl Leg {
    /// Legs of one recording, in order, if they are one event: of more than one sport, each begun soon after the one before it. Otherwise none.
    #[must_use]
    pub fn one_event(legs: Vec<Self>) -> Vec<Self> {
        /// Watches go from one sport to the next at once; a file of a season has hours between.
        const SOON_S: f64 = 900.0;
        let sports = |leg: &Self| (leg.kind != Kind::Transition).then_some(leg.kind.sport());
        let first = legs.iter().find_map(sports);
        let several = legs.iter().filter_map(sports).any(|sport| Some(sport) != first);
        let soon = |pair: &[Self]| {
            let between_s = (pair[1].started_at - pair[0].started_at).num_milliseconds() as f64 / 1000.0 - pair[0].elapsed_s.unwrap_or_default();
            between_s.abs() <= SOON_S
        };
        if several && legs.windows(2).all(soon) { legs } else { Vec::new() }
    }

    /// Seconds from the start of the first to the end of the last.
    #[must_use]
    pub fn together_s(legs: &[Self]) -> Option<f64> {
        let (first, last) = (legs.first()?, legs.last()?);
        Some((last.started_at - first.started_at).num_milliseconds() as f64 / 1000.0 + last.elapsed_s?)
    }
}

/// Where an activity came from and what was done to it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, which the page shows separately")]
pub struct Provenance {
    /// Entered by hand.
    pub manual: bool,
    /// The name of its file.
    pub source_name: String,
    /// Other recordings that were merged into it.
    pub merged: Vec<Related>,
    /// The activity that this one was split from.
    pub split_from: Option<Related>,
    /// What was split off its end and is now an activity of its own.
    pub split_off: Vec<Related>,
    /// Whether a part of the recording is left out.
    pub cropped: bool,
    /// Whether the athlete corrected its date.
    pub dated: bool,
    /// Whether its date is impossible, because a clock was wrong: it counts in no daily total until the athlete corrects it.
    pub impossible_day: bool,
    /// The day on which it was imported, in UTC.
    pub imported: NaiveDate,
    /// Length of the whole recording in seconds.
    pub whole_s: Option<f64>,
    /// Version of the formulas that its metrics were computed with.
    pub formula_version: i32,
    /// Whether its metrics are waiting to be recomputed.
    pub stale: bool,
}

/// Data of the charts and the route: one value per point along the distance, or along the time of a recording without any, downsampled. `None` is a gap.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ChartSeries {
    /// Kilometres from the start; empty for a recording without distance, whose points are at equal times.
    pub km: Vec<f32>,
    /// Seconds from the start.
    pub time_s: Vec<f32>,
    /// Seconds per kilometre.
    pub pace: Vec<Option<f32>>,
    /// Seconds per kilometre on the flat for the same effort.
    pub graded: Vec<Option<f32>>,
    /// Beats per minute.
    pub heart_rate: Vec<Option<f32>>,
    /// Metres.
    pub altitude: Vec<Option<f32>>,
    /// The route in a unit square, x to the east and y to the south.
    pub route: Vec<Option<(f32, f32)>>,
    /// Other measurements along the distance or the time.
    #[serde(default)]
    pub lines: Vec<Line>,
}

/// Another measurement along the distance or the time, downsampled so that its shape stays.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Line {
    /// What was measured.
    pub kind: LineKind,
    /// What the recording calls it, where it has no kind of its own: name and unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<(String, String)>,
    /// Kilometres from the start, or seconds where there is no distance, and the value.
    pub points: Vec<(f32, f32)>,
}

/// The part of an activity that somebody picked in its charts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PickedPart {
    /// Metres from the start, or seconds.
    pub from: f64,
    /// The same.
    pub to: f64,
    /// Whether they are seconds.
    pub timed: bool,
    /// Whether it is drawn by itself.
    pub drawn: bool,
}

/// The numbers of a part of an activity, from the same sums as those of the whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stretch {
    /// Seconds from the start of the recording.
    pub from_s: f64,
    /// Seconds from the start of the recording.
    pub to_s: f64,
    /// Metres from the start; `None` where no distance is known.
    pub from_m: Option<f64>,
    /// Metres.
    pub distance_m: Option<f64>,
    /// Seconds, stops included.
    pub elapsed_s: f64,
    /// Seconds in motion.
    pub moving_s: f64,
    /// Moving seconds per kilometre.
    pub pace_s_per_km: Option<f64>,
    /// Seconds per kilometre on the flat for the same effort; needs altitude.
    pub gap_s_per_km: Option<f64>,
    /// Mean over recorded time, beats per minute.
    pub avg_hr_bpm: Option<f64>,
    /// Highest, beats per minute.
    pub max_hr_bpm: Option<f64>,
    /// Metres per heartbeat, graded; on foot, from a minute on.
    pub efficiency_factor: Option<f64>,
    /// Elevation gain in metres.
    pub elevation_gain_m: Option<f64>,
    /// Elevation loss in metres.
    pub elevation_loss_m: Option<f64>,
    /// Of its halves, per cent; on foot, with ten minutes of heart rate or more.
    pub decoupling_pct: Option<f64>,
    /// Its charts by itself, as fine as those of the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<ChartSeries>,
}

impl Stretch {
    /// Where it begins and ends, in metres from the start; `None` where no distance is known.
    #[must_use]
    pub fn ends_m(&self) -> Option<(f64, f64)> {
        self.from_m.zip(self.distance_m).map(|(from, length)| (from, from + length))
    }
}

/// The map under a drawn route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RouteMap {
    /// Pictures that cover it.
    pub tiles: Vec<MapTile>,
    /// Whom the map is by.
    pub attribution: String,
}

/// A picture of a part of the world, placed in the unit square of the route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapTile {
    /// Where it is.
    pub href: String,
    /// Its left edge.
    pub left: f32,
    /// Its upper edge.
    pub top: f32,
    /// To its right edge.
    pub width: f32,
    /// To its lower edge.
    pub height: f32,
}

/// What a further line of the chart shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Steps a minute, of both legs.
    #[default]
    Steps,
    /// Revolutions or strokes a minute.
    Cadence,
    /// Watts.
    Power,
    /// Degrees Celsius.
    Temperature,
    /// What a device or an app measures beside; the line names it.
    Other,
}

impl LineKind {
    /// Name and unit.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Steps => "Cadence, steps a minute",
            Self::Cadence => "Cadence, rpm",
            Self::Power => "Power, W",
            Self::Temperature => "Temperature, °C",
            Self::Other => "",
        }
    }
}

/// Everything that an activity's page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// Its row of the list.
    pub summary: Summary,
    /// What it is called.
    pub kind: Kind,
    /// The athlete's own words for it.
    pub tags: Vec<String>,
    /// Whether the sport is our guess.
    pub sport_guessed: bool,
    /// Whether nobody else sees it.
    pub hidden: bool,
    /// What recorded it.
    pub device: Option<String>,
    /// Beats per minute.
    pub max_hr_bpm: Option<f64>,
    /// Normalised graded pace, seconds per kilometre.
    pub ngp_s_per_km: Option<f64>,
    /// Seconds that the heart rate lags behind the pace.
    pub hr_lag_s: Option<f64>,
    /// The 95 % interval of that; `None` where the lag could not be fitted.
    pub hr_lag_interval_s: Option<(f64, f64)>,
    /// What the athlete wrote about it.
    pub description: String,
    /// Shoes or bicycle.
    pub gear: Option<String>,
    /// The sub-sport, as FIT names it.
    pub sub_sport: Option<String>,
    /// Edwards TRIMP.
    pub edwards: Option<f64>,
    /// Heart rate stress score (HRSS): an hour at threshold heart rate is 100.
    pub hr_stress: Option<f64>,
    /// Running stress score: an hour at threshold speed is 100.
    pub running_stress: Option<f64>,
    /// Estimate of `VO₂max` in ml/kg/min.
    pub vo2max: Option<f64>,
    /// Lower bound in beats per minute and seconds in each of five zones; empty without heart rate.
    pub zones: Vec<(f64, f64)>,
    /// Lower bound of a zone of graded pace in metres per second, slowest first, and seconds in it; empty without a threshold pace.
    pub pace_zones: Vec<(f64, f64)>,
    /// Laps.
    pub laps: Vec<Lap>,
    /// The intervals of a session, in order: those that were found, or the athlete's own.
    pub intervals: Vec<Stretch>,
    /// Whether the athlete corrected them.
    pub intervals_corrected: bool,
    /// Whose server is asked for a map under the route, if somebody wants one: its host.
    #[serde(default)]
    pub map_host: Option<String>,
    /// The legs of the event that it is one of, itself among them; empty for an activity on its own.
    pub event: Vec<Leg>,
    /// Best efforts over distances.
    pub efforts: Vec<Effort>,
    /// Where it came from.
    pub history: Provenance,
    /// Degrees Celsius.
    pub temperature_c: Option<f64>,
    /// Repair rules and the number of samples that each repaired.
    pub repairs: Vec<(String, u32)>,
    /// The decoder's warnings about the file.
    pub warnings: Vec<String>,
    /// Splits: per kilometre, or as long as the reader's sport and units have them.
    pub splits: Vec<Split>,
    /// For charts and route.
    pub series: ChartSeries,
    /// How it felt.
    pub perception: Perception,
    /// Its climbs, in order.
    pub climbs: Vec<ClimbRow>,
    /// Efficiency against earlier activities.
    pub comparisons: Vec<Comparison>,
    /// What is worth a line, the most notable first.
    pub insights: Vec<Insight>,
    /// Activities on the same route in the same direction, this one too, oldest first; empty if there is no other.
    pub on_route: Vec<RoutePoint>,
    /// What load and `VO₂max` assume of the athlete.
    pub assumed: Assumed,
    /// What the zones assume.
    pub zones_assumed: Assumed,
}

/// How aerobic decoupling is rated; a convention, not physiology.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoupling {
    /// Under 5 %.
    Good,
    /// 5 to 10 %.
    Fair,
    /// Above 10 %.
    High,
}

impl Decoupling {
    /// From per cent.
    #[must_use]
    pub fn of(percent: f64) -> Self {
        if percent < 5.0 {
            Self::Good
        } else if percent <= 10.0 {
            Self::Fair
        } else {
            Self::High
        }
    }

    /// The word on the badge.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Fair => "fair",
            Self::High => "high",
        }
    }
}

/// Efficiency of one run, for the trend.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EfficiencyPoint {
    /// The run.
    pub id: Uuid,
    /// Which day.
    pub day: NaiveDate,
    /// Metres per heartbeat, graded.
    pub efficiency_factor: f64,
}

/// Distance of one day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DayTotal {
    /// Which day.
    pub day: NaiveDate,
    /// Metres on foot.
    pub distance_m: f64,
}

/// Fitness, fatigue and form of today, from training impulses (TRIMP).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrainingBalance {
    /// Chronic training load: 42-day exponential average.
    pub fitness: f64,
    /// Acute training load: 7-day exponential average.
    pub fatigue: f64,
    /// Training stress balance: yesterday's fitness minus yesterday's fatigue.
    pub form: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leg(kind: Kind, from_s: i64, elapsed_s: f64) -> Leg {
        let started_at = DateTime::from_timestamp(1_780_000_000 + from_s, 0).expect("a time");
        Leg { id: Uuid::nil(), kind, sub_sport: None, started_at, elapsed_s: Some(elapsed_s), moving_s: None, distance_m: None, avg_hr_bpm: None }
    }

    #[test]
    fn legs_are_one_event_if_the_sport_changes_without_a_break() {
        let triathlon = vec![
            leg(Kind::OpenWater, 0, 1500.0),
            leg(Kind::Transition, 1500, 120.0),
            leg(Kind::Ride, 1620, 3600.0),
            leg(Kind::Transition, 5220, 60.0),
            leg(Kind::Run, 5280, 2400.0),
        ];
        assert_eq!(Leg::together_s(&Leg::one_event(triathlon.clone())), Some(7680.0));
        assert!(Leg::one_event(vec![leg(Kind::Run, 0, 600.0), leg(Kind::Transition, 600, 60.0), leg(Kind::Run, 660, 600.0)]).is_empty(), "one sport");
        assert!(Leg::one_event(vec![leg(Kind::Run, 0, 600.0), leg(Kind::Ride, 7200, 600.0)]).is_empty(), "hours between");
        assert!(Leg::one_event(triathlon[..1].to_vec()).is_empty() && Leg::one_event(Vec::new()).is_empty());
    }
}

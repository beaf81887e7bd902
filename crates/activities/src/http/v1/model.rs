//! Activities as the API shows them. A field that is not known is missing: nothing is zero that was not measured.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use domain::activities::{Detail, Kind, ListRow, Summary};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An activity as the list shows it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ActivitySummary {
    /// Its id.
    id: Uuid,
    /// `running`, `walking`, `cycling`, `swimming`, `transition` or `other`; more may come.
    pub(super) sport: String,
    /// What it is called: `run`, `trail_run`, `treadmill`, `walk`, `hike`, `ride`, `swim`, `open_water`, `row`, `ski`, `strength`, `yoga`, `transition` or
    /// `other`; more may come.
    kind: &'static str,
    /// Whether the sport is our guess, because the file did not say.
    sport_guessed: bool,
    /// The athlete's own words for it.
    tags: Vec<String>,
    /// Its title.
    pub(super) title: String,
    /// The instant of the start.
    started_at: DateTime<Utc>,
    /// The same on the athlete's clock.
    local_start: NaiveDateTime,
    /// The day that it counts for.
    day: NaiveDate,
    /// Metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance_m: Option<f64>,
    /// Seconds in motion.
    #[serde(skip_serializing_if = "Option::is_none")]
    moving_s: Option<f64>,
    /// Seconds, stops included.
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed_s: Option<f64>,
    /// Metres climbed.
    #[serde(skip_serializing_if = "Option::is_none")]
    elevation_gain_m: Option<f64>,
    /// Mean heart rate in beats per minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    avg_hr_bpm: Option<f64>,
    /// Grade-adjusted pace: seconds per kilometre on the flat for the same effort.
    #[serde(skip_serializing_if = "Option::is_none")]
    gap_s_per_km: Option<f64>,
    /// Efficiency factor: grade-adjusted metres per heartbeat.
    #[serde(skip_serializing_if = "Option::is_none")]
    efficiency_factor: Option<f64>,
    /// Aerobic decoupling in per cent.
    #[serde(skip_serializing_if = "Option::is_none")]
    decoupling_pct: Option<f64>,
    /// Banister's training impulse.
    #[serde(skip_serializing_if = "Option::is_none")]
    trimp: Option<f64>,
}

impl From<ListRow> for ActivitySummary {
    fn from(row: ListRow) -> Self {
        Self::new(row.summary, row.kind, row.guessed, row.tags)
    }
}

impl ActivitySummary {
    fn new(s: Summary, kind: Kind, sport_guessed: bool, tags: Vec<String>) -> Self {
        Self {
            id: s.id,
            sport: s.sport,
            kind: kind.code(),
            sport_guessed,
            tags,
            title: s.title,
            started_at: s.started_at,
            local_start: s.local_start,
            day: s.day,
            distance_m: s.distance_m,
            moving_s: s.moving_s,
            elapsed_s: s.elapsed_s,
            elevation_gain_m: s.elevation_gain_m,
            avg_hr_bpm: s.avg_hr_bpm,
            gap_s_per_km: s.gap_s_per_km,
            efficiency_factor: s.efficiency_factor,
            decoupling_pct: s.decoupling_pct,
            trimp: s.trimp,
        }
    }
}

/// An activity with everything that was computed of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Activity {
    /// What the list shows of it.
    #[serde(flatten)]
    pub(super) summary: ActivitySummary,
    /// The sub-sport, as FIT names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_sport: Option<String>,
    /// What the athlete wrote about it.
    pub(super) description: String,
    /// Shoes or bicycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) gear: Option<String>,
    /// Whether it was entered without a recording.
    manual: bool,
    /// What recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    /// Highest heart rate in beats per minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_hr_bpm: Option<f64>,
    /// Degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature_c: Option<f64>,
    /// Normalised graded pace in seconds per kilometre.
    #[serde(skip_serializing_if = "Option::is_none")]
    ngp_s_per_km: Option<f64>,
    /// Seconds by which heart rate follows pace.
    #[serde(skip_serializing_if = "Option::is_none")]
    hr_lag_s: Option<f64>,
    /// Edwards' training impulse.
    #[serde(skip_serializing_if = "Option::is_none")]
    edwards_trimp: Option<f64>,
    /// Heart rate stress score: an hour at threshold heart rate is 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    hr_stress: Option<f64>,
    /// Running stress score: an hour at threshold speed is 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    running_stress: Option<f64>,
    /// Estimate of `VO₂max` in ml/kg/min.
    #[serde(skip_serializing_if = "Option::is_none")]
    vo2max: Option<f64>,
    /// Time in each heart rate zone; empty without heart rate.
    zones: Vec<ZoneTime>,
    /// One row a kilometre.
    splits: Vec<Split>,
    /// Laps.
    laps: Vec<Lap>,
    /// Best efforts over distances.
    best_efforts: Vec<BestEffort>,
    /// The version of the formulas that its metrics were computed with.
    formula_version: i32,
    /// Whether its metrics wait to be computed again, after a change of thresholds, say.
    metrics_pending: bool,
}

/// Time in a heart rate zone.
#[derive(Debug, Serialize, ToSchema)]
struct ZoneTime {
    /// Where the zone begins, in beats per minute.
    from_bpm: f64,
    /// Seconds in it.
    seconds: f64,
}

/// One kilometre.
#[derive(Debug, Serialize, ToSchema)]
struct Split {
    /// Metres: 1000, less in the last row.
    distance_m: f64,
    /// Seconds in motion.
    moving_s: f64,
    /// Grade-adjusted pace in seconds per kilometre.
    #[serde(skip_serializing_if = "Option::is_none")]
    gap_s_per_km: Option<f64>,
    /// Mean heart rate in beats per minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    avg_hr_bpm: Option<f64>,
    /// Metres climbed.
    #[serde(skip_serializing_if = "Option::is_none")]
    elevation_gain_m: Option<f64>,
}

/// A lap.
#[derive(Debug, Serialize, ToSchema)]
struct Lap {
    /// Seconds from the start.
    start_s: f64,
    /// Seconds, stops included.
    elapsed_s: f64,
    /// Seconds in motion.
    moving_s: f64,
    /// Metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance_m: Option<f64>,
    /// Grade-adjusted pace in seconds per kilometre.
    #[serde(skip_serializing_if = "Option::is_none")]
    gap_s_per_km: Option<f64>,
    /// Mean heart rate in beats per minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    avg_hr_bpm: Option<f64>,
    /// Highest heart rate in beats per minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_hr_bpm: Option<f64>,
    /// Metres climbed.
    #[serde(skip_serializing_if = "Option::is_none")]
    elevation_gain_m: Option<f64>,
    /// Whether it is recovery, or rest at the wall of a pool.
    rest: bool,
}

/// The fastest part of the activity over a distance.
#[derive(Debug, Serialize, ToSchema)]
struct BestEffort {
    /// Metres.
    distance_m: f64,
    /// Seconds, stops included.
    elapsed_s: f64,
    /// 1 for the athlete's best ever, up to 3; missing beyond.
    #[serde(skip_serializing_if = "Option::is_none")]
    rank: Option<u8>,
}

impl From<Detail> for Activity {
    fn from(d: Detail) -> Self {
        let split = |s: domain::activities::Split| Split {
            distance_m: s.distance_m,
            moving_s: s.moving_s,
            gap_s_per_km: s.gap_s_per_km,
            avg_hr_bpm: s.avg_hr_bpm,
            elevation_gain_m: s.elevation_gain_m,
        };
        let lap = |l: domain::activities::Lap| Lap {
            start_s: l.start_s,
            elapsed_s: l.elapsed_s,
            moving_s: l.moving_s,
            distance_m: l.distance_m,
            gap_s_per_km: l.gap_s_per_km,
            avg_hr_bpm: l.avg_hr_bpm,
            max_hr_bpm: l.max_hr_bpm,
            elevation_gain_m: l.elevation_gain_m,
            rest: l.rest,
        };
        let effort = |e: domain::activities::Effort| BestEffort { distance_m: e.distance_m, elapsed_s: e.elapsed_s, rank: e.rank };
        Self {
            summary: ActivitySummary::new(d.summary, d.kind, d.sport_guessed, d.tags),
            sub_sport: d.sub_sport,
            description: d.description,
            gear: d.gear,
            manual: d.history.manual,
            device: d.device,
            max_hr_bpm: d.max_hr_bpm,
            temperature_c: d.temperature_c,
            ngp_s_per_km: d.ngp_s_per_km,
            hr_lag_s: d.hr_lag_s,
            edwards_trimp: d.edwards,
            hr_stress: d.hr_stress,
            running_stress: d.running_stress,
            vo2max: d.vo2max,
            zones: d.zones.into_iter().map(|(from_bpm, seconds)| ZoneTime { from_bpm, seconds }).collect(),
            splits: d.splits.into_iter().map(split).collect(),
            laps: d.laps.into_iter().map(lap).collect(),
            best_efforts: d.efforts.into_iter().map(effort).collect(),
            formula_version: d.history.formula_version,
            metrics_pending: d.history.stale,
        }
    }
}

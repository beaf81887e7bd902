//! What is worth a line about a run, at most three lines: only what an ordinary day does not explain.
//!
//! Each comparison is with an interval for one more run of which one ordinary day in a hundred lies beyond either end. It is wider than the band of
//! [`crate::compare`], because several things are looked at on every run. With too few earlier runs nothing is said.

use domain::activities::Insight;
use domain::activities::comparison::{Baseline, Comparison};

use crate::compare::count;
use crate::spread::one_more;

/// At most so many.
pub const MOST: usize = 3;
/// Fewer earlier values give no interval.
const LEAST_RUNS: usize = 8;
/// A hundredth of ordinary days lies beyond either end.
const END: f64 = 0.99;
/// Only the latest count.
const LATEST: usize = 100;
/// Runs before a longest one is worth a line.
const LEAST_LOG: u32 = 10;
/// What the distance of a receiver may be off by, as a share.
const DISTANCE_ERROR: f64 = 0.01;
/// A first one over these is an event, in metres.
const MILESTONES_M: [f64; 6] = [5000.0, 10_000.0, 21_097.5, 30_000.0, 42_195.0, 100_000.0];
/// A record within so much of itself is nearly reached, as a share.
const NEARLY: f64 = 0.005;
/// Efforts before, for either; and metres, since short ones are a matter of seconds.
const LEAST_EFFORTS: u32 = 5;
const LEAST_EFFORT_M: f64 = 1000.0;
/// Cooler is not warm, in degrees Celsius.
const WARM_C: f64 = 18.0;

/// A number of this run, and the same of earlier runs, oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Compared {
    /// Of this run.
    pub value: f64,
    /// Of earlier runs.
    pub earlier: Vec<f64>,
}

/// A run on this run's route.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OnRoute {
    /// Mean moving speed in m/s.
    pub speed_mps: f64,
    /// Mean heart rate, beats per minute.
    pub hr_bpm: Option<f64>,
}

/// A best effort inside this run, and what was known before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EffortBefore {
    /// Metres.
    pub distance_m: f64,
    /// Seconds in this run.
    pub seconds: f64,
    /// The best before, in seconds.
    pub best_s: f64,
    /// How many there were before; five are enough to know.
    pub runs: u32,
}

/// What is known of a run and of the ones before. What is unknown is `None` or empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// Metres.
    pub distance_m: Option<f64>,
    /// The longest run before, in metres.
    pub longest_before_m: Option<f64>,
    /// All runs before.
    pub runs_before: u32,
    /// Best efforts inside it over distances that were covered before.
    pub efforts: Vec<EffortBefore>,
    /// This run on its route, and the earlier ones on it in the same direction.
    pub route: Option<(OnRoute, Vec<OnRoute>)>,
    /// [`crate::pacing::climbs_against_flat`], of earlier runs with climbs.
    pub climbs: Option<Compared>,
    /// [`crate::pacing::second_half_pct`].
    pub second_half: Option<Compared>,
    /// Decoupling, per cent, of runs of the same kind.
    pub decoupling: Option<Compared>,
    /// Degrees Celsius, of the four weeks before.
    pub temperature: Option<Compared>,
    /// The comparisons of efficiency.
    pub efficiency: Vec<Comparison>,
}

/// What is worth a line, the most notable first.
#[must_use]
pub fn insights(facts: &Facts) -> Vec<Insight> {
    if facts.runs_before == 0 {
        return facts.distance_m.map(|_| Insight::First).into_iter().collect();
    }
    let record = record(&facts.efforts);
    let nearly = if record.is_none() { nearly(&facts.efforts) } else { None };
    [record, distance(facts), route(facts), nearly, heat(facts), hill(facts), decoupling(facts), second_half(facts)]
        .into_iter()
        .flatten()
        .take(MOST)
        .collect()
}

impl Compared {
    /// The middle of the earlier ones and half the width of their interval; `least` is the smallest spread that is believed.
    fn usual(&self, least: f64) -> Option<(f64, f64)> {
        let known: Vec<f64> = self.earlier.iter().copied().filter(|v| v.is_finite()).collect();
        (known.len() >= LEAST_RUNS && self.value.is_finite()).then(|| one_more(&known[known.len().saturating_sub(LATEST)..], END, least))
    }
}

/// The longest effort that is the best by more than a receiver's error of distance explains.
fn record(efforts: &[EffortBefore]) -> Option<Insight> {
    let beaten = |e: &&EffortBefore| is_counted(e) && e.seconds < e.best_s * (1.0 - NEARLY);
    let best = efforts.iter().filter(beaten).max_by(|a, b| a.distance_m.total_cmp(&b.distance_m))?;
    Some(Insight::Record { distance_m: best.distance_m, seconds: best.seconds, before_s: best.best_s })
}

/// The effort that is nearest to the best, within half a per cent.
fn nearly(efforts: &[EffortBefore]) -> Option<Insight> {
    let near = |e: &&EffortBefore| is_counted(e) && e.seconds >= e.best_s && e.seconds <= e.best_s * (1.0 + NEARLY);
    let best = efforts.iter().filter(near).min_by(|a, b| (a.seconds / a.best_s).total_cmp(&(b.seconds / b.best_s)))?;
    Some(Insight::RecordNearly { distance_m: best.distance_m, seconds: best.seconds, best_s: best.best_s })
}

fn is_counted(e: &EffortBefore) -> bool {
    e.distance_m >= LEAST_EFFORT_M && e.runs >= LEAST_EFFORTS && e.best_s > 0.0
}

/// The first one over a racing distance, or the longest.
fn distance(facts: &Facts) -> Option<Insight> {
    let (distance_m, before_m) = (facts.distance_m?, facts.longest_before_m?);
    if facts.runs_before < LEAST_LOG || distance_m < before_m * (1.0 + DISTANCE_ERROR) {
        return None;
    }
    let over = MILESTONES_M.iter().rev().find(|m| distance_m >= **m && before_m < **m);
    Some(match over {
        Some(&over_m) => Insight::FirstOver { over_m, distance_m, before_m },
        None => Insight::Longest { distance_m, before_m, runs: facts.runs_before },
    })
}

/// One of the three fastest on the route, and faster than an ordinary day there.
fn route(facts: &Facts) -> Option<Insight> {
    const LEAST_SPREAD: f64 = 0.01;
    const BEATS: f64 = 2.5;
    let (this, earlier) = facts.route.as_ref()?;
    let speeds = Compared { value: this.speed_mps.ln(), earlier: earlier.iter().map(|r| r.speed_mps.ln()).collect() };
    let (middle, half) = speeds.usual(LEAST_SPREAD)?;
    let place = count(1 + earlier.iter().filter(|r| r.speed_mps > this.speed_mps).count());
    if place > 3 || speeds.value <= middle + half {
        return None;
    }
    let best = earlier.iter().filter(|r| r.speed_mps.is_finite()).max_by(|a, b| a.speed_mps.total_cmp(&b.speed_mps));
    let beats = best.and_then(|b| Some(this.hr_bpm? - b.hr_bpm?)).filter(|b| b.abs() >= BEATS);
    let pace = |log: f64| 1000.0 / log.exp();
    let usual_s_per_km = (pace(middle + half), pace(middle - half));
    Some(Insight::RoutePlace { place, runs: count(earlier.len() + 1), pace_s_per_km: 1000.0 / this.speed_mps, usual_s_per_km, beats })
}

/// Climbs that cost less than they usually do, and hardly more than the flat.
fn hill(facts: &Facts) -> Option<Insight> {
    const FLAT_PACE_S: f64 = 5.0;
    let climbs = facts.climbs.as_ref()?;
    let (middle, half) = climbs.usual(2.0)?;
    (climbs.value < middle - half && climbs.value <= FLAT_PACE_S).then_some(Insight::HillAtFlatPace {
        difference_s_per_km: climbs.value,
        usual_s_per_km: middle,
        give_or_take: half,
        runs: count(climbs.earlier.len().min(LATEST)),
    })
}

/// A second half that was faster than the first, more so than usual.
fn second_half(facts: &Facts) -> Option<Insight> {
    let halves = facts.second_half.as_ref()?;
    let (middle, half) = halves.usual(0.5)?;
    (halves.value > middle + half && halves.value > 0.5)
        .then_some(Insight::NegativeSplit { percent: halves.value, usual: (middle - half, middle + half) })
}

/// Decoupling beyond either end.
fn decoupling(facts: &Facts) -> Option<Insight> {
    let drift = facts.decoupling.as_ref()?;
    let (middle, half) = drift.usual(0.5)?;
    ((drift.value - middle).abs() > half).then_some(Insight::Decoupling { percent: drift.value, usual: (middle - half, middle + half) })
}

/// A temperature above that of the weeks before, with an efficiency that is low for 90 days, and not known to be low at this temperature.
fn heat(facts: &Facts) -> Option<Insight> {
    let warmth = facts.temperature.as_ref()?;
    let (usual_c, half) = warmth.usual(1.0)?;
    let among = |wanted: fn(&Baseline) -> bool| facts.efficiency.iter().find(|c| wanted(&c.baseline)).and_then(|c| c.standing);
    let season = among(|b| matches!(b, Baseline::Days { days: 90 })).filter(|s| s.outside && s.percent < 0.0)?;
    let alike = among(|b| matches!(b, Baseline::Temperature { .. }));
    if warmth.value < WARM_C || warmth.value <= usual_c + half || alike.is_some_and(|s| s.outside && s.percent < 0.0) {
        return None;
    }
    Some(Insight::Heat { temperature_c: warmth.value, usual_c, percent: season.percent, ordinary_for_it: alike.is_some() })
}

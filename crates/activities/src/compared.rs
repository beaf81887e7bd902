//! An activity against its athlete's earlier ones: comparisons of efficiency, the route, and what is worth a line.

use domain::activities::comparison::{Comparison, RunKind};
use domain::activities::{Insight, RoutePoint, Summary};
use physiology::compare::{Run, compare};
use physiology::insights::{Compared, EffortBefore, Facts, OnRoute, insights};
use platform::{Error, Tx};

use crate::queries::compared::{self as queries, Earlier};
use crate::queries::detail::{BestEffort, OwnCompared};

/// Activities of a route that a page draws: the latest.
const MOST_ON_ROUTE: usize = 100;

/// What the page says of an activity among the athlete's earlier ones.
pub(crate) struct AmongEarlier {
    pub(crate) comparisons: Vec<Comparison>,
    pub(crate) insights: Vec<Insight>,
    pub(crate) on_route: Vec<RoutePoint>,
}

/// Compares an activity with earlier ones of its sport.
pub(crate) async fn among_earlier(
    tx: &mut Tx,
    own: &Summary,
    temperature_c: Option<f64>,
    facts: &OwnCompared,
    efforts: &[BestEffort],
) -> Result<AmongEarlier, Error> {
    let earlier = queries::earlier(tx, own, facts.route_id).await?;
    let (runs_before, longest_before_m) = queries::before(tx, own).await?;
    let comparisons = comparisons(own, temperature_c, &earlier);
    let all = Facts {
        distance_m: own.distance_m,
        longest_before_m,
        runs_before: u32::try_from(runs_before).unwrap_or(u32::MAX),
        efforts: efforts.iter().filter_map(effort).collect(),
        route: on_route(own, &earlier),
        climbs: compared(facts.climbs_against_flat_s_per_km, &earlier, |e| e.climbs_against_flat_s_per_km),
        second_half: compared(facts.second_half_pct, &earlier, |e| e.second_half_pct),
        decoupling: compared(own.decoupling_pct, &earlier, |e| e.decoupling_pct.filter(|_| kind(e) == own_kind(own))),
        temperature: compared(temperature_c, &earlier, |e| e.temperature_c.filter(|_| (own.day - e.day).num_days() <= 28)),
        efficiency: comparisons.clone(),
    };
    // The sentences are about runs.
    let insights = if own.sport == "running" { insights(&all) } else { Vec::new() };
    Ok(AmongEarlier { comparisons, insights, on_route: route_points(own, &earlier) })
}

fn comparisons(own: &Summary, temperature_c: Option<f64>, earlier: &[Earlier]) -> Vec<Comparison> {
    let Some(efficiency) = own.efficiency_factor else { return Vec::new() };
    let run = |day: chrono::NaiveDate, efficiency, kind, temperature_c, same_route| Run {
        day: day.signed_duration_since(chrono::NaiveDate::default()).num_days(),
        efficiency,
        kind,
        temperature_c,
        same_route,
    };
    let this = run(own.day, efficiency, own_kind(own), temperature_c, true);
    let others: Vec<Run> =
        earlier.iter().map(|e| run(e.day, e.efficiency_factor.unwrap_or(f64::NAN), kind(e), e.temperature_c, e.same_route)).collect();
    compare(&this, &others)
}

fn own_kind(own: &Summary) -> RunKind {
    RunKind::of(own.distance_m.unwrap_or_default(), own.moving_s.unwrap_or_default(), own.elevation_gain_m)
}

fn kind(earlier: &Earlier) -> RunKind {
    RunKind::of(earlier.distance_m.unwrap_or_default(), earlier.moving_s.unwrap_or_default(), earlier.elevation_gain_m)
}

fn compared(value: Option<f64>, earlier: &[Earlier], of: impl Fn(&Earlier) -> Option<f64>) -> Option<Compared> {
    Some(Compared { value: value?, earlier: earlier.iter().filter_map(of).collect() })
}

fn effort(effort: &BestEffort) -> Option<EffortBefore> {
    Some(EffortBefore {
        distance_m: effort.distance_m,
        seconds: effort.elapsed_s,
        best_s: effort.best_before_s?,
        runs: u32::try_from(effort.runs_before).unwrap_or_default(),
    })
}

fn speed(distance_m: Option<f64>, moving_s: Option<f64>) -> Option<f64> {
    distance_m.zip(moving_s).filter(|(m, s)| *m > 0.0 && *s > 0.0).map(|(m, s)| m / s)
}

fn on_route(own: &Summary, earlier: &[Earlier]) -> Option<(OnRoute, Vec<OnRoute>)> {
    let this = OnRoute { speed_mps: speed(own.distance_m, own.moving_s)?, hr_bpm: own.avg_hr_bpm };
    let before = |e: &Earlier| Some(OnRoute { speed_mps: speed(e.distance_m, e.moving_s)?, hr_bpm: e.avg_hr_bpm });
    Some((this, earlier.iter().filter(|e| e.same_route).filter_map(before).collect()))
}

/// The activities on the route with this one at the end; none if it is alone.
fn route_points(own: &Summary, earlier: &[Earlier]) -> Vec<RoutePoint> {
    let before: Vec<RoutePoint> = earlier
        .iter()
        .filter(|e| e.same_route)
        .map(|e| RoutePoint {
            id: e.id,
            day: e.day,
            efficiency_factor: e.efficiency_factor,
            pace_s_per_km: speed(e.distance_m, e.moving_s).map(|mps| 1000.0 / mps),
        })
        .collect();
    if before.is_empty() {
        return before;
    }
    let this = RoutePoint { id: own.id, day: own.day, efficiency_factor: own.efficiency_factor, pace_s_per_km: own.pace_s_per_km() };
    before[before.len().saturating_sub(MOST_ON_ROUTE - 1)..].iter().copied().chain([this]).collect()
}

//! Best efforts: the shortest time over a distance, and the longest distance in a time.

use serde::{Deserialize, Serialize};

/// The distances that runners compare, in metres.
pub const DISTANCES_M: [f64; 11] = [400.0, 1000.0, 1609.344, 3000.0, 5000.0, 10_000.0, 15_000.0, 21_097.5, 30_000.0, 42_195.0, 100_000.0];
/// The durations for critical speed and the pace curve, in seconds.
pub const DURATIONS_S: [f64; 9] = [60.0, 120.0, 180.0, 300.0, 600.0, 720.0, 1200.0, 1800.0, 3600.0];

/// A best effort inside one activity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Effort {
    /// Metres.
    pub distance_m: f64,
    /// Elapsed seconds, stops included, as a race would count them.
    pub elapsed_s: f64,
    /// Seconds from the start of the activity to its beginning.
    pub start_s: f64,
}

/// The fastest effort over each of `distances_m` that the activity is long enough for, in one pass over the samples.
/// Both columns ascend; between two samples distance is interpolated linearly.
#[must_use]
pub fn over_distances(time_s: &[f64], distance_m: &[f64], distances_m: &[f64]) -> Vec<Effort> {
    best(distance_m, time_s, distances_m, |a, b| a < b)
        .into_iter()
        .map(|(target, elapsed_s, start_s)| Effort { distance_m: target, elapsed_s, start_s })
        .collect()
}

/// The longest distance in each of `durations_s` that the activity is long enough for, in one pass over the samples.
#[must_use]
pub fn over_durations(time_s: &[f64], distance_m: &[f64], durations_s: &[f64]) -> Vec<Effort> {
    best(time_s, distance_m, durations_s, |a, b| a > b)
        .into_iter()
        .map(|(target, metres, start_m)| Effort { distance_m: metres, elapsed_s: target, start_s: value_at(distance_m, time_s, start_m) })
        .collect()
}

/// For each target span of `along`, the best span of `across` and where it starts.
fn best(along: &[f64], across: &[f64], targets: &[f64], better: fn(f64, f64) -> bool) -> Vec<(f64, f64, f64)> {
    let mut starts = vec![0_usize; targets.len()];
    let mut found: Vec<Option<(f64, f64)>> = vec![None; targets.len()];
    let n = along.len().min(across.len());
    for end in 0..n {
        for (k, &target) in targets.iter().enumerate() {
            let from = along[end] - target;
            if from < along[0] {
                continue;
            }
            while starts[k] + 1 < end && along[starts[k] + 1] <= from {
                starts[k] += 1;
            }
            let start = between(along, across, starts[k], from);
            let span = across[end] - start;
            if span > 0.0 && found[k].is_none_or(|(held, _)| better(span, held)) {
                found[k] = Some((span, start));
            }
        }
    }
    targets.iter().zip(found).filter_map(|(&target, f)| f.map(|(span, start)| (target, span, start))).collect()
}

/// `across` where `along` is `at`, between sample `i` and the next.
fn between(along: &[f64], across: &[f64], i: usize, at: f64) -> f64 {
    let Some(next) = along.get(i + 1) else { return across[i] };
    let step = next - along[i];
    if step <= 0.0 { across[i] } else { across[i] + (at - along[i]) / step * (across[i + 1] - across[i]) }
}

fn value_at(along: &[f64], across: &[f64], at: f64) -> f64 {
    let i = along.partition_point(|v| *v <= at).saturating_sub(1);
    between(along, across, i, at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An hour at 3 m/s with a kilometre at 4 m/s in the middle.
    fn run() -> (Vec<f64>, Vec<f64>) {
        let time: Vec<f64> = (0..=3600).map(f64::from).collect();
        let mut metres = 0.0;
        let distance = time
            .iter()
            .map(|t| {
                let here = metres;
                metres += if (1000.0..1250.0).contains(t) { 4.0 } else { 3.0 };
                here
            })
            .collect();
        (time, distance)
    }

    #[test]
    fn the_fast_kilometre_is_found() {
        let (time, distance) = run();
        let efforts = over_distances(&time, &distance, &DISTANCES_M);
        let kilometre = efforts.iter().find(|e| (e.distance_m - 1000.0).abs() < 1e-9).expect("long enough");
        assert!((kilometre.elapsed_s - 250.0).abs() < 1e-9 && (kilometre.start_s - 1000.0).abs() < 1e-9);
        assert!(efforts.iter().all(|e| e.distance_m <= 11_050.0));
        let five_minutes = over_durations(&time, &distance, &[300.0])[0];
        assert!((five_minutes.distance_m - (1000.0 + 150.0)).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn longer_is_never_faster(steps in prop::collection::vec(0.0..6.0f64, 400..900)) {
            let time: Vec<f64> = (0..steps.len()).map(|i| i as f64).collect();
            let mut metres = 0.0;
            let distance: Vec<f64> = steps.iter().map(|s| { metres += s; metres - s }).collect();
            // One half of a segment is at least as fast as the whole.
            let efforts = over_distances(&time, &distance, &[200.0, 400.0]);
            if let [short, long] = efforts[..] {
                prop_assert!(short.elapsed_s <= long.elapsed_s / 2.0 + 1.0 + 1e-9);
            }
            let whole = over_durations(&time, &distance, &[60.0]);
            let brute = (60..time.len()).map(|j| distance[j] - distance[j - 60]).fold(0.0, f64::max);
            prop_assert!((whole[0].distance_m - brute).abs() < 1e-9);
        }
    }
}

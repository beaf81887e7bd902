//! Zones of heart rate and of pace, and the time spent in them.

use serde::{Deserialize, Serialize};

/// What zones are based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneModel {
    /// Tenths of the maximum heart rate: 50–60 … 90–100 % (Edwards 1993).
    #[default]
    Maximum,
    /// The same shares of the reserve between resting and maximum heart rate (Karvonen 1957).
    Reserve,
    /// Shares of the threshold heart rate: under 85, 85–89, 90–94, 95–99, from 100 % (Friel, "The Triathlete's Training Bible").
    Threshold,
}

/// The lower bounds of the five zones in beats per minute, ascending.
#[must_use]
pub fn bounds(model: ZoneModel, hr_rest_bpm: f64, hr_max_bpm: f64, threshold_hr_bpm: f64) -> [f64; 5] {
    match model {
        ZoneModel::Maximum => [0.5, 0.6, 0.7, 0.8, 0.9].map(|share| share * hr_max_bpm),
        ZoneModel::Reserve => [0.5, 0.6, 0.7, 0.8, 0.9].map(|share| hr_rest_bpm + share * (hr_max_bpm - hr_rest_bpm)),
        ZoneModel::Threshold => [0.0, 0.85, 0.90, 0.95, 1.0].map(|share| share * threshold_hr_bpm),
    }
}

/// Which zone, 0 to 4, a heart rate is in; `None` below the first.
#[must_use]
pub fn zone_of(bounds: &[f64; 5], hr_bpm: f64) -> Option<usize> {
    bounds.iter().rposition(|low| hr_bpm >= *low)
}

/// Seconds in each zone of heart rates that each lasted `seconds`; those below the first zone or unknown are not counted.
#[must_use]
pub fn time_in_zones(bounds: &[f64; 5], samples: impl Iterator<Item = (f64, f64)>) -> [f64; 5] {
    let mut out = [0.0; 5];
    for (hr, seconds) in samples {
        if let Some(zone) = zone_of(bounds, hr) {
            out[zone] += seconds;
        }
    }
    out
}

/// Friel's zones of running pace as shares of the threshold pace, in time per distance: slower than 129 %, to 114, to 106, to 99, faster ("The Triathlete's
/// Training Bible"; his three fastest are one here).
const PACE_SHARES: [f64; 4] = [1.29, 1.14, 1.06, 0.99];
/// Seconds over which a speed is averaged before it counts for a zone: less is the watch's noise, more hides short intervals.
const PACE_WINDOW_S: usize = 10;

/// Where the five zones of pace begin, slowest first, as graded speeds in m/s.
#[must_use]
pub fn pace_bounds(threshold_mps: f64) -> [f64; 5] {
    let [a, b, c, d] = PACE_SHARES.map(|share| threshold_mps / share);
    [0.0, a, b, c, d]
}

/// Seconds in each zone of pace, from one graded speed per moving second in m/s.
#[must_use]
pub fn time_in_pace_zones(threshold_mps: f64, speed: &[f64]) -> [f64; 5] {
    let bounds = pace_bounds(threshold_mps);
    let mean = |window: &[f64]| window.iter().sum::<f64>() / window.len() as f64;
    let half = PACE_WINDOW_S / 2;
    let around = |i: usize| &speed[i.saturating_sub(half)..(i + half).min(speed.len())];
    time_in_zones(&bounds, (0..speed.len()).map(|i| (mean(around(i)), 1.0)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bounds_follow_their_models() {
        let rounded = |model| bounds(model, 50.0, 190.0, 170.0).map(|b| b.round() as i32);
        assert_eq!(rounded(ZoneModel::Maximum), [95, 114, 133, 152, 171]);
        assert_eq!(rounded(ZoneModel::Reserve), [120, 134, 148, 162, 176]);
        let friel = bounds(ZoneModel::Threshold, 50.0, 190.0, 170.0);
        assert!((friel[1] - 144.5).abs() < 1e-9 && (friel[4] - 170.0).abs() < 1e-9);
        assert_eq!((zone_of(&friel, 100.0), zone_of(&friel, 171.0)), (Some(0), Some(4)));
        assert_eq!(zone_of(&bounds(ZoneModel::Maximum, 50.0, 190.0, 170.0), 80.0), None);
    }

    #[test]
    fn zones_of_pace_are_shares_of_the_threshold() {
        // 4:34 /km.
        let threshold = 1000.0 / 274.0;
        let paces = pace_bounds(threshold).map(|mps| (1000.0 / mps).round());
        assert_eq!(paces[1..], [353.0, 312.0, 290.0, 271.0]);
        let speed: Vec<f64> = [(360.0, 600), (330.0, 1200), (300.0, 300), (280.0, 300), (250.0, 60)]
            .iter()
            .flat_map(|(pace, n)| std::iter::repeat_n(1000.0 / *pace, *n))
            .collect();
        let zones = time_in_pace_zones(threshold, &speed);
        for (zone, expected) in zones.iter().zip([600.0, 1200.0, 300.0, 300.0, 60.0]) {
            assert!((zone - expected).abs() <= 2.0 * PACE_WINDOW_S as f64, "{zones:?}");
        }
        assert!((zones.iter().sum::<f64>() - 2460.0).abs() < 1e-9, "every moving second is in one");
        assert!(time_in_pace_zones(threshold, &[]).iter().all(|s| *s == 0.0));
    }

    proptest! {
        #[test]
        fn no_second_counts_twice(hrs in prop::collection::vec(prop::option::of(40.0..220.0f64), 0..200)) {
            let bounds = bounds(ZoneModel::Reserve, 55.0, 188.0, 165.0);
            let samples: Vec<(f64, f64)> = hrs.iter().map(|h| (h.unwrap_or(f64::NAN), 1.0)).collect();
            let inside = hrs.iter().flatten().filter(|h| **h >= bounds[0]).count();
            let total: f64 = time_in_zones(&bounds, samples.iter().copied()).iter().sum();
            prop_assert!((total - inside as f64).abs() < 1e-9);
            let mut turned = samples;
            turned.reverse();
            prop_assert!((time_in_zones(&bounds, turned.into_iter()).iter().sum::<f64>() - total).abs() < 1e-9);
        }
    }
}

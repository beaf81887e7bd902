//! Heart-rate zones and the time spent in them.

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

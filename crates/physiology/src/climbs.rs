//! Climbs of a run, from its smoothed altitude.
//!
//! What counts as a climb is a convention, and this is ours: a way up of 2 % or more on the whole, with at least 15 m between its foot and its top.
//! Looked at is altitude less 2 % of the distance: a climb leads from a low of that to a high. So it begins where the road becomes steeper than 2 %
//! and ends where it stops being so, and a long rise that nobody notices is none.

use serde::{Deserialize, Serialize};

use crate::altitude::Profile;

/// A way that rises less is no climb (rise over run).
const LEAST_GRADE: f64 = 0.02;
/// Metres between the foot and the top of a climb, at least.
const LEAST_RISE_M: f64 = 15.0;
/// A dip or a level stretch within a climb ends it if it costs more than this, in metres below the highest so far…
const LEAST_DIP_M: f64 = 6.0;
/// … or more than this share of what was climbed: a long climb may have a saddle.
const DIP_SHARE: f64 = 0.2;

/// A climb.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Climb {
    /// Metres from the start of the run to its foot.
    pub start_m: f64,
    /// Metres from the start of the run to its top.
    pub end_m: f64,
    /// Elevation gain in metres, counted as for the run: dips are not subtracted.
    pub gain_m: f64,
    /// Mean grade: rise from foot to top over the way (0.05 is 5 %).
    pub grade: f64,
}

impl Climb {
    /// Metres from foot to top, along the way.
    #[must_use]
    pub fn length_m(&self) -> f64 {
        self.end_m - self.start_m
    }
}

/// A part of a run that is one climb, or the way between two.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Metres from the start of the run.
    pub from_m: f64,
    /// Metres from the start of the run.
    pub to_m: f64,
    /// Which climb it is; `None` for a way between.
    pub climb: Option<usize>,
}

/// The climbs of a run of `total_m`, in order; they do not overlap.
#[must_use]
pub fn climbs(profile: &Profile, total_m: f64) -> Vec<Climb> {
    let mut found = Vec::new();
    let (mut foot, mut top) = (Level::default(), Level::default());
    let mut add = |foot: Level, top: Level| {
        let rise = top.altitude_m - foot.altitude_m;
        if rise >= LEAST_RISE_M {
            let gain_m = profile.climb(foot.at_m, top.at_m);
            found.push(Climb { start_m: foot.at_m, end_m: top.at_m, gain_m, grade: rise / (top.at_m - foot.at_m) });
        }
    };
    for (k, (at_m, altitude_m)) in profile.hills().take_while(|(at_m, _)| *at_m <= total_m).enumerate() {
        let here = Level { at_m, altitude_m, above: altitude_m - LEAST_GRADE * at_m };
        if k == 0 {
            (foot, top) = (here, here);
        }
        if here.above > top.above {
            top = here;
        }
        let dip = LEAST_DIP_M.max(DIP_SHARE * (top.above - foot.above));
        if here.above < top.above - dip {
            add(foot, top);
            (foot, top) = (here, here);
        }
        if here.above <= foot.above {
            (foot, top) = (here, here);
        }
    }
    add(foot, top);
    found
}

/// A run of `total_m` in parts: its climbs and the ways before, between and after them. Together they are the whole run.
#[must_use]
pub fn parts(climbs: &[Climb], total_m: f64) -> Vec<Part> {
    let mut out = Vec::with_capacity(2 * climbs.len() + 1);
    let mut from_m = 0.0;
    for (k, climb) in climbs.iter().enumerate() {
        if climb.start_m > from_m {
            out.push(Part { from_m, to_m: climb.start_m, climb: None });
        }
        out.push(Part { from_m: climb.start_m, to_m: climb.end_m, climb: Some(k) });
        from_m = climb.end_m;
    }
    if total_m > from_m {
        out.push(Part { from_m, to_m: total_m, climb: None });
    }
    out
}

/// A point of the profile.
#[derive(Debug, Clone, Copy, Default)]
struct Level {
    at_m: f64,
    altitude_m: f64,
    /// How far it lies above a way that rises at [`LEAST_GRADE`] from the start, in metres.
    above: f64,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A profile through points of (metres along, metres high), sampled every 3 m.
    fn profile(points: &[(f64, f64)]) -> (Profile, f64) {
        let total = points[points.len() - 1].0;
        let distance: Vec<f64> = (0..=(total / 3.0) as usize).map(|k| k as f64 * 3.0).collect();
        let altitude: Vec<f64> = distance
            .iter()
            .map(|d| {
                let k = points.partition_point(|p| p.0 <= *d).clamp(1, points.len() - 1);
                let (a, b) = (points[k - 1], points[k]);
                a.1 + (d - a.0) / (b.0 - a.0) * (b.1 - a.1)
            })
            .collect();
        (Profile::new(&distance, &altitude).expect("altitude everywhere"), total)
    }

    fn found(points: &[(f64, f64)]) -> Vec<Climb> {
        let (profile, total) = profile(points);
        climbs(&profile, total)
    }

    #[test]
    fn a_hill_begins_at_its_foot_and_ends_at_its_top() {
        // Two kilometres that nobody notices, a kilometre and a half at 6 %, and down again.
        let hill = found(&[(0.0, 30.0), (2000.0, 40.0), (3500.0, 130.0), (5000.0, 40.0), (10_000.0, 30.0)]);
        assert_eq!(hill.len(), 1, "{hill:?}");
        assert!((hill[0].start_m - 2000.0).abs() <= 20.0 && (hill[0].end_m - 3500.0).abs() <= 20.0, "{hill:?}");
        assert!((hill[0].gain_m - 90.0).abs() < 2.0 && (hill[0].grade - 0.06).abs() < 0.002 && (hill[0].length_m() - 1500.0).abs() <= 40.0);
        let parts = parts(&hill, 10_000.0);
        assert_eq!(parts.iter().map(|p| p.climb).collect::<Vec<_>>(), [None, Some(0), None]);
    }

    #[test]
    fn a_saddle_belongs_to_a_climb_and_a_valley_does_not() {
        let saddle = found(&[(0.0, 0.0), (1500.0, 90.0), (1700.0, 84.0), (3000.0, 160.0), (4000.0, 100.0)]);
        assert_eq!(saddle.len(), 1, "{saddle:?}");
        // 90 m and 76 m of rise, and not the 160 m between foot and top.
        assert!((saddle[0].gain_m - 166.0).abs() < 3.0 && (saddle[0].grade - 160.0 / 3000.0).abs() < 0.002, "{saddle:?}");
        let valley = found(&[(0.0, 0.0), (1500.0, 90.0), (2300.0, 40.0), (3600.0, 120.0), (4000.0, 100.0)]);
        assert_eq!(valley.len(), 2, "{valley:?}");
        let level = found(&[(0.0, 0.0), (1000.0, 60.0), (2500.0, 60.0), (3500.0, 120.0)]);
        assert_eq!(level.len(), 2, "a level stretch of 1.5 km lies between: {level:?}");
    }

    #[test]
    fn what_is_small_gentle_or_downhill_is_no_climb() {
        assert!(found(&[(0.0, 0.0), (250.0, 13.0), (500.0, 0.0), (3000.0, 0.0)]).is_empty(), "a bridge");
        assert!(found(&[(0.0, 0.0), (10_000.0, 150.0)]).is_empty(), "1.5 %");
        assert!(found(&[(0.0, 300.0), (5000.0, 0.0)]).is_empty());
        // Up to the last metre, as in a race that ends on a mountain.
        assert_eq!(found(&[(0.0, 0.0), (4000.0, 0.0), (7000.0, 300.0)]).len(), 1);
        // A barometer's metre of noise adds none.
        let noisy: Vec<(f64, f64)> = (0..2000).map(|k| (f64::from(k) * 5.0, f64::from(k * 7919 % 13) / 6.0)).collect();
        assert!(found(&noisy).is_empty());
    }

    proptest! {
        #[test]
        fn climbs_are_in_order_and_parts_are_the_whole(heights in prop::collection::vec(0.0..200.0f64, 2..20), step in 100.0..1500.0f64) {
            let points: Vec<(f64, f64)> = heights.iter().enumerate().map(|(k, h)| (k as f64 * step, *h)).collect();
            let (profile, total) = profile(&points);
            let climbs = climbs(&profile, total);
            let mut before = 0.0;
            for climb in &climbs {
                prop_assert!(climb.start_m >= before && climb.end_m > climb.start_m && climb.end_m <= total);
                prop_assert!(climb.grade >= LEAST_GRADE - 1e-9 && climb.gain_m >= LEAST_RISE_M - 2.5, "{climb:?}");
                before = climb.end_m;
            }
            let parts = parts(&climbs, total);
            prop_assert!((parts.iter().map(|p| p.to_m - p.from_m).sum::<f64>() - total).abs() < 1e-6);
            prop_assert!(parts.windows(2).all(|w| (w[0].to_m - w[1].from_m).abs() < 1e-9));
            let all = profile.climb(0.0, total);
            prop_assert!(climbs.iter().map(|c| c.gain_m).sum::<f64>() <= all + 2.0 * climbs.len() as f64 + 1e-6);
        }
    }
}

//! A target time along a course: at an even pace, or at an even effort.
//!
//! Even effort means an even grade-adjusted speed: each metre takes as long as its grade costs ([`crate::grade`]), whatever the model. Where the
//! cost of an hour is the same everywhere, nobody is nearer to their limit on a hill than on the flat. The smoothing of the altitude is that of
//! runs.

use domain::race::{BOUNDS_M, POSSIBLE_MPS};

use crate::Track;
use crate::altitude::Profile;
use crate::grade::{Model, factor};

/// A course is looked at in steps of so many metres, the grid of its altitude.
const STEP_M: f64 = 5.0;

/// How the time is spread over the course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pacing {
    /// The same pace everywhere.
    EvenPace,
    /// The same effort everywhere: slower uphill, faster downhill.
    EvenEffort,
}

/// A course, ready for plans.
#[derive(Debug, Clone)]
pub struct Course {
    total_m: f64,
    /// Metres of equal effort on the flat from the start to each step, and to the end.
    graded_m: Vec<f64>,
    /// Its altitude, if it is known.
    profile: Option<Profile>,
}

/// A point of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passing {
    /// Whole metres from the start; the last point is the end of the course.
    pub at_m: u32,
    /// Whole seconds from the start.
    pub elapsed_s: u32,
    /// Whole seconds of the part that ends here.
    pub part_s: u32,
}

impl Course {
    /// A course through points: metres from the start, not decreasing, and altitudes in metres (`NaN` where unknown). Without altitudes it is flat.
    /// `None` if it is shorter than 100 m, longer than 1,000 km, or if distances decrease.
    #[must_use]
    pub fn new(distance_m: &[f64], altitude_m: &[f64], model: Model) -> Option<Self> {
        let (first, last) = (*distance_m.first()?, *distance_m.last()?);
        let total_m = last - first;
        let ascends = distance_m.windows(2).all(|w| w[1] >= w[0]);
        if !(ascends && (BOUNDS_M.0..=BOUNDS_M.1).contains(&total_m)) {
            return None;
        }
        let from_start: Vec<f64> = distance_m.iter().map(|d| d - first).collect();
        let profile = Profile::new(&from_start, altitude_m);
        let steps = (total_m / STEP_M).ceil() as usize;
        let mut graded_m = Vec::with_capacity(steps + 1);
        let mut sum = 0.0;
        graded_m.push(sum);
        for k in 0..steps {
            let (from, to) = (k as f64 * STEP_M, ((k + 1) as f64 * STEP_M).min(total_m));
            sum += (to - from) * profile.as_ref().map_or(1.0, |p| factor(model, p.grade(from, to)));
            graded_m.push(sum);
        }
        Some(Self { total_m, graded_m, profile })
    }

    /// The course that a track went, as a run of the year before or a file of the organiser; `None` as for points.
    #[must_use]
    pub fn of_track(track: &Track, model: Model) -> Option<Self> {
        Self::new(&track.distance_m, &track.samples.altitude_m, model)
    }

    /// Metres.
    #[must_use]
    pub fn total_m(&self) -> f64 {
        self.total_m
    }

    /// Metres on the flat that cost as much as the course.
    #[must_use]
    pub fn graded_m(&self) -> f64 {
        self.graded_m[self.graded_m.len() - 1]
    }

    /// The seconds of a target that the hills take at an even effort, less what they give back: what a flat course as long would not.
    #[must_use]
    pub fn hills_s(&self, target_s: f64) -> f64 {
        target_s * (1.0 - self.total_m / self.graded_m())
    }

    /// The smoothed altitude at a distance, in metres; `None` if it is not known.
    #[must_use]
    pub fn altitude_m(&self, at_m: f64) -> Option<f64> {
        self.profile.as_ref().map(|profile| profile.at(at_m))
    }

    /// The metres that are climbed between two distances in metres; `None` if the altitude is not known.
    #[must_use]
    pub fn climb_m(&self, from_m: f64, to_m: f64) -> Option<f64> {
        self.profile.as_ref().map(|profile| profile.climb(from_m, to_m))
    }

    /// The seconds from the start to a distance in metres, for a target in seconds.
    #[must_use]
    pub fn elapsed_s(&self, at_m: f64, target_s: f64, pacing: Pacing) -> f64 {
        let at = at_m.clamp(0.0, self.total_m);
        match pacing {
            Pacing::EvenPace => target_s * at / self.total_m,
            Pacing::EvenEffort => target_s * self.graded_at(at) / self.graded_m(),
        }
    }

    /// Cumulative times after every `every_m` metres and at the end, in whole seconds; the last is the target to the second, and the parts add up to
    /// it. Empty if the target is faster or slower than anybody runs, or for parts shorter than 100 m. A remainder of less than a metre is no part.
    #[must_use]
    pub fn plan(&self, target_s: u32, pacing: Pacing, every_m: f64) -> Vec<Passing> {
        let mps = self.total_m / f64::from(target_s);
        if !(POSSIBLE_MPS.0..=POSSIBLE_MPS.1).contains(&mps) || every_m.is_nan() || every_m < BOUNDS_M.0 {
            return Vec::new();
        }
        let whole = ((self.total_m - 1.0) / every_m).floor().max(0.0) as usize;
        let mut out: Vec<Passing> = Vec::with_capacity(whole + 1);
        for at in (1..=whole).map(|k| k as f64 * every_m).chain([self.total_m]) {
            let before = out.last().map_or(0, |p| p.elapsed_s);
            let elapsed_s = self.elapsed_s(at, f64::from(target_s), pacing).round() as u32;
            out.push(Passing { at_m: at.round() as u32, elapsed_s, part_s: elapsed_s - before });
        }
        out
    }

    fn graded_at(&self, at_m: f64) -> f64 {
        let k = ((at_m / STEP_M) as usize).min(self.graded_m.len() - 2);
        let (from, to) = (k as f64 * STEP_M, ((k + 1) as f64 * STEP_M).min(self.total_m));
        let share = if to > from { ((at_m - from) / (to - from)).clamp(0.0, 1.0) } else { 1.0 };
        self.graded_m[k] + share * (self.graded_m[k + 1] - self.graded_m[k])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn course(heights: &[f64], length_m: f64, model: Model) -> Course {
        let n = (length_m / 10.0).ceil() as usize;
        let distance: Vec<f64> = (0..=n).map(|k| length_m * k as f64 / n as f64).collect();
        let altitude: Vec<f64> = distance
            .iter()
            .map(|d| {
                let x = d / length_m * (heights.len() - 1) as f64;
                let k = (x as usize).min(heights.len() - 2);
                heights[k] + (x - k as f64) * (heights[k + 1] - heights[k])
            })
            .collect();
        Course::new(&distance, &altitude, model).expect("a course")
    }

    #[test]
    fn a_flat_course_is_run_evenly_either_way() {
        let flat = course(&[40.0, 40.0], 21_097.5, Model::HeartRate);
        for pacing in [Pacing::EvenPace, Pacing::EvenEffort] {
            let plan = flat.plan(5760, pacing, 1000.0);
            assert_eq!(plan.len(), 22);
            // 1:36:00 is 273.016 s/km: 22:45, 45:30, 1:08:15 and 1:31:00.
            for (km, seconds) in [(5, 1365), (10, 2730), (15, 4095), (20, 5460)] {
                assert_eq!((plan[km - 1].at_m, plan[km - 1].elapsed_s), (km as u32 * 1000, seconds), "{pacing:?}");
            }
            assert_eq!((plan[21].at_m, plan[21].elapsed_s, plan[21].part_s), (21_098, 5760, 27));
        }
    }

    #[test]
    fn a_ramp_up_and_down_costs_what_its_grades_say() {
        // A kilometre up at 5 % and one down: by Minetti 1.3014 and 0.7628, so the way up takes 1.3014/2.0642 of the time.
        let ramp = course(&[0.0, 50.0, 0.0], 2000.0, Model::Minetti);
        let plan = ramp.plan(600, Pacing::EvenEffort, 1000.0);
        assert_eq!(plan.iter().map(|p| p.at_m).collect::<Vec<_>>(), [1000, 2000]);
        assert!((f64::from(plan[0].elapsed_s) - 600.0 * 1.3014 / 2.0642).abs() <= 1.0, "{plan:?}");
        assert_eq!(plan[1].elapsed_s, 600);
        assert_eq!(ramp.plan(600, Pacing::EvenPace, 1000.0)[0].elapsed_s, 300);
        assert!((ramp.graded_m() - 2064.2).abs() < 5.0);
        // A flat course of two kilometres would take 600/1.0321 at that effort.
        assert!((ramp.hills_s(600.0) - (600.0 - 600.0 / 1.0321)).abs() < 1.5, "{}", ramp.hills_s(600.0));
        assert!(ramp.climb_m(0.0, 1000.0).is_some_and(|climb| (climb - 50.0).abs() < 1.5));
        assert!(ramp.climb_m(1000.0, 2000.0).is_some_and(|climb| climb < 1.0) && ramp.altitude_m(500.0).is_some_and(|m| (m - 25.0).abs() < 0.5));
    }

    #[test]
    fn a_course_may_be_a_file_without_times() {
        let mut samples = recordings::Samples::default();
        for k in 0..400_usize {
            samples.push(f64::NAN);
            (samples.latitude_deg[k], samples.longitude_deg[k]) = (48.0 + k as f64 * 1e-4, 9.0);
            samples.altitude_m[k] = 400.0 + (k as f64 / 40.0).sin() * 30.0;
        }
        let recording = recordings::Recording { sport: recordings::Sport::Running, samples, ..recordings::Recording::default() };
        let track = crate::analyse(&recording, &crate::Athlete::default()).track;
        let course = Course::of_track(&track, Model::HeartRate).expect("a course");
        assert!((course.total_m() - 4436.7).abs() < 5.0 && course.graded_m() > course.total_m(), "{}", course.total_m());
        assert_eq!(course.plan(1331, Pacing::EvenEffort, 1000.0).last().map(|p| p.elapsed_s), Some(1331));
    }

    #[test]
    fn what_cannot_be_is_no_course_and_no_plan() {
        assert!(Course::new(&[], &[], Model::HeartRate).is_none() && Course::new(&[0.0, 50.0], &[1.0, 1.0], Model::HeartRate).is_none());
        assert!(Course::new(&[0.0, 500.0, 400.0, 900.0], &[1.0; 4], Model::HeartRate).is_none());
        assert!(
            Course::new(&[0.0, f64::NAN], &[1.0; 2], Model::HeartRate).is_none() && Course::new(&[0.0, 2e6], &[1.0; 2], Model::HeartRate).is_none()
        );
        let unknown = Course::new(&[500.0, 10_500.0], &[f64::NAN; 2], Model::HeartRate).expect("no altitude is flat");
        assert!((unknown.graded_m() - 10_000.0).abs() < 1e-6 && unknown.hills_s(3000.0).abs() < 1e-6);
        assert_eq!((unknown.climb_m(0.0, 10_000.0), unknown.altitude_m(0.0)), (None, None));
        assert!(unknown.plan(0, Pacing::EvenPace, 1000.0).is_empty() && unknown.plan(600, Pacing::EvenPace, 1000.0).is_empty());
        assert!(unknown.plan(3000, Pacing::EvenPace, 1.0).is_empty() && unknown.plan(100_000, Pacing::EvenPace, 1000.0).is_empty());
        // Miles, and a course of exactly ten parts.
        assert_eq!(unknown.plan(3000, Pacing::EvenPace, 1609.344).len(), 7);
        assert_eq!(unknown.plan(3000, Pacing::EvenPace, 1000.0).len(), 10);
    }

    proptest! {
        #[test]
        fn every_plan_ends_at_its_target_to_the_second(
            heights in prop::collection::vec(0.0..400.0f64, 2..12),
            length in 1000.0..60_000.0f64,
            pace in 180.0..900.0f64,
            effort in any::<bool>(),
            minetti in any::<bool>(),
        ) {
            let course = course(&heights, length, if minetti { Model::Minetti } else { Model::HeartRate });
            let target = (pace * length / 1000.0).round() as u32;
            let pacing = if effort { Pacing::EvenEffort } else { Pacing::EvenPace };
            let plan = course.plan(target, pacing, 1000.0);
            let last = plan.last().expect("a plan");
            prop_assert_eq!(last.elapsed_s, target);
            prop_assert!((f64::from(last.at_m) - length).abs() <= 0.5 + 1e-6);
            prop_assert_eq!(plan.iter().map(|p| p.part_s).sum::<u32>(), target);
            prop_assert!(plan.windows(2).all(|w| w[0].elapsed_s <= w[1].elapsed_s && w[0].at_m < w[1].at_m));
            // No part is off by more than the rounding of both its ends.
            let mut before = 0.0;
            for p in &plan {
                let exact = course.elapsed_s(f64::from(p.at_m).min(length), f64::from(target), pacing);
                prop_assert!((f64::from(p.part_s) - (exact - before)).abs() <= 1.0 + 1.0);
                before = exact;
            }
        }

        #[test]
        fn steeper_takes_longer_and_the_target_only_scales(rise in 10.0..300.0f64, target in 1800..6000_u32) {
            let hill = course(&[0.0, 0.0, rise, rise], 9000.0, Model::HeartRate);
            let at = |m: f64| hill.elapsed_s(m, f64::from(target), Pacing::EvenEffort);
            prop_assert!(at(6000.0) - at(3000.0) > at(3000.0));
            prop_assert!((at(4500.0) / f64::from(target) - hill.elapsed_s(4500.0, 1.0, Pacing::EvenEffort)).abs() < 1e-9);
            // On the flat before and after, the effort is the same.
            prop_assert!((at(2000.0) - at(1000.0) - (at(8500.0) - at(7500.0))).abs() < 1e-6);
        }
    }
}

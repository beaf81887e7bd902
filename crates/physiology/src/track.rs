//! A cleaned recording as a chain of steps: duration, distance, grade, moving or not.

use recordings::{Recording, Samples, Sport};

use crate::altitude::Profile;
use crate::distance::{Way, way};
use crate::grade::{Model, factor};
use crate::intervals::{outside, union};
use crate::moving::{MOVING_MPS, RUNNING_MPS, net_speeds, speeds, standing_mps, without_silences};
use crate::order::TimeMap;

/// Maximum number of values, one per moving second: twelve days, as many as a recording may have samples. Two samples may be days apart, so a
/// small file can claim years.
const MOST_SECONDS: f64 = 1_048_576.0;
/// The range of grades for normalised graded pace.
const NGP_GRADES: (f64, f64) = (-0.25, 0.30);

/// Steps between neighbouring samples, and what is known at each sample.
#[derive(Debug, Clone)]
pub struct Track {
    /// The cleaned samples.
    pub samples: Samples,
    /// Metres from the start at each sample, never decreasing; empty where no distance is known at all.
    pub distance_m: Vec<f64>,
    /// Smoothed altitude over distance, where altitude is known.
    pub profile: Option<Profile>,
    /// For each step from sample i to i + 1: seconds with the timer running.
    pub timer_s: Vec<f64>,
    /// For each step: moving seconds, 0 while paused or standing.
    pub moving_s: Vec<f64>,
    /// For each step: grade-adjusted metres, of equal effort on the flat.
    pub graded_m: Vec<f64>,
    /// Metres of jumps across stated gaps, which were not run; no distance includes them.
    pub jumped_m: f64,
    /// For each step: the same with grades clamped as for normalised graded pace.
    normal_m: Vec<f64>,
}

impl Track {
    /// From cleaned samples; pauses and lengths are those of the recording, and `map` converts their times. Distance is the device's
    /// counter if there is one, else along the positions.
    #[must_use]
    pub fn new(samples: Samples, recording: &Recording, map: &TimeMap, model: Model) -> Self {
        let steps = samples.len().saturating_sub(1);
        let pauses = union(recording.pauses.iter().map(|p| (map.at(p.from_s), map.at(p.to_s))));
        let still = union(rests(recording, map).chain(pauses.iter().copied()));
        let timer_s = outside(&samples.time_s, &pauses);
        let active_s = outside(&samples.time_s, &still);
        let Way { distance_m, jumped_m, around_s } = way(&samples, &timer_s, &active_s, recording);
        let (timer_s, active_s) = without_silences(&samples.time_s, &distance_m, timer_s, active_s, recording.totals.timer_s);
        let profile = if distance_m.is_empty() { None } else { Profile::new(&distance_m, &samples.altitude_m) };
        let mut moving_s = active_s;
        let mut graded_m = vec![0.0; steps];
        let mut normal_m = vec![0.0; steps];
        if !distance_m.is_empty() {
            let speeds = speeds(&samples.time_s, &distance_m, &moving_s, around_s);
            let least =
                standing_mps(&speeds, &net_speeds(&samples), &moving_s, if recording.sport == Sport::Running { RUNNING_MPS } else { MOVING_MPS });
            for i in 0..steps {
                if speeds[i] < least {
                    moving_s[i] = 0.0;
                }
                let metres = distance_m[i + 1] - distance_m[i];
                if metres > 0.0 {
                    let grade = profile.as_ref().map_or(0.0, |p| p.grade(distance_m[i], distance_m[i + 1]));
                    graded_m[i] = metres * factor(model, grade);
                    normal_m[i] = metres * factor(model, grade.clamp(NGP_GRADES.0, NGP_GRADES.1));
                }
            }
        }
        Self { samples, distance_m, profile, timer_s, moving_s, graded_m, jumped_m, normal_m }
    }

    /// Total metres; `None` where unknown.
    #[must_use]
    pub fn total_m(&self) -> Option<f64> {
        self.distance_m.last().copied().filter(|d| *d > 0.0)
    }

    /// Metres of a step.
    #[must_use]
    pub fn step_m(&self, i: usize) -> f64 {
        if self.distance_m.is_empty() { 0.0 } else { self.distance_m[i + 1] - self.distance_m[i] }
    }

    /// The heart rate of a step in beats per minute and the seconds that it counts for: those with the timer running, but no more than a device
    /// leaves between two samples of a continuous heart rate.
    #[must_use]
    pub fn beat_s(&self, i: usize) -> Option<(f64, f64)> {
        const LONGEST_S: f64 = 60.0;
        let hr = self.samples.heart_rate_bpm[i + 1];
        (hr.is_finite() && self.timer_s[i] > 0.0).then(|| (hr, self.timer_s[i].min(LONGEST_S)))
    }

    /// Metres of equal effort on the flat while moving.
    #[must_use]
    pub fn moving_graded_m(&self) -> f64 {
        self.graded_m.iter().zip(&self.moving_s).filter(|(_, s)| **s > 0.0).map(|(m, _)| m).sum()
    }

    /// Whether it has more moving seconds than values are computed for.
    #[must_use]
    pub fn is_too_long_for_seconds(&self) -> bool {
        self.moving_s.iter().sum::<f64>() > MOST_SECONDS
    }

    /// The moving time at one value per second: graded speed in m/s and heart rate in beats per minute (`NaN` where unknown). Empty if it
    /// moves for longer than twelve days.
    #[must_use]
    pub fn each_moving_second(&self) -> (Vec<f64>, Vec<f64>) {
        let (mut speed, mut heart_rate) = (Vec::new(), Vec::new());
        if self.is_too_long_for_seconds() {
            return (speed, heart_rate);
        }
        let mut owed = 0.0;
        for (i, &dt) in self.moving_s.iter().enumerate() {
            if dt <= 0.0 {
                continue;
            }
            owed += dt;
            let v = self.normal_m[i] / dt;
            while owed >= 1.0 {
                speed.push(v);
                heart_rate.push(self.samples.heart_rate_bpm[i + 1]);
                owed -= 1.0;
            }
        }
        (speed, heart_rate)
    }
}

/// The time between two pool lengths that were swum, whether a watch recorded it as a length of rest or not at all.
fn rests(recording: &Recording, map: &TimeMap) -> impl Iterator<Item = (f64, f64)> {
    const TURN_S: f64 = 2.0;
    let mut swum: Vec<(f64, f64)> =
        recording.lengths.iter().filter(|l| l.active).map(|l| (map.at(l.start_s), map.at(l.start_s + l.elapsed_s))).collect();
    swum.sort_by(|a, b| a.0.total_cmp(&b.0));
    (1..swum.len()).map(move |k| (swum[k - 1].1, swum[k].0)).filter(|(from, to)| to - from > TURN_S)
}

//! A cleaned recording as a chain of steps: how long, how far, how steep, moving or not.

use recordings::{Recording, Samples, Sport};

use crate::altitude::Profile;
use crate::clean::metres_between;
use crate::grade::{Model, factor};

/// Slower than this is standing, in metres per second (a walk is 1.2).
const MOVING_MPS: f64 = 0.5;
/// For runs: 30 minutes a mile, the rule that Strava publishes for its moving time, so that paces can be compared.
const RUNNING_MPS: f64 = 1609.344 / 1800.0;
/// The grades that normalised graded pace goes by.
const NGP_GRADES: (f64, f64) = (-0.25, 0.30);
/// A gap without samples longer than this counts as a stop, whatever the distance says, in seconds.
const LONGEST_STEP_S: f64 = 300.0;

/// Steps between neighbouring samples, and what is known at each sample.
#[derive(Debug, Clone)]
pub struct Track {
    /// The cleaned samples.
    pub samples: Samples,
    /// Metres from the start at each sample, never decreasing; empty where no distance is known at all.
    pub distance_m: Vec<f64>,
    /// Smoothed altitude over distance, where altitude is known.
    pub profile: Option<Profile>,
    /// For each step from sample i to i + 1: seconds, 0 while paused or standing.
    pub moving_s: Vec<f64>,
    /// For each step: metres of equal effort on the flat.
    pub graded_m: Vec<f64>,
    /// For each step: the same with grades clamped as normalised graded pace does it.
    normal_m: Vec<f64>,
}

impl Track {
    /// From cleaned samples. Distance is the device's where it counted one, else along the positions.
    #[must_use]
    pub fn new(samples: Samples, recording: &Recording, model: Model) -> Self {
        let distance_m = distances(&samples);
        let profile = if distance_m.is_empty() { None } else { Profile::new(&distance_m, &samples.altitude_m) };
        let steps = samples.len().saturating_sub(1);
        let mut moving_s = vec![0.0; steps];
        let mut graded_m = vec![0.0; steps];
        let mut normal_m = vec![0.0; steps];
        let least = if recording.sport == Sport::Running { RUNNING_MPS } else { MOVING_MPS };
        let mut pauses = &recording.pauses[..];
        for i in 0..steps {
            let (from, to) = (samples.time_s[i], samples.time_s[i + 1]);
            let dt = to - from;
            while let Some(rest) = pauses.split_first().filter(|(p, _)| p.to_s <= from).map(|(_, rest)| rest) {
                pauses = rest;
            }
            let paused: f64 = pauses.iter().take_while(|p| p.from_s < to).map(|p| (p.to_s.min(to) - p.from_s.max(from)).max(0.0)).sum();
            let running = (dt - paused).max(0.0);
            if distance_m.is_empty() {
                moving_s[i] = if dt <= LONGEST_STEP_S { running } else { 0.0 };
                continue;
            }
            let metres = distance_m[i + 1] - distance_m[i];
            if running > 0.0 && dt <= LONGEST_STEP_S && is_moving(&samples, &distance_m, i, least) {
                moving_s[i] = running;
            }
            if metres > 0.0 {
                let grade = profile.as_ref().map_or(0.0, |p| p.grade(distance_m[i], distance_m[i + 1]));
                graded_m[i] = metres * factor(model, grade);
                normal_m[i] = metres * factor(model, grade.clamp(NGP_GRADES.0, NGP_GRADES.1));
            }
        }
        Self { samples, distance_m, profile, moving_s, graded_m, normal_m }
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

    /// Metres of equal effort on the flat while moving.
    #[must_use]
    pub fn moving_graded_m(&self) -> f64 {
        self.graded_m.iter().zip(&self.moving_s).filter(|(_, s)| **s > 0.0).map(|(m, _)| m).sum()
    }

    /// The moving part at one value a second: graded speed in m/s and heart rate in beats per minute (`NaN` where unknown).
    #[must_use]
    pub fn each_moving_second(&self) -> (Vec<f64>, Vec<f64>) {
        let (mut speed, mut heart_rate) = (Vec::new(), Vec::new());
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

/// Whether step `i` is part of a movement. Devices count distance in jumps, so the step is seen in its ten seconds.
fn is_moving(samples: &Samples, distance_m: &[f64], i: usize, least_mps: f64) -> bool {
    let (mut a, mut b) = (i, i + 1);
    while a > 0 && samples.time_s[i] - samples.time_s[a - 1] <= 4.0 {
        a -= 1;
    }
    while b + 1 < samples.len() && samples.time_s[b + 1] - samples.time_s[i + 1] <= 4.0 {
        b += 1;
    }
    (distance_m[b] - distance_m[a]) / (samples.time_s[b] - samples.time_s[a]).max(0.1) >= least_mps
}

fn distances(samples: &Samples) -> Vec<f64> {
    let n = samples.len();
    let counted = samples.distance_m.iter().filter(|d| d.is_finite()).count();
    if counted * 2 > n {
        // Between two counts the way is assumed even; before the first it is zero.
        let mut out = vec![f64::NAN; n];
        let mut last: Option<usize> = None;
        for i in 0..n {
            if samples.distance_m[i].is_nan() {
                continue;
            }
            out[i] = samples.distance_m[i];
            let (from, value) = last.map_or((0, samples.distance_m[i]), |k| (k, out[k]));
            let span = (samples.time_s[i] - samples.time_s[from]).max(1e-9);
            for k in from..i {
                let share = (samples.time_s[k] - samples.time_s[from]) / span;
                out[k] = value + share * (samples.distance_m[i] - value);
            }
            last = Some(i);
        }
        if let Some(k) = last {
            let end = out[k];
            out[k..].fill(end);
        }
        let first = out[0].min(out.get(1).copied().unwrap_or(0.0));
        // A counter that starts beyond zero belongs to an earlier activity of the same session.
        if first > 200.0 {
            for d in &mut out {
                *d -= first;
            }
        }
        return out;
    }
    let mut known: Option<usize> = None;
    let mut total = 0.0;
    let mut any = false;
    let mut out = vec![0.0; n];
    for i in 0..n {
        if samples.latitude_deg[i].is_finite() && samples.longitude_deg[i].is_finite() {
            if let Some(k) = known {
                total += metres_between(samples, k, i);
                any = true;
            }
            known = Some(i);
        }
        out[i] = total;
    }
    if any { out } else { Vec::new() }
}

//! Grade-adjusted pace on courses with known truth, for different ways of recording altitude.
//!
//! `cargo test -p physiology --test graded_course -- --nocapture` prints the bias of each.

use physiology::grade::{Model, factor};
use physiology::{Athlete, analyse};
use recordings::{Recording, Samples, Sport};

/// Metres of a course.
const LENGTH_M: f64 = 12_000.0;

/// Waves of altitude: length in metres and the steepest grade of it.
struct Course {
    name: &'static str,
    waves: &'static [(f64, f64)],
}

const COURSES: [Course; 4] = [
    Course { name: "rolling", waves: &[(90.0, 0.04), (260.0, 0.05), (900.0, 0.05)] },
    Course { name: "mountain", waves: &[(80.0, 0.06), (300.0, 0.08), (4000.0, 0.16)] },
    Course { name: "long and gentle", waves: &[(4000.0, 0.035), (300.0, 0.01)] },
    Course { name: "flat", waves: &[(1000.0, 0.004)] },
];

impl Course {
    fn altitude(&self, d: f64) -> f64 {
        let wave = |(k, (length, grade)): (usize, &(f64, f64))| {
            grade * length / std::f64::consts::TAU * (std::f64::consts::TAU * d / length + k as f64).sin()
        };
        300.0 + self.waves.iter().enumerate().map(wave).sum::<f64>()
    }

    /// Metres on the flat for the same effort, as a share of the metres.
    fn truth(&self) -> f64 {
        let metres = LENGTH_M as usize;
        (0..metres).map(|m| factor(Model::HeartRate, self.altitude(m as f64 + 1.0) - self.altitude(m as f64))).sum::<f64>() / LENGTH_M
    }
}

/// How a device records altitude.
struct Device {
    name: &'static str,
    /// Standard deviation of the noise of single values, in metres.
    noise_m: f64,
    /// Rounding step, in metres.
    rounded_m: f64,
    /// Seconds between samples, in turn.
    every_s: &'static [f64],
    /// Delay of the altitude, in seconds.
    late_s: f64,
    /// The largest accepted bias on any course, per cent.
    bias_percent: f64,
}

const SECONDS: &[f64] = &[1.0];
const SMART: &[f64] = &[1.0, 4.0, 2.0, 1.0, 6.0, 3.0, 1.0, 2.0, 5.0];

const DEVICES: [Device; 7] = [
    Device { name: "exact", noise_m: 0.0, rounded_m: 0.0, every_s: SECONDS, late_s: 0.0, bias_percent: 0.5 },
    Device { name: "barometer, 0.2 m", noise_m: 0.1, rounded_m: 0.2, every_s: SECONDS, late_s: 0.0, bias_percent: 0.5 },
    Device { name: "barometer, late", noise_m: 0.1, rounded_m: 0.2, every_s: SECONDS, late_s: 2.0, bias_percent: 0.5 },
    Device { name: "barometer, 1 m", noise_m: 0.1, rounded_m: 1.0, every_s: SECONDS, late_s: 0.0, bias_percent: 1.0 },
    Device { name: "smart recording, 0.2 m", noise_m: 0.1, rounded_m: 0.2, every_s: SMART, late_s: 0.0, bias_percent: 1.0 },
    Device { name: "smart recording, 1 m", noise_m: 0.1, rounded_m: 1.0, every_s: SMART, late_s: 0.0, bias_percent: 1.5 },
    Device { name: "receiver, 1 m of noise", noise_m: 1.0, rounded_m: 0.0, every_s: SECONDS, late_s: 0.0, bias_percent: 2.0 },
];

/// A deterministic sequence of nearly normal numbers.
fn white() -> impl FnMut() -> f64 {
    let mut state = 1_u64;
    move || {
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(1_u32 << 31)
        };
        (0..12).map(|_| uniform()).sum::<f64>() - 6.0
    }
}

fn recorded(course: &Course, device: &Device, mps: f64) -> Recording {
    let mut samples = Samples::default();
    let mut white = white();
    let (mut t, mut k) = (0.0, 0);
    while t * mps <= LENGTH_M {
        samples.push(t);
        let i = samples.len() - 1;
        samples.distance_m[i] = t * mps;
        let altitude = course.altitude((t - device.late_s) * mps) + device.noise_m * white();
        samples.altitude_m[i] = if device.rounded_m > 0.0 { (altitude / device.rounded_m).round() * device.rounded_m } else { altitude };
        t += device.every_s[k % device.every_s.len()];
        k += 1;
    }
    Recording { sport: Sport::Running, started_at_ms: Some(1_700_000_000_000), samples, ..Recording::default() }
}

#[test]
fn graded_pace_is_near_the_truth_however_altitude_was_recorded() {
    for course in &COURSES {
        for device in &DEVICES {
            let a = analyse(&recorded(course, device, 3.0), &Athlete::default());
            let graded = a.avg_pace_s_per_km.expect("pace") / a.gap_s_per_km.expect("altitude");
            let bias = 100.0 * (graded / course.truth() - 1.0);
            let sigma = a.track.profile.as_ref().expect("altitude").sigma_m();
            println!("{:16} {:23} {bias:+.2} % of graded speed, smoothed by {sigma:.1} m", course.name, device.name);
            assert!(bias.abs() <= device.bias_percent, "{} {}: {bias}", course.name, device.name);
        }
    }
}

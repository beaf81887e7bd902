//! Everything that is computed from one recording, in one pass order.

use recordings::{Recording, Sport};

use crate::Track;
use crate::clean::{Repairs, clean};
use crate::grade::Model;
use crate::load::{Sex, trimp};
use crate::splits::{Split, splits};

/// What formulas need to know of the athlete on that day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Athlete {
    /// Resting heart rate, beats per minute.
    pub hr_rest_bpm: f64,
    /// Highest heart rate, beats per minute.
    pub hr_max_bpm: f64,
    /// For the load formulas that differ.
    pub sex: Sex,
    /// How hills are weighed.
    pub grade_model: Model,
}

impl Default for Athlete {
    /// A grown runner of whom nothing is known: resting 60, highest 190.
    fn default() -> Self {
        Self { hr_rest_bpm: 60.0, hr_max_bpm: 190.0, sex: Sex::Unknown, grade_model: Model::HeartRate }
    }
}

/// The metrics of one recording. `None` where the samples do not carry it.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The cleaned samples and steps that the metrics come from.
    pub track: Track,
    /// Seconds from the first sample to the last.
    pub elapsed_s: Option<f64>,
    /// Seconds in motion.
    pub moving_s: Option<f64>,
    /// Metres.
    pub distance_m: Option<f64>,
    /// Metres climbed.
    pub ascent_m: Option<f64>,
    /// Mean heart rate over moving time, beats per minute.
    pub avg_hr_bpm: Option<f64>,
    /// Highest heart rate, beats per minute.
    pub max_hr_bpm: Option<f64>,
    /// Moving seconds per kilometre.
    pub avg_pace_s_per_km: Option<f64>,
    /// Grade-adjusted pace: seconds per kilometre on the flat for the same effort. On foot only, like the next three.
    pub gap_s_per_km: Option<f64>,
    /// Normalised graded pace, seconds per kilometre.
    pub ngp_s_per_km: Option<f64>,
    /// Efficiency factor: metres per minute per beat per minute, which is metres per heartbeat.
    pub efficiency_factor: Option<f64>,
    /// Aerobic decoupling (Pa:HR), per cent; positive when the heart drifted up against pace.
    pub decoupling_pct: Option<f64>,
    /// Time constant of the heart's answer to speed, seconds; 30 where the fit is poor.
    pub hr_lag_s: Option<f64>,
    /// Banister's training impulse.
    pub trimp: Option<f64>,
    /// Mean temperature in degrees Celsius.
    pub temperature_c: Option<f64>,
    /// Kilometre splits.
    pub splits: Vec<Split>,
    /// What cleaning repaired.
    pub repairs: Repairs,
}

/// Computes every metric of a recording.
#[must_use]
pub fn analyse(recording: &Recording, athlete: &Athlete) -> Analysis {
    let timeless = recording.samples.time_s.iter().all(|t| t.is_nan());
    let (samples, repairs) = if timeless { untimed(recording) } else { clean(&recording.samples, recording.sport) };
    let track = Track::new(samples, recording, athlete.grade_model);
    let totals = &recording.totals;
    let distance_m = track.total_m().or(totals.distance_m.filter(|d| *d > 0.0));
    let on_foot = matches!(recording.sport, Sport::Running | Sport::Walking);
    let positive = |v: f64| (v.is_finite() && v > 0.0).then_some(v);

    let elapsed_s = if timeless { None } else { track.samples.time_s.last().copied().and_then(positive).or(totals.elapsed_s) };
    let moving_s = if timeless { None } else { positive(track.moving_s.iter().sum()).or(totals.timer_s) };
    let (mut beats, mut beat_s, mut highest, mut impulse) = (0.0, 0.0, f64::NAN, 0.0);
    for (i, &dt) in track.moving_s.iter().enumerate() {
        let hr = track.samples.heart_rate_bpm[i + 1];
        if hr.is_finite() && !timeless {
            beats += hr * dt;
            beat_s += dt;
            highest = hr.max(highest);
            let reserve = (hr - athlete.hr_rest_bpm) / (athlete.hr_max_bpm - athlete.hr_rest_bpm);
            impulse += trimp(dt / 60.0, reserve, athlete.sex);
        }
    }
    let has_hr = beat_s > 0.0;
    let avg_hr_bpm = has_hr.then(|| beats / beat_s).or(totals.avg_hr_bpm);
    let max_hr_bpm = has_hr.then_some(highest).or(totals.max_hr_bpm);
    let avg_pace_s_per_km = moving_s.zip(distance_m).map(|(s, m)| s / m * 1000.0);

    let (speed, heart_rate) = track.each_moving_second();
    let graded: f64 = track.graded_m.iter().sum();
    // Without altitude the graded pace would silently be the plain one: then it is not known.
    let hills_known = track.profile.is_some();
    let gap_s_per_km = moving_s.filter(|_| on_foot && hills_known && graded > 0.0).map(|s| s / graded * 1000.0);
    let ngp_mps = if on_foot && !timeless { normalised(&speed) } else { None };
    let ngp_s_per_km = ngp_mps.filter(|_| hills_known).map(|v| 1000.0 / v);
    let efficiency_factor = ngp_mps.zip(avg_hr_bpm.filter(|_| has_hr)).map(|(v, hr)| v * 60.0 / hr);
    let decoupling_pct = if on_foot { decoupling(&speed, &heart_rate) } else { None };
    let hr_lag_s = if on_foot && has_hr { Some(heart_rate_lag(&speed, &heart_rate).unwrap_or(DEFAULT_LAG_S)) } else { None };
    let warm: Vec<f64> = track.samples.temperature_c.iter().copied().filter(|t| t.is_finite()).collect();
    let ascent_m = track.profile.as_ref().zip(track.total_m()).map(|(p, d)| p.climb(0.0, d)).or(totals.ascent_m);
    let splits = if timeless { Vec::new() } else { splits(&track, 1000.0) };
    Analysis {
        elapsed_s,
        moving_s,
        distance_m,
        ascent_m,
        avg_hr_bpm,
        max_hr_bpm,
        avg_pace_s_per_km,
        gap_s_per_km,
        ngp_s_per_km,
        efficiency_factor,
        decoupling_pct,
        hr_lag_s,
        trimp: has_hr.then_some(impulse),
        temperature_c: (!warm.is_empty()).then(|| warm.iter().sum::<f64>() / warm.len() as f64),
        splits,
        repairs,
        track,
    }
}

/// Samples of a file without times get their index as time: enough for distance and climb, and nothing else is computed.
fn untimed(recording: &Recording) -> (recordings::Samples, Repairs) {
    let mut samples = recording.samples.clone();
    for (i, t) in samples.time_s.iter_mut().enumerate() {
        *t = i as f64;
    }
    (samples, Repairs::new())
}

/// Normalised graded speed in m/s of one value a second: 30 s rolling mean, mean of fourth powers, fourth root (after Coggan's
/// normalised power; Skiba 2006 for running). `None` under a minute.
fn normalised(speed: &[f64]) -> Option<f64> {
    const WINDOW: usize = 30;
    if speed.len() < 2 * WINDOW {
        return None;
    }
    let mut sum: f64 = speed[..WINDOW].iter().sum();
    let mut fourth = (sum / WINDOW as f64).powi(4);
    for i in WINDOW..speed.len() {
        sum += speed[i] - speed[i - WINDOW];
        fourth += (sum.max(0.0) / WINDOW as f64).powi(4);
    }
    let v = (fourth / (speed.len() - WINDOW + 1) as f64).powf(0.25);
    (v > 0.1).then_some(v)
}

/// Aerobic decoupling in per cent: `100·(R₁−R₂)/R₁`, R = mean graded speed ÷ mean heart rate of each half of moving time (Friel's
/// Pa:HR). Seconds without a heart rate are left out of both means. `None` under ten minutes with heart rate.
fn decoupling(speed: &[f64], heart_rate: &[f64]) -> Option<f64> {
    let half = speed.len() / 2;
    let ratio = |range: std::ops::Range<usize>| {
        let (mut v, mut hr, mut n) = (0.0, 0.0, 0);
        for i in range {
            if heart_rate[i].is_finite() {
                v += speed[i];
                hr += heart_rate[i];
                n += 1;
            }
        }
        (n >= 300 && hr > 0.0).then(|| v / hr)
    };
    let (first, second) = (ratio(0..half)?, ratio(half..speed.len())?);
    (first > 0.0).then(|| 100.0 * (first - second) / first)
}

/// What is used where the lag cannot be fitted, in seconds.
const DEFAULT_LAG_S: f64 = 30.0;

/// Fits `τ·dHR/dt = HR₀ + k·v − HR` (Hunt et al. 2015, doi:10.1186/s12938-015-0112-7): the τ in 10…120 s whose low-passed speed
/// explains most of the heart rate. `None` where it explains less than a fifth, or the best is at an end of the range.
fn heart_rate_lag(speed: &[f64], heart_rate: &[f64]) -> Option<f64> {
    let r2 = |tau: f64| {
        let step = 1.0 - (-1.0 / tau).exp();
        let mut low = *speed.first()?;
        let (mut n, mut sx, mut sy, mut sxx, mut syy, mut sxy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        for (&v, &hr) in speed.iter().zip(heart_rate) {
            low += (v - low) * step;
            if hr.is_finite() {
                n += 1.0;
                sx += low;
                sy += hr;
                sxx += low * low;
                syy += hr * hr;
                sxy += low * hr;
            }
        }
        let (vx, vy, cov) = (sxx - sx * sx / n, syy - sy * sy / n, sxy - sx * sy / n);
        (n >= 300.0 && vx > 1e-9 && vy > 1e-9 && cov > 0.0).then(|| cov * cov / (vx * vy))
    };
    let taus: Vec<f64> = (2..=24).map(|k| f64::from(k) * 5.0).collect();
    let fits: Vec<Option<f64>> = taus.iter().map(|&t| r2(t)).collect();
    let best = (0..taus.len()).max_by(|&a, &b| fits[a].unwrap_or(0.0).total_cmp(&fits[b].unwrap_or(0.0)))?;
    (fits[best]? >= 0.2 && best > 0 && best + 1 < taus.len()).then(|| taus[best])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use recordings::Samples;

    use super::*;

    fn run(seconds: usize, speed: impl Fn(usize) -> f64, hr: impl Fn(usize) -> f64, altitude: impl Fn(f64) -> f64) -> Recording {
        let mut samples = Samples::default();
        let mut d = 0.0;
        for i in 0..seconds {
            samples.push(i as f64);
            samples.distance_m[i] = d;
            samples.altitude_m[i] = altitude(d);
            samples.heart_rate_bpm[i] = hr(i);
            d += speed(i);
        }
        Recording { sport: Sport::Running, started_at_ms: Some(0), samples, ..Recording::default() }
    }

    #[test]
    fn decoupling_meets_its_vector() {
        let r = run(3601, |_| 3.0, |i| if i <= 1800 { 150.0 } else { 157.5 }, |_| 10.0);
        let a = analyse(&r, &Athlete::default());
        assert!((a.decoupling_pct.expect("an hour with heart rate") - 4.762).abs() < 1e-3);
    }

    #[test]
    fn a_pause_is_not_moving_time() {
        let mut r = run(1200, |i| if (400..700).contains(&i) { 0.0 } else { 3.0 }, |_| 150.0, |_| 10.0);
        let by_standing = analyse(&r, &Athlete::default());
        r.pauses.push(recordings::Pause { from_s: 400.0, to_s: 700.0 });
        let by_event = analyse(&r, &Athlete::default());
        for a in [by_standing, by_event] {
            assert!((a.moving_s.expect("moving") - 899.0).abs() <= 10.0, "{:?}", a.moving_s);
            assert!((a.elapsed_s.expect("elapsed") - 1199.0).abs() < 1e-9);
        }
    }

    #[test]
    fn a_lag_that_was_put_in_is_found() {
        let speed = |i: usize| if (i / 240).is_multiple_of(2) { 2.5 } else { 4.0 };
        let mut hr = vec![130.0];
        for i in 1..3600 {
            let last = hr[i - 1];
            hr.push(last + (70.0 + 24.0 * speed(i) - last) / 45.0);
        }
        let r = run(3600, speed, |i| hr[i], |_| 10.0);
        let lag = analyse(&r, &Athlete::default()).hr_lag_s.expect("heart rate");
        assert!((lag - 45.0).abs() <= 5.0, "{lag}");
    }

    #[test]
    fn nothing_is_made_up() {
        let a = analyse(&Recording { sport: Sport::Running, ..Recording::default() }, &Athlete::default());
        assert!(a.distance_m.is_none() && a.moving_s.is_none() && a.avg_hr_bpm.is_none() && a.trimp.is_none() && a.splits.is_empty());
        let flat = analyse(&run(600, |_| 3.0, |_| f64::NAN, |_| f64::NAN), &Athlete::default());
        assert!(flat.gap_s_per_km.is_none() && flat.ascent_m.is_none() && flat.efficiency_factor.is_none());
    }

    proptest! {
        #[test]
        fn graded_pace_equals_pace_on_the_flat(v in 2.0..5.0f64) {
            let a = analyse(&run(1200, |_| v, |_| 150.0, |_| 100.0), &Athlete::default());
            let (pace, graded) = (a.avg_pace_s_per_km.expect("pace"), a.gap_s_per_km.expect("graded"));
            prop_assert!((pace - graded).abs() < 0.01);
            prop_assert!((a.ngp_s_per_km.expect("ngp") - 1000.0 / v).abs() < 0.01);
            prop_assert!((a.efficiency_factor.expect("ef") - v * 60.0 / 150.0).abs() < 1e-3);
        }

        #[test]
        fn uphill_is_worth_more(grade in 0.01..0.15f64) {
            let a = analyse(&run(1200, |_| 3.0, |_| 150.0, |d| 100.0 + d * grade), &Athlete::default());
            prop_assert!(a.gap_s_per_km.expect("graded") < a.avg_pace_s_per_km.expect("pace"));
        }
    }
}

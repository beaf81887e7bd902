//! Repairs, each by a named rule that counts what it changed. Nothing is invented: a bad value becomes a gap.

use std::collections::HashMap;

use recordings::{Recording, Samples, Sport};

use crate::movement::{FARTHEST_M, fastest_mps, metres_between};
use crate::order::{Ordered, TimeMap, put_in_order};
use crate::repairs::{Repairs, count};

/// A heart rate this far from the median of its minute is a strap error, in beats per minute.
const STRAP_BPM: f64 = 25.0;
/// Values of a minute that its median is taken from, two per second: of more, only every second, third, … is used.
const MEDIAN_OF: usize = 121;

/// Repairs the samples of a recording. The result's times strictly increase; the map converts the recording's own times.
#[must_use]
pub fn clean(recording: &Recording) -> (Samples, TimeMap, Repairs) {
    let mut repairs = Repairs::new();
    let Ordered { samples: mut out, map, .. } = put_in_order(&recording.samples, &recording.totals, &recording.pauses, &mut repairs);
    heart_rate(&mut out, &mut repairs);
    positions(&mut out, recording.sport, &mut repairs);
    distance(&mut out, &mut repairs);
    altitude(&mut out, &mut repairs);
    drift(&mut out, &mut repairs);
    cadence(&mut out, recording.sport, &mut repairs);
    (out, map, repairs)
}

/// Rules `heart_rate_zero`, `heart_rate_impossible` (under 25 or over 240) and `heart_rate_spike`.
fn heart_rate(samples: &mut Samples, repairs: &mut Repairs) {
    let (mut zero, mut impossible) = (0, 0);
    for hr in &mut samples.heart_rate_bpm {
        if *hr == 0.0 {
            zero += 1;
            *hr = f64::NAN;
        } else if *hr < 25.0 || *hr > 240.0 {
            impossible += 1;
            *hr = f64::NAN;
        }
    }
    count(repairs, "heart_rate_zero", zero);
    count(repairs, "heart_rate_impossible", impossible);

    let known: Vec<usize> = (0..samples.len()).filter(|&i| samples.heart_rate_bpm[i].is_finite()).collect();
    let original: Vec<f64> = known.iter().map(|&i| samples.heart_rate_bpm[i]).collect();
    let mut window: Vec<f64> = Vec::with_capacity(MEDIAN_OF);
    let mut spikes = 0;
    let (mut from, mut to) = (0, 0);
    for (k, &i) in known.iter().enumerate() {
        while samples.time_s[i] - samples.time_s[known[from]] > 30.0 {
            from += 1;
        }
        while to < known.len() && samples.time_s[known[to]] - samples.time_s[i] <= 30.0 {
            to += 1;
        }
        if to - from < 10 {
            continue;
        }
        window.clear();
        window.extend(original[from..to].iter().step_by((to - from).div_ceil(MEDIAN_OF)));
        let middle = window.len() / 2;
        let (_, median, _) = window.select_nth_unstable_by(middle, f64::total_cmp);
        if (original[k] - *median).abs() > STRAP_BPM {
            samples.heart_rate_bpm[i] = f64::NAN;
            spikes += 1;
        }
    }
    count(repairs, "heart_rate_spike", spikes);
}

/// Rule `gps_spike`: a point that is reached and left faster than anyone moves, though its neighbours are close together.
fn positions(samples: &mut Samples, sport: Sport, repairs: &mut Repairs) {
    let most_mps = fastest_mps(sport);
    let known: Vec<usize> = (0..samples.len()).filter(|&i| samples.latitude_deg[i].is_finite() && samples.longitude_deg[i].is_finite()).collect();
    let mut spikes = Vec::new();
    for w in known.windows(3) {
        let speed = |a: usize, b: usize| metres_between(samples, a, b) / (samples.time_s[b] - samples.time_s[a]).max(0.5);
        if speed(w[0], w[1]) > most_mps && speed(w[1], w[2]) > most_mps && speed(w[0], w[2]) < most_mps {
            spikes.push(w[1]);
        }
    }
    for &i in &spikes {
        samples.latitude_deg[i] = f64::NAN;
        samples.longitude_deg[i] = f64::NAN;
    }
    count(repairs, "gps_spike", spikes.len());
}

/// Rules `distance_backwards`: a counter never falls; `distance_impossible`: a limit that a jet would reach; and
/// `distance_restarted`: a counter that restarts from zero, as some software writes it for each lap, is continued.
pub(crate) fn distance(samples: &mut Samples, repairs: &mut Repairs) {
    const RESTART_M: f64 = 50.0;
    const STRAYS: usize = 5;
    let (mut fixed, mut impossible, mut restarted) = (0, 0, 0);
    let known: Vec<usize> = (0..samples.len()).filter(|&i| samples.distance_m[i].is_finite()).collect();
    let written: Vec<f64> = known.iter().map(|&i| samples.distance_m[i]).collect();
    let (mut highest, mut base) = (f64::NEG_INFINITY, 0.0);
    for (k, &i) in known.iter().enumerate() {
        let d = written[k];
        let next = written.get(k + 1).copied().unwrap_or(f64::NAN);
        let counted = base + d;
        samples.distance_m[i] = if d < 0.0 || counted > FARTHEST_M {
            *if d < 0.0 { &mut fixed } else { &mut impossible } += 1;
            f64::NAN
        } else if counted >= highest && written[k + 1..].iter().take(STRAYS).any(|&w| w < d && base + w >= highest) {
            // Later ones continue from earlier ones: this one is wrong.
            fixed += 1;
            f64::NAN
        } else if counted >= highest {
            highest = counted;
            counted
        } else if d < RESTART_M && highest - base > 2.0 * RESTART_M && next >= d && base + next < highest && next < 4.0 * RESTART_M {
            restarted += 1;
            base = highest;
            highest += d;
            highest
        } else {
            fixed += 1;
            f64::NAN
        };
    }
    count(repairs, "distance_restarted", restarted);
    count(repairs, "distance_impossible", impossible);
    count(repairs, "distance_backwards", fixed);
}

/// Rule `cadence_doubled`: on foot a cadence counts the strides of one leg, and some software writes the steps of both. Recognised if
/// half of the values are impossibly high (220 steps a minute), or if the steps would be only as long as a foot.
fn cadence(samples: &mut Samples, sport: Sport, repairs: &mut Repairs) {
    const MOST_RPM: f64 = 110.0;
    const FAST_RPM: f64 = 80.0;
    const SHORTEST_STEP_M: f64 = 0.4;
    if !matches!(sport, Sport::Running | Sport::Walking) {
        return;
    }
    let mut turning: Vec<f64> = samples.cadence_rpm.iter().copied().filter(|c| *c > 0.0).collect();
    if turning.len() < 10 {
        return;
    }
    turning.sort_by(f64::total_cmp);
    let median = turning[turning.len() / 2];
    let steps: f64 = samples
        .time_s
        .windows(2)
        .zip(&samples.cadence_rpm[1..])
        .filter(|(w, c)| c.is_finite() && w[1] - w[0] < 30.0)
        .map(|(w, c)| 2.0 * c / 60.0 * (w[1] - w[0]))
        .sum();
    let known = || samples.distance_m.iter().copied().filter(|d| d.is_finite());
    let metres = known().fold(0.0, f64::max) - known().fold(f64::INFINITY, f64::min).min(0.0);
    let short = median >= FAST_RPM && metres > 100.0 && metres / steps < SHORTEST_STEP_M;
    if median <= MOST_RPM && !short {
        return;
    }
    for c in &mut samples.cadence_rpm {
        *c /= 2.0;
    }
    count(repairs, "cadence_doubled", samples.cadence_rpm.iter().filter(|c| c.is_finite()).count());
}

/// Rule `altitude_jump`: a lone altitude that its neighbours contradict by more than 10 m, or one outside the Earth's range.
fn altitude(samples: &mut Samples, repairs: &mut Repairs) {
    let original = samples.altitude_m.clone();
    let mut fixed = 0;
    for i in 0..original.len() {
        let outside = original[i] < -450.0 || original[i] > 9000.0;
        let lone = i > 0
            && i + 1 < original.len()
            && (original[i] - original[i - 1]).abs() > 10.0
            && (original[i] - original[i + 1]).abs() > 10.0
            && (original[i - 1] - original[i + 1]).abs() < 5.0;
        if outside || lone {
            samples.altitude_m[i] = f64::NAN;
            fixed += 1;
        }
    }
    count(repairs, "altitude_jump", fixed);
}

/// Rule `altitude_drift`: air pressure changes with the weather, and a barometer reads that as climbing. Where a route returns to a
/// place, the altitude must be the same: the median change per hour over such pairs, at least ten minutes apart, is subtracted if it is more
/// than 5 m an hour and the pairs agree on it.
fn drift(samples: &mut Samples, repairs: &mut Repairs) {
    const APART_S: f64 = 600.0;
    const CELL_DEG: f64 = 0.000_2; // about 20 m to the north
    let mut seen: HashMap<(i32, i32), (f64, f64)> = HashMap::new();
    let mut rates = Vec::new();
    for i in 0..samples.len() {
        let (lat, lon, altitude, time) = (samples.latitude_deg[i], samples.longitude_deg[i], samples.altitude_m[i], samples.time_s[i]);
        if !(lat.is_finite() && lon.is_finite() && altitude.is_finite()) {
            continue;
        }
        let cell = ((lat / CELL_DEG).floor() as i32, (lon * lat.to_radians().cos() / CELL_DEG).floor() as i32);
        let (first_time, first_altitude) = *seen.entry(cell).or_insert((time, altitude));
        if time - first_time >= APART_S {
            rates.push((altitude - first_altitude) / (time - first_time) * 3600.0);
        }
    }
    if rates.len() < 60 {
        return;
    }
    rates.sort_by(f64::total_cmp);
    let quantile = |share: f64| rates[(share * (rates.len() - 1) as f64) as usize];
    let rate = quantile(0.5);
    if rate.abs() < 5.0 || quantile(0.75) - quantile(0.25) > rate.abs() {
        return;
    }
    let mut touched = 0;
    for (altitude, time) in samples.altitude_m.iter_mut().zip(&samples.time_s).filter(|(a, _)| a.is_finite()) {
        *altitude -= rate * time / 3600.0;
        touched += 1;
    }
    count(repairs, "altitude_drift", touched);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(samples: &Samples) -> Recording {
        Recording { sport: Sport::Running, samples: samples.clone(), ..Recording::default() }
    }

    fn steady(n: usize) -> Samples {
        let mut s = Samples::default();
        for i in 0..n {
            s.push(i as f64);
            s.heart_rate_bpm[i] = 150.0;
            s.latitude_deg[i] = 50.0 + i as f64 * 2.7e-5;
            s.longitude_deg[i] = 8.0;
            s.altitude_m[i] = 100.0;
            s.distance_m[i] = i as f64 * 3.0;
        }
        s
    }

    #[test]
    fn a_sound_recording_is_left_alone() {
        let samples = steady(200);
        let (cleaned, _, repairs) = clean(&of(&samples));
        // `NaN` differs from itself, so bit patterns are compared.
        let bits = |s: &Samples| s.columns().map(|c| c.iter().map(|v| v.to_bits()).collect::<Vec<_>>());
        assert!(bits(&cleaned) == bits(&samples));
        assert!(repairs.is_empty());
    }

    #[test]
    fn a_barometer_that_drifts_with_the_weather_is_corrected() {
        // Out and back over a hill, while the pressure fell by a metre every three minutes.
        let mut s = Samples::default();
        for i in 0..3600 {
            s.push(f64::from(i));
            let along = f64::from(if i < 1800 { i } else { 3600 - i }) * 2.7e-5;
            let k = i as usize;
            s.latitude_deg[k] = 50.0 + along;
            s.longitude_deg[k] = 8.0;
            s.altitude_m[k] = 100.0 + (along * 400.0).sin() * 30.0 + f64::from(i) / 180.0;
            s.distance_m[k] = f64::from(i) * 3.0;
        }
        let (cleaned, _, repairs) = clean(&of(&s));
        assert_eq!(repairs.get("altitude_drift"), Some(&3600));
        assert!((cleaned.altitude_m[3599] - cleaned.altitude_m[1]).abs() < 1.0, "{} {}", cleaned.altitude_m[3599], cleaned.altitude_m[1]);
    }

    #[test]
    fn each_fault_is_repaired_by_its_rule() {
        let mut s = steady(200);
        s.heart_rate_bpm[10] = 0.0;
        s.heart_rate_bpm[50] = 210.0;
        s.latitude_deg[80] += 0.01;
        s.altitude_m[90] = 400.0;
        s.time_s[120] = 100.0;
        s.time_s[130] = 129.0;
        s.distance_m[150] = 0.0;
        s.distance_m[160] = 1e300;
        let (cleaned, _, repairs) = clean(&of(&s));
        let expected: Repairs = [
            ("heart_rate_zero", 1),
            ("heart_rate_spike", 1),
            ("gps_spike", 1),
            ("altitude_jump", 1),
            ("time_backwards", 1),
            ("same_second", 1),
            ("distance_backwards", 1),
            ("distance_impossible", 1),
        ]
        .into();
        assert_eq!(repairs, expected);
        assert!(cleaned.time_s.windows(2).all(|w| w[1] > w[0]));
        assert!(cleaned.heart_rate_bpm.iter().all(|h| h.is_nan() || (*h - 150.0).abs() < 1e-9));
    }
}

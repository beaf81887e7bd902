//! Distance: the device's counter or the length of the track, without stretches across stated gaps that were not run.

use recordings::{Recording, Samples};

use crate::movement::{FARTHEST_M, fastest_mps, metres_between};

/// Half of the window around a step, in seconds: devices count distance in jumps.
const AROUND_S: f64 = 4.0;
/// If more than this share of the samples repeat the previous distance, the counter is slower than the samples.
const STALE_SHARE: f64 = 0.2;
/// A distance that does not change for longer than this is a stop and not a slow counter, in seconds.
const STALE_S: f64 = 30.0;
/// A counter may advance by this much in a gap without being a jump, in metres: it was late, or the receiver drifted.
const LATE_M: f64 = 50.0;
/// Drift of a receiver at rest, in metres.
const WANDER_M: f64 = 50.0;
/// A counter that starts beyond this belongs to an earlier activity of the same session, in metres; below it, the first sample came late.
const EARLIER_M: f64 = 200.0;

/// Distance at each sample.
pub(crate) struct Way {
    /// Metres from the start at each sample, never falling; empty where nothing is known.
    pub(crate) distance_m: Vec<f64>,
    /// Metres of jumps across stated gaps, which are excluded.
    pub(crate) jumped_m: f64,
    /// The window around a step, in seconds, within which the distance advances.
    pub(crate) around_s: f64,
}

/// The distance of a recording: the device's counter if there is one, else along the positions.
pub(crate) fn way(samples: &Samples, timer_s: &[f64], active_s: &[f64], recording: &Recording) -> Way {
    let n = samples.len();
    let counted: Vec<usize> = (0..n).filter(|&i| samples.distance_m[i].is_finite()).collect();
    let placed: Vec<usize> = (0..n).filter(|&i| samples.latitude_deg[i].is_finite() && samples.longitude_deg[i].is_finite()).collect();
    let by_counter = counted.len() > 1 && (counted.len() * 2 > n || placed.len() < counted.len());
    let mut known = if by_counter { counter(samples, counted) } else { along(samples, placed) };
    let late_m = if by_counter { LATE_M } else { 0.0 };
    let jumps = jumps(&known, &samples.time_s, timer_s, fastest_mps(recording.sport), late_m);
    // The device's own total confirms its counter, unless it fits better without the jumps.
    let total = known.last().map_or(0.0, |k| k.1);
    let off = |total: f64, device_m: f64| (total - device_m).abs();
    let confirms =
        |device_m: f64| device_m > 0.0 && off(total, device_m) <= 0.01 * device_m && off(total, device_m) <= off(total - jumps.metres, device_m);
    let mut jumped_m = 0.0;
    if !(by_counter && recording.totals.distance_m.is_some_and(confirms)) {
        jumped_m = jumps.far_m;
        known = jumps.without;
    }
    let mut out = filled(&known, n, if by_counter { active_s } else { timer_s });
    // In a pool the distance advances once per length, and rests are stated.
    let around_s = even_out(&mut out, active_s, if recording.lengths.is_empty() { STALE_S } else { f64::INFINITY });
    // Sums are rounded: equal distances must not decrease.
    for i in 1..out.len() {
        out[i] = out[i].max(out[i - 1]);
    }
    if out.last().is_none_or(|d| *d <= 0.0 || *d > FARTHEST_M) {
        // A counter that never advances is none, and neither are positions all over the globe.
        out.clear();
    }
    Way { distance_m: out, jumped_m, around_s }
}

/// The device's counter, from zero on: the samples that have a count, with it.
fn counter(samples: &Samples, counted: Vec<usize>) -> Vec<(usize, f64)> {
    let mut known: Vec<(usize, f64)> = counted.into_iter().map(|i| (i, samples.distance_m[i])).collect();
    let first = known[0].1.min(known[1].1);
    if first > EARLIER_M {
        for (_, d) in &mut known {
            *d -= first;
        }
    }
    known
}

/// The distance along the positions: the samples that have one, with the metres up to it.
fn along(samples: &Samples, placed: Vec<usize>) -> Vec<(usize, f64)> {
    if placed.len() < 2 {
        return Vec::new();
    }
    let mut total = 0.0;
    let mut before = placed[0];
    placed
        .into_iter()
        .map(|i| {
            total += metres_between(samples, before, i);
            before = i;
            (i, total)
        })
        .collect()
}

/// The effect of jumps across stated gaps on a distance.
struct Jumps {
    /// The distance without them.
    without: Vec<(usize, f64)>,
    /// Metres of all jumps.
    metres: f64,
    /// Metres of the jumps that were more than a receiver's drift.
    far_m: f64,
}

/// Finds distances across stated gaps that could not have been covered in the timer seconds within them, beyond `late_m`. They are judged
/// between two known distances: after a gap a receiver needs a moment for its fix, and until then repeats the last position or reports none.
/// The timer seconds in between count at the speed of the rest.
fn jumps(known: &[(usize, f64)], time_s: &[f64], timer_s: &[f64], fastest_mps: f64, late_m: f64) -> Jumps {
    let mut clock = Vec::with_capacity(time_s.len());
    clock.push(0.0);
    for (i, dt) in timer_s.iter().enumerate() {
        clock.push(clock[i] + dt);
    }
    let ran_s = |from: usize, to: usize| clock[to] - clock[from];
    let stated = |from: usize, to: usize| time_s[to] - time_s[from] - ran_s(from, to) > 1.0;
    let (mut metres, mut seconds) = (0.0, 0.0);
    for w in known.windows(2).filter(|w| !stated(w[0].0, w[1].0)) {
        let (step_m, step_s) = (w[1].1 - w[0].1, ran_s(w[0].0, w[1].0));
        // A jump that comes a moment after its gap says nothing about the rest.
        if step_m <= step_s * fastest_mps + LATE_M {
            metres += step_m;
            seconds += step_s;
        }
    }
    let usual_mps = if seconds > 0.0 { (metres / seconds).clamp(0.0, fastest_mps) } else { 0.0 };
    let mut out = Jumps { without: Vec::with_capacity(known.len()), metres: 0.0, far_m: 0.0 };
    // The position before a gap, while what follows only repeats it.
    let mut open: Option<(usize, f64)> = None;
    for (k, &(i, d)) in known.iter().enumerate() {
        let before = open.or_else(|| k.checked_sub(1).map(|k| known[k]).filter(|b| stated(b.0, i)));
        open = before.filter(|b| d <= b.1);
        if let Some((from, start)) = before.filter(|b| d > b.1) {
            let ran_s = ran_s(from, i);
            if d - start > ran_s * fastest_mps + late_m {
                let jump = d - start - ran_s * usual_mps;
                out.metres += jump;
                out.far_m += if jump > WANDER_M { jump } else { 0.0 };
                // Repetitions are no positions: the distance in between is interpolated.
                while out.without.last().is_some_and(|l| l.0 > from) {
                    out.without.pop();
                }
            }
        }
        out.without.push((i, d - out.metres));
    }
    out
}

/// Distances at all of `n` samples, interpolated evenly over active time between two known ones.
fn filled(known: &[(usize, f64)], n: usize, active_s: &[f64]) -> Vec<f64> {
    let (Some(&(first, start)), Some(&(last, end))) = (known.first(), known.last()) else { return Vec::new() };
    let mut out = vec![start; n];
    for &(i, d) in known {
        out[i] = d;
    }
    for w in known.windows(2) {
        between(&mut out, w[0].0, w[1].0, active_s);
    }
    out[..first].fill(start);
    out[last..].fill(end);
    out
}

/// Interpolates between two known distances, evenly over active time (over the samples if there is none).
fn between(out: &mut [f64], from: usize, to: usize, active_s: &[f64]) {
    let (low, high) = (out[from], out[to]);
    let span: f64 = active_s[from..to].iter().sum();
    let mut passed = 0.0;
    for k in from + 1..to {
        passed += active_s[k - 1];
        let share = if span > 0.0 { passed / span } else { (k - from) as f64 / (to - from) as f64 };
        out[k] = (low + share * (high - low)).min(high);
    }
}

/// If a counter, or a receiver, is slower than the samples, the distance between two of its advances is interpolated. Returns the window
/// around a step in seconds within which the distance advances: larger, the slower the counter is.
fn even_out(out: &mut [f64], active_s: &[f64], longest_s: f64) -> f64 {
    let mut clock = 0.0;
    let mut advances = vec![(0, 0.0)];
    for i in 1..out.len() {
        clock += active_s[i - 1];
        if out[i] > out[i - 1] {
            advances.push((i, clock));
        }
    }
    let slow: Vec<_> = advances.windows(2).filter(|w| w[1].0 - w[0].0 > 1 && w[1].1 - w[0].1 <= longest_s).collect();
    let stale: usize = slow.iter().map(|w| w[1].0 - w[0].0 - 1).sum();
    if stale as f64 <= STALE_SHARE * out.len() as f64 {
        return AROUND_S;
    }
    let mut intervals: Vec<f64> = slow.iter().map(|w| w[1].1 - w[0].1).collect();
    for w in slow {
        between(out, w[0].0, w[1].0, active_s);
    }
    let at = intervals.len() * 9 / 10;
    let (_, most, _) = intervals.select_nth_unstable_by(at, f64::total_cmp);
    (2.0 * *most).clamp(AROUND_S, STALE_S)
}

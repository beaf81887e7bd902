//! A cleaned recording as a chain of steps: how long, how far, how steep, moving or not.

use recordings::{Recording, Samples, Sport};

use crate::altitude::Profile;
use crate::clean::metres_between;
use crate::grade::{Model, factor};
use crate::order::TimeMap;

/// Slower than this is standing, in metres per second (a walk is 1.2).
const MOVING_MPS: f64 = 0.5;
/// For runs: 30 minutes a mile, the rule that Strava publishes for its moving time, so that paces can be compared.
const RUNNING_MPS: f64 = 1609.344 / 1800.0;
/// Whatever else speaks for it: a receiver at rest wanders by up to this, in metres per second over ten seconds and more.
const RESTING_MPS: f64 = 0.3;
/// Standing is slower than this share of what the slowest quarter of the way is done at: who climbs at 0.6 m/s is not standing at 0.5.
const STANDING_SHARE: f64 = 0.5;
/// Half of the time that a step is seen in, in seconds: devices count distance in jumps.
const AROUND_S: f64 = 4.0;
/// More of the samples than this share repeating the distance before: the counter is slower than the samples.
const STALE_SHARE: f64 = 0.2;
/// A distance that stands for longer than this is a stop and no slow counter, in seconds.
const STALE_S: f64 = 30.0;
/// Across a stated gap no more is run than this speed allows in the seconds of it that the timer ran, in metres per second.
const SPRINT_MPS: f64 = 7.0;
/// A counter may go on by so much in a gap without a word, in metres: it was late, or the receiver wandered.
const LATE_M: f64 = 50.0;
/// A receiver at rest wanders by so much, in metres.
const WANDER_M: f64 = 50.0;
/// The net way of a step is seen in so many seconds on both sides of it.
const NET_S: f64 = 15.0;
/// The grades that normalised graded pace goes by.
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
    /// For each step: seconds in motion, 0 while paused or standing.
    pub moving_s: Vec<f64>,
    /// For each step: metres of equal effort on the flat.
    pub graded_m: Vec<f64>,
    /// Metres of jumps across stated gaps, which nobody ran; they are in no distance.
    pub jumped_m: f64,
    /// For each step: the same with grades clamped as normalised graded pace does it.
    normal_m: Vec<f64>,
}

impl Track {
    /// From cleaned samples; pauses and lengths are those of the recording, and `map` says where their times went. Distance is the
    /// device's where it counted one, else along the positions.
    #[must_use]
    pub fn new(samples: Samples, recording: &Recording, map: &TimeMap, model: Model) -> Self {
        let steps = samples.len().saturating_sub(1);
        let pauses = union(recording.pauses.iter().map(|p| (map.at(p.from_s), map.at(p.to_s))));
        let still = union(rests(recording, map).chain(pauses.iter().copied()));
        let timer_s = outside(&samples.time_s, &pauses);
        let active_s = outside(&samples.time_s, &still);
        let (distance_m, jumped_m, around_s) = distances(&samples, &timer_s, &active_s, recording);
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

    /// The heart rate of a step in beats per minute and the seconds that it stands for: those with the timer running, but no more than a
    /// device leaves between two samples of a heart rate that goes on.
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

/// What lies between two lengths of a pool that were swum, whether a watch wrote it down as a length of rest or not at all.
fn rests(recording: &Recording, map: &TimeMap) -> impl Iterator<Item = (f64, f64)> {
    const TURN_S: f64 = 2.0;
    let mut swum: Vec<(f64, f64)> =
        recording.lengths.iter().filter(|l| l.active).map(|l| (map.at(l.start_s), map.at(l.start_s + l.elapsed_s))).collect();
    swum.sort_by(|a, b| a.0.total_cmp(&b.0));
    (1..swum.len()).map(move |k| (swum[k - 1].1, swum[k].0)).filter(|(from, to)| to - from > TURN_S)
}

/// Intervals in order, those that touch made one; empty and endless ones left out.
fn union(intervals: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut all: Vec<(f64, f64)> = intervals.filter(|(from, to)| from.is_finite() && to > from).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut out: Vec<(f64, f64)> = Vec::with_capacity(all.len());
    for (from, to) in all {
        match out.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => out.push((from, to)),
        }
    }
    out
}

/// Seconds of each step outside the intervals.
fn outside(time_s: &[f64], intervals: &[(f64, f64)]) -> Vec<f64> {
    let mut first = 0;
    time_s
        .windows(2)
        .map(|w| {
            while intervals.get(first).is_some_and(|i| i.1 <= w[0]) {
                first += 1;
            }
            let inside: f64 = intervals[first..].iter().take_while(|i| i.0 < w[1]).map(|i| i.1.min(w[1]) - i.0.max(w[0])).sum();
            (w[1] - w[0] - inside).max(0.0)
        })
        .collect()
}

/// The speed around each step in m/s of the time that counts: over the step itself and `around_s` on both sides of it.
fn speeds(time_s: &[f64], distance_m: &[f64], active_s: &[f64], around_s: f64) -> Vec<f64> {
    let mut clock = Vec::with_capacity(time_s.len());
    let mut total = 0.0;
    clock.push(0.0);
    for dt in active_s {
        total += dt;
        clock.push(total);
    }
    let (mut a, mut b) = (0, 0);
    (0..active_s.len())
        .map(|i| {
            while time_s[i] - time_s[a] > around_s {
                a += 1;
            }
            b = b.max(i + 1);
            while b + 1 < time_s.len() && time_s[b + 1] - time_s[i + 1] <= around_s {
                b += 1;
            }
            (distance_m[b] - distance_m[a]) / (clock[b] - clock[a]).max(0.1)
        })
        .collect()
}

/// How fast one gets away from where one was, in m/s, over the half minute around each step; `NaN` where positions do not say.
fn net_speeds(samples: &Samples) -> Vec<f64> {
    let time = &samples.time_s;
    let placed: Vec<usize> = (0..samples.len()).filter(|&i| samples.latitude_deg[i].is_finite() && samples.longitude_deg[i].is_finite()).collect();
    let (mut a, mut b) = (0, 0);
    (0..time.len().saturating_sub(1))
        .map(|i| {
            while a + 1 < placed.len() && time[placed[a]] < time[i] - NET_S {
                a += 1;
            }
            while b + 1 < placed.len() && time[placed[b + 1]] <= time[i + 1] + NET_S {
                b += 1;
            }
            if a < b { metres_between(samples, placed[a], placed[b]) / (time[placed[b]] - time[placed[a]]) } else { f64::NAN }
        })
        .collect()
}

/// Slower than this is standing. The sport's rule holds for who goes at the sport's speed; where even the slowest quarter of the way is
/// hardly faster than the rule, as on a mountain, it follows the speed.
fn standing_mps(speeds: &[f64], net: &[f64], active_s: &[f64], rule: f64) -> f64 {
    let mut going: Vec<(f64, f64)> = (0..speeds.len())
        // A receiver at rest makes metres, and gets nowhere with them.
        .filter(|&i| speeds[i] >= RESTING_MPS && active_s[i] > 0.0 && (net[i].is_nan() || net[i] >= RESTING_MPS))
        .map(|i| (speeds[i], active_s[i]))
        .collect();
    going.sort_by(|a, b| a.0.total_cmp(&b.0));
    let quarter = going.iter().map(|g| g.1).sum::<f64>() / 4.0;
    let mut passed = 0.0;
    let slow = going.iter().find(|g| {
        passed += g.1;
        passed >= quarter
    });
    slow.map_or(rule, |(v, _)| (STANDING_SHARE * v).clamp(RESTING_MPS.min(rule), rule))
}

/// Metres from the start at each sample, never falling; the metres of jumps across stated gaps, which are left out; and the seconds
/// around a step within which the way shows itself. Empty where nothing is known.
fn distances(samples: &Samples, timer_s: &[f64], active_s: &[f64], recording: &Recording) -> (Vec<f64>, f64, f64) {
    let n = samples.len();
    let counted = samples.distance_m.iter().filter(|d| d.is_finite()).count();
    let placed = (0..n).filter(|&i| samples.latitude_deg[i].is_finite() && samples.longitude_deg[i].is_finite()).count();
    let by_counter = counted > 1 && (counted * 2 > n || placed < counted);
    let mut out = if by_counter { counter(samples, active_s) } else { along(samples, timer_s) };
    // What the device itself adds up to speaks for its counter.
    let total = out.last().copied().unwrap_or(0.0);
    let confirmed = by_counter && recording.totals.distance_m.is_some_and(|told| told > 0.0 && (total - told).abs() <= 0.01 * told);
    let jumped = if confirmed { 0.0 } else { without_jumps(&mut out, samples, timer_s, if by_counter { LATE_M } else { 0.0 }) };
    // In a pool the way advances once a length, and rests are told.
    let around_s = even_out(&mut out, active_s, if recording.lengths.is_empty() { STALE_S } else { f64::INFINITY });
    // Sums round: what was equal must not fall.
    for i in 1..out.len() {
        out[i] = out[i].max(out[i - 1]);
    }
    if out.last().is_none_or(|d| *d <= 0.0) {
        // A counter that never went on is none.
        out.clear();
    }
    (out, jumped, around_s)
}

/// The device's counter, from zero on. Between two counts the way is even in the time that counts.
fn counter(samples: &Samples, active_s: &[f64]) -> Vec<f64> {
    let n = samples.len();
    let mut out = samples.distance_m.clone();
    let mut last: Option<usize> = None;
    for i in 0..n {
        if out[i].is_nan() {
            continue;
        }
        match last {
            Some(k) => between(&mut out, k, i, active_s),
            None => out[..i].fill(samples.distance_m[i]),
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
    out
}

/// Fills what lies between two known distances, evenly over the time that counts (over the samples, where none does).
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

/// The way along the positions.
fn along(samples: &Samples, timer_s: &[f64]) -> Vec<f64> {
    let known: Vec<usize> = (0..samples.len()).filter(|&i| samples.latitude_deg[i].is_finite() && samples.longitude_deg[i].is_finite()).collect();
    if known.len() < 2 {
        return Vec::new();
    }
    let mut out = vec![0.0; samples.len()];
    for w in known.windows(2) {
        out[w[1]] = out[w[0]] + metres_between(samples, w[0], w[1]);
        between(&mut out, w[0], w[1], timer_s);
    }
    let last = known[known.len() - 1];
    let end = out[last];
    out[last..].fill(end);
    out
}

/// Takes out what lies across stated gaps and could not have been run in the seconds of them that the timer ran, beyond `late_m`. Gives
/// the metres of the jumps that were more than a receiver's wandering.
fn without_jumps(out: &mut [f64], samples: &Samples, timer_s: &[f64], late_m: f64) -> f64 {
    let (mut jumped, mut far) = (0.0, 0.0);
    let mut before = out.first().copied().unwrap_or(0.0);
    for i in 1..out.len() {
        let metres = out[i] - before;
        before = out[i];
        let stood = samples.time_s[i] - samples.time_s[i - 1] - timer_s[i - 1];
        let could = timer_s[i - 1] * SPRINT_MPS + late_m;
        if stood > 1.0 && metres > could {
            let jump = metres - timer_s[i - 1] * SPRINT_MPS;
            jumped += jump;
            far += if jump > WANDER_M { jump } else { 0.0 };
        }
        out[i] -= jumped;
    }
    far
}

/// Where a counter, or a receiver, is slower than the samples, the way between two of its advances is even. Gives the seconds around a
/// step within which the way shows itself: more, the slower the counter is.
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

/// Gaps without samples in which nothing was covered are stops of the timer where the device's own timer lacks them. The longest come
/// first, and no more are taken than it lacks.
fn without_silences(time_s: &[f64], distance_m: &[f64], mut timer_s: Vec<f64>, mut active_s: Vec<f64>, told_s: Option<f64>) -> (Vec<f64>, Vec<f64>) {
    const SILENCE_S: f64 = 10.0;
    const ROUNDING_S: f64 = 2.0;
    let Some(told) = told_s.filter(|s| s.is_finite() && *s > 0.0) else { return (timer_s, active_s) };
    let mut lacking = timer_s.iter().sum::<f64>() - told;
    let silent = |i: usize| {
        let dt = time_s[i + 1] - time_s[i];
        timer_s[i] > SILENCE_S && distance_m.get(i + 1).zip(distance_m.get(i)).is_none_or(|(to, from)| to - from < MOVING_MPS * dt)
    };
    let mut silences: Vec<usize> = (0..timer_s.len()).filter(|&i| silent(i)).collect();
    silences.sort_by(|a, b| timer_s[*b].total_cmp(&timer_s[*a]));
    for i in silences {
        if timer_s[i] <= 1.1 * lacking + ROUNDING_S {
            lacking -= timer_s[i];
            (timer_s[i], active_s[i]) = (0.0, 0.0);
        }
    }
    (timer_s, active_s)
}

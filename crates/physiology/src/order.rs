//! Times in order: outliers removed, clock changes corrected, several records of one second merged.

use recordings::{Lap, Length, Pause, Recording, Samples, Totals};

use crate::intervals::{cover, union};
use crate::moments::join;
use crate::repairs::{Repairs, count};

/// A step in time longer than this, forwards, is a clock that was set and not a pause, unless something confirms it: two days.
const TIME_JUMP_S: f64 = 172_800.0;
/// A year, in seconds: samples further from the start than this are clock errors.
const LONGEST_S: f64 = 366.0 * 86_400.0;
/// Ten thousand years, in seconds: the largest error of a clock with four-digit years.
const CLOCK_S: f64 = 4e11;
/// Steps shorter than this are not checked, in seconds.
const GAP_S: f64 = 600.0;
/// Time zones differ by multiples of this, in seconds, plus a sample or two within the step.
const ZONE_S: f64 = 900.0;
const ZONE_OFF_S: f64 = 10.0;
/// This many samples in a row may be outliers; more are another segment of the recording.
const MOST_STRAYS: usize = 5;
/// With more breaks than this no order can be found: samples that do not ascend are left out.
const MOST_BREAKS: usize = 200;

/// Maps the recording's times to those of the cleaned samples.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TimeMap {
    /// Recorded time from which an offset applies, and the seconds to add.
    pieces: Vec<(f64, f64)>,
}

impl TimeMap {
    /// The time in the cleaned samples for a time of the recording, both in seconds from the respective start.
    #[must_use]
    pub fn at(&self, recorded_s: f64) -> f64 {
        let k = self.pieces.partition_point(|(from, _)| *from <= recorded_s);
        recorded_s + self.pieces.get(k.saturating_sub(1)).map_or(0.0, |(_, shift)| *shift)
    }

    /// Seconds from the recording's start to that of the cleaned samples. If the clock was set on the way, the times after that
    /// are right.
    #[must_use]
    pub fn start_s(&self) -> f64 {
        self.pieces.last().map_or(0.0, |(_, shift)| -shift)
    }
}

/// Samples in chronological order.
pub(crate) struct Ordered {
    /// With times that strictly increase.
    pub samples: Samples,
    /// For each of them its index in the recording.
    pub sources: Vec<usize>,
    /// Maps the recording's times to those of the cleaned samples.
    pub map: TimeMap,
}

/// Whether several samples share one single time.
pub(crate) fn at_one_instant(samples: &Samples) -> bool {
    let mut times = samples.time_s.iter().copied().filter(|t| t.is_finite());
    let first = times.next();
    let mut others = 0;
    first.is_some_and(|first| times.inspect(|_| others += 1).all(|t| (t - first).abs() < 1e-3)) && others > 0
}

/// The recording as the analysis uses it: samples in chronological order, from zero on, and for each its index in the file. Samples whose
/// times contradict the rest are left out. Without times, or with one time for all, the order is the file's.
#[must_use]
pub fn in_order(mut recording: Recording) -> (Recording, Vec<usize>) {
    let as_written = (0..recording.samples.len()).collect();
    if recording.samples.time_s.iter().all(|t| t.is_nan()) || at_one_instant(&recording.samples) {
        return (recording, as_written);
    }
    let Ordered { samples, sources, map } = put_in_order(&recording.samples, &recording.totals, &recording.pauses, &mut Repairs::new());
    recording.started_at_ms = recording.started_at_ms.map(|start| start.saturating_add((map.start_s() * 1000.0).round() as i64));
    recording.samples = samples;
    recording.laps = recording.laps.iter().map(|l| Lap { start_s: map.at(l.start_s), ..*l }).collect();
    recording.pauses = recording.pauses.iter().map(|p| Pause { from_s: map.at(p.from_s), to_s: map.at(p.to_s) }).collect();
    recording.lengths = recording.lengths.iter().map(|l| Length { start_s: map.at(l.start_s), ..*l }).collect();
    recording.laps.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    recording.pauses.sort_by(|a, b| a.from_s.total_cmp(&b.from_s));
    recording.lengths.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    (recording, sources)
}

/// A discontinuity in time.
struct Break {
    /// Position in the order of samples; the step leads to it.
    at: usize,
    /// Seconds, negative backwards.
    step_s: f64,
    verdict: Verdict,
}

#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    /// The time passed.
    Time,
    /// A clock was set: no time passed.
    Clock,
    /// One side does not belong to the activity.
    Cut,
}

/// Rules `negative_time`, `time_backwards`, `time_jump`, `time_impossible`, `clock_set` and `same_second`. The device's own totals decide in both
/// directions: a jump that they contain is time, one that they do not contain is a clock that was set. The result's times strictly
/// increase.
pub(crate) fn put_in_order(samples: &Samples, totals: &Totals, pauses: &[Pause], repairs: &mut Repairs) -> Ordered {
    let time = &samples.time_s;
    let mut keep = without_strays(time, repairs);
    parts_in_order(time, &mut keep, totals);
    let mut breaks = breaks(time, &keep, pauses);
    if breaks.len() > MOST_BREAKS {
        breaks.clear();
    }
    judge(time, &keep, &mut breaks, totals);
    cut(time, &mut keep, &mut breaks, repairs);
    let (times, map) = straighten(time, &mut keep, &breaks, repairs);
    let (samples, sources) = join(samples, keep, times, repairs);
    Ordered { samples, sources, map }
}

/// The samples with a time, except those few whose time contradicts the samples before and after.
fn without_strays(time: &[f64], repairs: &mut Repairs) -> Vec<usize> {
    let known: Vec<usize> = (0..time.len()).filter(|&i| time[i].abs() <= CLOCK_S).collect();
    count(repairs, "time_impossible", time.iter().filter(|t| t.abs() > CLOCK_S).count());
    let mut keep: Vec<usize> = Vec::with_capacity(known.len());
    let (mut negative, mut backwards, mut jumps) = (0, 0, 0);
    let mut k = 0;
    while k < known.len() {
        let t = time[known[k]];
        let odd = |from: f64, to: f64| !(0.0..=GAP_S).contains(&(to - from));
        let strays = match keep.last().map(|&i| time[i]) {
            Some(before) if odd(before, t) => (1..=MOST_STRAYS).find(|m| known.get(k + m).is_some_and(|&i| !odd(before, time[i]))).unwrap_or(0),
            // The first sample has no predecessor: it is the outlier if all later ones agree with each other and not with it.
            None if known.get(k + 1).is_some_and(|&i| odd(t, time[i])) => {
                let behind = &known[k + 1..known.len().min(k + 2 + MOST_STRAYS)];
                let agree = behind.len() > MOST_STRAYS && behind.windows(2).all(|w| !odd(time[w[0]], time[w[1]]));
                usize::from(agree && (time[behind[0]] < t || time[behind[0]] - t > TIME_JUMP_S))
            }
            _ => 0,
        };
        for &i in &known[k..k + strays] {
            match keep.last().map(|&k| time[k]) {
                _ if time[i] < 0.0 => negative += 1,
                Some(before) if time[i] < before => backwards += 1,
                _ => jumps += 1,
            }
        }
        k += strays;
        if k < known.len() {
            keep.push(known[k]);
        }
        k += 1;
    }
    count(repairs, "negative_time", negative);
    count(repairs, "time_backwards", backwards);
    count(repairs, "time_jump", jumps);
    keep
}

/// Segments that were not written in chronological order, such as laps newest first, are sorted: if they do not overlap, and the device's
/// totals do not contradict it.
fn parts_in_order(time: &[f64], keep: &mut Vec<usize>, totals: &Totals) {
    let starts: Vec<usize> = (1..keep.len()).filter(|&k| time[keep[k]] < time[keep[k - 1]]).collect();
    if starts.is_empty() || starts.len() > MOST_BREAKS {
        return;
    }
    let mut parts: Vec<&[usize]> = Vec::with_capacity(starts.len() + 1);
    let mut from = 0;
    for &to in starts.iter().chain(std::iter::once(&keep.len())) {
        parts.push(&keep[from..to]);
        from = to;
    }
    let ends = |part: &[usize]| (time[part[0]], time[part[part.len() - 1]]);
    parts.sort_by(|a, b| ends(a).0.total_cmp(&ends(b).0));
    let apart = parts.windows(2).all(|w| ends(w[0]).1 <= ends(w[1]).0);
    let span = ends(parts[parts.len() - 1]).1 - ends(parts[0]).0;
    let one_go: f64 = parts.iter().map(|p| ends(p).1 - ends(p).0).sum();
    let total_s = totals.elapsed_s.or(totals.timer_s).filter(|s| *s > 0.0);
    if apart && total_s.is_none_or(|total_s| (span - total_s).abs() <= (one_go - total_s).abs()) {
        *keep = parts.concat();
    }
}

fn breaks(time: &[f64], keep: &[usize], pauses: &[Pause]) -> Vec<Break> {
    let pauses = union(pauses.iter().map(|p| (p.from_s, p.to_s)));
    let mut found = Vec::new();
    for at in 1..keep.len() {
        let (from, to) = (time[keep[at - 1]], time[keep[at]]);
        let step_s = to - from;
        if step_s < 0.0 || (step_s > GAP_S && !cover(&pauses, (from, to))) {
            found.push(Break { at, step_s, verdict: if (0.0..=TIME_JUMP_S).contains(&step_s) { Verdict::Time } else { Verdict::Cut } });
        }
    }
    found
}

/// Judges each break by the totals. Steps forwards in which no time passed and segments that repeat earlier ones are removed, the one that
/// brings the sum nearest to the device's first, for as long as it gets nearer: if the sum fits as it is, nothing is removed.
fn judge(time: &[f64], keep: &[usize], breaks: &mut [Break], totals: &Totals) {
    let positive = |v: Option<f64>| v.filter(|s| s.is_finite() && *s > 0.0);
    let (Some(total_s), exact) = (positive(totals.elapsed_s).or(positive(totals.timer_s)), positive(totals.elapsed_s).is_some()) else { return };
    let Some(&last) = keep.last() else { return };
    // All steps forwards, including jumps; a step backwards adds nothing.
    let passed: f64 = keep.windows(2).map(|w| (time[w[1]] - time[w[0]]).max(0.0)).sum();
    let tolerance = (0.02 * total_s).max(30.0);
    // After a step backwards, what is repeated is no longer than all that follows.
    let would_go = |b: &Break| if b.step_s > 0.0 { b.step_s } else { (-b.step_s).min(time[last] - time[keep[b.at]]).max(0.0) };
    let asked = |b: &Break| b.step_s > 0.0 || b.step_s < -GAP_S.min(0.1 * total_s);
    let mut left = passed;
    let mut open: Vec<usize> = (0..breaks.len()).filter(|&b| asked(&breaks[b])).collect();
    let mut clocks = Vec::new();
    let off = |left: f64| (left - total_s).abs();
    while let Some(k) = (0..open.len())
        .filter(|&k| left - would_go(&breaks[open[k]]) >= total_s - tolerance)
        .min_by(|&a, &b| off(left - would_go(&breaks[open[a]])).total_cmp(&off(left - would_go(&breaks[open[b]]))))
        .filter(|&k| off(left - would_go(&breaks[open[k]])) < off(left))
    {
        let b = open.swap_remove(k);
        left -= would_go(&breaks[b]);
        if breaks[b].step_s > 0.0 {
            clocks.push(b);
        }
    }
    let agrees = off(left) <= tolerance;
    for b in open {
        if breaks[b].step_s < 0.0 && agrees {
            // With both sides in sequence it lasted as long as the totals say: no repetition.
            breaks[b].verdict = Verdict::Clock;
        } else if breaks[b].step_s > 0.0 && exact {
            breaks[b].verdict = Verdict::Time;
        }
    }
    for b in clocks {
        // Software that knows no stops writes the elapsed time as timer time: then a gap of less than two days is a stop, unless it is a time
        // zone offset.
        let step_s = breaks[b].step_s;
        let knows_stops = exact && totals.timer_s.is_some_and(|timer| total_s - timer > 1.0);
        let zones = exact && (step_s / ZONE_S).fract().min(1.0 - (step_s / ZONE_S).fract()) * ZONE_S <= ZONE_OFF_S;
        if agrees && (knows_stops || zones || step_s > TIME_JUMP_S) {
            breaks[b].verdict = Verdict::Clock;
        }
    }
}

/// Removes the shorter side of each break that is to be cut. After a step backwards that is the repeated time, unless what follows is longer
/// than everything before.
fn cut(time: &[f64], keep: &mut Vec<usize>, breaks: &mut Vec<Break>, repairs: &mut Repairs) {
    while let Some(b) = breaks.iter().position(|b| b.verdict == Verdict::Cut) {
        let Break { at, step_s, .. } = breaks.remove(b);
        let behind = keep.len() - at;
        let before_s = time[keep[at - 1]];
        let caught_up = keep[at..].iter().position(|&i| time[i] >= before_s).unwrap_or(behind);
        let (from, to) = match (step_s < 0.0, behind > at) {
            (true, true) if caught_up == behind => (0, at),
            (true, _) => (at, at + caught_up),
            (false, true) => (0, at),
            (false, false) => (at, keep.len()),
        };
        let negative = keep[from..to].iter().filter(|&&i| time[i] < 0.0).count();
        count(repairs, "negative_time", negative);
        count(repairs, if step_s < 0.0 { "time_backwards" } else { "time_jump" }, to - from - negative);
        keep.drain(from..to);
        // Breaks inside the removed part are gone, later ones move up; one at the seam is a new one or none.
        breaks.retain(|b| b.at <= from || b.at > to);
        for b in breaks.iter_mut().filter(|b| b.at > to) {
            b.at -= to - from;
        }
        let seam = from > 0 && from < keep.len() && time[keep[from]] < time[keep[from - 1]];
        if seam {
            breaks.push(Break { at: from, step_s: time[keep[from]] - time[keep[from - 1]], verdict: Verdict::Cut });
            breaks.sort_by_key(|b| b.at);
        }
        breaks.retain(|b| b.at > 0 && b.at < keep.len());
    }
}

/// The times from zero on, with one second in place of each clock that was set.
fn straighten(time: &[f64], keep: &mut Vec<usize>, breaks: &[Break], repairs: &mut Repairs) -> (Vec<f64>, TimeMap) {
    let Some(&first) = keep.first() else { return (Vec::new(), TimeMap::default()) };
    let mut shift = -time[first];
    let mut pieces = vec![(f64::NEG_INFINITY, shift)];
    let mut times = Vec::with_capacity(keep.len());
    let mut set = 0;
    let mut next = breaks.iter().filter(|b| b.verdict == Verdict::Clock).peekable();
    for (k, &i) in keep.iter().enumerate() {
        if let Some(b) = next.next_if(|b| b.at == k) {
            shift -= b.step_s - 1.0;
            set += keep.len() - k;
            if b.step_s > 0.0 {
                pieces.push((time[i] - b.step_s / 2.0, shift));
            } else {
                // The clock repeats these times: times of the recording map to the later ones.
                pieces.retain(|(from, _)| *from < time[i]);
                pieces.push((time[i], shift));
            }
        }
        times.push(time[i] + shift);
    }
    count(repairs, "clock_set", set);
    // What is still out of order was within the tolerance of the breaks, or there were too many of them.
    let mut highest = f64::NEG_INFINITY;
    let mut ordered = Vec::with_capacity(times.len());
    for &t in &times {
        ordered.push(t >= highest);
        highest = highest.max(t);
    }
    count(repairs, "time_backwards", ordered.iter().filter(|o| !**o).count());
    let mut of_index = ordered.iter();
    keep.retain(|_| of_index.next() == Some(&true));
    let mut of_time = ordered.iter();
    times.retain(|_| of_time.next() == Some(&true));
    let possible = times.partition_point(|t| *t <= LONGEST_S);
    count(repairs, "time_impossible", times.len() - possible);
    times.truncate(possible);
    keep.truncate(possible);
    (times, TimeMap { pieces })
}

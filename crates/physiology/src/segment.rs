//! Segments of a track, for laps.

use recordings::{Recording, Stroke};
use serde::{Deserialize, Serialize};

use crate::Track;
use crate::order::TimeMap;

/// Devices write starts in whole seconds: laps with a gap up to this are adjacent.
const TOUCH_S: f64 = 2.0;

/// The metrics of a lap.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LapMetrics {
    /// Seconds from the start of the activity.
    pub start_s: f64,
    /// Seconds, stops included.
    pub elapsed_s: f64,
    /// Moving seconds.
    pub moving_s: f64,
    /// Metres.
    pub distance_m: Option<f64>,
    /// Seconds per kilometre on the flat for the same effort.
    pub gap_s_per_km: Option<f64>,
    /// Mean heart rate over recorded time, beats per minute.
    pub avg_hr_bpm: Option<f64>,
    /// Maximum heart rate, beats per minute.
    pub max_hr_bpm: Option<f64>,
    /// Elevation gain in metres.
    pub elevation_gain_m: Option<f64>,
    /// Whether it was marked as recovery, or spent at the wall of a pool.
    pub rest: bool,
    /// Pool lengths swum in it.
    pub lengths: u32,
    /// Strokes in these lengths.
    pub strokes: Option<f64>,
    /// SWOLF: seconds plus strokes of a length, on average.
    pub swolf: Option<f64>,
    /// The stroke; mixed if the lengths differ.
    pub stroke: Option<Stroke>,
}

/// The metrics of the laps of a recording in order, from its samples if there are any, else as the device wrote them. Laps do not overlap, and
/// adjacent laps leave no gap, so that they add up to the whole, which lasted `whole_s`.
pub(crate) fn laps(track: &Track, recording: &Recording, map: &TimeMap, whole_s: Option<f64>) -> Vec<LapMetrics> {
    let end = track.samples.time_s.last().copied().unwrap_or(0.0);
    let mut laps: Vec<(f64, recordings::Lap)> =
        recording.laps.iter().filter(|l| l.elapsed_s > 0.0 && l.start_s.is_finite()).map(|l| (map.at(l.start_s), *l)).collect();
    if end <= 0.0 {
        return as_written(&laps, whole_s.unwrap_or(f64::INFINITY));
    }
    laps.sort_by(|a, b| a.0.total_cmp(&b.0));
    let sums = Sums::new(track);
    let lengths = Lengths::new(recording, map);
    let pool_m = pool_m(track, recording);
    let mut out: Vec<LapMetrics> = Vec::with_capacity(laps.len());
    // How much of the samples' time each lap covers.
    let mut covered: Vec<f64> = Vec::with_capacity(laps.len());
    let mut from = 0.0;
    for (k, (start_s, lap)) in laps.iter().enumerate() {
        let touches = |a: f64, b: f64| (a - b).abs() <= TOUCH_S;
        from = if touches(*start_s, from) { from } else { start_s.clamp(from, end) };
        let written = start_s + lap.elapsed_s;
        let next = laps.get(k + 1).map_or(end, |l| l.0);
        let to = if touches(written, next) { next } else { written }.clamp(from, end);
        if to <= from {
            // It contains no sample: only its position is known.
            out.push(LapMetrics { start_s: from, elapsed_s: lap.elapsed_s, rest: lap.rest, ..LapMetrics::default() });
            covered.push(0.0);
            continue;
        }
        let mut found = segment(track, &sums, from, to);
        found.rest = lap.rest;
        found.distance_m = found.distance_m.or(lap.distance_m);
        found.avg_hr_bpm = found.avg_hr_bpm.or(lap.avg_hr_bpm);
        found.max_hr_bpm = found.max_hr_bpm.or(lap.max_hr_bpm);
        // The device's own duration of the lap is more precise than its start.
        let elapsed_s = if touches(lap.elapsed_s, to - from) { lap.elapsed_s } else { to - from };
        lengths.between(from, to, &mut found);
        if let Some(metres) = pool_m {
            found.distance_m = Some(f64::from(found.lengths) * metres);
        }
        out.push(LapMetrics { start_s: from, elapsed_s: elapsed_s.max(found.moving_s), ..found });
        covered.push(to - from);
        from = to;
    }
    within(&mut out, &covered, whole_s.unwrap_or(end).max(end));
    out
}

/// Shortens the laps so that together they last no longer than the whole: only by what they last beyond the samples' time that they cover.
/// Those that cover none share what the others leave.
fn within(laps: &mut [LapMetrics], covered: &[f64], whole_s: f64) {
    let beyond = |lap: &LapMetrics, covered: f64| (lap.elapsed_s - covered).max(0.0);
    let with_samples = || covered.iter().enumerate().filter(|(_, c)| **c > 0.0);
    let lasting: f64 = with_samples().map(|(k, _)| laps[k].elapsed_s).sum();
    let surplus: f64 = with_samples().map(|(k, c)| beyond(&laps[k], *c)).sum();
    let share = if lasting > whole_s && surplus > 0.0 { ((lasting - whole_s) / surplus).min(1.0) } else { 0.0 };
    let mut left = whole_s;
    for (k, c) in with_samples() {
        laps[k].elapsed_s = (laps[k].elapsed_s - share * beyond(&laps[k], *c)).max(laps[k].moving_s);
        left -= laps[k].elapsed_s;
    }
    for (lap, _) in laps.iter_mut().zip(covered).filter(|(_, c)| **c <= 0.0) {
        lap.elapsed_s = lap.elapsed_s.min(left.max(0.0));
        left -= lap.elapsed_s;
    }
}

/// Laps of a recording without samples. Time beyond the whole is repetition: a lap keeps its share of the time.
fn as_written(laps: &[(f64, recordings::Lap)], whole_s: f64) -> Vec<LapMetrics> {
    let mut left = whole_s;
    laps.iter()
        .map(|(start_s, lap)| {
            let elapsed_s = lap.elapsed_s.min(left);
            left -= elapsed_s;
            let share = elapsed_s / lap.elapsed_s;
            LapMetrics {
                start_s: *start_s,
                elapsed_s,
                moving_s: (share * lap.timer_s.unwrap_or(lap.elapsed_s)).min(elapsed_s),
                distance_m: lap.distance_m.map(|m| share * m),
                avg_hr_bpm: lap.avg_hr_bpm,
                max_hr_bpm: lap.max_hr_bpm,
                rest: lap.rest,
                ..LapMetrics::default()
            }
        })
        .collect()
}

/// Metres per length, if the lengths that were swum make up the whole distance.
fn pool_m(track: &Track, recording: &Recording) -> Option<f64> {
    let swum = recording.lengths.iter().filter(|l| l.active).count() as f64;
    let total = track.total_m().filter(|_| swum > 0.0)?;
    let metres = recording.pool_length_m.unwrap_or(total / swum);
    ((metres * swum - total).abs() < 0.01).then_some(metres)
}

/// The pool lengths that were swum, by their middle, in ascending order.
struct Lengths(Vec<(f64, recordings::Length)>);

impl Lengths {
    fn new(recording: &Recording, map: &TimeMap) -> Self {
        let mut swum: Vec<_> = recording.lengths.iter().filter(|l| l.active).map(|l| (map.at(l.start_s) + l.elapsed_s / 2.0, *l)).collect();
        swum.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self(swum)
    }

    /// Sets the pool metrics of the lap between two times.
    fn between(&self, from: f64, to: f64, lap: &mut LapMetrics) {
        let at = |moment: f64| self.0.partition_point(|l| l.0 < moment);
        let lengths = &self.0[at(from)..at(to)];
        let Some((_, first)) = lengths.first() else {
            lap.rest |= !self.0.is_empty();
            return;
        };
        lap.lengths = u32::try_from(lengths.len()).unwrap_or(u32::MAX);
        let strokes: f64 = lengths.iter().filter_map(|(_, l)| l.strokes).sum();
        lap.strokes = (strokes > 0.0).then_some(strokes);
        let seconds: f64 = lengths.iter().map(|(_, l)| l.elapsed_s).sum();
        lap.swolf = lap.strokes.filter(|_| lengths.iter().all(|(_, l)| l.strokes.is_some())).map(|s| (s + seconds) / lengths.len() as f64);
        lap.stroke = first.stroke.map(|s| if lengths.iter().all(|(_, l)| l.stroke == Some(s)) { s } else { Stroke::Mixed });
    }
}

/// Cumulative sums at each sample.
pub(crate) struct Sums {
    pub(crate) moving_s: Vec<f64>,
    moved_graded_m: Vec<f64>,
    beats: Vec<f64>,
    beat_s: Vec<f64>,
}

impl Sums {
    pub(crate) fn new(track: &Track) -> Self {
        let sum = |of: &dyn Fn(usize) -> f64| {
            let mut total = 0.0;
            std::iter::once(0.0)
                .chain((0..track.moving_s.len()).map(|i| {
                    total += of(i);
                    total
                }))
                .collect::<Vec<f64>>()
        };
        Self {
            moving_s: sum(&|i| track.moving_s[i]),
            moved_graded_m: sum(&|i| if track.moving_s[i] > 0.0 { track.graded_m[i] } else { 0.0 }),
            beats: sum(&|i| track.beat_s(i).map_or(0.0, |(hr, s)| hr * s)),
            beat_s: sum(&|i| track.beat_s(i).map_or(0.0, |(_, s)| s)),
        }
    }
}

/// The value of a column at a time between two samples, interpolated linearly.
pub(crate) fn at(time_s: &[f64], column: &[f64], moment_s: f64) -> f64 {
    let k = time_s.partition_point(|t| *t <= moment_s).clamp(1, time_s.len() - 1);
    let span = time_s[k] - time_s[k - 1];
    let share = if span > 0.0 { ((moment_s - time_s[k - 1]) / span).clamp(0.0, 1.0) } else { 1.0 };
    column[k - 1] + share * (column[k] - column[k - 1])
}

/// The metrics between two times, in seconds from the start.
pub(crate) fn segment(track: &Track, sums: &Sums, from_s: f64, to_s: f64) -> LapMetrics {
    let time = &track.samples.time_s;
    let mut out = LapMetrics::default();
    if time.len() < 2 {
        return out;
    }
    let between = |column: &[f64]| (at(time, column, to_s) - at(time, column, from_s)).max(0.0);
    out.moving_s = between(&sums.moving_s).min(to_s - from_s);
    let graded = between(&sums.moved_graded_m);
    if !track.distance_m.is_empty() {
        let (from, to) = (at(time, &track.distance_m, from_s), at(time, &track.distance_m, to_s));
        out.distance_m = Some((to - from).max(0.0));
        out.elevation_gain_m = track.profile.as_ref().map(|p| p.climb(from, to));
    }
    out.gap_s_per_km = (track.profile.is_some() && graded > 0.0 && out.moving_s > 0.0).then(|| out.moving_s / graded * 1000.0);
    let beat_s = between(&sums.beat_s);
    out.avg_hr_bpm = (beat_s > 0.0).then(|| between(&sums.beats) / beat_s);
    let (first, last) = (time.partition_point(|t| *t < from_s), time.partition_point(|t| *t <= to_s));
    let highest = track.samples.heart_rate_bpm[first.min(last)..last].iter().copied().filter(|h| h.is_finite()).fold(f64::NAN, f64::max);
    out.max_hr_bpm = highest.is_finite().then_some(highest);
    out
}

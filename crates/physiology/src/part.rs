//! A stretch of a track, as laps and crops need it.

use serde::{Deserialize, Serialize};

use crate::Track;

/// The numbers of a lap.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct LapMetrics {
    /// Seconds from the start of the activity.
    pub start_s: f64,
    /// Seconds, stops included.
    pub elapsed_s: f64,
    /// Seconds in motion.
    pub moving_s: f64,
    /// Metres.
    pub distance_m: Option<f64>,
    /// Seconds per kilometre on the flat for the same effort.
    pub gap_s_per_km: Option<f64>,
    /// Mean heart rate while moving, beats per minute.
    pub avg_hr_bpm: Option<f64>,
    /// Highest heart rate, beats per minute.
    pub max_hr_bpm: Option<f64>,
    /// Metres climbed.
    pub climb_m: Option<f64>,
    /// Whether it was marked as recovery.
    pub rest: bool,
}

/// The numbers of the laps of a recording, from its samples where there are any, else as the device wrote them.
pub(crate) fn laps(track: &Track, laps: &[recordings::Lap]) -> Vec<LapMetrics> {
    laps.iter()
        .filter(|l| l.elapsed_s > 0.0)
        .map(|lap| {
            let mut found = stretch(track, lap.start_s, lap.start_s + lap.elapsed_s);
            found.distance_m = found.distance_m.or(lap.distance_m);
            found.avg_hr_bpm = found.avg_hr_bpm.or(lap.avg_hr_bpm);
            found.max_hr_bpm = found.max_hr_bpm.or(lap.max_hr_bpm);
            if found.moving_s <= 0.0 {
                found.moving_s = lap.timer_s.unwrap_or(lap.elapsed_s);
            }
            LapMetrics { start_s: lap.start_s, elapsed_s: lap.elapsed_s, rest: lap.rest, ..found }
        })
        .collect()
}

/// The numbers between two moments, in seconds from the start.
fn stretch(track: &Track, from_s: f64, to_s: f64) -> LapMetrics {
    let time = &track.samples.time_s;
    let first = time.partition_point(|t| *t < from_s);
    let last = time.partition_point(|t| *t <= to_s).saturating_sub(1);
    let mut out = LapMetrics::default();
    if first >= last {
        return out;
    }
    let (mut metres, mut graded, mut beats, mut beat_s, mut highest) = (0.0, 0.0, 0.0, 0.0, f64::NAN);
    for i in first..last {
        let dt = track.moving_s[i];
        out.moving_s += dt;
        if dt > 0.0 {
            metres += track.step_m(i);
            graded += track.graded_m[i];
        }
        let hr = track.samples.heart_rate_bpm[i + 1];
        if hr.is_finite() {
            beats += hr * dt;
            beat_s += dt;
            highest = hr.max(highest);
        }
    }
    if !track.distance_m.is_empty() {
        let (from, to) = (track.distance_m[first], track.distance_m[last]);
        out.distance_m = Some(to - from);
        out.climb_m = track.profile.as_ref().map(|p| p.climb(from, to));
    }
    out.gap_s_per_km = (track.profile.is_some() && graded > 0.0 && metres > 0.0).then(|| out.moving_s / graded * 1000.0);
    out.avg_hr_bpm = (beat_s > 0.0).then(|| beats / beat_s);
    out.max_hr_bpm = highest.is_finite().then_some(highest);
    out
}

//! Kilometre splits.

use serde::{Deserialize, Serialize};

use crate::Track;

/// One kilometre, or the rest behind the last whole one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Metres: 1000, the last one less.
    pub distance_m: f64,
    /// Moving seconds.
    pub moving_s: f64,
    /// Seconds per kilometre on the flat for the same effort.
    pub gap_s_per_km: Option<f64>,
    /// Mean heart rate, beats per minute.
    pub avg_hr_bpm: Option<f64>,
    /// Metres climbed.
    pub climb_m: Option<f64>,
}

/// Splits of `length_m`; a rest under 50 m is dropped.
pub(crate) fn splits(track: &Track, length_m: f64) -> Vec<Split> {
    let Some(total) = track.total_m() else { return Vec::new() };
    let count = (total / length_m).ceil() as usize;
    if count > 2000 {
        return Vec::new();
    }
    let mut moving = vec![0.0; count];
    let mut graded = vec![0.0; count];
    let mut beats = vec![(0.0, 0.0); count];
    for (i, &dt) in track.moving_s.iter().enumerate() {
        let (from, to) = (track.distance_m[i], track.distance_m[i + 1]);
        let metres = to - from;
        let first = ((from / length_m) as usize).min(count - 1);
        let last = ((to / length_m) as usize).min(count - 1);
        for cell in first..=last {
            // A step across a boundary is shared by its metres.
            let inside = (to.min((cell + 1) as f64 * length_m) - from.max(cell as f64 * length_m)).max(0.0);
            let share = if metres > 0.0 { inside / metres } else { f64::from(u8::from(cell == first)) };
            moving[cell] += dt * share;
            if dt > 0.0 {
                graded[cell] += track.graded_m[i] * share;
            }
            let hr = track.samples.heart_rate_bpm[i + 1];
            if hr.is_finite() {
                beats[cell].0 += hr * dt * share;
                beats[cell].1 += dt * share;
            }
        }
    }
    (0..count)
        .map(|c| {
            let (from, to) = (c as f64 * length_m, ((c + 1) as f64 * length_m).min(total));
            Split {
                distance_m: to - from,
                moving_s: moving[c],
                gap_s_per_km: (track.profile.is_some() && graded[c] > 0.0).then(|| moving[c] / graded[c] * 1000.0),
                avg_hr_bpm: (beats[c].1 > 0.0).then(|| beats[c].0 / beats[c].1),
                climb_m: track.profile.as_ref().map(|p| p.climb(from, to)),
            }
        })
        .filter(|s| s.distance_m >= 50.0 && s.moving_s > 0.0)
        .collect()
}

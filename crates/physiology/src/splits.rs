//! Splits of equal length.

use serde::{Deserialize, Serialize};

use crate::Track;

/// A remainder after the last whole split that is shorter than this belongs to that split, in metres; of short splits a tenth.
const SHORTEST_M: f64 = 50.0;

/// A split, or the remainder after the last whole one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Metres: the length asked for; the last one may be shorter, or a few metres longer.
    pub distance_m: f64,
    /// Moving seconds.
    pub moving_s: f64,
    /// Seconds per kilometre on the flat for the same effort.
    pub gap_s_per_km: Option<f64>,
    /// Mean heart rate over recorded time, beats per minute.
    pub avg_hr_bpm: Option<f64>,
    /// Elevation gain in metres.
    pub elevation_gain_m: Option<f64>,
}

/// Splits of `length_m`; together they cover the whole track. None without a distance, or where there would be more than two thousand.
#[must_use]
pub fn splits(track: &Track, length_m: f64) -> Vec<Split> {
    let Some(total) = track.total_m() else { return Vec::new() };
    let whole = (total / length_m).floor();
    let count = if whole > 0.0 && total - whole * length_m < SHORTEST_M.min(length_m / 10.0) { whole as usize } else { whole as usize + 1 };
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
            // A step across a boundary is divided in proportion to its metres.
            let end = if cell + 1 == count { total } else { (cell + 1) as f64 * length_m };
            let inside = (to.min(end) - from.max(cell as f64 * length_m)).max(0.0);
            let share = if metres > 0.0 { inside / metres } else { f64::from(u8::from(cell == first)) };
            moving[cell] += dt * share;
            if dt > 0.0 {
                graded[cell] += track.graded_m[i] * share;
            }
            if let Some((hr, s)) = track.beat_s(i) {
                beats[cell].0 += hr * s * share;
                beats[cell].1 += s * share;
            }
        }
    }
    (0..count)
        .map(|c| {
            let (from, to) = (c as f64 * length_m, if c + 1 == count { total } else { (c + 1) as f64 * length_m });
            Split {
                distance_m: to - from,
                moving_s: moving[c],
                gap_s_per_km: (track.profile.is_some() && graded[c] > 0.0).then(|| moving[c] / graded[c] * 1000.0),
                avg_hr_bpm: (beats[c].1 > 0.0).then(|| beats[c].0 / beats[c].1),
                elevation_gain_m: track.profile.as_ref().map(|p| p.climb(from, to)),
            }
        })
        .collect()
}

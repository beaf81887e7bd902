//! Laps from their messages, in order.

use crate::{Lap, Sport, Totals};

/// A lap from its message; `start_s` in it is not set.
pub(super) struct RawLap {
    /// Seconds since FIT's epoch; with a fraction if it follows from the previous lap.
    pub(super) start: Option<f64>,
    pub(super) lap: Lap,
    pub(super) sport: Option<Sport>,
}

/// Sorts laps and gives each a start of its own: software that rewrites files gives all of them the same.
pub(super) fn place_laps(laps: &mut [RawLap]) {
    laps.sort_by(|a, b| a.start.unwrap_or(0.0).total_cmp(&b.start.unwrap_or(0.0)));
    let mut before: Option<(Option<f64>, f64)> = None;
    for lap in laps {
        let written = lap.start;
        if let (Some(start), Some((same, end))) = (written, before)
            && same == written
        {
            lap.start = Some(end.max(start));
        }
        before = Some((written, lap.start.unwrap_or(0.0) + lap.lap.elapsed_s));
    }
}

/// Totals from laps.
pub(super) fn of_laps(laps: &[RawLap]) -> Totals {
    let sum = |of: fn(&Lap) -> Option<f64>| laps.iter().filter_map(|l| of(&l.lap)).reduce(|a, b| a + b).filter(|s| *s > 0.0);
    Totals {
        elapsed_s: sum(|l| Some(l.elapsed_s)),
        timer_s: sum(|l| l.timer_s.or(Some(l.elapsed_s))),
        distance_m: sum(|l| l.distance_m),
        ..Totals::default()
    }
}

//! Laps as their messages say, and in order.

use crate::{Lap, Sport, Totals};

/// A lap as its message says; `start_s` in it is not set.
pub(super) struct RawLap {
    /// Seconds since FIT's epoch; to the fraction where it follows from the lap before.
    pub(super) start: Option<f64>,
    pub(super) lap: Lap,
    pub(super) sport: Option<Sport>,
}

/// Laps in order, each with a start of its own: programs that rewrite files give all of them the same.
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

/// What laps add up to.
pub(super) fn of_laps(laps: &[RawLap]) -> Totals {
    let sum = |of: fn(&Lap) -> Option<f64>| laps.iter().filter_map(|l| of(&l.lap)).reduce(|a, b| a + b).filter(|s| *s > 0.0);
    Totals {
        elapsed_s: sum(|l| Some(l.elapsed_s)),
        timer_s: sum(|l| l.timer_s.or(Some(l.elapsed_s))),
        distance_m: sum(|l| l.distance_m),
        ..Totals::default()
    }
}

//! Limits over all files of a chain.

use crate::bounds::{self, one_of};

/// The remaining limits, over all files of a chain.
pub(super) struct Left {
    pub(super) samples: usize,
    pub(super) sessions: usize,
    pub(super) laps: usize,
    pub(super) lengths: usize,
    pub(super) timer: usize,
    /// Whether no limit was exceeded so far.
    pub(super) any: bool,
}

impl Default for Left {
    fn default() -> Self {
        let (samples, sessions, laps) = (bounds::SAMPLES, bounds::SESSIONS, bounds::LAPS);
        Self { samples, sessions, laps, lengths: bounds::LENGTHS, timer: bounds::TIMER_EVENTS, any: true }
    }
}

impl Left {
    /// Whether one more message of a type is accepted.
    pub(super) fn one(&mut self, global: u16) -> bool {
        let left = match global {
            18 => &mut self.sessions,
            19 => &mut self.laps,
            20 => &mut self.samples,
            21 => &mut self.timer,
            101 => &mut self.lengths,
            _ => return true,
        };
        let one = one_of(left);
        self.any &= one;
        one
    }
}

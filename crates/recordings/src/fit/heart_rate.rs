//! Heart rate that a strap stored by itself and sent after the activity: `hr` messages (132), merged into the records by time.

use super::wire::Message;
use crate::{Samples, bounds};

/// Readings of a strap: seconds since FIT's epoch and beats per minute, in order.
#[derive(Default)]
pub(super) struct StrapReadings {
    readings: Vec<(f64, f64)>,
    /// When the strap's clock was last synchronised with the watch's: seconds since FIT's epoch, and seconds of the strap.
    anchor: Option<(f64, f64)>,
    /// The strap's clock in 1024ths of a second, without overflow.
    clock: u64,
    /// Whether there were more readings than the limit.
    too_much: bool,
}

/// Readings further back than this belong to an earlier record, in seconds.
const LONGEST_S: f64 = 5.0;

impl StrapReadings {
    /// Reads an `hr` message: a full time stamp, or up to eight readings with twelve bits of the strap's clock each.
    pub(super) fn take(&mut self, m: &Message<'_>) {
        let bpm: Vec<Option<f64>> = m.numbers(6).collect();
        let full: Vec<f64> = m.numbers(9).flatten().collect();
        if let (Some(time), Some(&event)) = (m.time, full.first()) {
            let fraction = m.number(0).map(|v| v / 32768.0).or_else(|| m.number(1).map(|v| v / 256.0)).unwrap_or(0.0);
            self.anchor = Some((f64::from(time) + fraction, event / 1024.0));
        }
        if !full.is_empty() {
            for (event, bpm) in full.iter().zip(&bpm) {
                self.clock = *event as u64;
                self.push(*bpm);
            }
            return;
        }
        let Some(bytes) = m.bytes(10) else { return };
        for (k, bpm) in bpm.iter().enumerate() {
            let bit = k * 12;
            let (Some(&low), Some(&high)) = (bytes.get(bit / 8), bytes.get(bit / 8 + 1)) else { break };
            let pair = u64::from(low) | (u64::from(high) << 8);
            let piece = if bit.is_multiple_of(8) { pair & 0xfff } else { pair >> 4 };
            self.clock = self.clock.wrapping_add(piece.wrapping_sub(self.clock) & 0xfff);
            self.push(*bpm);
        }
    }

    fn push(&mut self, bpm: Option<f64>) {
        if let (Some((time, event)), Some(bpm)) = (self.anchor, bpm.filter(|b| *b > 0.0)) {
            if self.readings.len() >= bounds::READINGS {
                self.too_much = true;
                return;
            }
            self.readings.push((time + self.clock as f64 / 1024.0 - event, bpm));
        }
    }

    pub(super) fn is_too_much(&self) -> bool {
        self.too_much
    }

    /// Sorts the readings, which [`StrapReadings::merge_into`] needs: once for all sessions.
    pub(super) fn sort(&mut self) {
        self.readings.sort_by(|a, b| a.0.total_cmp(&b.0));
    }

    /// Gives each sample without a heart rate the mean of the readings since the sample before it (at most five seconds back).
    /// `start` is the time of the samples' zero.
    pub(super) fn merge_into(&self, samples: &mut Samples, start: u32) {
        let readings = &self.readings;
        let mut next = 0;
        let mut before: Option<f64> = None;
        for i in 0..samples.len() {
            let at = f64::from(start) + samples.time_s[i];
            if at.is_nan() || before.is_some_and(|before| at < before) {
                continue;
            }
            let from = before.unwrap_or(f64::NEG_INFINITY).max(at - LONGEST_S);
            if before.is_none() {
                next = readings.partition_point(|r| r.0 <= from);
            }
            while readings.get(next).is_some_and(|r| r.0 <= from) {
                next += 1;
            }
            let mut end = next;
            while readings.get(end).is_some_and(|r| r.0 <= at) {
                end += 1;
            }
            if end > next && samples.heart_rate_bpm[i].is_nan() {
                samples.heart_rate_bpm[i] = readings[next..end].iter().map(|r| r.1).sum::<f64>() / (end - next) as f64;
            }
            before = Some(at);
        }
    }
}

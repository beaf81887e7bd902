//! How fast bytes move between us and somebody. Waiting for them uses patience up and bytes give it back, so that nobody keeps a place by moving
//! none, or a few of them for ever.

use std::time::Duration;

use tokio::time::Instant;

/// Bytes that give a second of patience back: the least average rate.
const BYTES_PER_SECOND: f64 = 1024.0;
/// Everybody counts as if so many bytes had moved in a second before the first one: whoever has only just begun is not the slowest.
const HEAD_START: f64 = 65536.0;

/// Bytes that are waited for, and the patience with whom they are waited for from.
pub(crate) struct Throughput {
    patience: Duration,
    left: Duration,
    /// Since when it is waited, if it is.
    since: Option<Instant>,
    waited: Duration,
    bytes: f64,
}

impl Throughput {
    pub(crate) const fn new(patience: Duration) -> Self {
        Self { patience, left: patience, since: None, waited: Duration::ZERO, bytes: 0.0 }
    }

    /// From now on somebody else is waited for.
    pub(crate) fn wait(&mut self, now: Instant) {
        self.since.get_or_insert(now);
    }

    /// Nobody is waited for any more.
    pub(crate) fn pause(&mut self, now: Instant) {
        if let Some(since) = self.since.take() {
            let waited = now.saturating_duration_since(since);
            self.waited += waited;
            self.left = self.left.saturating_sub(waited);
        }
    }

    /// Bytes moved, and nobody is waited for.
    pub(crate) fn moved(&mut self, now: Instant, bytes: usize) {
        self.pause(now);
        let bytes: f64 = u32::try_from(bytes).unwrap_or(u32::MAX).into();
        self.bytes += bytes;
        self.left = (self.left + Duration::from_secs_f64(bytes / BYTES_PER_SECOND)).min(self.patience);
    }

    pub(crate) const fn is_waiting(&self) -> bool {
        self.since.is_some()
    }

    /// When the patience is used up, if nothing moves until then.
    pub(crate) fn over_at(&self) -> Option<Instant> {
        self.since.map(|since| since + self.left)
    }

    /// Bytes a second of the time that was waited for them.
    pub(crate) fn speed(&self, now: Instant) -> f64 {
        let waited = self.waited + self.since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        (self.bytes + HEAD_START) / (waited.as_secs_f64() + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    /// Seconds until the patience is used up with somebody who moves so many bytes every so many seconds.
    fn lasts(bytes: usize, every: u64) -> Option<u64> {
        let begun = Instant::now();
        let mut pace = Throughput::new(PATIENCE);
        for turn in 0..10_000 {
            let now = begun + Duration::from_secs(turn * every);
            pace.wait(now);
            let next = now + Duration::from_secs(every);
            if let Some(over) = pace.over_at().filter(|over| *over <= next) {
                return Some((over - begun).as_secs());
            }
            pace.moved(next, bytes);
        }
        None
    }

    #[test]
    fn standing_still_and_dribbling_end_and_a_kilobyte_a_second_does_not() {
        assert_eq!(lasts(0, 100), Some(30));
        assert_eq!(lasts(1, 3), Some(30));
        assert_eq!(lasts(512, 1), Some(59));
        assert_eq!(lasts(1 << 30, 40), Some(30), "much that came once is no patience for later");
        assert_eq!((lasts(1024, 1), lasts(20 << 10, 20)), (None, None));
    }

    #[test]
    fn what_we_do_ourselves_meanwhile_uses_no_patience() {
        let begun = Instant::now();
        let mut pace = Throughput::new(PATIENCE);
        pace.wait(begun);
        pace.moved(begun + Duration::from_secs(10), 0);
        assert!(pace.over_at().is_none());
        let later = begun + Duration::from_hours(1);
        pace.wait(later);
        assert_eq!(pace.over_at(), Some(later + Duration::from_secs(20)));
    }

    #[test]
    fn whoever_has_just_begun_is_faster_than_who_dribbles() {
        let now = Instant::now();
        let (mut new, mut dribbling, mut quick) = (Throughput::new(PATIENCE), Throughput::new(PATIENCE), Throughput::new(PATIENCE));
        new.wait(now);
        let since = now - Duration::from_secs(20);
        for pace in [&mut dribbling, &mut quick] {
            pace.wait(since);
        }
        dribbling.moved(now, 7);
        quick.moved(now, 20 << 20);
        assert!(dribbling.speed(now) < new.speed(now) && new.speed(now) < quick.speed(now));
    }
}

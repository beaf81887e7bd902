//! How fast bytes move between us and a client. Waiting uses up the idle timeout and bytes restore it, so that no client holds a connection by
//! moving none, or a few of them forever.

use std::time::Duration;

use tokio::time::Instant;

/// Bytes that restore one second of the timeout: the minimum average rate.
const BYTES_PER_SECOND: f64 = 1024.0;
/// Every transfer starts as if so many bytes had moved in the second before: a new one is not the slowest.
const HEAD_START: f64 = 65536.0;

/// Bytes moved in one direction, and how much longer we wait for more.
pub(crate) struct Throughput {
    idle_timeout: Duration,
    remaining: Duration,
    /// Since when we have been waiting, if we are.
    since: Option<Instant>,
    waited: Duration,
    bytes: f64,
}

impl Throughput {
    pub(crate) const fn new(idle_timeout: Duration) -> Self {
        Self { idle_timeout, remaining: idle_timeout, since: None, waited: Duration::ZERO, bytes: 0.0 }
    }

    /// From now on we wait for the client.
    pub(crate) fn wait(&mut self, now: Instant) {
        self.since.get_or_insert(now);
    }

    /// We no longer wait for the client.
    pub(crate) fn pause(&mut self, now: Instant) {
        if let Some(since) = self.since.take() {
            let waited = now.saturating_duration_since(since);
            self.waited += waited;
            self.remaining = self.remaining.saturating_sub(waited);
        }
    }

    /// Bytes moved, and we no longer wait.
    pub(crate) fn moved(&mut self, now: Instant, bytes: usize) {
        self.pause(now);
        let bytes: f64 = u32::try_from(bytes).unwrap_or(u32::MAX).into();
        self.bytes += bytes;
        self.remaining = (self.remaining + Duration::from_secs_f64(bytes / BYTES_PER_SECOND)).min(self.idle_timeout);
    }

    pub(crate) const fn is_waiting(&self) -> bool {
        self.since.is_some()
    }

    /// When the timeout expires if nothing moves until then; none while we do not wait.
    pub(crate) fn expires_at(&self) -> Option<Instant> {
        self.since.map(|since| since + self.remaining)
    }

    /// Bytes per second of waiting.
    pub(crate) fn speed(&self, now: Instant) -> f64 {
        let waited = self.waited + self.since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        (self.bytes + HEAD_START) / (waited.as_secs_f64() + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

    /// Seconds until the timeout expires for a client that moves so many bytes every so many seconds.
    fn lasts(bytes: usize, every: u64) -> Option<u64> {
        let begun = Instant::now();
        let mut throughput = Throughput::new(IDLE_TIMEOUT);
        for turn in 0..10_000 {
            let now = begun + Duration::from_secs(turn * every);
            throughput.wait(now);
            let next = now + Duration::from_secs(every);
            if let Some(expires) = throughput.expires_at().filter(|expires| *expires <= next) {
                return Some((expires - begun).as_secs());
            }
            throughput.moved(next, bytes);
        }
        None
    }

    #[test]
    fn stalled_and_dribbling_transfers_end_and_a_kilobyte_a_second_does_not() {
        assert_eq!(lasts(0, 100), Some(30));
        assert_eq!(lasts(1, 3), Some(30));
        assert_eq!(lasts(512, 1), Some(59));
        assert_eq!(lasts(1 << 30, 40), Some(30), "a large chunk does not extend the timeout");
        assert_eq!((lasts(1024, 1), lasts(20 << 10, 20)), (None, None));
    }

    #[test]
    fn our_own_work_uses_no_idle_timeout() {
        let begun = Instant::now();
        let mut throughput = Throughput::new(IDLE_TIMEOUT);
        throughput.wait(begun);
        throughput.moved(begun + Duration::from_secs(10), 0);
        assert!(throughput.expires_at().is_none());
        let later = begun + Duration::from_hours(1);
        throughput.wait(later);
        assert_eq!(throughput.expires_at(), Some(later + Duration::from_secs(20)));
    }

    #[test]
    fn a_new_transfer_is_faster_than_a_dribbling_one() {
        let now = Instant::now();
        let (mut new, mut dribbling, mut quick) = (Throughput::new(IDLE_TIMEOUT), Throughput::new(IDLE_TIMEOUT), Throughput::new(IDLE_TIMEOUT));
        new.wait(now);
        let since = now - Duration::from_secs(20);
        for throughput in [&mut dribbling, &mut quick] {
            throughput.wait(since);
        }
        dribbling.moved(now, 7);
        quick.moved(now, 20 << 20);
        assert!(dribbling.speed(now) < new.speed(now) && new.speed(now) < quick.speed(now));
    }
}

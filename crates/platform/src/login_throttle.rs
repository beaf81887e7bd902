//! Limits attempts at each account over all clients, so that many clients together cannot guess more than one may. Counted in this
//! process.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::Problem;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use sha2::{Digest, Sha256};

/// Log lines per minute about refusals.
const LINES_PER_MINUTE: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");

/// The counters, by the hash of their key. Cheap to clone.
#[derive(Clone)]
pub struct LoginThrottle {
    counts: Arc<DefaultKeyedRateLimiter<[u8; 32]>>,
    refusals: Arc<RefusalLog>,
}

impl LoginThrottle {
    /// A limit of so many attempts an hour for each key.
    #[must_use]
    pub fn new(per_hour: NonZeroU32) -> Self {
        Self { counts: Arc::new(RateLimiter::keyed(Quota::per_hour(per_hour))), refusals: Arc::default() }
    }

    /// Counts an attempt, or refuses it with the time until the next one.
    pub fn check(&self, key: &str) -> Result<(), Problem> {
        if self.counts.len() > 100_000 {
            self.counts.retain_recent();
        }
        let refused = self.counts.check_key(&Sha256::digest(key.as_bytes()).into());
        refused.map_err(|r| Problem::too_many(r.wait_time_from(DefaultClock::default().now()).as_secs() + 1))
    }

    /// Logs a refusal, as [`RefusalLog::log`] does.
    pub fn log_refusal(&self, line: impl FnOnce(u64)) {
        self.refusals.log(line);
    }
}

/// Rate-limited logging of refusals: a few lines a minute, each with how many were withheld before it, so that a flood of requests is not a flood
/// of log lines.
pub struct RefusalLog {
    lines: DefaultDirectRateLimiter,
    withheld: AtomicU64,
}

impl Default for RefusalLog {
    fn default() -> Self {
        Self { lines: RateLimiter::direct(Quota::per_minute(LINES_PER_MINUTE)), withheld: AtomicU64::new(0) }
    }
}

impl RefusalLog {
    /// Calls `line` with the number of lines withheld since the last one; or withholds it.
    pub fn log(&self, line: impl FnOnce(u64)) {
        if self.lines.check().is_ok() {
            line(self.withheld.swap(0, Ordering::Relaxed));
        } else {
            self.withheld.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_has_its_own_count() {
        let throttle = LoginThrottle::new(NonZeroU32::new(2).unwrap());
        assert!((0..2).all(|_| throttle.check("kim@example.org").is_ok()));
        let refused = throttle.check("kim@example.org").expect_err("a third");
        assert!(refused.retry_after_s.is_some_and(|s| (1..=1801).contains(&s)) && refused.message.contains("minutes"));
        assert!(throttle.check("sam@example.org").is_ok());
    }

    #[test]
    fn a_flood_of_refusals_is_a_few_lines_that_say_how_many_there_were() {
        let refusals = RefusalLog::default();
        let mut lines = Vec::new();
        for _ in 0..48_000 {
            refusals.log(|withheld| lines.push(withheld));
        }
        // A line comes free every six seconds.
        assert!((10..100).contains(&lines.len()), "{}", lines.len());
        let withheld = refusals.withheld.load(Ordering::Relaxed);
        assert_eq!(lines.iter().sum::<u64>() + withheld + lines.len() as u64, 48_000, "every one is counted");
    }
}

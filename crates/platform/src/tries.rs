//! How often one account may be tried at from anywhere, so that many clients together cannot guess what one may not. Counted in this
//! process.

use std::num::NonZeroU32;
use std::sync::Arc;

use domain::Problem;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use sha2::{Digest, Sha256};

/// The counters, by the hash of what is tried at. Cheap to clone.
#[derive(Clone)]
pub struct Tries(Arc<DefaultKeyedRateLimiter<[u8; 32]>>);

impl Tries {
    /// So many tries an hour at each.
    #[must_use]
    pub fn new(per_hour: NonZeroU32) -> Self {
        Self(Arc::new(RateLimiter::keyed(Quota::per_hour(per_hour))))
    }

    /// Counts a try, or says when the next one may be.
    pub fn count(&self, at: &str) -> Result<(), Problem> {
        if self.0.len() > 100_000 {
            self.0.retain_recent();
        }
        let refused = self.0.check_key(&Sha256::digest(at.as_bytes()).into());
        refused.map_err(|r| Problem::too_many(r.wait_time_from(DefaultClock::default().now()).as_secs() + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_has_its_own_count() {
        let tries = Tries::new(NonZeroU32::new(2).unwrap());
        assert!((0..2).all(|_| tries.count("kim@example.org").is_ok()));
        let refused = tries.count("kim@example.org").expect_err("a third");
        assert!(refused.retry_after_s.is_some_and(|s| (1..=1801).contains(&s)) && refused.message.contains("minutes"));
        assert!(tries.count("sam@example.org").is_ok());
    }
}

//! New ids and secrets, injected so that tests can repeat them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use uuid::Uuid;

/// A source of ids and secrets. Cheap to clone.
#[derive(Clone)]
pub struct Ids(Arc<Mutex<State>>);

struct State {
    random: StdRng,
    /// Millisecond of the last id, and the count within it: ids of one process sort in the order in which they were made.
    last: (u64, u16),
}

/// The twelve bits after the time are the count within a millisecond (RFC 9562, section 6.2, method 1).
const MAX_PER_MILLISECOND: u16 = 0xfff;

impl Ids {
    /// Seeded by the operating system.
    #[must_use]
    pub fn random() -> Self {
        Self::with(StdRng::from_os_rng())
    }

    /// The same ids in the same order, for tests and synthetic data.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::with(StdRng::seed_from_u64(seed))
    }

    fn with(random: StdRng) -> Self {
        Self(Arc::new(Mutex::new(State { random, last: (0, 0) })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A thread that panicked while holding the generator cannot have left it in a bad state.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fills a secret or a salt.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.state().random.fill_bytes(&mut out);
        out
    }

    /// A `UUIDv7`: sorts by time, and by order within a millisecond.
    #[must_use]
    pub fn uuid(&self, now: DateTime<Utc>) -> Uuid {
        let now = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        let mut state = self.state();
        let (last, count) = state.last;
        state.last = match (now > last, count) {
            (true, _) => (now, 0),
            (false, MAX_PER_MILLISECOND) => (last + 1, 0),
            (false, _) => (last, count + 1),
        };
        let mut bytes = [0; 10];
        state.random.fill_bytes(&mut bytes);
        [bytes[0], bytes[1]] = state.last.1.to_be_bytes();
        uuid::Builder::from_unix_timestamp_millis(state.last.0, &bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_as_they_were_made_even_when_the_clock_stands_or_steps_back() {
        let ids = Ids::seeded(1);
        let at = |ms: i64| DateTime::from_timestamp_millis(1_790_000_000_000 + ms).unwrap();
        let made: Vec<Uuid> = (0..10_000).map(|i| ids.uuid(at(if i == 5000 { -50 } else { 0 }))).collect();
        assert!(made.windows(2).all(|w| w[0] < w[1]));
        assert_eq!(made[0].get_version_num(), 7);
    }
}

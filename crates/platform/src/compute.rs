//! Work for the processor: off the threads that answer requests, and no more of it at a time than there are processors.

use std::sync::{Arc, LazyLock};

use tokio::sync::Semaphore;
use tracing::Span;
use uuid::Uuid;

use crate::{AccountGuard, BoundedQueue, Error, QueuePermit, lock_account};

/// Turns that may be taken at the same moment, in the whole process. Two at least, so that one long piece holds nobody up alone.
static AT_ONCE: LazyLock<usize> = LazyLock::new(|| std::thread::available_parallelism().map_or(2, |n| n.get().max(2)));
static PERMITS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(*AT_ONCE)));

/// Does a piece of work on a thread of its own as soon as it is its turn: reading, computing and writing recordings, everything that takes
/// longer than a millisecond. Threads that answer requests only wait for it, and others' requests go on. Whoever is waited for no longer
/// loses the turn before the work began; what has begun is finished, and within [`computing`] keeps that turn until then. Work that waits for a
/// disk or another server has no business here: it would hold a turn. An error when the work panics.
pub async fn compute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let failed = |e: &dyn std::fmt::Display| Error::Internal(format!("a computation: {e}"));
    let turn = Arc::clone(&PERMITS).acquire_owned().await.map_err(|e| failed(&e))?;
    let held = HEAVY_PERMIT.try_with(Arc::clone).ok();
    let span = Span::current();
    let running = tokio::task::spawn_blocking(move || {
        let _turns = (turn, held);
        span.in_scope(work)
    });
    running.await.map_err(|e| failed(&e))
}

/// What computes while it holds a connection to the database, and a recording in memory: one more than computes at a time, and fewer than there are
/// connections, so that some are left for everybody else.
static HEAVY_REQUESTS: LazyLock<BoundedQueue> = LazyLock::new(|| BoundedQueue::new((*AT_ONCE + 1).min(6), 100));

tokio::task_local! {
    /// The turn in [`WITH_A_CONNECTION`], and that of whom it counts on.
    static HEAVY_PERMIT: Arc<(QueuePermit, AccountGuard)>;
}

/// On whom a request's computing counts.
#[derive(Debug, Clone, Copy)]
pub enum ChargedTo {
    /// On the account that asks.
    Account(Uuid),
    /// On the athlete who shows something to others, of whom many may look at it.
    SharedBy(Uuid),
}

impl ChargedTo {
    /// Strangers never take an athlete's own turn.
    const fn key(self) -> Uuid {
        match self {
            Self::Account(account) => account,
            Self::SharedBy(athlete) => Uuid::from_u128(!athlete.as_u128()),
        }
    }
}

/// Does what a request computes while it holds a connection when its turn comes: one at a time of whom it counts on. The connection is to be taken
/// within; background tasks, of which there are few, need not ask.
///
/// # Errors
/// When too many wait already, try again in a moment; and those of the work.
pub async fn with_heavy_permit<T>(whose: ChargedTo, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let alone = lock_account(whose.key()).await;
    let turn = HEAVY_REQUESTS.acquire().await?;
    HEAVY_PERMIT.scope(Arc::new((turn, alone)), work).await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn never_more_at_once_than_there_are_turns_and_a_panic_gives_its_turn_back() {
        let most = *AT_ONCE;
        let (now, highest) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let pieces: Vec<_> = (0..most * 8)
            .map(|i| {
                let (now, highest) = (Arc::clone(&now), Arc::clone(&highest));
                tokio::spawn(compute(move || {
                    highest.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    now.fetch_sub(1, Ordering::SeqCst);
                    assert!(i % 2 == 0, "every second one breaks");
                }))
            })
            .collect();
        let mut broken = 0;
        for piece in pieces {
            broken += usize::from(piece.await.expect("waited for").is_err());
        }
        assert_eq!(broken, most * 4);
        assert!(highest.load(Ordering::SeqCst) <= most);
        // All of them at once: none is lost. A test beside this one may have to finish first.
        let all = u32::try_from(most).expect("a few");
        drop(PERMITS.acquire_many(all).await.expect("open"));
    }

    #[tokio::test]
    async fn the_thread_that_asks_goes_on_meanwhile() {
        // One thread drives this test: what computes there could never hear from what comes after it.
        let (say, hear) = std::sync::mpsc::channel();
        let working = tokio::spawn(compute(move || hear.recv()));
        tokio::task::yield_now().await;
        say.send(7).expect("somebody listens");
        assert_eq!(working.await.expect("waited for").expect("computed"), Ok(7));
    }
}

//! CPU-bound work: off the threads that answer requests, and no more of it at a time than there are processors.

use std::sync::{Arc, LazyLock};

use tokio::sync::Semaphore;
use tracing::Span;
use uuid::Uuid;

use crate::{AccountGuard, BoundedQueue, Error, QueuePermit, lock_account};

/// Permits in the whole process. At least two, so that one long piece of work cannot hold up all others.
static AT_ONCE: LazyLock<usize> = LazyLock::new(|| std::thread::available_parallelism().map_or(2, |n| n.get().max(2)));
static PERMITS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(*AT_ONCE)));

/// Runs work on a blocking thread as soon as a permit is free: reading, computing and writing recordings, everything that takes
/// longer than a millisecond. Threads that answer requests only await it, and other requests go on. If the caller is cancelled before the work
/// begins, its place in the queue is given up; work that has begun is finished, and within [`with_heavy_permit`] keeps that permit until then.
/// Work that waits for a disk or another server does not belong here: it would hold a permit. An error when the work panics.
pub async fn compute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let failed = |e: &(dyn std::error::Error + 'static)| Error::internal("a computation", e);
    let permit = Arc::clone(&PERMITS).acquire_owned().await.map_err(|e| failed(&e))?;
    let held = HEAVY_PERMIT.try_with(Arc::clone).ok();
    let span = Span::current();
    let running = tokio::task::spawn_blocking(move || {
        let _permits = (permit, held);
        span.in_scope(work)
    });
    running.await.map_err(|e| failed(&e))
}

/// [`compute`] for what a person sends: one piece at a time for each account. Disconnecting does not allow a second one, because the
/// lock is held until the work that has begun is finished.
pub async fn compute_for_account<T: Send + 'static>(account: Uuid, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let lock = lock_account(account).await;
    compute(move || {
        let _held = lock;
        work()
    })
    .await
}

/// Requests that compute while they hold a database connection, and a recording in memory: one more than compute at a time, and fewer than there are
/// connections, so that some are left for all other requests.
static HEAVY_REQUESTS: LazyLock<BoundedQueue> = LazyLock::new(|| BoundedQueue::new((*AT_ONCE + 1).min(6), 100));

tokio::task_local! {
    /// The permit of [`HEAVY_REQUESTS`], and the lock of the account that it is charged to.
    static HEAVY_PERMIT: Arc<(QueuePermit, AccountGuard)>;
}

/// The account that a request's computation is charged to.
#[derive(Debug, Clone, Copy)]
pub enum ChargedTo {
    /// The authenticated user's.
    Account(Uuid),
    /// The athlete's who shares something, which many others may view.
    SharedBy(Uuid),
}

impl ChargedTo {
    /// Viewers of shared data never take the athlete's own lock.
    const fn key(self) -> Uuid {
        match self {
            Self::Account(account) => account,
            Self::SharedBy(athlete) => Uuid::from_u128(!athlete.as_u128()),
        }
    }
}

/// Runs a request's computation that holds a connection, once a permit is free: one at a time for each account that is charged. Take the connection
/// within; jobs, of which few run at a time, need no permit.
///
/// # Errors
/// When too many wait already: try again in a moment; and those of the work.
pub async fn with_heavy_permit<T>(charged_to: ChargedTo, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let guard = lock_account(charged_to.key()).await;
    let permit = HEAVY_REQUESTS.acquire().await?;
    HEAVY_PERMIT.scope(Arc::new((permit, guard)), work).await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn never_more_at_once_than_there_are_permits_and_a_panic_returns_its_permit() {
        let max = *AT_ONCE;
        let (now, highest) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let pieces: Vec<_> = (0..max * 8)
            .map(|i| {
                let (now, highest) = (Arc::clone(&now), Arc::clone(&highest));
                tokio::spawn(compute(move || {
                    highest.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    now.fetch_sub(1, Ordering::SeqCst);
                    assert!(i % 2 == 0, "every second one panics");
                }))
            })
            .collect();
        let mut panicked = 0;
        for piece in pieces {
            panicked += usize::from(piece.await.expect("waited for").is_err());
        }
        assert_eq!(panicked, max * 4);
        assert!(highest.load(Ordering::SeqCst) <= max);
        // All of them at once: none is lost. A test that runs in parallel may have to finish first.
        let all = u32::try_from(max).expect("a few");
        drop(PERMITS.acquire_many(all).await.expect("open"));
    }

    #[tokio::test]
    async fn the_calling_thread_goes_on_meanwhile() {
        // One thread drives this test: work that computed on it could never receive what is sent after it.
        let (sender, receiver) = std::sync::mpsc::channel();
        let working = tokio::spawn(compute(move || receiver.recv()));
        tokio::task::yield_now().await;
        sender.send(7).expect("received");
        assert_eq!(working.await.expect("waited for").expect("computed"), Ok(7));
    }
}

//! A bounded queue: some work runs at a time, some may wait, and the rest is refused with a time to retry.

use domain::Problem;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::Error;

/// A bounded queue, first in, first out.
pub struct BoundedQueue {
    running: Semaphore,
    /// Those that run and those that wait.
    slots: Semaphore,
}

/// A permit of a [`BoundedQueue`]; the next waiter gets it when this is dropped.
#[must_use = "the permit is released when this is dropped"]
pub struct QueuePermit {
    _running: SemaphorePermit<'static>,
    _slot: SemaphorePermit<'static>,
}

impl BoundedQueue {
    /// How many run at a time, and how many may wait.
    #[must_use]
    pub const fn new(at_a_time: usize, waiting: usize) -> Self {
        Self { running: Semaphore::const_new(at_a_time), slots: Semaphore::const_new(at_a_time + waiting) }
    }

    /// Waits for a permit.
    ///
    /// # Errors
    /// When too many wait already: try again in a moment.
    pub async fn acquire(&'static self) -> Result<QueuePermit, Error> {
        let slot = self.slots.try_acquire().map_err(|_| Problem::too_many(5))?;
        let running = self.running.acquire().await.map_err(|e| Error::internal("a queue", &e))?;
        Ok(QueuePermit { _running: running, _slot: slot })
    }

    /// Runs work on a blocking thread once a permit is free.
    ///
    /// # Errors
    /// When too many wait already, or the work panics.
    pub async fn run<T: Send + 'static>(&'static self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let permit = self.acquire().await?;
        // The caller may be gone by then, but the work goes on: it holds the permit itself.
        let done = tokio::task::spawn_blocking(move || {
            let _held = permit;
            work()
        });
        done.await.map_err(|e| Error::internal("a computation", &e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn as_many_as_there_are_processors_run_at_a_time_few_wait_and_the_rest_come_back() {
        use std::sync::Arc;
        use std::sync::atomic::{AtomicUsize, Ordering};
        use std::sync::mpsc;

        let queue: &'static BoundedQueue = Box::leak(Box::new(BoundedQueue::new(2, 3)));
        let (running, highest) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut gates = Vec::new();
        let mut runs = Vec::new();
        for _ in 0..5 {
            let (open, gate) = mpsc::channel::<()>();
            gates.push(open);
            let (running, highest) = (Arc::clone(&running), Arc::clone(&highest));
            let mut run = Box::pin(queue.run(move || {
                highest.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let _ = gate.recv();
                running.fetch_sub(1, Ordering::SeqCst);
            }));
            // Polled, so that it runs or waits in this order.
            assert!(once(run.as_mut()).await.is_none());
            runs.push(run);
        }
        let refused = queue.run(|| ()).await.expect_err("five are there").into_problem();
        assert!(refused.kind == domain::ProblemKind::TooMany && refused.retry_after_s.is_some());
        // A caller that leaves while it waits frees its slot; one that leaves while it runs does not.
        drop(runs.pop());
        assert!(once(Box::pin(queue.run(|| ())).as_mut()).await.is_none(), "a slot came free");
        drop(runs.remove(0));
        assert_eq!(queue.running.available_permits(), 0);
        drop(gates);
        for run in runs {
            run.await.expect("done");
        }
        assert!(highest.load(Ordering::SeqCst) <= 2);
        queue.run(|| ()).await.expect("everything is free again");
    }

    /// The result of polling a future once.
    async fn once<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(match std::pin::Pin::new(&mut future).poll(context) {
                std::task::Poll::Ready(done) => Some(done),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}

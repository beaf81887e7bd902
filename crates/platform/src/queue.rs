//! Work of which so much is done at a time, so much may wait, and the rest is told to come back.

use domain::Problem;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::Error;

/// A bounded queue, in the order in which they came.
pub struct BoundedQueue {
    running: Semaphore,
    /// Those that run and those that wait.
    places: Semaphore,
}

/// A turn in a [`Queue`]; the next one's begins when this is dropped.
#[must_use = "the turn is over when this is dropped"]
pub struct QueuePermit {
    _running: SemaphorePermit<'static>,
    _place: SemaphorePermit<'static>,
}

impl BoundedQueue {
    /// So much at a time, and so much that waits.
    #[must_use]
    pub const fn new(at_a_time: usize, waiting: usize) -> Self {
        Self { running: Semaphore::const_new(at_a_time), places: Semaphore::const_new(at_a_time + waiting) }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// When too many wait already: try again in a moment.
    pub async fn acquire(&'static self) -> Result<QueuePermit, Error> {
        let place = self.places.try_acquire().map_err(|_| Problem::too_many(5))?;
        let running = self.running.acquire().await.map_err(|e| Error::Internal(e.to_string()))?;
        Ok(QueuePermit { _running: running, _place: place })
    }

    /// Does a piece of work on a thread of its own when its turn comes.
    ///
    /// # Errors
    /// When too many wait already, or the work panics.
    pub async fn run<T: Send + 'static>(&'static self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let turn = self.acquire().await?;
        // Whoever asked may be gone by then, and the work is not: it holds its turn itself.
        let done = tokio::task::spawn_blocking(move || {
            let _held = turn;
            work()
        });
        done.await.map_err(|e| Error::Internal(e.to_string()))
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
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut gates = Vec::new();
        let mut asked = Vec::new();
        for _ in 0..5 {
            let (open, gate) = mpsc::channel::<()>();
            gates.push(open);
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            let mut run = Box::pin(queue.run(move || {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let _ = gate.recv();
                running.fetch_sub(1, Ordering::SeqCst);
            }));
            // Begun, so that it runs or waits in this order.
            assert!(once(run.as_mut()).await.is_none());
            asked.push(run);
        }
        let refused = queue.run(|| ()).await.expect_err("five are there").into_problem();
        assert!(refused.kind == domain::ProblemKind::TooMany && refused.retry_after_s.is_some());
        // Who goes away while it waits leaves its place; who goes away while it runs does not.
        drop(asked.pop());
        assert!(once(Box::pin(queue.run(|| ())).as_mut()).await.is_none(), "a place came free");
        drop(asked.remove(0));
        assert_eq!(queue.running.available_permits(), 0);
        drop(gates);
        for run in asked {
            run.await.expect("done");
        }
        assert!(most.load(Ordering::SeqCst) <= 2);
        queue.run(|| ()).await.expect("everything is free again");
    }

    /// What a future gives when it is asked once.
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

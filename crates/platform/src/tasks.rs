//! Background tasks: tracked, signalled when the process stops, and awaited.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::FutureExt;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Error;

/// How long work may go on when the process stops; what takes longer is interrupted, returned to its queue, and done again by the next process.
/// Less than the process waits for its tasks, so that there is time to return it.
pub(crate) const SHUTDOWN_GRACE: Duration = Duration::from_secs(3);

/// The tasks of a process. Cheap to clone.
#[derive(Clone, Default, Debug)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
    stopping_since: Arc<OnceLock<Instant>>,
    draining: Arc<AtomicBool>,
}

impl Tasks {
    /// Spawns a task, as part of the current request or job, that is awaited when the process stops. A task that loops must end when
    /// [`Tasks::stopping`] is cancelled.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tracker.spawn(crate::telemetry::with_current(task));
    }

    /// The token that is cancelled when the process stops.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// From here on the process is not ready for more work: it is about to stop, and balancers should send requests elsewhere.
    pub fn begin_drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether the process is about to stop.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Signals all tasks to stop, without waiting.
    pub fn begin_stop(&self) {
        self.begin_drain();
        self.stopping_since.get_or_init(Instant::now);
        self.stop.cancel();
    }

    /// Runs work while there is time: `None` if the process has to stop before it is done.
    pub async fn until_shutdown<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let over = async {
            self.stop.cancelled().await;
            let since = self.stopping_since.get().copied().unwrap_or_else(Instant::now);
            tokio::time::sleep_until(since + SHUTDOWN_GRACE).await;
        };
        tokio::select! {
            biased;
            done = work => Some(done),
            () = over => None,
        }
    }

    /// Signals all tasks to stop, and waits for them, but no longer than `timeout` since the first signal. Returns whether all have stopped.
    pub async fn stop(&self, timeout: Duration) -> bool {
        self.begin_stop();
        self.tracker.close();
        let until = *self.stopping_since.get_or_init(Instant::now) + timeout;
        let stopped = tokio::time::timeout_at(until, self.tracker.wait()).await.is_ok();
        if !stopped {
            tracing::warn!(tasks = self.tracker.len(), "stopping without waiting for unfinished tasks");
        }
        stopped
    }
}

/// Runs one step of an endless task: a panic becomes an error like others, and the next step follows.
///
/// # Errors
/// Those of the step.
pub async fn catch_panic<T>(step: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    AssertUnwindSafe(step).catch_unwind().await.unwrap_or_else(|_| Err(Error::Internal("a step of a background task panicked".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_begun_is_finished_before_the_process_stops() {
        let (tasks, done) = (Tasks::default(), Arc::new(AtomicBool::new(false)));
        let (stop, finished) = (tasks.stopping(), Arc::clone(&done));
        tasks.spawn(async move {
            stop.cancelled().await;
            tokio::task::yield_now().await;
            finished.store(true, Ordering::SeqCst);
        });
        assert!(tasks.stop(Duration::from_mins(1)).await);
        assert!(done.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn a_step_that_panics_is_an_error() {
        let step = async { if std::hint::black_box(true) { panic!("no") } else { Ok(()) } };
        assert!(catch_panic(step).await.is_err());
        assert_eq!(catch_panic(async { Ok(1) }).await.expect("done"), 1);
    }

    #[tokio::test]
    async fn what_does_not_end_is_not_waited_for_for_ever() {
        let tasks = Tasks::default();
        tasks.spawn(std::future::pending());
        assert!(!tasks.stop(Duration::ZERO).await);
    }

    #[tokio::test]
    async fn work_that_takes_too_long_is_interrupted_when_the_process_stops() {
        let tasks = Tasks::default();
        assert_eq!(tasks.until_shutdown(async { 1 }).await, Some(1));
        tasks.stopping_since.set(Instant::now() - SHUTDOWN_GRACE).expect("not signalled yet");
        tasks.begin_stop();
        assert_eq!(tasks.until_shutdown(std::future::pending::<u8>()).await, None);
        assert_eq!(tasks.until_shutdown(async { 2 }).await, Some(2), "what is done is done");
    }

    #[tokio::test]
    async fn the_timeout_is_counted_from_the_first_request_to_stop() {
        let tasks = Tasks::default();
        tasks.spawn(std::future::pending());
        let hour = Duration::from_hours(1);
        // As if requests had used up that time.
        tasks.stopping_since.set(Instant::now() - hour).expect("not signalled yet");
        // Counted from now, this test would not end.
        assert!(!tasks.stop(hour).await);
    }
}

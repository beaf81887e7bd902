//! The queue of background jobs: `graphile_worker` on the same database, so that a job is enqueued in the transaction that makes it
//! necessary. It retries with backoff, keeps jobs that failed for good, and takes over from a worker that died.

use std::time::Duration;

use graphile_worker::{Cron, CrontabFill, TaskHandler, Worker, WorkerOptions};
use tokio_util::sync::CancellationToken;

use crate::database::Database;
use crate::error::Error;
use crate::tasks::SHUTDOWN_GRACE;
use crate::{Platform, Tasks};

/// The platform, as the queue passes it to its jobs.
#[derive(Clone)]
pub struct JobContext(pub Platform);

impl std::fmt::Debug for JobContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JobContext")
    }
}

/// How often a worker reports that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a worker that stopped waits before it restarts: jobs run as soon as the database is back.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// How long a worker may miss its heartbeat before others take its jobs.
const STALE_AFTER: Duration = Duration::from_secs(90);
/// Delay of a job that was interrupted because the process stopped: the next process takes it up at once.
const INTERRUPTED_RETRY_DELAY: Duration = Duration::from_secs(1);
/// How many jobs run concurrently in one process.
const CONCURRENCY: usize = 2;

/// Creates the queue's schema, or updates it.
pub async fn install_queue_schema(database: &Database) -> Result<(), Error> {
    let pool = database.owner_pool();
    let made = WorkerOptions::default().pg_pool(pool.clone()).listen_os_shutdown_signals(false).init().await;
    pool.close().await;
    made.map(|_| ()).map_err(|e| fault(&e))
}

/// Options that all workers share; the features add their jobs.
pub fn options(platform: &Platform) -> WorkerOptions {
    let options = WorkerOptions::default()
        .pg_pool(platform.database.owner_pool())
        .add_extension(JobContext(platform.clone()))
        .concurrency(CONCURRENCY)
        .listen_os_shutdown_signals(false)
        .shutdown_signal(platform.tasks.stopping().cancelled_owned())
        .shutdown_grace_period(SHUTDOWN_GRACE)
        .shutdown_interrupted_job_retry_delay(INTERRUPTED_RETRY_DELAY)
        .heartbeat_interval(HEARTBEAT)
        .sweep_threshold(STALE_AFTER);
    platform.features.jobs(options)
}

/// Adds a job that runs once a day: at a quiet hour, or soon after the start of a server that was down at that hour.
#[must_use]
pub fn nightly<J: TaskHandler + 'static>(options: WorkerOptions) -> WorkerOptions {
    let at_night = Cron::daily_at::<J>(3, 17).unwrap_or_else(|_| unreachable!("a time of day"));
    options.define_job::<J>().with_cron(at_night.fill(CrontabFill::days(1)))
}

/// Starts a worker; a fault of the queue is logged, and the worker restarted. It stops with the other tasks of the process. `options` is called for
/// each start, because options whose worker has stopped would stop the next one at once.
pub async fn start(tasks: &Tasks, options: impl Fn() -> WorkerOptions + Send + Sync + 'static) -> Result<(), Error> {
    let mut first = Some(init(options()).await?);
    let stop = tasks.stopping();
    tasks.spawn(async move {
        let run = || {
            let worker = first.take().ok_or_else(&options);
            async move {
                let worker = match worker {
                    Ok(first) => first,
                    Err(options) => init(options).await?,
                };
                worker.run().await.map_err(|e| fault(&e))
            }
        };
        restart_until_stopped(&stop, run).await;
    });
    Ok(())
}

/// Runs a worker again and again until the process stops, however it ends.
async fn restart_until_stopped<Run: Future<Output = Result<(), Error>>>(stop: &CancellationToken, mut run: impl FnMut() -> Run) {
    loop {
        let ended = run().await;
        if stop.is_cancelled() {
            break;
        }
        let error = ended.err().map_or_else(|| "it ended by itself".to_owned(), |error| error.to_string());
        tracing::error!(%error, "the job worker stopped, and restarts in a moment");
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(POLL_INTERVAL) => {}
        }
    }
}

/// Runs the jobs that are due now and returns, for tests and tools.
pub async fn run_due_jobs(options: WorkerOptions) -> Result<(), Error> {
    init(options).await?.run_once().await.map_err(|e| fault(&e))
}

async fn init(options: WorkerOptions) -> Result<Worker, Error> {
    options.init().await.map_err(|e| fault(&e))
}

fn fault(error: &dyn std::fmt::Display) -> Error {
    Error::Internal(format!("the job queue: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_worker_that_ends_without_a_fault_is_started_again_too() {
        let (stop, mut runs) = (CancellationToken::new(), 0);
        let run = || {
            runs += 1;
            if runs == 3 {
                stop.cancel();
            }
            std::future::ready(if runs == 1 { Err(fault(&"the database is down")) } else { Ok(()) })
        };
        restart_until_stopped(&stop, run).await;
        assert_eq!(runs, 3);
    }
}

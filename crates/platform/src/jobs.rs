//! The queue of background jobs: `graphile_worker` on the same database, so that a job is asked for in the transaction that made it
//! necessary. It retries with growing pauses, keeps what failed for good, and takes over from a worker that died.

use std::time::Duration;

use graphile_worker::{Cron, CrontabFill, TaskHandler, Worker, WorkerOptions};
use tokio_util::sync::CancellationToken;

use crate::database::Database;
use crate::error::Error;
use crate::tasks::SHUTDOWN_GRACE;
use crate::{Platform, Tasks};

/// The platform, as the queue hands it to its jobs.
#[derive(Clone)]
pub struct JobContext(pub Platform);

impl std::fmt::Debug for JobContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ground")
    }
}

/// How often a worker says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long to wait before a worker that stopped starts again: as soon as the database is back, jobs are done.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// How long a worker may be silent before others take its jobs.
const STALE_AFTER: Duration = Duration::from_secs(90);
/// How long a job that was put back because the process stopped waits: the next process takes it up at once.
const AGAIN: Duration = Duration::from_secs(1);
/// How many jobs run beside each other in one process.
const CONCURRENCY: usize = 2;

/// Makes the queue's schema, or brings it up to date.
pub async fn install_queue_schema(database: &Database) -> Result<(), Error> {
    let pool = database.owner_pool();
    let made = WorkerOptions::default().pg_pool(pool.clone()).listen_os_shutdown_signals(false).init().await;
    pool.close().await;
    made.map(|_| ()).map_err(|e| fault(&e))
}

/// Settings that all workers share; the features add what they do.
pub fn options(platform: &Platform) -> WorkerOptions {
    WorkerOptions::default()
        .pg_pool(platform.database.owner_pool())
        .add_extension(JobContext(platform.clone()))
        .concurrency(CONCURRENCY)
        .listen_os_shutdown_signals(false)
        .shutdown_signal(platform.tasks.stopping().cancelled_owned())
        .shutdown_grace_period(SHUTDOWN_GRACE)
        .shutdown_interrupted_job_retry_delay(AGAIN)
        .heartbeat_interval(HEARTBEAT)
        .sweep_threshold(STALE_AFTER)
}

/// Adds a job that is done once a day: at a quiet hour, and soon after the start of a server that was not there at that hour.
#[must_use]
pub fn nightly<J: TaskHandler + 'static>(options: WorkerOptions) -> WorkerOptions {
    let at_night = Cron::daily_at::<J>(3, 17).unwrap_or_else(|_| unreachable!("a time of day"));
    options.define_job::<J>().with_cron(at_night.fill(CrontabFill::days(1)))
}

/// Starts a worker; a fault of the queue is told and waited out. It stops with the other tasks of the process. `options` are asked for anew each
/// time, because a worker that stopped once stops at once when it is started again.
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
        keep_up(&stop, run).await;
    });
    Ok(())
}

/// Runs a worker again and again until the process stops, whatever it says when it ends.
async fn keep_up<Run: Future<Output = Result<(), Error>>>(stop: &CancellationToken, mut run: impl FnMut() -> Run) {
    loop {
        let ended = run().await;
        if stop.is_cancelled() {
            break;
        }
        let error = ended.err().map_or_else(|| "it ended by itself".to_owned(), |error| error.to_string());
        tracing::error!(%error, "the worker of jobs stopped, and starts again in a moment");
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(POLL_INTERVAL) => {}
        }
    }
}

/// Does what is due now and returns, for tests and tools.
pub async fn run_due_jobs(options: WorkerOptions) -> Result<(), Error> {
    init(options).await?.run_once().await.map_err(|e| fault(&e))
}

async fn init(options: WorkerOptions) -> Result<Worker, Error> {
    options.init().await.map_err(|e| fault(&e))
}

fn fault(error: &dyn std::fmt::Display) -> Error {
    Error::Internal(format!("the queue of jobs: {error}"))
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
            std::future::ready(if runs == 1 { Err(fault(&"the database is away")) } else { Ok(()) })
        };
        keep_up(&stop, run).await;
        assert_eq!(runs, 3);
    }
}

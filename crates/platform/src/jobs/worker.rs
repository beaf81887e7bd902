//! The workers: `graphile_worker` on the same database. It retries with growing pauses, keeps jobs that failed for good, and takes over from a worker
//! that died. Several in one process, one for each [`Queue`], and as many processes as there are.

use std::time::Duration;

use graphile_worker::{Worker, WorkerOptions};
use tokio_util::sync::CancellationToken;

use super::{Declaration, JobContext, Queue};
use crate::Platform;
use crate::error::Error;
use crate::tasks::SHUTDOWN_GRACE;

/// How often a worker reports that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a worker that stopped waits before it restarts: jobs run as soon as the database is back.
const RESTART_DELAY: Duration = Duration::from_secs(1);
/// How long a worker may miss its heartbeat before others take its jobs.
const STALE_AFTER: Duration = Duration::from_secs(90);
/// How long a job may take to give back what it holds, after the work in it has been interrupted.
const TIDY_UP: Duration = Duration::from_secs(1);
/// Delay of a job that was interrupted because the process stopped: the next process takes it up at once.
const INTERRUPTED_RETRY_DELAY: Duration = Duration::from_secs(1);

impl Queue {
    /// How many jobs run at once in one process. Together with the requests that compute ([`crate::with_heavy_permit`]) they hold fewer
    /// connections than there are, so that some are left for all other requests.
    const fn concurrency(self) -> usize {
        match self {
            Self::Work | Self::Long => 3,
            Self::Mail => 2,
        }
    }

    /// How often to look for jobs that became due. New ones are notified of; what waits for its time can wait a little longer, and each look costs
    /// an idle server something.
    const fn poll_interval(self) -> Duration {
        match self {
            Self::Work => Duration::from_secs(2),
            Self::Mail | Self::Long => Duration::from_secs(15),
        }
    }
}

/// Starts the workers of this process, and enqueues what every start enqueues. A fault of the queue is logged, and the worker restarted. They stop
/// with the other tasks of the process.
pub async fn start(platform: &Platform) -> Result<(), Error> {
    for queue in Queue::ALL {
        let mut first = Some(init(options(platform, queue)).await?);
        let (stop, of) = (platform.tasks.stopping(), platform.clone());
        platform.tasks.spawn(async move {
            // New options for each start: those whose worker has stopped would stop the next one at once.
            let run = || {
                let worker = first.take().ok_or_else(|| options(&of, queue));
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
    }
    let names: Vec<String> = platform.features.jobs().filter(|job| job.at_start).map(|job| job.name.to_owned()).collect();
    let add = "select graphile_worker.add_job(identifier => name, payload => '{}', job_key => name) from unnest($1::text[]) name";
    sqlx::query(add).bind(names).execute(&mut platform.database.owner_connection().await?).await?;
    Ok(())
}

/// Runs the jobs that are due now, and those that they enqueue, and returns; for tests and the command line.
pub async fn run_due(platform: &Platform) -> Result<(), Error> {
    let all = platform.features.jobs().fold(base(platform), define);
    init(all).await?.run_once().await.map_err(|e| fault(&e))
}

fn options(platform: &Platform, queue: Queue) -> WorkerOptions {
    let options = base(platform).concurrency(queue.concurrency()).poll_interval(queue.poll_interval());
    platform.features.jobs().filter(|job| job.queue == queue).fold(options, define)
}

fn define(options: WorkerOptions, job: &Declaration) -> WorkerOptions {
    (job.define)(options)
}

fn base(platform: &Platform) -> WorkerOptions {
    WorkerOptions::default()
        .pg_pool(platform.database.owner_pool())
        .add_extension(JobContext(platform.clone()))
        .concurrency(1)
        .listen_os_shutdown_signals(false)
        .shutdown_signal(platform.tasks.stopping().cancelled_owned())
        .shutdown_grace_period(SHUTDOWN_GRACE + TIDY_UP)
        .shutdown_interrupted_job_retry_delay(INTERRUPTED_RETRY_DELAY)
        .heartbeat_interval(HEARTBEAT)
        .sweep_threshold(STALE_AFTER)
}

/// Runs a worker again and again until the process stops, however it ends.
async fn restart_until_stopped<Run: Future<Output = Result<(), Error>>>(stop: &CancellationToken, mut run: impl FnMut() -> Run) {
    loop {
        let ended = run().await;
        if stop.is_cancelled() {
            break;
        }
        let error = ended.err().map_or_else(|| "it ended by itself".to_owned(), |error| error.to_string());
        tracing::error!(%error, "a job worker stopped, and restarts in a moment");
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(RESTART_DELAY) => {}
        }
    }
}

async fn init(options: WorkerOptions) -> Result<Worker, Error> {
    options.init().await.map_err(|e| fault(&e))
}

fn fault(error: &(dyn std::error::Error + 'static)) -> Error {
    Error::internal("the job queue", error)
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
            std::future::ready(if runs == 1 { Err(fault(&std::io::Error::other("the database is down"))) } else { Ok(()) })
        };
        restart_until_stopped(&stop, run).await;
        assert_eq!(runs, 3);
    }
}

//! Background jobs: enqueued in the transaction that makes them necessary, run by any worker of any process, retried with growing pauses.
//!
//! A feature writes a type with a [`Job`] and lists it in its `FEATURE`; a transaction enqueues it ([`crate::Tx::enqueue`]).
//!
//! ```
//! use platform::jobs::{self, Declaration, Job, Queue};
//! use platform::{Error, Platform};
//! use serde::{Deserialize, Serialize};
//! use uuid::Uuid;
//!
//! /// Counts the kilometres of an athlete's shoes.
//! #[derive(Serialize, Deserialize)]
//! pub struct CountKilometres {
//!     pub athlete: Uuid,
//! }
//!
//! impl Job for CountKilometres {
//!     const NAME: &'static str = "count_kilometres";
//!
//!     async fn run(self, platform: &Platform) -> Result<(), Error> {
//!         let mut tx = platform.database.begin_as(self.athlete).await?;
//!         // …
//!         tx.commit().await
//!     }
//! }
//!
//! /// In the feature's `FEATURE`.
//! const JOBS: &[Declaration] = &[jobs::on_demand::<CountKilometres>()];
//! assert_eq!((JOBS[0].name, JOBS[0].queue), ("count_kilometres", Queue::Work));
//! ```
//!
//! What a job is about is read again when it runs: it may run later, twice, or after the account was deleted. Progress and cancellation belong to
//! the feature's own rows, such as `recompute_tasks` and `data_exports`; a job looks at them while it works, and at
//! [`crate::Tasks::stopping`] when it takes long.

mod enqueue;
mod failed;
mod status;
mod worker;

use std::time::Instant;

use graphile_worker::{Cron, CrontabFill, IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tracing::Instrument;
use uuid::Uuid;

pub use self::enqueue::enqueue_missing;
pub use self::failed::{FailedJob, drop_failed, list_failed, retry_failed};
pub use self::status::{QueueStatus, queue_status};
pub use self::worker::{run_due, start};
pub use crate::database::install_queue_schema;
use crate::error::Error;
use crate::telemetry::Measured;
use crate::{Platform, catch_panic};

/// One kind of job; the fields are its arguments, stored as JSON. The field `athlete`, if there is one, is always the subject of the transaction that
/// enqueued it, whatever it was set to.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its name in the queue. A job that waits there outlives a release, so a name is changed by a migration.
    const NAME: &'static str;
    /// Which workers run it.
    const QUEUE: Queue = Queue::Work;
    /// How often it is attempted before it counts as failed. The pauses grow from seconds to six hours: ten attempts take three
    /// hours and a half, twenty-five four days.
    const MAX_ATTEMPTS: i16 = 25;

    /// Tells jobs of the same name and athlete apart. While one waits, enqueuing another with the same key replaces it; `None` means that all are run.
    fn key(&self) -> Option<String> {
        Some(String::new())
    }

    /// Does it. Everything may have changed since it was enqueued, and it may have run before.
    ///
    /// # Errors
    /// Then it is attempted again. An error of an athlete who no longer exists is none.
    fn run(self, platform: &Platform) -> impl Future<Output = Result<(), Error>> + Send;
}

/// Jobs of one kind of duration, with workers of their own: minutes of one kind do not delay seconds of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Seconds, mostly of computing.
    Work,
    /// Waits for a mail server.
    Mail,
    /// Minutes: archives, exports, nightly work.
    Long,
}

impl Queue {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Work, Self::Mail, Self::Long];
}

/// A job as a feature declares it in its `FEATURE`.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    /// Its name.
    pub name: &'static str,
    /// Which workers run it.
    pub queue: Queue,
    /// Whether every start of a worker enqueues it.
    at_start: bool,
    define: fn(WorkerOptions) -> WorkerOptions,
}

/// A job that transactions enqueue.
#[must_use]
pub const fn on_demand<J: Job>() -> Declaration {
    Declaration { name: J::NAME, queue: J::QUEUE, at_start: false, define: define::<J> }
}

/// A job that runs once a day: at a quiet hour, or soon after the start of a server that was down at that hour.
#[must_use]
pub const fn nightly<J: Job>() -> Declaration {
    Declaration { define: define_nightly::<J>, ..on_demand::<J>() }
}

/// A job that runs once a day and whenever a worker starts: for what a new version, or a restored database, makes necessary.
#[must_use]
pub const fn nightly_and_at_start<J: Job>() -> Declaration {
    Declaration { at_start: true, ..nightly::<J>() }
}

fn define<J: Job>(options: WorkerOptions) -> WorkerOptions {
    options.define_job::<Handler<J>>()
}

fn define_nightly<J: Job>(options: WorkerOptions) -> WorkerOptions {
    let at_night = Cron::daily_at::<Handler<J>>(3, 17).unwrap_or_else(|_| unreachable!("a time of day"));
    define::<J>(options).with_cron(at_night.fill(CrontabFill::days(1)))
}

/// The platform, as the queue passes it to its jobs.
#[derive(Clone)]
struct JobContext(Platform);

impl std::fmt::Debug for JobContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JobContext")
    }
}

/// A job, as the queue calls it.
#[derive(Serialize, Deserialize)]
#[serde(transparent, bound = "J: Job")]
struct Handler<J>(J);

impl<J: Job> TaskHandler for Handler<J> {
    const IDENTIFIER: &'static str = J::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(JobContext(platform)) = context.get_ext::<JobContext>() else { return Err("the worker has no platform".to_owned()) };
        let attempt = *context.job().attempts();
        let span = tracing::info_span!("job", name = J::NAME, id = context.job().id(), attempt);
        let athlete = context.payload().get("athlete").and_then(|id| id.as_str()?.parse::<Uuid>().ok());
        let run = async {
            let done = catch_panic(self.0.run(platform)).await;
            match (done, athlete) {
                // The queue must not keep the job: it names the account.
                (Err(_), Some(athlete)) if is_deleted(platform, athlete).await? => Ok(()),
                (done, _) => done.inspect_err(|error| tracing::error!(%error, "a job failed and is attempted again")),
            }
        };
        let (begun, measured) = (Instant::now(), Measured::default());
        let result = measured.clone().run(run).instrument(span.clone()).await;
        let (took, outcome) = (begun.elapsed(), if result.is_ok() { "done" } else { "failed" });
        metrics::histogram!("job_duration_seconds", "job" => J::NAME, "outcome" => outcome).record(took);
        span.in_scope(|| tracing::info!(outcome, ms = took.as_millis() as u64, queries = measured.queries(), "a job ended"));
        result.map_err(|error| error.to_string())
    }
}

async fn is_deleted(platform: &Platform, account: Uuid) -> Result<bool, Error> {
    let mut tx = platform.database.begin_read_only_as(account).await?;
    let deleted = sqlx::query_scalar!(r#"select not exists (select from accounts where id = $1) as "deleted!""#, account);
    Ok(deleted.fetch_one(tx.connection()).await?)
}

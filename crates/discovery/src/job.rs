//! Discovery in the background: enqueued by the database when data changes, run by a worker, polled by clients.

use domain::discovery::{Discovery, Job, JobState};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use platform::jobs::JobContext;
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::report::{discover_now, has_data, load_report, version};
use crate::snapshots;

/// The job: one athlete's findings.
#[derive(Debug, Serialize, Deserialize)]
struct Discover {
    athlete: Uuid,
}

impl TaskHandler for Discover {
    const IDENTIFIER: &'static str = "discover";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(JobContext(platform)) = context.get_ext::<JobContext>() else { return Err("the worker has no platform".to_owned()) };
        accounts::unless_deleted(platform, self.athlete, run(platform, self.athlete)).await.map_err(|e| e.to_string())
    }
}

/// Registers the discovery job.
#[must_use]
pub fn jobs(options: WorkerOptions) -> WorkerOptions {
    options.define_job::<Discover>()
}

/// Enqueues discovery for every athlete whose report comes from an older engine.
pub async fn enqueue_outdated(platform: &Platform) -> Result<(), Error> {
    let mut tx = platform.database.begin_anonymous().await?;
    sqlx::query!("select enqueue_outdated_discovery($1)", version()).execute(tx.connection()).await?;
    tx.commit().await
}

/// Runs one athlete's job. An error is stored with it, and the queue retries.
async fn run(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(athlete).await?;
    let id = sqlx::query_scalar!(
        "insert into discovery_jobs (id, athlete_id, requested_at, started_at, attempts) values ($1, $2, $3, $3, 1)
         on conflict (athlete_id) where finished_at is null do update set started_at = excluded.started_at, attempts = discovery_jobs.attempts + 1
         returning id",
        platform.ids.uuid(now),
        athlete,
        now
    )
    .fetch_one(tx.connection())
    .await?;
    tx.commit().await?;
    let result = discover_now(platform, athlete).await;
    let mut tx = platform.database.begin_as(athlete).await?;
    sqlx::query!(
        "update discovery_jobs set error = $2, finished_at = case when $2::text is null then $3::timestamptz end where id = $1",
        id,
        result.as_ref().err().map(ToString::to_string),
        platform.clock.now()
    )
    .execute(tx.connection())
    .await?;
    // Only the latest jobs are kept; the findings over time are in the snapshots.
    sqlx::query!(
        "delete from discovery_jobs where athlete_id = $1 and finished_at < (
           select requested_at from discovery_jobs where athlete_id = $1 order by requested_at desc offset 20 limit 1)",
        athlete
    )
    .execute(tx.connection())
    .await?;
    tx.commit().await?;
    result.map(|_| ())
}

/// The latest report, whether it is up to date, what changed, and the job in progress. Computes and enqueues nothing: the database does that
/// when data changes, and so does the start of a newer version.
pub async fn discovery(tx: &mut Tx) -> Result<Discovery, Error> {
    let (report, fresh) = load_report(tx).await?;
    let fresh = fresh || (report.is_none() && !has_data(tx).await?);
    let job = if fresh { None } else { open_job(tx).await? };
    let earlier = match &report {
        Some(report) => snapshots::changes(tx, report).await?,
        None => None,
    };
    let (since, changes) = earlier.map_or((None, Vec::new()), |(day, changes)| (Some(day), changes));
    Ok(Discovery { report, fresh, job, since, changes })
}

/// The job that is queued or running.
async fn open_job(tx: &mut Tx) -> Result<Option<Job>, Error> {
    let athlete = tx.viewer()?;
    let id = sqlx::query_scalar!("select id from discovery_jobs where athlete_id = $1 and finished_at is null", athlete)
        .fetch_optional(tx.connection())
        .await?;
    match id {
        Some(id) => status(tx, id).await.map(Some),
        None => Ok(None),
    }
}

/// The status of one of the viewer's jobs.
pub async fn status(tx: &mut Tx, id: Uuid) -> Result<Job, Error> {
    let row = sqlx::query!("select requested_at, started_at, finished_at, attempts, error from discovery_jobs where id = $1", id)
        .fetch_optional(tx.connection())
        .await?
        .ok_or_else(|| Error::not_found("job"))?;
    let state = match (row.finished_at, row.started_at, row.error) {
        (Some(_), ..) => JobState::Done,
        (None, _, Some(_)) => JobState::Retrying,
        (None, Some(_), None) => JobState::Running,
        (None, None, None) => JobState::Queued,
    };
    Ok(Job { id, state, requested_at: row.requested_at, finished_at: row.finished_at, attempts: u32::try_from(row.attempts).unwrap_or(0) })
}

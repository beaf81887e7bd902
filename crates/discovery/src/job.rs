//! Discovery in the background: asked for by the database when data change, done by a worker, told to whoever waits.

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

/// Adds discovery to what a worker does.
#[must_use]
pub fn jobs(options: WorkerOptions) -> WorkerOptions {
    options.define_job::<Discover>()
}

/// Whoever has answers from an older engine gets new ones.
pub async fn enqueue_outdated(platform: &Platform) -> Result<(), Error> {
    let mut session = platform.database.begin_anonymous().await?;
    sqlx::query!("select enqueue_outdated_discovery($1)", version()).execute(session.connection()).await?;
    session.commit().await
}

/// One athlete's job. What goes wrong is kept beside it, and the queue tries again.
async fn run(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    let now = platform.clock.now();
    let mut session = platform.database.begin_as(athlete).await?;
    let id = sqlx::query_scalar!(
        "insert into discovery_jobs (id, athlete_id, requested_at, started_at, attempts) values ($1, $2, $3, $3, 1)
         on conflict (athlete_id) where finished_at is null do update set started_at = excluded.started_at, attempts = discovery_jobs.attempts + 1
         returning id",
        platform.ids.uuid(now),
        athlete,
        now
    )
    .fetch_one(session.connection())
    .await?;
    session.commit().await?;
    let result = discover_now(platform, athlete).await;
    let mut session = platform.database.begin_as(athlete).await?;
    sqlx::query!(
        "update discovery_jobs set error = $2, finished_at = case when $2::text is null then $3::timestamptz end where id = $1",
        id,
        result.as_ref().err().map(ToString::to_string),
        platform.clock.now()
    )
    .execute(session.connection())
    .await?;
    // Only the last ones are of interest; the history of findings is elsewhere.
    sqlx::query!(
        "delete from discovery_jobs where athlete_id = $1 and finished_at < (
           select requested_at from discovery_jobs where athlete_id = $1 order by requested_at desc offset 20 limit 1)",
        athlete
    )
    .execute(session.connection())
    .await?;
    session.commit().await?;
    result.map(|_| ())
}

/// The last report, whether it is the latest, what changed, and the job under way. Computes nothing and asks for nothing: the database
/// does that when data change, and the start of a newer version.
pub async fn discovery(session: &mut Tx) -> Result<Discovery, Error> {
    let (report, fresh) = load_report(session).await?;
    let fresh = fresh || (report.is_none() && !has_data(session).await?);
    let job = if fresh { None } else { open_job(session).await? };
    let earlier = match &report {
        Some(report) => snapshots::changes(session, report).await?,
        None => None,
    };
    let (since, changes) = earlier.map_or((None, Vec::new()), |(day, changes)| (Some(day), changes));
    Ok(Discovery { report, fresh, job, since, changes })
}

/// The job that is queued or at work.
async fn open_job(session: &mut Tx) -> Result<Option<Job>, Error> {
    let athlete = session.viewer()?;
    let id = sqlx::query_scalar!("select id from discovery_jobs where athlete_id = $1 and finished_at is null", athlete)
        .fetch_optional(session.connection())
        .await?;
    match id {
        Some(id) => status(session, id).await.map(Some),
        None => Ok(None),
    }
}

/// Where one of the viewer's jobs stands.
pub async fn status(session: &mut Tx, id: Uuid) -> Result<Job, Error> {
    let row = sqlx::query!("select requested_at, started_at, finished_at, attempts, error from discovery_jobs where id = $1", id)
        .fetch_optional(session.connection())
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

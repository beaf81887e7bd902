//! The table `discovery_jobs`: an athlete's computations, at most one of them open.

use chrono::{DateTime, Utc};
use platform::{Error, Tx};
use uuid::Uuid;

/// How far a computation is.
pub(crate) struct JobRow {
    pub(crate) requested_at: DateTime<Utc>,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) finished_at: Option<DateTime<Utc>>,
    pub(crate) attempts: i32,
    /// A code, if the latest attempt failed.
    pub(crate) error: Option<String>,
}

/// Inserts a computation, unless one is open.
pub(crate) async fn request(tx: &mut Tx, id: Uuid, athlete: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into discovery_jobs (id, athlete_id, requested_at) values ($1, $2, $3) on conflict (athlete_id) where finished_at is null do nothing",
        id,
        athlete,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Records that the open computation is attempted, or inserts one with this id. Returns the id of the one that is open.
pub(crate) async fn start(tx: &mut Tx, id: Uuid, athlete: Uuid, now: DateTime<Utc>) -> Result<Uuid, Error> {
    let id = sqlx::query_scalar!(
        "insert into discovery_jobs (id, athlete_id, requested_at, started_at, attempts) values ($1, $2, $3, $3, 1)
         on conflict (athlete_id) where finished_at is null do update set started_at = excluded.started_at, attempts = discovery_jobs.attempts + 1
         returning id",
        id,
        athlete,
        now
    );
    Ok(id.fetch_one(tx.connection()).await?)
}

/// Records that a computation is finished, or with a code that an attempt failed.
pub(crate) async fn finish(tx: &mut Tx, id: Uuid, error: Option<&str>, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update discovery_jobs set error = $2, finished_at = case when $2::text is null then $3::timestamptz end where id = $1",
        id,
        error,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Deletes what is finished, but for the latest.
pub(crate) async fn delete_old(tx: &mut Tx, athlete: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "delete from discovery_jobs where athlete_id = $1 and finished_at < (
           select requested_at from discovery_jobs where athlete_id = $1 order by requested_at desc offset 20 limit 1)",
        athlete
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The computation of an athlete that is open.
pub(crate) async fn open(tx: &mut Tx, athlete: Uuid) -> Result<Option<Uuid>, Error> {
    let id = sqlx::query_scalar!("select id from discovery_jobs where athlete_id = $1 and finished_at is null", athlete);
    Ok(id.fetch_optional(tx.connection()).await?)
}

/// A computation that the viewer may see.
pub(crate) async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<JobRow>, Error> {
    let row = sqlx::query_as!(JobRow, "select requested_at, started_at, finished_at, attempts, error from discovery_jobs where id = $1", id);
    Ok(row.fetch_optional(tx.connection()).await?)
}

//! Jobs that were attempted as often as they may be, for the operator.

use chrono::{DateTime, Utc};

use crate::database::Database;
use crate::error::Error;

/// How many are listed.
const MAX_LISTED: i64 = 200;

/// A job that is not attempted any more.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FailedJob {
    /// Its number in the queue.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// When it was enqueued.
    pub created_at: DateTime<Utc>,
    /// How often it was attempted.
    pub attempts: i16,
    /// What the last attempt said.
    pub error: String,
}

/// The jobs that failed for good, the latest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list_failed(database: &Database) -> Result<Vec<FailedJob>, Error> {
    let mut owner = database.owner_connection().await?;
    let failed = sqlx::query_as(
        "select j.id, t.identifier as name, j.created_at, j.attempts, coalesce(j.last_error, '') as error
         from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
         where j.attempts >= j.max_attempts and j.locked_at is null order by j.id desc limit $1",
    );
    Ok(failed.bind(MAX_LISTED).fetch_all(&mut owner).await?)
}

/// Attempts a failed job again, as if it were new. `false` if there is none of that number.
///
/// # Errors
/// When the database does not answer.
pub async fn retry_failed(database: &Database, id: i64) -> Result<bool, Error> {
    change(
        database,
        "update graphile_worker._private_jobs set attempts = 0, run_at = now(), last_error = null
         where id = $1 and attempts >= max_attempts and locked_at is null",
        id,
    )
    .await
}

/// Removes a failed job. `false` if there is none of that number.
///
/// # Errors
/// When the database does not answer.
pub async fn drop_failed(database: &Database, id: i64) -> Result<bool, Error> {
    change(database, "delete from graphile_worker._private_jobs where id = $1 and attempts >= max_attempts and locked_at is null", id).await
}

async fn change(database: &Database, sql: &'static str, id: i64) -> Result<bool, Error> {
    let mut owner = database.owner_connection().await?;
    Ok(sqlx::query(sql).bind(id).execute(&mut owner).await?.rows_affected() == 1)
}

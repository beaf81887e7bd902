//! How much waits in the queue, for the operator.

use crate::database::Database;
use crate::error::Error;

/// The jobs of all processes.
#[derive(Debug, Clone, Copy, PartialEq, sqlx::FromRow)]
pub struct QueueStatus {
    /// How many are due, and no worker has taken them.
    pub waiting: i64,
    /// How many are being run.
    pub running: i64,
    /// How many are not attempted any more.
    pub failed: i64,
    /// Seconds for which the oldest of those that wait is due.
    pub oldest_waiting_s: f64,
}

/// Looks at the queue.
///
/// # Errors
/// When the database does not answer.
pub async fn queue_status(database: &Database) -> Result<QueueStatus, Error> {
    let mut owner = database.owner_connection().await?;
    let status = sqlx::query_as(
        "select count(*) filter (where due) as waiting, count(*) filter (where locked_at is not null) as running,
           count(*) filter (where locked_at is null and attempts >= max_attempts) as failed,
           coalesce(extract(epoch from now() - min(run_at) filter (where due)), 0)::float8 as oldest_waiting_s
         from graphile_worker._private_jobs
         cross join lateral (select locked_at is null and attempts < max_attempts and run_at <= now() as due) d",
    );
    let status = status.fetch_one(&mut owner).await?;
    sqlx::Connection::close(owner).await?;
    Ok(status)
}

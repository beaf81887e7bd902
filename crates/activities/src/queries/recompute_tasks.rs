//! The table `recompute_tasks`. Who works on one, or opens one, holds the lock of the athlete's activities.

use chrono::{DateTime, Utc};
use domain::activities::{Recompute, RecomputeReason};
use platform::{Error, Tx};
use uuid::Uuid;

/// Opens a task, or extends the one that is open. Returns which.
pub(crate) async fn open(tx: &mut Tx, id: Uuid, reason: RecomputeReason, total: i32, now: DateTime<Utc>) -> Result<Uuid, Error> {
    let athlete = tx.viewer()?;
    let task = sqlx::query_scalar!(
        "insert into recompute_tasks (id, athlete_id, reason, total, created_at) values ($1, $2, $3, $4, $5)
         on conflict (athlete_id) where finished_at is null do update set total = recompute_tasks.done + excluded.total
         returning id",
        id,
        athlete,
        reason.key(),
        total,
        now
    );
    Ok(task.fetch_one(tx.connection()).await?)
}

/// The viewer's latest task.
pub async fn last_recompute(tx: &mut Tx) -> Result<Option<Recompute>, Error> {
    let athlete = tx.viewer()?;
    let row = sqlx::query!(
        "select id, reason, total, done, failed, created_at, finished_at, cancelled_at from recompute_tasks
         where athlete_id = $1 order by created_at desc limit 1",
        athlete
    )
    .fetch_optional(tx.connection())
    .await?;
    let count = |n: i32| u32::try_from(n).unwrap_or(0);
    Ok(row.map(|r| Recompute {
        id: r.id,
        reason: RecomputeReason::parse(&r.reason).unwrap_or(RecomputeReason::Edits),
        total: count(r.total),
        done: count(r.done),
        failed: count(r.failed),
        created_at: r.created_at,
        finished: r.finished_at.is_some(),
        cancelled: r.cancelled_at.is_some(),
    }))
}

/// Finishes a task as cancelled. `false` if it is finished already.
pub(crate) async fn cancel(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<bool, Error> {
    let stopped = sqlx::query!("update recompute_tasks set cancelled_at = $2, finished_at = $2 where id = $1 and finished_at is null", id, now);
    Ok(stopped.execute(tx.connection()).await?.rows_affected() > 0)
}

/// Locks the viewer's open task until the transaction ends. `None` if there is none.
pub(crate) async fn lock_open(tx: &mut Tx) -> Result<Option<Uuid>, Error> {
    let athlete = tx.viewer()?;
    let task = sqlx::query_scalar!("select id from recompute_tasks where athlete_id = $1 and finished_at is null for update", athlete);
    Ok(task.fetch_optional(tx.connection()).await?)
}

/// Locks a task until the transaction ends. `false` if it is finished.
pub(crate) async fn lock(tx: &mut Tx, id: Uuid) -> Result<bool, Error> {
    let held = sqlx::query_scalar!("select id from recompute_tasks where id = $1 and finished_at is null for update", id);
    Ok(held.fetch_optional(tx.connection()).await?.is_some())
}

/// Finishes a task.
pub(crate) async fn finish(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update recompute_tasks set finished_at = $2 where id = $1", id, now).execute(tx.connection()).await?;
    Ok(())
}

/// Counts an attempt at an activity. Returns which it is, from one.
pub(crate) async fn count_attempt(tx: &mut Tx, id: Uuid, activity: Uuid) -> Result<i32, Error> {
    let attempts = sqlx::query_scalar!(
        "update recompute_tasks set attempts = case when activity_id = $2 then attempts + 1 else 1 end, activity_id = $2 where id = $1 returning attempts",
        id,
        activity
    );
    Ok(attempts.fetch_one(tx.connection()).await?)
}

/// Takes the last attempt back.
pub(crate) async fn refund_attempt(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    sqlx::query!("update recompute_tasks set attempts = attempts - 1 where id = $1", id).execute(tx.connection()).await?;
    Ok(())
}

/// Counts an activity that is done, whether or not it failed.
pub(crate) async fn count_done(tx: &mut Tx, id: Uuid, failed: bool) -> Result<(), Error> {
    sqlx::query!("update recompute_tasks set done = done + 1, failed = failed + $2, attempts = 0 where id = $1", id, i32::from(failed))
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// The athletes with open tasks, the oldest task first; for an anonymous transaction.
pub(crate) async fn athletes_with_open(tx: &mut Tx) -> Result<Vec<Uuid>, Error> {
    let athletes = sqlx::query_scalar!(r#"select athletes_with_recompute_tasks as "id!" from athletes_with_recompute_tasks()"#);
    Ok(athletes.fetch_all(tx.connection()).await?)
}

//! The table `data_exports`.

use chrono::{DateTime, Utc};
use domain::privacy::ExportInfo;
use platform::{Error, Tx};
use uuid::Uuid;

/// Inserts an export, or finds the one that is pending, and forgets that it failed. Returns its id.
pub(crate) async fn request(tx: &mut Tx, id: Uuid, athlete: Uuid, now: DateTime<Utc>) -> Result<Uuid, Error> {
    let pending = sqlx::query_scalar!(
        "insert into data_exports (id, athlete_id, requested_at) values ($1, $2, $3)
         on conflict (athlete_id) where finished_at is null and cancelled_at is null do update set error = null returning id",
        id,
        athlete,
        now
    );
    Ok(pending.fetch_one(tx.connection()).await?)
}

/// The exports of an athlete that are neither cancelled nor expired, the newest first.
pub(crate) async fn list(tx: &mut Tx, athlete: Uuid, now: DateTime<Utc>) -> Result<Vec<ExportInfo>, Error> {
    let rows = sqlx::query_as!(
        ExportInfo,
        r#"select id, requested_at, finished_at, expires_at, done, total, bytes, error is not null as "retrying!" from data_exports
           where athlete_id = $1 and cancelled_at is null and coalesce(expires_at > $2, true) order by requested_at desc"#,
        athlete,
        now
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// The pending export of an athlete.
pub(crate) async fn pending(tx: &mut Tx, athlete: Uuid) -> Result<Option<Uuid>, Error> {
    let pending = sqlx::query_scalar!("select id from data_exports where athlete_id = $1 and finished_at is null and cancelled_at is null", athlete);
    Ok(pending.fetch_optional(tx.connection()).await?)
}

/// Whether an export of an athlete is finished and has not expired.
pub(crate) async fn is_available(tx: &mut Tx, athlete: Uuid, id: Uuid, now: DateTime<Utc>) -> Result<bool, Error> {
    let there = sqlx::query_scalar!(
        r#"select exists (select from data_exports where id = $1 and athlete_id = $2 and finished_at is not null and expires_at > $3) as "there!""#,
        id,
        athlete,
        now
    );
    Ok(there.fetch_one(tx.connection()).await?)
}

/// Cancels a pending export. `false` if the athlete has none with this id.
pub(crate) async fn cancel(tx: &mut Tx, athlete: Uuid, id: Uuid, now: DateTime<Utc>) -> Result<bool, Error> {
    let cancelled = sqlx::query!(
        "update data_exports set cancelled_at = $3 where id = $1 and athlete_id = $2 and finished_at is null and cancelled_at is null",
        id,
        athlete,
        now
    );
    Ok(cancelled.execute(tx.connection()).await?.rows_affected() == 1)
}

/// Records progress, in rows. `false` if the export was cancelled in the meantime.
pub(crate) async fn set_progress(tx: &mut Tx, id: Uuid, done: i32, total: i32) -> Result<bool, Error> {
    let going = sqlx::query!("update data_exports set done = $2, total = $3 where id = $1 and cancelled_at is null", id, done, total);
    Ok(going.execute(tx.connection()).await?.rows_affected() == 1)
}

/// Records that an export is finished, how large it is, and until when it is kept.
pub(crate) async fn finish(tx: &mut Tx, id: Uuid, now: DateTime<Utc>, expires_at: DateTime<Utc>, bytes: i64) -> Result<(), Error> {
    sqlx::query!(
        "update data_exports set finished_at = $2, expires_at = $3, bytes = $4, done = total, error = null where id = $1",
        id,
        now,
        expires_at,
        bytes
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Records that the pending export of an athlete failed; it is tried again.
pub(crate) async fn fail(tx: &mut Tx, athlete: Uuid) -> Result<(), Error> {
    sqlx::query!("update data_exports set error = 'failed' where athlete_id = $1 and finished_at is null and cancelled_at is null", athlete)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Deletes the expired exports of an athlete, and returns which.
pub(crate) async fn delete_expired(tx: &mut Tx, athlete: Uuid, now: DateTime<Utc>) -> Result<Vec<Uuid>, Error> {
    let old = sqlx::query_scalar!("delete from data_exports where athlete_id = $1 and expires_at <= $2 returning id", athlete, now);
    Ok(old.fetch_all(tx.connection()).await?)
}

/// When the next export of an athlete expires.
pub(crate) async fn next_expiry(tx: &mut Tx, athlete: Uuid) -> Result<Option<DateTime<Utc>>, Error> {
    Ok(sqlx::query_scalar!("select min(expires_at) from data_exports where athlete_id = $1", athlete).fetch_one(tx.connection()).await?)
}

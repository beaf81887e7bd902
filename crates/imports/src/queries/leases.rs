//! The queue: import files that wait, and the leases of those that are being read. A lease is the columns `held_by` and `held_until` of its file.

use chrono::{DateTime, Utc};
use domain::imports::{Outcome, Reason};
use platform::{Error, Tx};
use serde_json::Value;
use uuid::Uuid;

/// A file that was leased.
pub(crate) struct Leased {
    pub(crate) id: Uuid,
    pub(crate) import_id: Uuid,
    pub(crate) name: String,
    pub(crate) upload_key: Option<String>,
    /// What the archive that it came out of says about it.
    pub(crate) metadata: Option<Value>,
    /// How often it was leased, this time included.
    pub(crate) attempts: i32,
}

/// Leases the viewer's first file that is due, and counts the attempt. What was said of it meanwhile is over: nobody has read anything of it yet.
pub(crate) async fn lease_next(tx: &mut Tx, archive: bool, now: DateTime<Utc>, token: Uuid, until: DateTime<Utc>) -> Result<Option<Leased>, Error> {
    let athlete = tx.viewer()?;
    let row = sqlx::query_as!(
        Leased,
        "update import_files f set attempts = attempts + 1, held_by = $4, held_until = $5, reasons = '[]'
         where f.id = (
             select id from import_files
             where athlete_id = $1 and outcome = 'queued' and coalesce(archive, false) = $2 and coalesce(held_until <= $3, true)
             order by created_at, id limit 1 for update skip locked)
         returning f.id, f.import_id, f.name, f.upload_key, f.metadata, f.attempts",
        athlete,
        archive,
        now,
        token,
        until
    );
    Ok(row.fetch_optional(tx.connection()).await?)
}

/// Renews a lease, with what there is to say of its file meanwhile. `false` if it is lost.
pub(crate) async fn renew(tx: &mut Tx, file: Uuid, token: Uuid, until: DateTime<Utc>, meanwhile: &[Reason]) -> Result<bool, Error> {
    let renewed = sqlx::query!(
        "update import_files set held_until = $3, reasons = $4 where id = $1 and held_by = $2 and finished_at is null",
        file,
        token,
        until,
        serde_json::to_value(meanwhile)?
    );
    Ok(renewed.execute(tx.connection()).await?.rows_affected() == 1)
}

/// Whether a lease is still valid, with its file locked until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, file: Uuid, token: Uuid) -> Result<bool, Error> {
    let valid = sqlx::query_scalar!(
        r#"select true as "held!" from import_files where id = $1 and held_by = $2 and finished_at is null for update"#,
        file,
        token
    );
    Ok(valid.fetch_optional(tx.connection()).await?.is_some())
}

/// Records the outcome of a file and ends its lease. The bytes of a failed file are kept: it can be retried.
pub(crate) async fn finish(tx: &mut Tx, file: Uuid, outcome: Outcome, reasons: &[Reason], now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update import_files set outcome = $2, reasons = $3, finished_at = $4, held_by = null, held_until = null,
           upload_key = case when $5 then upload_key end
         where id = $1",
        file,
        outcome.as_str(),
        serde_json::to_value(reasons)?,
        now,
        outcome == Outcome::Failed
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Marks a leased file as an archive, takes the attempt back, and ends the lease.
pub(crate) async fn release_archive(tx: &mut Tx, file: Uuid, token: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update import_files set archive = true, attempts = attempts - 1, held_by = null, held_until = null where id = $1 and held_by = $2",
        file,
        token
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Ends a lease, if it is still valid: the file is due again at a moment. With `refund` the attempt is taken back.
pub(crate) async fn release(tx: &mut Tx, file: Uuid, token: Uuid, refund: bool, due: DateTime<Utc>, reasons: &[Reason]) -> Result<(), Error> {
    sqlx::query!(
        "update import_files set attempts = attempts - $3, held_by = null, held_until = $4, reasons = $5
         where id = $1 and held_by = $2 and finished_at is null",
        file,
        token,
        i32::from(refund),
        due,
        serde_json::to_value(reasons)?
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// When the next of the viewer's queued files is due, if there is one; `now` if it is due already.
pub(crate) async fn next_due(tx: &mut Tx, archives: bool, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Error> {
    let athlete = tx.viewer()?;
    let next = sqlx::query_scalar!(
        r#"select min(coalesce(held_until, $3)) from import_files where athlete_id = $1 and outcome = 'queued' and coalesce(archive, false) = $2"#,
        athlete,
        archives,
        now
    );
    Ok(next.fetch_one(tx.connection()).await?)
}

/// How many of the viewer's files are due, up to `limit`.
pub(crate) async fn count_due(tx: &mut Tx, archives: bool, now: DateTime<Utc>, limit: i64) -> Result<i64, Error> {
    let athlete = tx.viewer()?;
    let counted = sqlx::query_scalar!(
        r#"select count(*) as "n!" from (
             select from import_files where athlete_id = $1 and outcome = 'queued' and coalesce(archive, false) = $2 and coalesce(held_until <= $3, true)
             limit $4) due"#,
        athlete,
        archives,
        now,
        limit
    );
    Ok(counted.fetch_one(tx.connection()).await?)
}

/// The athletes with a queued file, due or not; for an anonymous transaction.
pub(crate) async fn athletes_with_files(tx: &mut Tx, archives: bool) -> Result<Vec<Uuid>, Error> {
    let athletes = sqlx::query_scalar!(r#"select athletes_with_queued_files as "id!" from athletes_with_queued_files($1)"#, archives);
    Ok(athletes.fetch_all(tx.connection()).await?)
}

//! The table `import_files`: what came, and what became of it.

use chrono::{DateTime, Utc};
use domain::imports::{Outcome, Reason};
use platform::{Error, Tx};
use recordings::archive::About;
use serde_json::Value;
use uuid::Uuid;

/// A file as the page of its import shows it.
pub(crate) struct Shown {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) outcome: String,
    /// As codes.
    pub(crate) reasons: Value,
    /// Whether it failed, and its bytes are still there.
    pub(crate) can_retry: bool,
    /// Whether somebody is reading it.
    pub(crate) is_held: bool,
}

/// The files of an import after one, in the order in which they came, as they are at a moment; only the failed ones, or all.
pub(crate) async fn page(tx: &mut Tx, import: Uuid, after: Uuid, failed: bool, limit: i64, now: DateTime<Utc>) -> Result<Vec<Shown>, Error> {
    let files = sqlx::query_as!(
        Shown,
        r#"select f.id, f.name, f.outcome, f.reasons, f.outcome = 'failed' and f.upload_key is not null as "can_retry!",
             coalesce(f.held_by is not null and f.held_until > $5, false) as "is_held!"
           from import_files f where f.import_id = $1 and f.id > $2 and (not $3 or f.outcome = 'failed') order by f.id limit $4"#,
        import,
        after,
        failed,
        limit,
        now
    );
    Ok(files.fetch_all(tx.connection()).await?)
}

/// A file that came by itself.
pub(crate) struct NewFile<'a> {
    pub(crate) id: Uuid,
    pub(crate) import: Uuid,
    /// As the athlete knows it.
    pub(crate) name: &'a str,
    pub(crate) bytes: u64,
    /// Where the bytes are, if they arrived.
    pub(crate) upload_key: Option<&'a str>,
    pub(crate) outcome: Outcome,
    pub(crate) reason: Option<Reason>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) finished_at: Option<DateTime<Utc>>,
}

/// Inserts a file.
pub(crate) async fn insert(tx: &mut Tx, file: &NewFile<'_>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!(
        "insert into import_files (id, import_id, athlete_id, name, bytes, upload_key, outcome, reasons, created_at, finished_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        file.id,
        file.import,
        athlete,
        file.name,
        i64::try_from(file.bytes).unwrap_or(i64::MAX),
        file.upload_key,
        file.outcome.as_str(),
        serde_json::to_value(file.reason.as_slice())?,
        file.created_at,
        file.finished_at
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// A file that came out of an archive.
pub(crate) struct Entry<'a> {
    pub(crate) id: Uuid,
    pub(crate) name: &'a str,
    /// Where its bytes are and how many, or why it could not be stored.
    pub(crate) stored: Result<(&'a str, u64), &'a Reason>,
    /// What the archive says about it.
    pub(crate) metadata: Option<&'a About>,
}

/// Inserts files of an archive: those that were stored are queued, the others failed.
pub(crate) async fn insert_entries(tx: &mut Tx, import: Uuid, entries: &[Entry<'_>], now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let (mut ids, mut names, mut sizes, mut uploads, mut whys, mut metadata) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        ids.push(entry.id);
        names.push(entry.name.to_owned());
        sizes.push(entry.stored.map_or(0, |(_, bytes)| i64::try_from(bytes).unwrap_or(i64::MAX)));
        uploads.push(entry.stored.ok().map(|(key, _)| key.to_owned()));
        whys.push(serde_json::to_value(entry.stored.err().as_slice())?);
        metadata.push(entry.metadata.map(serde_json::to_value).transpose()?);
    }
    sqlx::query!(
        "insert into import_files (id, import_id, athlete_id, name, bytes, upload_key, outcome, reasons, metadata, created_at, finished_at)
         select e.id, $1, $2, e.name, e.bytes, e.upload_key, case when e.upload_key is null then 'failed' else 'queued' end, e.reasons, e.metadata,
           $3::timestamptz, case when e.upload_key is null then $3 end
         from unnest($4::uuid[], $5::text[], $6::bigint[], $7::text[], $8::jsonb[], $9::jsonb[]) as e (id, name, bytes, upload_key, reasons, metadata)",
        import,
        athlete,
        now,
        &ids,
        &names,
        &sizes,
        &uploads as &[Option<String>],
        &whys,
        &metadata as &[Option<serde_json::Value>]
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Locks a file of an import until the transaction ends. `false` if there is none.
pub(crate) async fn lock(tx: &mut Tx, import: Uuid, id: Uuid) -> Result<bool, Error> {
    let found = sqlx::query_scalar!("select id from import_files where id = $1 and import_id = $2 for update", id, import);
    Ok(found.fetch_optional(tx.connection()).await?.is_some())
}

/// Puts a file that failed back into the queue. `false` if it did not fail, or its bytes are gone.
pub(crate) async fn requeue(tx: &mut Tx, id: Uuid) -> Result<bool, Error> {
    let requeued = sqlx::query!(
        "update import_files set outcome = 'queued', reasons = '[]', attempts = 0, finished_at = null, held_until = null
         where id = $1 and outcome = 'failed' and upload_key is not null",
        id
    );
    Ok(requeued.execute(tx.connection()).await?.rows_affected() > 0)
}

/// A file of an import that is being undone.
pub(crate) struct Locked {
    pub(crate) id: Uuid,
    pub(crate) upload_key: Option<String>,
}

/// Locks the files of an import until the transaction ends, those too that an archive adds while it is waited for.
pub(crate) async fn lock_all(tx: &mut Tx, import: Uuid) -> Result<Vec<Locked>, Error> {
    let mut before = 0;
    loop {
        let files = sqlx::query_as!(Locked, "select id, upload_key from import_files where import_id = $1 order by id for update", import)
            .fetch_all(tx.connection())
            .await?;
        // A statement sees what was there when it began, not what came while it waited for a lock.
        if files.len() == before {
            return Ok(files);
        }
        before = files.len();
    }
}

/// Records that the files of an import were undone, and forgets their bytes. What is a duplicate or an archive stays so.
pub(crate) async fn set_undone(tx: &mut Tx, import: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update import_files set outcome = 'undone', reasons = '[]', upload_key = null, finished_at = coalesce(finished_at, $2)
         where import_id = $1 and outcome in ('queued', 'imported', 'merged', 'recovered', 'skipped', 'failed')",
        import,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Which of these uploads import files refer to, whosever they are; for an anonymous transaction.
pub(crate) async fn uploads_in_use(tx: &mut Tx, keys: &[String]) -> Result<Vec<String>, Error> {
    let in_use = sqlx::query_scalar!(r#"select uploads_in_use as "key!" from uploads_in_use($1)"#, keys);
    Ok(in_use.fetch_all(tx.connection()).await?)
}

/// The identity of the database; for an anonymous transaction.
pub(crate) async fn database_id(tx: &mut Tx) -> Result<Uuid, Error> {
    Ok(sqlx::query_scalar!(r#"select database_id() as "id!""#).fetch_one(tx.connection()).await?)
}

//! Data export, in the background: a zip of JSON, CSV and the original recordings, kept for a week.

use std::collections::BTreeMap;
use std::path::PathBuf;

use accounts::audit;
use chrono::{DateTime, TimeDelta, Utc};
use domain::privacy::ExportInfo;
use futures::TryStreamExt;
use platform::jobs::{Job, Queue};
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Row};
use uuid::Uuid;

use crate::archive::{Consent, FORMAT, Manifest, Packer};
use crate::spreadsheet;

/// How long an export can be downloaded, in days.
pub const EXPORT_DAYS: i64 = 7;
/// How often progress is stored, in rows.
const PROGRESS_INTERVAL: i32 = 200;

/// The job that builds an export.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Export {
    athlete: Uuid,
}

impl Job for Export {
    const NAME: &'static str = "export";
    const QUEUE: Queue = Queue::Long;

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        let result = run(platform, self.athlete).await;
        if let Err(error) = &result {
            tracing::error!(%error, athlete = %self.athlete, "an export failed");
            fail(platform, self.athlete).await?;
        }
        result
    }
}

/// The job that removes expired exports.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ExpireExports {
    athlete: Uuid,
}

impl Job for ExpireExports {
    const NAME: &'static str = "expire_exports";
    const QUEUE: Queue = Queue::Long;

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        expire(platform, self.athlete).await
    }
}

/// Requests an export. A second request while one is being built joins the first.
pub async fn request_export(platform: &Platform, viewer: Uuid) -> Result<Uuid, Error> {
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(viewer).await?;
    let id = sqlx::query_scalar!(
        "insert into data_exports (id, athlete_id, requested_at) values ($1, $2, $3)
         on conflict (athlete_id) where finished_at is null and cancelled_at is null do update set error = null returning id",
        platform.ids.uuid(now),
        viewer,
        now
    )
    .fetch_one(tx.connection())
    .await?;
    tx.enqueue(&Export { athlete: viewer }).await?;
    audit(&mut tx, viewer, "export", serde_json::json!({})).await?;
    tx.commit().await?;
    Ok(id)
}

/// The viewer's exports, the newest first.
pub async fn exports(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<ExportInfo>, Error> {
    let athlete = tx.viewer()?;
    Ok(sqlx::query_as!(
        ExportInfo,
        r#"select id, requested_at, finished_at, expires_at, done, total, bytes, error is not null as "retrying!" from data_exports
           where athlete_id = $1 and cancelled_at is null and coalesce(expires_at > $2, true) order by requested_at desc"#,
        athlete,
        now
    )
    .fetch_all(tx.connection())
    .await?)
}

/// Cancels an export that is being built; the worker notices at its next progress update.
pub async fn cancel_export(platform: &Platform, viewer: Uuid, id: Uuid) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(viewer).await?;
    let cancelled = sqlx::query!(
        "update data_exports set cancelled_at = $3 where id = $1 and athlete_id = $2 and finished_at is null and cancelled_at is null",
        id,
        viewer,
        platform.clock.now()
    )
    .execute(tx.connection())
    .await?;
    if cancelled.rows_affected() == 0 {
        return Err(Error::not_found("export"));
    }
    tx.commit().await
}

/// The file of a finished export that has not expired.
pub(crate) async fn file(platform: &Platform, viewer: Uuid, id: Uuid) -> Result<PathBuf, Error> {
    let mut tx = platform.database.begin_as(viewer).await?;
    let there = sqlx::query_scalar!(
        r#"select exists (select from data_exports where id = $1 and athlete_id = $2 and finished_at is not null and expires_at > $3) as "there!""#,
        id,
        viewer,
        platform.clock.now()
    )
    .fetch_one(tx.connection())
    .await?;
    let path = platform.files.export_path(viewer, id);
    if there && path.exists() { Ok(path) } else { Err(Error::not_found("export")) }
}

/// Builds the athlete's pending export, if there still is one.
async fn run(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(athlete).await?;
    let open = sqlx::query_scalar!("select id from data_exports where athlete_id = $1 and finished_at is null and cancelled_at is null", athlete);
    let Some(id) = open.fetch_optional(tx.connection()).await? else { return Ok(()) };
    drop(tx);
    let path = platform.files.export_path(athlete, id);
    std::fs::create_dir_all(path.parent().unwrap_or(&path))?;
    let part = tempfile::TempPath::try_from_path(path.with_extension("part"))?;
    if !build(platform, athlete, id, &part).await? {
        return Ok(());
    }
    let bytes = i64::try_from(std::fs::metadata(&part)?.len()).unwrap_or(i64::MAX);
    part.persist(&path).map_err(|e| e.error)?;
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(athlete).await?;
    sqlx::query!(
        "update data_exports set finished_at = $2, expires_at = $3, bytes = $4, done = total, error = null where id = $1",
        id,
        now,
        now + TimeDelta::days(EXPORT_DAYS),
        bytes
    )
    .execute(tx.connection())
    .await?;
    expire_next(&mut tx, now).await?;
    tx.commit().await
}

/// Writes the archive from one snapshot of the data. `false` if it was cancelled in the meantime.
async fn build(platform: &Platform, athlete: Uuid, id: Uuid, path: &std::path::Path) -> Result<bool, Error> {
    let mut tx = platform.database.begin_read_only_snapshot(athlete).await?;
    let mut rows = BTreeMap::new();
    for table in platform.features.exported() {
        let sql = format!("select count(*) from {} where athlete_id = $1", table.name);
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).bind(athlete).fetch_one(tx.connection()).await?;
        rows.insert(table.name.to_owned(), count);
    }
    let originals =
        sqlx::query!(r#"select distinct source_sha256, origin <> 'file' as "made_here!" from activities where athlete_id = $1 order by 1"#, athlete)
            .fetch_all(tx.connection())
            .await?;
    let total = rows.values().sum::<i64>() + i64::try_from(originals.len()).unwrap_or(0);
    let mut progress = Progress { platform, athlete, id, done: 0, total: i32::try_from(total).unwrap_or(i32::MAX) };
    let mut zip = Packer::create(path);
    zip.begin("legwork.json").await?;
    zip.write(serde_json::to_vec_pretty(&manifest(platform, &mut tx, rows).await?)?).await?;
    for table in platform.features.exported() {
        zip.begin(&format!("data/{}.jsonl", table.name)).await?;
        let sql = format!("select (to_jsonb(t) - 'athlete_id')::text from {} t where athlete_id = $1 order by {}", table.name, table.order);
        let mut lines = sqlx::query(AssertSqlSafe(sql)).bind(athlete).fetch(tx.connection());
        while let Some(row) = lines.try_next().await? {
            let mut line: String = row.try_get(0)?;
            line.push('\n');
            zip.write(line.into_bytes()).await?;
            if !progress.tick().await? {
                return Ok(false);
            }
        }
    }
    for (name, sql) in platform.features.spreadsheets() {
        zip.begin(name).await?;
        zip.write(spreadsheet::table(&mut tx, athlete, sql).await?).await?;
    }
    let mut missing = String::new();
    for source in originals {
        let hash = platform::hex(&source.source_sha256);
        let (files, name) = (platform.files.clone(), hash.clone());
        // A file that cannot be read now may be readable later: an archive without it would look complete.
        let read = tokio::task::spawn_blocking(move || files.original(athlete, &name)).await.map_err(std::io::Error::from)??;
        if let Some(bytes) = read {
            zip.begin(&format!("originals/{hash}")).await?;
            zip.write(bytes).await?;
        } else if !source.made_here {
            // A lost one must not keep the athlete from all the others, and is not skipped silently.
            missing.push_str(&hash);
            missing.push('\n');
        }
        if !progress.tick().await? {
            return Ok(false);
        }
    }
    if !missing.is_empty() {
        tracing::error!(%athlete, originals = missing.lines().count(), "originals are missing from the file store");
        let words =
            "Recordings that this server should have and could not find, by the hash of their content. What was computed from them is in data/.";
        zip.begin("missing.txt").await?;
        zip.write(format!("{words}\n\n{missing}").into_bytes()).await?;
    }
    zip.finish().await?;
    Ok(true)
}

async fn manifest(platform: &Platform, tx: &mut Tx, rows: BTreeMap<String, i64>) -> Result<Manifest, Error> {
    let athlete = tx.viewer()?;
    let account = sqlx::query!("select email, name, time_zone from accounts where id = $1", athlete).fetch_one(tx.connection()).await?;
    let consents =
        sqlx::query_as!(Consent, "select what, version, given_at, withdrawn_at from consents where account_id = $1 order by what, version", athlete)
            .fetch_all(tx.connection())
            .await?;
    let schema = sqlx::query_scalar("select row_schema_version()").fetch_one(tx.connection()).await?;
    Ok(Manifest {
        format: FORMAT,
        schema,
        exported_at: platform.clock.now(),
        email: account.email,
        name: account.name,
        time_zone: account.time_zone,
        consents,
        rows,
    })
}

/// Progress of an export, stored from time to time, with a check whether it was cancelled.
struct Progress<'a> {
    platform: &'a Platform,
    athlete: Uuid,
    id: Uuid,
    done: i32,
    total: i32,
}

impl Progress<'_> {
    async fn tick(&mut self) -> Result<bool, Error> {
        self.done += 1;
        if self.done % PROGRESS_INTERVAL != 1 {
            return Ok(true);
        }
        let mut tx = self.platform.database.begin_as(self.athlete).await?;
        let going =
            sqlx::query!("update data_exports set done = $2, total = $3 where id = $1 and cancelled_at is null", self.id, self.done, self.total)
                .execute(tx.connection())
                .await?;
        tx.commit().await?;
        Ok(going.rows_affected() == 1)
    }
}

async fn fail(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(athlete).await?;
    sqlx::query!("update data_exports set error = 'failed' where athlete_id = $1 and finished_at is null and cancelled_at is null", athlete)
        .execute(tx.connection())
        .await?;
    tx.commit().await
}

/// Removes expired exports, and enqueues the job for the next one.
async fn expire(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(athlete).await?;
    let old = sqlx::query_scalar!("delete from data_exports where athlete_id = $1 and expires_at <= $2 returning id", athlete, platform.clock.now())
        .fetch_all(tx.connection())
        .await?;
    expire_next(&mut tx, platform.clock.now()).await?;
    tx.commit().await?;
    for id in old {
        platform.files.remove_export(athlete, id);
    }
    Ok(())
}

/// Enqueues the job that removes the export that expires first.
async fn expire_next(tx: &mut Tx, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let next = sqlx::query_scalar!("select min(expires_at) from data_exports where athlete_id = $1", athlete).fetch_one(tx.connection()).await?;
    if let Some(due) = next {
        tx.enqueue_after(&ExpireExports { athlete }, due - now).await?;
    }
    Ok(())
}

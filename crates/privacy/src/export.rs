//! Data export, in the background: a zip of JSON, CSV and the original recordings, kept for a week.

use std::collections::BTreeMap;
use std::path::PathBuf;

use accounts::{ConsentRecord, audit};
use chrono::{DateTime, TimeDelta, Utc};
use domain::audit::AuditAction;
use domain::privacy::ExportInfo;
use futures::TryStreamExt;
use platform::jobs::{Job, Queue};
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::archive::{Consent, FORMAT, Manifest, Packer};
use crate::queries::{archived, exports as queries};
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
    let id = queries::request(&mut tx, platform.ids.uuid(now), viewer, now).await?;
    tx.enqueue(&Export { athlete: viewer }).await?;
    audit(&mut tx, viewer, AuditAction::Exported, serde_json::json!({})).await?;
    tx.commit().await?;
    Ok(id)
}

/// The viewer's exports, the newest first.
pub async fn exports(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<ExportInfo>, Error> {
    let athlete = tx.viewer()?;
    queries::list(tx, athlete, now).await
}

/// Cancels an export that is being built; the worker notices at its next progress update.
pub async fn cancel_export(platform: &Platform, viewer: Uuid, id: Uuid) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(viewer).await?;
    if !queries::cancel(&mut tx, viewer, id, platform.clock.now()).await? {
        return Err(Error::not_found("export"));
    }
    tx.commit().await
}

/// The file of a finished export that has not expired.
pub(crate) async fn file(platform: &Platform, viewer: Uuid, id: Uuid) -> Result<PathBuf, Error> {
    let mut tx = platform.database.begin_as(viewer).await?;
    let there = queries::is_available(&mut tx, viewer, id, platform.clock.now()).await?;
    let path = platform.files.export_path(viewer, id);
    if there && path.exists() { Ok(path) } else { Err(Error::not_found("export")) }
}

/// Builds the athlete's pending export, if there still is one.
async fn run(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(athlete).await?;
    let Some(id) = queries::pending(&mut tx, athlete).await? else { return Ok(()) };
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
    queries::finish(&mut tx, id, now, now + TimeDelta::days(EXPORT_DAYS), bytes).await?;
    expire_next(&mut tx, now).await?;
    tx.commit().await
}

/// Writes the archive from one snapshot of the data. `false` if it was cancelled in the meantime.
async fn build(platform: &Platform, athlete: Uuid, id: Uuid, path: &std::path::Path) -> Result<bool, Error> {
    let mut tx = platform.database.begin_read_only_snapshot(athlete).await?;
    let mut rows = BTreeMap::new();
    for table in platform.features.exported() {
        rows.insert(table.name.to_owned(), archived::count(&mut tx, table, athlete).await?);
    }
    let mut originals = Vec::new();
    for feature in platform.features.iter() {
        originals.extend((feature.files.originals)(&mut tx).await?);
    }
    let total = rows.values().sum::<i64>() + i64::try_from(originals.len()).unwrap_or(0);
    let mut progress = Progress { platform, athlete, id, done: 0, total: i32::try_from(total).unwrap_or(i32::MAX) };
    let mut zip = Packer::create(path);
    zip.begin("legwork.json").await?;
    zip.write(serde_json::to_vec_pretty(&manifest(platform, &mut tx, rows).await?)?).await?;
    for table in platform.features.exported() {
        zip.begin(&format!("data/{}.jsonl", table.name)).await?;
        let mut lines = archived::rows(&mut tx, table, athlete);
        while let Some(mut line) = lines.try_next().await? {
            line.push('\n');
            zip.write(line.into_bytes()).await?;
            if !progress.tick().await? {
                return Ok(false);
            }
        }
    }
    for sheet in platform.features.spreadsheets() {
        zip.begin(sheet.file()).await?;
        zip.write(spreadsheet::table(&mut tx, sheet).await?).await?;
    }
    let mut missing = String::new();
    for source in originals {
        let hash = platform::hex(&source.sha256);
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
    let account = accounts::lifecycle::profile(tx).await?;
    let consent = |ConsentRecord { what, version, given_at, withdrawn_at }| Consent { what, version, given_at, withdrawn_at };
    let consents = accounts::consent_records(tx).await?.into_iter().map(consent).collect();
    let schema = archived::schema_version(tx).await?;
    Ok(Manifest {
        format: FORMAT,
        schema,
        exported_at: platform.clock.now(),
        email: account.email,
        name: account.name,
        time_zone: account.time_zone,
        units: Some(account.units),
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
        let going = queries::set_progress(&mut tx, self.id, self.done, self.total).await?;
        tx.commit().await?;
        Ok(going)
    }
}

async fn fail(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(athlete).await?;
    queries::fail(&mut tx, athlete).await?;
    tx.commit().await
}

/// Removes expired exports, and enqueues the job for the next one.
async fn expire(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(athlete).await?;
    let old = queries::delete_expired(&mut tx, athlete, platform.clock.now()).await?;
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
    if let Some(due) = queries::next_expiry(tx, athlete).await? {
        tx.enqueue_after(&ExpireExports { athlete }, due - now).await?;
    }
    Ok(())
}

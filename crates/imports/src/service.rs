//! Imports as the pages use them: start, list, retry, undo.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::imports::{Counts, FILES_PER_PAGE, Import, ImportFile, ImportSummary, Outcome, Reason, Totals, in_words};
use domain::list::{Cursor, Page, PageRequest};
use platform::{Error, Platform, Tx};
use uuid::Uuid;

use crate::queries::files;
use crate::queries::imports::{self, Head};
use crate::queue::ReadRecordings;

/// Starts an import. The id may come from the client; starting is idempotent.
pub async fn start(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<Uuid, Error> {
    imports::insert(tx, id, now).await?;
    Ok(id)
}

/// An import with a page of its files, as they are now; only the failed ones, or all.
pub async fn get(tx: &mut Tx, id: Uuid, request: &PageRequest, failed: bool, now: DateTime<Utc>) -> Result<Import, Error> {
    let Head { created_at, undone_at, .. } = head(tx, id).await?;
    // Counts first: a file that is finished in between is counted as waiting, and whoever polls asks once more. The other way round, its row would
    // say that it waits for ever.
    let counts = counts(tx, id, now).await?;
    let rows = files::page(tx, id, request.after_id(), failed, request.limit(FILES_PER_PAGE), now).await?;
    let became = activities::activities_of_files(tx, &rows.iter().map(|r| r.id).collect::<Vec<_>>()).await?;
    let files = rows
        .into_iter()
        .map(|r| {
            let outcome = outcome(&r.outcome)?;
            let mut reasons = reasons(r.reasons);
            // A worker that was killed has left behind how far it came.
            reasons.retain(|reason| r.is_held || !matches!(reason, Reason::BeingRead { .. }));
            let message = in_words(&reasons);
            let activity = became.get(&r.id).copied();
            Ok(ImportFile { id: r.id, name: r.name, outcome, reasons, message, activity, can_retry: r.can_retry })
        })
        .collect::<Result<_, Error>>()?;
    let files = Page::of(request, FILES_PER_PAGE, files, |file: &ImportFile| Cursor::of_id(file.id));
    let totals = totals(tx, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(Import { id, created_at, undone: undone_at.is_some(), counts, totals, files, failed })
}

/// How many files of an import have each outcome, and how far one has been read that is being read now.
pub async fn counts(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<Counts, Error> {
    let rows = imports::count_by_outcome(tx, id, now).await?;
    if rows.is_empty() {
        return Err(Error::not_found("import"));
    }
    let reading = rows.iter().filter_map(|(_, _, percent)| u8::try_from((*percent)?).ok()).max();
    let counted = rows.into_iter().filter_map(|(o, n, _)| o.map(|o| Ok((outcome(&o)?, u32::try_from(n).unwrap_or(u32::MAX)))));
    Ok(Counts { files: counted.collect::<Result<_, Error>>()?, reading })
}

fn outcome(stored: &str) -> Result<Outcome, Error> {
    Outcome::parse(stored).ok_or_else(|| Error::Internal(format!("import_files.outcome: {stored}")))
}

/// The reasons as stored. One that only a newer version knows is left out.
fn reasons(stored: serde_json::Value) -> Vec<Reason> {
    let serde_json::Value::Array(stored) = stored else { return Vec::new() };
    let known = |reason| serde_json::from_value(reason).inspect_err(|error| tracing::warn!(%error, "import_files.reasons")).ok();
    stored.into_iter().filter_map(known).collect()
}

/// Imports on a page of the list.
const PAGE_IMPORTS: u32 = 25;

/// One page of the imports, latest first.
pub(crate) async fn page(tx: &mut Tx, request: &PageRequest) -> Result<Page<ImportSummary>, Error> {
    let (before, before_id) = request.before_moment();
    let rows = heads(tx, before, before_id, request.limit(PAGE_IMPORTS)).await?;
    Ok(Page::of(request, PAGE_IMPORTS, rows, |import| Cursor::of_moment(import.created_at, import.id)))
}

/// The latest imports, newest first.
pub async fn recent(tx: &mut Tx) -> Result<Vec<ImportSummary>, Error> {
    let (before, before_id) = PageRequest::first().before_moment();
    heads(tx, before, before_id, 10).await
}

async fn heads(tx: &mut Tx, before: DateTime<Utc>, before_id: Uuid, limit: i64) -> Result<Vec<ImportSummary>, Error> {
    let heads = imports::heads(tx, before, before_id, limit).await?;
    let mut totals = totals(tx, &heads.iter().map(|head| head.id).collect::<Vec<_>>()).await?;
    Ok(heads.into_iter().map(|head| summarised(&head, totals.remove(&head.id))).collect())
}

fn summarised(head: &Head, totals: Option<Totals>) -> ImportSummary {
    ImportSummary { id: head.id, created_at: head.created_at, undone: head.undone_at.is_some(), totals: totals.unwrap_or_default() }
}

/// An import without its files, and how many of them have each outcome.
pub(crate) async fn summary(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<(ImportSummary, Counts), Error> {
    let head = head(tx, id).await?;
    let totals = totals(tx, &[id]).await?.remove(&id);
    Ok((summarised(&head, totals), counts(tx, id, now).await?))
}

async fn head(tx: &mut Tx, id: Uuid) -> Result<Head, Error> {
    imports::head(tx, id).await?.ok_or_else(|| Error::not_found("import"))
}

/// The totals of each import, computed here for every page that shows them.
async fn totals(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Totals>, Error> {
    let counted = imports::counted(tx, ids).await?;
    let activities = imports::activities(tx, ids).await?;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let totals = counted.into_iter().map(|c| {
        let [files, merged, duplicates, failed, days] = [c.files, c.merged, c.duplicates, c.failed, c.days].map(count);
        (c.import_id, Totals { files, activities: activities.get(&c.import_id).copied().map_or(0, count), merged, duplicates, failed, days })
    });
    Ok(totals.collect())
}

/// Puts a failed file of an import back into the queue.
pub async fn retry(tx: &mut Tx, import: Uuid, file: Uuid) -> Result<(), Error> {
    if !files::lock(tx, import, file).await? {
        return Err(Error::not_found("file"));
    }
    if !files::requeue(tx, file).await? {
        return Err(Error::problem(domain::ProblemKind::Conflict, "Nothing of that file is left to retry. Drop it once more."));
    }
    let athlete = tx.viewer()?;
    tx.enqueue(&ReadRecordings { athlete }).await
}

/// Undoes an import: deletes its activities, and removes what of it is still queued.
pub async fn undo(platform: &Platform, viewer: Uuid, import: Uuid) -> Result<(), Error> {
    platform::with_heavy_permit(platform::ChargedTo::Account(viewer), undo_import(platform, viewer, import)).await
}

async fn undo_import(platform: &Platform, viewer: Uuid, import: Uuid) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(viewer).await?;
    activities::lock(&mut tx).await?;
    let now = platform.clock.now();
    if !imports::set_undone(&mut tx, import, now).await? {
        return Err(Error::not_found("import"));
    }
    // Import files first: what is being stored at this moment is waited for and undone; what is still being read finds its import file undone.
    let locked = files::lock_all(&mut tx, import).await?;
    let ids: Vec<Uuid> = locked.iter().map(|file| file.id).collect();
    activities::delete_imported(&mut tx, &ids).await?;
    journal::remove_all(&mut tx, &ids).await?;
    files::set_undone(&mut tx, import, now).await?;
    tx.commit().await?;
    let files = platform.files.clone();
    let remove = move || locked.iter().filter_map(|file| file.upload_key.as_ref()).for_each(|key| files.remove_upload(key));
    Ok(tokio::task::spawn_blocking(remove).await.map_err(std::io::Error::from)?)
}

//! Imports as the pages use them: start, list, retry, undo.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::imports::{Counts, FILES_PER_PAGE, Import, ImportFile, ImportSummary, Outcome, Reason, Totals, in_words};
use domain::list::{Cursor, Page, PageRequest};
use platform::{Error, Platform, Tx};
use uuid::Uuid;

use crate::jobs::ReadRecordings;

/// Starts an import. The id may come from the client; starting is idempotent.
pub async fn start(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<Uuid, Error> {
    let athlete = tx.viewer()?;
    sqlx::query!("insert into imports (id, athlete_id, created_at) values ($1, $2, $3) on conflict (id) do nothing", id, athlete, now)
        .execute(tx.connection())
        .await?;
    Ok(id)
}

/// An import with a page of its files; only the failed ones, or all.
pub async fn get(tx: &mut Tx, id: Uuid, request: &PageRequest, failed: bool) -> Result<Import, Error> {
    let (created_at, undone) = head(tx, id).await?;
    let rows = sqlx::query!(
        r#"select f.id, f.name, f.outcome, f.reasons, f.outcome = 'failed' and f.upload_key is not null as "can_retry!",
             (select coalesce(a.merged_into, a.id) from activities a where a.import_file_id = f.id order by a.source_part, a.origin = 'split', a.id limit 1) as activity
           from import_files f where f.import_id = $1 and f.id > $2 and (not $3 or f.outcome = 'failed') order by f.id limit $4"#,
        id,
        request.after_id(),
        failed,
        request.limit(FILES_PER_PAGE)
    )
    .fetch_all(tx.connection())
    .await?;
    let files = rows
        .into_iter()
        .map(|r| {
            let outcome = outcome(&r.outcome)?;
            let reasons = reasons(r.reasons);
            let message = in_words(&reasons);
            Ok(ImportFile { id: r.id, name: r.name, outcome, reasons, message, activity: r.activity, can_retry: r.can_retry })
        })
        .collect::<Result<_, Error>>()?;
    let files = Page::of(request, FILES_PER_PAGE, files, |file: &ImportFile| Cursor::of_id(file.id));
    let counts = counts(tx, id).await?;
    let totals = totals(tx, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(Import { id, created_at, undone, counts, totals, files, failed })
}

/// How many files of an import have each outcome.
pub async fn counts(tx: &mut Tx, id: Uuid) -> Result<Counts, Error> {
    let rows = sqlx::query!(
        r#"select f.outcome as "outcome?", count(f.id) as "n!" from imports i left join import_files f on f.import_id = i.id
           where i.id = $1 group by f.outcome"#,
        id
    )
    .fetch_all(tx.connection())
    .await?;
    if rows.is_empty() {
        return Err(Error::not_found("import"));
    }
    let counted = rows.into_iter().filter_map(|r| r.outcome.map(|o| Ok((outcome(&o)?, u32::try_from(r.n).unwrap_or(u32::MAX)))));
    counted.collect::<Result<_, Error>>().map(Counts)
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
    let athlete = tx.viewer()?;
    let rows = sqlx::query!(
        "select id, created_at, undone_at from imports where athlete_id = $1 and (created_at, id) < ($2, $3)
         order by created_at desc, id desc limit $4",
        athlete,
        before,
        before_id,
        limit
    )
    .fetch_all(tx.connection())
    .await?;
    let mut totals = totals(tx, &rows.iter().map(|r| r.id).collect::<Vec<_>>()).await?;
    let summary = |id, created_at, undone_at: Option<DateTime<Utc>>, totals: Option<Totals>| ImportSummary {
        id,
        created_at,
        undone: undone_at.is_some(),
        totals: totals.unwrap_or_default(),
    };
    Ok(rows.into_iter().map(|r| summary(r.id, r.created_at, r.undone_at, totals.remove(&r.id))).collect())
}

/// An import without its files, and how many of them have each outcome.
pub(crate) async fn summary(tx: &mut Tx, id: Uuid) -> Result<(ImportSummary, Counts), Error> {
    let head = head(tx, id).await?;
    let totals = totals(tx, &[id]).await?.remove(&id).unwrap_or_default();
    Ok((ImportSummary { id, created_at: head.0, undone: head.1, totals }, counts(tx, id).await?))
}

/// When an import began, and whether it was undone.
async fn head(tx: &mut Tx, id: Uuid) -> Result<(DateTime<Utc>, bool), Error> {
    let head = sqlx::query!("select created_at, undone_at from imports where id = $1", id)
        .fetch_optional(tx.connection())
        .await?
        .ok_or_else(|| Error::not_found("import"))?;
    Ok((head.created_at, head.undone_at.is_some()))
}

/// The totals of each import, computed here for every page that shows them.
async fn totals(tx: &mut Tx, imports: &[Uuid]) -> Result<HashMap<Uuid, Totals>, Error> {
    let rows = sqlx::query!(
        r#"select f.import_id, count(*) filter (where f.outcome not in ('unpacked', 'skipped')) as "files!",
             count(*) filter (where f.outcome = 'merged') as "merged!", count(*) filter (where f.outcome = 'duplicate') as "duplicates!",
             count(*) filter (where f.outcome = 'failed') as "failed!",
             coalesce(sum(own.n), 0)::bigint as "activities!"
           from import_files f
           cross join lateral (select count(*) as n from activities a where a.import_file_id = f.id and a.merged_into is null) own
           where f.import_id = any($1) group by f.import_id"#,
        imports
    )
    .fetch_all(tx.connection())
    .await?;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let totals = rows.into_iter().map(|r| {
        let [files, activities, merged, duplicates, failed] = [r.files, r.activities, r.merged, r.duplicates, r.failed].map(count);
        (r.import_id, Totals { files, activities, merged, duplicates, failed })
    });
    Ok(totals.collect())
}

/// Puts a failed file of an import back into the queue.
pub async fn retry(tx: &mut Tx, import: Uuid, file: Uuid) -> Result<(), Error> {
    let found = sqlx::query_scalar!("select id from import_files where id = $1 and import_id = $2 for update", file, import);
    found.fetch_optional(tx.connection()).await?.ok_or_else(|| Error::not_found("file"))?;
    let requeued = sqlx::query!(
        "update import_files set outcome = 'queued', reasons = '[]', attempts = 0, finished_at = null, held_until = null
         where id = $1 and outcome = 'failed' and upload_key is not null",
        file
    )
    .execute(tx.connection())
    .await?;
    if requeued.rows_affected() == 0 {
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
    let now = platform.clock.now();
    let marked = sqlx::query!("update imports set undone_at = coalesce(undone_at, $2) where id = $1", import, now).execute(tx.connection()).await?;
    if marked.rows_affected() == 0 {
        return Err(Error::not_found("import"));
    }
    // Import files first: what is being stored at this moment is waited for and undone; what is still being read finds its import file undone.
    let uploads = sqlx::query_scalar!("select upload_key from import_files where import_id = $1 order by id for update", import)
        .fetch_all(tx.connection())
        .await?;
    activities::delete_imported(&mut tx, import).await?;
    sqlx::query!(
        "update import_files set outcome = 'undone', reasons = '[]', upload_key = null, finished_at = coalesce(finished_at, $2)
         where import_id = $1 and outcome in ('queued', 'imported', 'merged', 'recovered', 'skipped', 'failed')",
        import,
        now
    )
    .execute(tx.connection())
    .await?;
    tx.commit().await?;
    let files = platform.files.clone();
    let remove = move || uploads.iter().flatten().for_each(|key| files.remove_upload(key));
    Ok(tokio::task::spawn_blocking(remove).await.map_err(std::io::Error::from)?)
}

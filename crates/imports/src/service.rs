//! Imports as pages see them: start, look, take back.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::imports::{Counts, FILES_PER_PAGE, Import, ImportFile, ImportSummary, Outcome, Totals};
use platform::{Error, Platform, Tx};
use uuid::Uuid;

/// Starts an import. The id may come from the client; starting the same twice is starting it once.
pub async fn start(session: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<Uuid, Error> {
    let athlete = session.viewer()?;
    sqlx::query!("insert into imports (id, athlete_id, created_at) values ($1, $2, $3) on conflict (id) do nothing", id, athlete, now)
        .execute(session.connection())
        .await?;
    Ok(id)
}

/// An import with a page of its lines, from 1; of those that nothing came of, or of all.
pub async fn get(session: &mut Tx, id: Uuid, page: u32, failed: bool) -> Result<Import, Error> {
    let head = sqlx::query!("select created_at, undone_at from imports where id = $1", id)
        .fetch_optional(session.connection())
        .await?
        .ok_or_else(|| Error::not_found("import"))?;
    let page = page.clamp(1, 10_000);
    let rows = sqlx::query!(
        r#"select f.id, f.name, f.outcome, f.message, f.outcome = 'failed' and f.upload_key is not null as "can_retry!",
             (select coalesce(a.merged_into, a.id) from activities a where a.import_file_id = f.id order by a.source_part, a.origin = 'split', a.id limit 1) as activity
           from import_files f where f.import_id = $1 and (not $4 or f.outcome = 'failed') order by f.id limit $2 offset $3"#,
        id,
        i64::from(FILES_PER_PAGE),
        i64::from((page - 1) * FILES_PER_PAGE),
        failed
    )
    .fetch_all(session.connection())
    .await?;
    let lines = rows
        .into_iter()
        .map(|r| {
            let outcome = outcome(&r.outcome)?;
            Ok(ImportFile { id: r.id, name: r.name, outcome, message: r.message, activity: r.activity, can_retry: r.can_retry })
        })
        .collect::<Result<_, Error>>()?;
    let counts = counts(session, id).await?;
    let totals = totals(session, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(Import { id, created_at: head.created_at, undone: head.undone_at.is_some(), counts, totals, lines, page, failed })
}

/// How many lines of an import have each outcome.
pub async fn counts(session: &mut Tx, id: Uuid) -> Result<Counts, Error> {
    let rows = sqlx::query!(
        r#"select f.outcome as "outcome?", count(f.id) as "n!" from imports i left join import_files f on f.import_id = i.id
           where i.id = $1 group by f.outcome"#,
        id
    )
    .fetch_all(session.connection())
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

/// The last imports, newest first.
pub async fn recent(session: &mut Tx) -> Result<Vec<ImportSummary>, Error> {
    let athlete = session.viewer()?;
    let rows = sqlx::query!("select id, created_at, undone_at from imports where athlete_id = $1 order by created_at desc limit 10", athlete)
        .fetch_all(session.connection())
        .await?;
    let mut totals = totals(session, &rows.iter().map(|r| r.id).collect::<Vec<_>>()).await?;
    Ok(rows
        .into_iter()
        .map(|r| ImportSummary {
            id: r.id,
            created_at: r.created_at,
            undone: r.undone_at.is_some(),
            totals: totals.remove(&r.id).unwrap_or_default(),
        })
        .collect())
}

/// What each import came to, counted in one place for every page that says it.
async fn totals(session: &mut Tx, imports: &[Uuid]) -> Result<HashMap<Uuid, Totals>, Error> {
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
    .fetch_all(session.connection())
    .await?;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let totals = rows.into_iter().map(|r| {
        let [files, activities, merged, duplicates, failed] = [r.files, r.activities, r.merged, r.duplicates, r.failed].map(count);
        (r.import_id, Totals { files, activities, merged, duplicates, failed })
    });
    Ok(totals.collect())
}

/// Puts a failed file back into the queue.
pub async fn retry(session: &mut Tx, file: Uuid) -> Result<(), Error> {
    let done = sqlx::query!(
        "update import_files set outcome = 'queued', message = '', attempts = 0, finished_at = null, held_until = null
         where id = $1 and outcome = 'failed' and upload_key is not null",
        file
    )
    .execute(session.connection())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::problem(domain::ProblemKind::Conflict, "There is nothing left of that file to try again. Drop it once more."));
    }
    Ok(())
}

/// Takes back everything that an import brought, and what of it is still waiting.
pub async fn undo(platform: &Platform, viewer: Uuid, import: Uuid) -> Result<(), Error> {
    platform::with_heavy_permit(platform::ChargedTo::Account(viewer), take_back(platform, viewer, import)).await
}

async fn take_back(platform: &Platform, viewer: Uuid, import: Uuid) -> Result<(), Error> {
    let mut session = platform.database.begin_as(viewer).await?;
    let now = platform.clock.now();
    let marked =
        sqlx::query!("update imports set undone_at = coalesce(undone_at, $2) where id = $1", import, now).execute(session.connection()).await?;
    if marked.rows_affected() == 0 {
        return Err(Error::not_found("import"));
    }
    // Lines first: what is being stored at this moment is waited for and taken back; what is still being read finds its line undone.
    let uploads = sqlx::query_scalar!("select upload_key from import_files where import_id = $1 order by id for update", import)
        .fetch_all(session.connection())
        .await?;
    activities::delete_imported(&mut session, import).await?;
    sqlx::query!(
        "update import_files set outcome = 'undone', message = '', upload_key = null, finished_at = coalesce(finished_at, $2)
         where import_id = $1 and outcome in ('queued', 'imported', 'merged', 'recovered', 'skipped', 'failed')",
        import,
        now
    )
    .execute(session.connection())
    .await?;
    session.commit().await?;
    let files = platform.files.clone();
    let forget = move || uploads.iter().flatten().for_each(|key| files.remove_upload(key));
    Ok(tokio::task::spawn_blocking(forget).await.map_err(std::io::Error::from)?)
}

//! Imports as pages see them: start, look, take back.

use chrono::{DateTime, Utc};
use domain::imports::{FileLine, Import, Outcome, Overview};
use platform::{Error, Platform, Session};
use uuid::Uuid;

/// Starts an import. The id may come from the client; starting the same twice is starting it once.
pub async fn start(session: &mut Session, id: Uuid, now: DateTime<Utc>) -> Result<Uuid, Error> {
    let athlete = session.viewer()?;
    sqlx::query!("insert into imports (id, athlete_id, created_at) values ($1, $2, $3) on conflict (id) do nothing", id, athlete, now)
        .execute(session.connection())
        .await?;
    Ok(id)
}

/// An import with a line for each file.
pub async fn get(session: &mut Session, id: Uuid) -> Result<Import, Error> {
    let head = sqlx::query!("select created_at, undone_at from imports where id = $1", id)
        .fetch_optional(session.connection())
        .await?
        .ok_or_else(|| Error::not_found("import"))?;
    let rows = sqlx::query!(
        r#"select f.id, f.name, f.outcome, f.message, f.outcome = 'failed' and f.upload is not null as "can_retry!",
             (select coalesce(a.merged_into, a.id) from activities a where a.import_file_id = f.id order by a.source_part limit 1) as activity
           from import_files f where f.import_id = $1 order by f.id"#,
        id
    )
    .fetch_all(session.connection())
    .await?;
    let lines = rows
        .into_iter()
        .map(|r| {
            let outcome = Outcome::parse(&r.outcome).ok_or_else(|| Error::Stored(format!("import_files.outcome of {}: {}", r.id, r.outcome)))?;
            Ok(FileLine { id: r.id, name: r.name, outcome, message: r.message, activity: r.activity, can_retry: r.can_retry })
        })
        .collect::<Result<_, Error>>()?;
    Ok(Import { id, created_at: head.created_at, undone: head.undone_at.is_some(), lines })
}

/// The last imports, newest first.
pub async fn recent(session: &mut Session) -> Result<Vec<Overview>, Error> {
    let athlete = session.viewer()?;
    let rows = sqlx::query!(
        r#"select i.id, i.created_at, i.undone_at, count(f.id) as "files!",
             count(f.id) filter (where f.outcome in ('imported', 'recovered', 'merged')) as "imported!", count(f.id) filter (where f.outcome = 'failed') as "failed!"
           from (select * from imports where athlete_id = $1 order by created_at desc limit 10) i
           left join import_files f on f.import_id = i.id and f.outcome <> 'unpacked'
           group by i.id, i.created_at, i.undone_at order by i.created_at desc"#,
        athlete
    )
    .fetch_all(session.connection())
    .await?;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(rows
        .into_iter()
        .map(|r| Overview {
            id: r.id,
            created_at: r.created_at,
            undone: r.undone_at.is_some(),
            files: count(r.files),
            imported: count(r.imported),
            failed: count(r.failed),
        })
        .collect())
}

/// Puts a failed file back into the queue.
pub async fn retry(session: &mut Session, file: Uuid) -> Result<(), Error> {
    let done = sqlx::query!(
        "update import_files set outcome = 'queued', message = '', attempts = 0, finished_at = null
         where id = $1 and outcome = 'failed' and upload is not null",
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
    let mut session = platform.database.as_viewer(viewer).await?;
    let now = platform.clock.now();
    let marked =
        sqlx::query!("update imports set undone_at = coalesce(undone_at, $2) where id = $1", import, now).execute(session.connection()).await?;
    if marked.rows_affected() == 0 {
        return Err(Error::not_found("import"));
    }
    // Lines first: the worker holds the lock of the one that it is at, so we wait for it and then take back what it did.
    let uploads = sqlx::query_scalar!("select upload from import_files where import_id = $1 order by id for update", import)
        .fetch_all(session.connection())
        .await?;
    let mut hashes = activities::delete_of_import(&mut session, import).await?;
    sqlx::query!(
        "update import_files set outcome = 'undone', message = '', upload = null, finished_at = coalesce(finished_at, $2)
         where import_id = $1 and outcome in ('queued', 'imported', 'merged', 'recovered', 'skipped', 'failed')",
        import,
        now
    )
    .execute(session.connection())
    .await?;
    hashes.sort();
    hashes.dedup();
    let mut unused = Vec::new();
    for hash in hashes {
        if !activities::source_is_used(&mut session, &hash).await? {
            unused.push(hash);
        }
    }
    session.commit().await?;
    for key in uploads.into_iter().flatten() {
        platform.files.remove_upload(&key);
    }
    for hash in unused {
        platform.files.remove_original(viewer, &platform::hex(&hash));
    }
    Ok(())
}

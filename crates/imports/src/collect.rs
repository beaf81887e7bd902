//! Files that nothing refers to any more, collected once a day: uploads that broke off or whose line is dealt with, originals that no activity
//! comes from, and what an account left that is gone. All of it stays for a while after it was seen that nothing refers to it, and nothing is
//! collected for a database that these files do not belong to.

use chrono::TimeDelta;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use platform::jobs::{self, JobContext};
use platform::{Error, Platform};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Hours that an upload stays without a line: the longest that one is on its way.
const UPLOAD_HOURS: i64 = 24;
/// Days that the files of an account stay that the database does not know. Deletion removes them itself: what is found here is left by one that broke
/// off, or belongs to accounts that are newer than a database that was put back.
const STRANGER_DAYS: i64 = 30;
/// Keys that are asked about at once.
const BATCH: usize = 5000;

/// The job.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CollectFiles {}

impl TaskHandler for CollectFiles {
    const IDENTIFIER: &'static str = "collect_files";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(JobContext(platform)) = context.get_ext::<JobContext>() else { return Err("the worker has no platform".to_owned()) };
        collect(platform).await.map_err(|e| e.to_string())
    }
}

/// Adds what imports do in the background.
#[must_use]
pub fn jobs(options: WorkerOptions) -> WorkerOptions {
    jobs::nightly::<CollectFiles>(options)
}

/// Removes uploads, originals and what accounts left, where nothing refers to it and did not a while ago either. What cannot be collected of one
/// athlete keeps nobody else's; the first error is told when all was tried.
pub async fn collect(platform: &Platform) -> Result<(), Error> {
    let (mut known, mut strangers) = (Vec::new(), Vec::new());
    for athlete in platform.files.athletes()? {
        if is_known(platform, athlete).await? { known.push(athlete) } else { strangers.push(athlete) }
    }
    if !belongs(platform, known.is_empty() && !strangers.is_empty()).await? {
        return Ok(());
    }
    let mut first = Ok(());
    let mut count = |collected: Result<usize, Error>| {
        collected.unwrap_or_else(|error| {
            tracing::error!(%error, "some files could not be collected; tomorrow again");
            if first.is_ok() {
                first = Err(error);
            }
            0
        })
    };
    let uploads = count(uploads(platform).await);
    let mut originals = 0;
    for athlete in known {
        originals += count(activities::collect_originals(platform, athlete).await);
    }
    let strangers = count(left_behind(platform, &strangers).await);
    tracing::info!(uploads, originals, strangers, "unused files were collected");
    first
}

async fn is_known(platform: &Platform, athlete: Uuid) -> Result<bool, Error> {
    let mut session = platform.database.begin_as(athlete).await?;
    let known = sqlx::query_scalar!(r#"select exists (select from accounts where id = $1) as "known!""#, athlete);
    Ok(known.fetch_one(session.connection()).await?)
}

/// Whether the files belong to this database. The first one that knows any of the accounts that have files here is the one, from then on.
async fn belongs(platform: &Platform, all_strangers: bool) -> Result<bool, Error> {
    let mut session = platform.database.begin_anonymous().await?;
    let id = sqlx::query_scalar!(r#"select database_id() as "id!""#).fetch_one(session.connection()).await?;
    match platform.files.database()? {
        Some(theirs) if theirs == id => return Ok(true),
        None if !all_strangers => {
            platform.files.note_database(id)?;
            return Ok(true);
        }
        _ => {}
    }
    tracing::error!("the files belong to another database, so nothing unused is removed; if they do not, remove `files/database`");
    Ok(false)
}

async fn uploads(platform: &Platform) -> Result<usize, Error> {
    let now = platform.clock.now();
    let files = platform.files.clone();
    let old = tokio::task::spawn_blocking(move || files.uploads_before(now - TimeDelta::hours(UPLOAD_HOURS)));
    let mut unused = old.await.map_err(std::io::Error::from)??;
    let mut used = std::collections::HashSet::new();
    for keys in unused.chunks(BATCH) {
        let mut session = platform.database.begin_anonymous().await?;
        let some = sqlx::query_scalar!(r#"select uploads_in_use as "key!" from uploads_in_use($1)"#, keys).fetch_all(session.connection()).await?;
        used.extend(some);
    }
    unused.retain(|key| !used.contains(key));
    let files = platform.files.clone();
    let removed = tokio::task::spawn_blocking(move || {
        files.collect("uploads", &unused, now, TimeDelta::hours(activities::UNUSED_HOURS), |key| {
            files.remove_upload(key);
            Ok(())
        })
    });
    Ok(removed.await.map_err(std::io::Error::from)??)
}

/// Removes what accounts left that have not been known for so long.
async fn left_behind(platform: &Platform, strangers: &[Uuid]) -> Result<usize, Error> {
    if !strangers.is_empty() {
        tracing::warn!(
            strangers = strangers.len(),
            "there are files of accounts that the database does not know; after {STRANGER_DAYS} days they go"
        );
    }
    let (names, now): (Vec<String>, _) = (strangers.iter().map(Uuid::to_string).collect(), platform.clock.now());
    let (files, mail) = (platform.files.clone(), platform.mail.clone());
    let removed = tokio::task::spawn_blocking(move || {
        files.collect("accounts", &names, now, TimeDelta::days(STRANGER_DAYS), |name| {
            let Ok(account) = name.parse() else { return Ok(()) };
            files.delete_for_account(account)?;
            mail.delete_for_account(account)
        })
    });
    Ok(removed.await.map_err(std::io::Error::from)??)
}

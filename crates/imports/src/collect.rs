//! Collects files that nothing refers to any more, once a day: uploads that were aborted or whose import file is finished, originals that no
//! activity comes from, and files of deleted accounts. All of it is kept for a while after it was first found unused, and nothing is
//! collected for a database that these files do not belong to.

use chrono::TimeDelta;
use platform::jobs::{Job, Queue};
use platform::{Error, Platform};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::queries::files::{database_id, uploads_in_use};

/// Hours that an upload is kept without an import file: the longest that one can take.
const UPLOAD_HOURS: i64 = 24;
/// Days that the files of an account unknown to the database are kept. Deletion removes files itself: what is found here was left by an interrupted
/// deletion, or belongs to accounts that are newer than a database that was restored from a backup.
const ORPHAN_DAYS: i64 = 30;
/// Keys that are looked up at once.
const BATCH: usize = 5000;

/// The nightly job that collects unused files.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CollectFiles {}

impl Job for CollectFiles {
    const NAME: &'static str = "collect_files";
    const QUEUE: Queue = Queue::Long;

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        collect(platform).await
    }
}

/// Removes uploads, originals and files of deleted accounts that nothing refers to now or referred to a while ago. An error with one athlete's
/// files does not stop the others; the first error is returned at the end.
pub async fn collect(platform: &Platform) -> Result<(), Error> {
    let (mut known, mut orphans) = (Vec::new(), Vec::new());
    for athlete in platform.files.athletes()? {
        if is_known(platform, athlete).await? { known.push(athlete) } else { orphans.push(athlete) }
    }
    if !belongs(platform, known.is_empty() && !orphans.is_empty()).await? {
        return Ok(());
    }
    let mut first = Ok(());
    let mut count = |collected: Result<usize, Error>| {
        collected.unwrap_or_else(|error| {
            tracing::error!(%error, "some files could not be collected; retrying tomorrow");
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
    let orphans = count(collect_orphans(platform, &orphans).await);
    tracing::info!(uploads, originals, orphans, "unused files were collected");
    first
}

async fn is_known(platform: &Platform, athlete: Uuid) -> Result<bool, Error> {
    let mut tx = platform.database.begin_as(athlete).await?;
    accounts::lifecycle::exists(&mut tx).await
}

/// Whether the files belong to this database. The first database that knows any of the accounts with files here is recorded as theirs.
async fn belongs(platform: &Platform, all_orphaned: bool) -> Result<bool, Error> {
    let mut tx = platform.database.begin_anonymous().await?;
    let id = database_id(&mut tx).await?;
    match platform.files.database()? {
        Some(theirs) if theirs == id => return Ok(true),
        None if !all_orphaned => {
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
        let mut tx = platform.database.begin_anonymous().await?;
        used.extend(uploads_in_use(&mut tx, keys).await?);
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

/// Removes the files of accounts that have been unknown for [`ORPHAN_DAYS`].
async fn collect_orphans(platform: &Platform, orphans: &[Uuid]) -> Result<usize, Error> {
    if !orphans.is_empty() {
        tracing::warn!(
            orphans = orphans.len(),
            "there are files of accounts that the database does not know; they are removed after {ORPHAN_DAYS} days"
        );
    }
    let (names, now): (Vec<String>, _) = (orphans.iter().map(Uuid::to_string).collect(), platform.clock.now());
    let (files, mail) = (platform.files.clone(), platform.mail.clone());
    let removed = tokio::task::spawn_blocking(move || {
        files.collect("accounts", &names, now, TimeDelta::days(ORPHAN_DAYS), |name| {
            let Ok(account) = name.parse() else { return Ok(()) };
            files.delete_for_account(account)?;
            mail.delete_for_account(account)
        })
    });
    Ok(removed.await.map_err(std::io::Error::from)??)
}

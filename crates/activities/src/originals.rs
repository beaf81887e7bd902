//! Originals that nothing comes from any more: undone, deleted for good, or left by an import that a crash ended. Collecting them is all that
//! removes an original while its account is there.

use std::collections::HashSet;

use chrono::TimeDelta;
use platform::{Error, Platform};
use uuid::Uuid;

/// Hours that an original stays after it was seen that nothing comes from it: a backup of the database that is older than one of the files still
/// finds what it refers to.
pub const UNUSED_HOURS: i64 = 24;

/// Removes the originals of one athlete that no activity, in the bin or not, comes from, and came from a day ago either. Imports of the same athlete
/// wait for it, and it for them, so that none finds a recording here that is gone in the next moment. Gives how many went.
pub async fn collect_originals(platform: &Platform, athlete: Uuid) -> Result<usize, Error> {
    let now = platform.clock.now();
    let mut session = platform.database.begin_as(athlete).await?;
    session.hold_originals().await?;
    // The bin says it at some depth, whichever version filled it.
    let used = sqlx::query_scalar!(
        r#"select encode(source_sha256, 'hex') as "hash!" from activities where athlete_id = $1
           union
           select ltrim(h #>> '{}', '\x') from trashed_activities, jsonb_path_query(rows, '$.**.source_sha256') h where athlete_id = $1"#,
        athlete
    )
    .fetch_all(session.connection())
    .await?;
    let used: HashSet<String> = used.into_iter().collect();
    let files = platform.files.clone();
    let removed = tokio::task::spawn_blocking(move || {
        let mut unused = files.originals(athlete)?;
        unused.retain(|name| !used.contains(name));
        files.collect_originals(athlete, &unused, now, TimeDelta::hours(UNUSED_HOURS))
    });
    let removed = removed.await.map_err(std::io::Error::from)??;
    session.commit().await?;
    Ok(removed)
}

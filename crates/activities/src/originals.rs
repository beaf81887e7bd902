//! Collects originals that no activity comes from any more: undone, permanently deleted, or left by an import that a crash ended. Nothing else
//! removes an original while its account exists.

use std::collections::HashSet;

use chrono::TimeDelta;
use platform::{Error, Platform};
use uuid::Uuid;

use crate::queries::originals as queries;

/// Hours that an original is kept after it was first found unused: a database backup that is older than the backup of the files still finds what
/// it refers to.
pub const UNUSED_HOURS: i64 = 24;

/// Removes the originals of one athlete that no activity, in the trash or not, comes from now or came from [`UNUSED_HOURS`] ago. Imports of the
/// same athlete wait for it, and it for them, so that none relies on an original that is about to go. Returns how many were removed.
pub async fn collect_originals(platform: &Platform, athlete: Uuid) -> Result<usize, Error> {
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(athlete).await?;
    tx.hold_originals().await?;
    let used: HashSet<String> = queries::used(&mut tx).await?.into_iter().collect();
    let files = platform.files.clone();
    let removed = tokio::task::spawn_blocking(move || {
        let mut unused = files.originals(athlete)?;
        unused.retain(|name| !used.contains(name));
        files.collect_originals(athlete, &unused, now, TimeDelta::hours(UNUSED_HOURS))
    });
    let removed = removed.await.map_err(std::io::Error::from)??;
    tx.commit().await?;
    Ok(removed)
}

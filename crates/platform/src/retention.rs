//! What is kept how long: features declare it in their `FEATURE`, one nightly job deletes what is over, and a test compares the declarations with
//! `docs/security.md`.
//!
//! ```
//! use platform::retention::Retention;
//!
//! const RETENTION: &[Retention] =
//!     &[Retention { what: "retired shoes", kept: "ten years", delete: "delete from shoes where retired_at < $1 - interval '10 years'" }];
//! assert!(RETENTION[0].delete.contains("$1"));
//! ```

use serde::{Deserialize, Serialize};

use crate::Platform;
use crate::error::Error;
use crate::jobs::{Job, Queue};

/// Rows of all accounts that are deleted once they are old enough. Rows whose files have to go with them have jobs of their own.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// What, in the words of the table in `docs/security.md`.
    pub what: &'static str,
    /// Until when, in the words of that table.
    pub kept: &'static str,
    /// The statement; `$1` is the time now. It runs once a night and reads its table whole: an index for it would cost every write.
    pub delete: &'static str,
}

/// The nightly job.
#[derive(Debug, Serialize, Deserialize)]
pub struct PurgeExpired {}

impl Job for PurgeExpired {
    const NAME: &'static str = "purge_expired";
    const QUEUE: Queue = Queue::Long;

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        let now = platform.clock.now();
        let mut first = Ok(());
        for retention in platform.features.retention() {
            let purge = platform.database.as_owner(async |owner| Ok(sqlx::query(retention.delete).bind(now).execute(owner).await?.rows_affected()));
            match purge.await {
                Ok(0) => {}
                Ok(rows) => tracing::info!(what = retention.what, rows, "what was kept long enough is deleted"),
                // One that fails does not keep the others from their turn.
                Err(error) => {
                    tracing::error!(%error, what = retention.what, "what was kept long enough could not be deleted");
                    first = first.and(Err(error));
                }
            }
        }
        first
    }
}

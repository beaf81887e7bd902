//! The lock of an athlete's activities.

use platform::{Error, Tx};

/// Its name, for what the history undoes.
pub(crate) const LOCK: &str = "activities";

/// Lets nobody else change the viewer's activities, thresholds or open recomputation until the transaction ends. A change of one activity marks, merges
/// or recomputes others, in whatever order: without this lock, two such changes would wait for each other. It comes before the lock of any row.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx) -> Result<(), Error> {
    tx.lock_own(LOCK).await
}

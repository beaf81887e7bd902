//! The lock under which an athlete's days and measures are read and written. One for all of them: a file may hold thousands.

use platform::{Error, Tx};

/// Its name.
pub(crate) const LOCK: &str = "journal";

/// Lets nobody else save the athlete's days, or undo an edit of one, until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx) -> Result<(), Error> {
    tx.lock_own(LOCK).await
}

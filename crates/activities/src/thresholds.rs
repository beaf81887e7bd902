//! The athlete's thresholds with their dates: resting and maximum heart rate, threshold heart rate and pace, weight.

use chrono::NaiveDate;
use platform::{Error, Tx};

use crate::queries::thresholds as queries;
pub use crate::queries::thresholds::{save_thresholds, thresholds};

/// Locks the viewer's thresholds and time zone until the transaction ends. Call it before anything else is locked and before a new activity is
/// computed: a change of thresholds marks the activities that exist, and would miss one that is about to be stored.
///
/// # Errors
/// When the database fails.
pub async fn lock_thresholds(tx: &mut Tx) -> Result<(), Error> {
    // A change of either locks the account, thresholds by a trigger.
    accounts::lock_unchanged(tx).await
}

/// Deletes the thresholds of a day.
pub async fn delete_thresholds(tx: &mut Tx, valid_from: NaiveDate) -> Result<(), Error> {
    if queries::delete(tx, valid_from).await? { Ok(()) } else { Err(Error::not_found("entry")) }
}

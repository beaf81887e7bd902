//! The athlete's thresholds with their dates: resting and maximum heart rate, threshold heart rate and pace, weight.

use chrono::{DateTime, NaiveDate, Utc};
use domain::activities::DatedThresholds;
use platform::{Error, Tx};

use crate::lock::lock;
use crate::queries::thresholds as queries;
pub use crate::queries::thresholds::thresholds;

/// Locks the viewer's thresholds and time zone until the transaction ends. Call it before anything else is locked and before a new activity is
/// computed: a change of thresholds marks the activities that exist, and would miss one that is about to be stored.
///
/// # Errors
/// When the database fails.
pub async fn lock_thresholds(tx: &mut Tx) -> Result<(), Error> {
    lock(tx).await?;
    // A change of either locks the account, thresholds by a trigger.
    accounts::lock_unchanged(tx).await
}

/// Stores the thresholds that hold from a day, replacing those it had. Every activity that is scored with them is marked.
pub async fn save_thresholds(tx: &mut Tx, dated: &DatedThresholds, now: DateTime<Utc>) -> Result<(), Error> {
    lock(tx).await?;
    queries::save(tx, dated, now).await
}

/// Deletes the thresholds of a day.
pub async fn delete_thresholds(tx: &mut Tx, valid_from: NaiveDate) -> Result<(), Error> {
    lock(tx).await?;
    if queries::delete(tx, valid_from).await? { Ok(()) } else { Err(Error::not_found("entry")) }
}

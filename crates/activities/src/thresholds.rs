//! The athlete's thresholds with their dates: resting and maximum heart rate, threshold heart rate and pace, and what
//! stands in for them. Weight is a daily value of the journal: no formula uses it.

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

/// Adds to the thresholds that hold from a day: what `dated` does not say stays as it was entered for that day.
pub async fn add_thresholds(tx: &mut Tx, dated: DatedThresholds, now: DateTime<Utc>) -> Result<(), Error> {
    lock(tx).await?;
    let DatedThresholds { valid_from, values } = dated;
    let before = queries::thresholds(tx).await?.into_iter().find(|entry| entry.valid_from == valid_from);
    let values = values.or(before.map(|entry| entry.values).unwrap_or_default());
    queries::save(tx, &DatedThresholds { valid_from, values }, now).await
}

/// Forgets sex or year of birth, or both, in all entries: who leaves them out does not want the last answer to go on.
pub async fn forget(tx: &mut Tx, sex: bool, birth_year: bool) -> Result<(), Error> {
    lock(tx).await?;
    queries::forget(tx, sex, birth_year).await
}

/// Deletes the thresholds of a day.
pub async fn delete_thresholds(tx: &mut Tx, valid_from: NaiveDate) -> Result<(), Error> {
    lock(tx).await?;
    if queries::delete(tx, valid_from).await? { Ok(()) } else { Err(Error::not_found("entry")) }
}

//! How accounts end, and what an export says of one: the facts that `privacy` goes by. When an account is due, and what else goes with it, is
//! decided there.

use chrono::{DateTime, Utc};
use domain::units::Units;
use platform::{Error, Platform, Tx};
use uuid::Uuid;

use crate::queries::{accounts, api_tokens, lifecycle as queries};

/// Whether and when the deletion of an account was requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// It is deleted.
    Done,
    /// It was not requested, or cancelled.
    NotRequested,
    /// It was requested at this moment.
    RequestedAt(DateTime<Utc>),
}

/// An account whose address nobody has confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unconfirmed {
    /// The account.
    pub id: Uuid,
    /// Whether its owner was notified, long enough ago for it to be removed.
    pub notified: bool,
}

/// What an export says of the account itself.
#[derive(Debug, Clone)]
pub struct AccountProfile {
    /// Its address.
    pub email: String,
    /// Its owner's name.
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    /// In which units they read and type.
    pub units: Units,
}

/// Records that the viewer requests deletion, and revokes the account's API tokens.
pub async fn request_deletion(tx: &mut Tx, now: DateTime<Utc>) -> Result<(), Error> {
    let account = tx.viewer()?;
    queries::set_deletion_requested(tx, account, Some(now)).await?;
    api_tokens::delete_all(tx, account).await
}

/// Records that the viewer cancels the deletion. `false` if the account is deleted already.
pub async fn cancel_deletion(tx: &mut Tx) -> Result<bool, Error> {
    let account = tx.viewer()?;
    queries::set_deletion_requested(tx, account, None).await
}

/// Whether the viewer's account is to be deleted. A concurrent cancellation waits for this transaction, or this for it.
pub async fn lock_deletion(tx: &mut Tx) -> Result<Deletion, Error> {
    let account = tx.viewer()?;
    let found = queries::lock_deletion_requested(tx, account).await?;
    Ok(found.first().map_or(Deletion::Done, |requested| requested.map_or(Deletion::NotRequested, Deletion::RequestedAt)))
}

/// Accounts whose deletion was requested before a moment.
pub async fn overdue_deletions(platform: &Platform, before: DateTime<Utc>) -> Result<Vec<Uuid>, Error> {
    let mut tx = platform.database.begin_anonymous().await?;
    queries::overdue_deletions(&mut tx, before).await
}

/// Accounts that were created before a moment, have nothing in them, and an address that nobody has confirmed; those whose owner was notified
/// before another moment are marked.
pub async fn unconfirmed(platform: &Platform, created: DateTime<Utc>, notified: DateTime<Utc>) -> Result<Vec<Unconfirmed>, Error> {
    let mut tx = platform.database.begin_anonymous().await?;
    let due = queries::unconfirmed(&mut tx, created, notified).await?;
    Ok(due.into_iter().map(|(id, notified)| Unconfirmed { id, notified }).collect())
}

/// Whether the viewer's account is there.
pub async fn exists(tx: &mut Tx) -> Result<bool, Error> {
    let account = tx.viewer()?;
    queries::exists(tx, account).await
}

/// Whether the viewer's account is there, and its address is not confirmed.
pub async fn is_unconfirmed(tx: &mut Tx) -> Result<bool, Error> {
    let account = tx.viewer()?;
    queries::is_unconfirmed(tx, account).await
}

/// Records that the viewer was notified of the account's removal.
pub async fn record_expiry_notice(tx: &mut Tx, now: DateTime<Utc>) -> Result<(), Error> {
    let account = tx.viewer()?;
    queries::set_notified(tx, account, now).await
}

/// Locks the viewer's account, and returns whether it is one that [`unconfirmed`] would find and mark as notified.
pub async fn lock_if_expired(tx: &mut Tx, created: DateTime<Utc>, notified: DateTime<Utc>) -> Result<bool, Error> {
    let account = tx.viewer()?;
    queries::lock_if_expired(tx, account, created, notified).await
}

/// Deletes the viewer's account with every row that is theirs.
pub async fn delete(tx: &mut Tx) -> Result<(), Error> {
    let account = tx.viewer()?;
    queries::delete(tx, account).await
}

/// The viewer's account, for an export.
pub async fn profile(tx: &mut Tx) -> Result<AccountProfile, Error> {
    let account = tx.viewer()?;
    let (email, name, time_zone, units) = queries::profile(tx, account).await?;
    Ok(AccountProfile { email, name, time_zone, units })
}

/// Sets the viewer's name, time zone and units to those of an export, and locks the account. `false` if it is deleted.
pub async fn restore_profile(tx: &mut Tx, name: &str, time_zone: &str, units: Option<Units>) -> Result<bool, Error> {
    let account = tx.viewer()?;
    let there = accounts::set_profile(tx, account, name, time_zone).await?;
    if let Some(units) = units {
        accounts::set_units(tx, account, units).await?;
    }
    Ok(there)
}

//! When accounts end: the columns of `accounts` for deletion and expiry.

use chrono::{DateTime, Utc};
use domain::units::Units;
use platform::{Error, Tx};
use uuid::Uuid;

/// Sets or clears the moment at which deletion was requested. `false` if the account is gone.
pub(crate) async fn set_deletion_requested(tx: &mut Tx, id: Uuid, at: Option<DateTime<Utc>>) -> Result<bool, Error> {
    let set = sqlx::query!("update accounts set deletion_requested_at = $2 where id = $1", id, at);
    Ok(set.execute(tx.connection()).await?.rows_affected() == 1)
}

/// The moment at which deletion was requested, if it was, with the account locked; no row if the account is gone.
pub(crate) async fn lock_deletion_requested(tx: &mut Tx, id: Uuid) -> Result<Vec<Option<DateTime<Utc>>>, Error> {
    let requested_at = sqlx::query_scalar!("select deletion_requested_at from accounts where id = $1 for update", id);
    Ok(requested_at.fetch_all(tx.connection()).await?)
}

/// Accounts whose deletion was requested before a moment; for an anonymous transaction.
pub(crate) async fn overdue_deletions(tx: &mut Tx, before: DateTime<Utc>) -> Result<Vec<Uuid>, Error> {
    let overdue = sqlx::query_scalar!(r#"select accounts_to_delete as "id!" from accounts_to_delete($1)"#, before);
    Ok(overdue.fetch_all(tx.connection()).await?)
}

/// Accounts without a confirmed address and with nothing in them, and whether they were notified long enough ago; for an anonymous transaction.
pub(crate) async fn unconfirmed(tx: &mut Tx, created: DateTime<Utc>, notified: DateTime<Utc>) -> Result<Vec<(Uuid, bool)>, Error> {
    let due = sqlx::query!(r#"select account_id as "id!", told as "told!" from unconfirmed_accounts($1, $2)"#, created, notified)
        .fetch_all(tx.connection())
        .await?;
    Ok(due.into_iter().map(|row| (row.id, row.told)).collect())
}

/// Whether an account is there.
pub(crate) async fn exists(tx: &mut Tx, id: Uuid) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(r#"select exists (select from accounts where id = $1) as "known!""#, id).fetch_one(tx.connection()).await?)
}

/// Whether an account is there, and its address is not confirmed.
pub(crate) async fn is_unconfirmed(tx: &mut Tx, id: Uuid) -> Result<bool, Error> {
    let still = sqlx::query_scalar!(r#"select true as "still!" from accounts where id = $1 and email_verified_at is null"#, id);
    Ok(still.fetch_optional(tx.connection()).await?.is_some())
}

/// Records that the owner of an unconfirmed address was notified.
pub(crate) async fn set_notified(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update accounts set expiry_told_at = $2 where id = $1 and email_verified_at is null", id, now).execute(tx.connection()).await?;
    Ok(())
}

/// Locks an account, and then finds whether it is unconfirmed, empty, and notified long enough ago.
pub(crate) async fn lock_if_expired(tx: &mut Tx, id: Uuid, created: DateTime<Utc>, notified: DateTime<Utc>) -> Result<bool, Error> {
    // A concurrent confirmation or new data waits for this, or this for it: then the next statement sees it.
    sqlx::query!("select id from accounts where id = $1 for update", id).fetch_optional(tx.connection()).await?;
    let still =
        sqlx::query_scalar!(r#"select true as "still!" from unconfirmed_accounts($1, $2) where account_id = $3 and told"#, created, notified, id);
    Ok(still.fetch_optional(tx.connection()).await?.is_some())
}

/// Deletes an account, and with it every row that is its athlete's.
pub(crate) async fn delete(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from accounts where id = $1", id).execute(tx.connection()).await?;
    Ok(())
}

/// Address, name, time zone and units.
pub(crate) async fn profile(tx: &mut Tx, id: Uuid) -> Result<(String, String, String, Units), Error> {
    let row = sqlx::query!("select email, name, time_zone, units from accounts where id = $1", id).fetch_one(tx.connection()).await?;
    Ok((row.email, row.name, row.time_zone, Units::from_code(&row.units)))
}

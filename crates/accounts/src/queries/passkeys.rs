//! The table `passkeys`, and challenges to passkeys.

use chrono::{DateTime, Utc};
use domain::accounts::PasskeyInfo;
use platform::secrets::token_hash;
use platform::{Error, Tx};
use serde_json::Value;
use uuid::Uuid;

/// A new row.
pub(crate) struct Insert<'a> {
    pub(crate) id: Uuid,
    pub(crate) account: Uuid,
    /// What the authenticator calls the key.
    pub(crate) credential_id: &'a [u8],
    /// What its owner calls it.
    pub(crate) name: &'a str,
    /// `webauthn_rs::prelude::Passkey`.
    pub(crate) credential: &'a Value,
    pub(crate) now: DateTime<Utc>,
}

/// Inserts a passkey.
pub(crate) async fn insert(tx: &mut Tx, row: Insert<'_>) -> Result<(), Error> {
    sqlx::query!(
        "insert into passkeys (id, account_id, credential_id, name, credential, created_at) values ($1, $2, $3, $4, $5, $6)",
        row.id,
        row.account,
        row.credential_id,
        row.name,
        row.credential,
        row.now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The passkeys of an account, the oldest first.
pub(crate) async fn list(tx: &mut Tx, account: Uuid) -> Result<Vec<PasskeyInfo>, Error> {
    let rows =
        sqlx::query_as!(PasskeyInfo, "select id, name, created_at, last_used_at from passkeys where account_id = $1 order by created_at", account);
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// What the authenticators call the passkeys of an account.
pub(crate) async fn credential_ids(tx: &mut Tx, account: Uuid) -> Result<Vec<Vec<u8>>, Error> {
    Ok(sqlx::query_scalar!("select credential_id from passkeys where account_id = $1", account).fetch_all(tx.connection()).await?)
}

/// The id and the credential of an account's passkey, locked.
pub(crate) async fn lock(tx: &mut Tx, account: Uuid, credential_id: &[u8]) -> Result<Option<(Uuid, Value)>, Error> {
    let row = sqlx::query!("select id, credential from passkeys where credential_id = $1 and account_id = $2 for update", credential_id, account)
        .fetch_optional(tx.connection())
        .await?;
    Ok(row.map(|row| (row.id, row.credential)))
}

/// Stores what the use of a passkey changed in it.
pub(crate) async fn record_use(tx: &mut Tx, id: Uuid, credential: &Value, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update passkeys set credential = $2, last_used_at = $3 where id = $1", id, credential, now).execute(tx.connection()).await?;
    Ok(())
}

/// Deletes a passkey of an account. `false` if it has none with this id.
pub(crate) async fn delete(tx: &mut Tx, account: Uuid, id: Uuid) -> Result<bool, Error> {
    let removed = sqlx::query!("delete from passkeys where id = $1 and account_id = $2", id, account).execute(tx.connection()).await?;
    Ok(removed.rows_affected() == 1)
}

/// Deletes the passkeys of an account, and returns how many there were.
pub(crate) async fn delete_all(tx: &mut Tx, account: Uuid) -> Result<u64, Error> {
    Ok(sqlx::query!("delete from passkeys where account_id = $1", account).execute(tx.connection()).await?.rows_affected())
}

/// Stores what a challenge will be checked against; for an anonymous transaction.
pub(crate) async fn store_challenge(tx: &mut Tx, ticket: &str, state: &Value, now: DateTime<Utc>, expires_at: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("select store_webauthn_challenge($1, $2, $3, $4)", token_hash(ticket), state, now, expires_at).execute(tx.connection()).await?;
    Ok(())
}

/// Takes what a challenge is checked against, once, if it has not expired; for an anonymous transaction.
pub(crate) async fn take_challenge(tx: &mut Tx, ticket: &str, now: DateTime<Utc>) -> Result<Option<Value>, Error> {
    let state = sqlx::query_scalar!(r#"select state as "state!" from take_webauthn_challenge($1, $2)"#, token_hash(ticket), now);
    Ok(state.fetch_optional(tx.connection()).await?)
}

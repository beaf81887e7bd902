//! The table `external_identities`: accounts at providers that open accounts here.

use chrono::{DateTime, Utc};
use platform::{Error, Tx};
use uuid::Uuid;

/// The account that an identity opens; for an anonymous transaction.
pub(crate) async fn account(tx: &mut Tx, issuer: &str, subject: &str) -> Result<Option<Uuid>, Error> {
    let account = sqlx::query_scalar!(r#"select account_id as "id!" from account_of_identity($1, $2)"#, issuer, subject);
    Ok(account.fetch_optional(tx.connection()).await?)
}

/// The issuers of an account's identities, the oldest first.
pub(crate) async fn issuers(tx: &mut Tx, account: Uuid) -> Result<Vec<String>, Error> {
    let issuers = sqlx::query_scalar!("select issuer from external_identities where account_id = $1 order by created_at", account);
    Ok(issuers.fetch_all(tx.connection()).await?)
}

/// Links an identity, with the address that the provider knows.
pub(crate) async fn insert(tx: &mut Tx, account: Uuid, (issuer, subject): (&str, &str), email: &str, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into external_identities (issuer, subject, account_id, email, created_at) values ($1, $2, $3, $4, $5)",
        issuer,
        subject,
        account,
        email,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Deletes the identities of an account at one issuer. `false` if there are none.
pub(crate) async fn delete(tx: &mut Tx, account: Uuid, issuer: &str) -> Result<bool, Error> {
    let gone = sqlx::query!("delete from external_identities where account_id = $1 and issuer = $2", account, issuer);
    Ok(gone.execute(tx.connection()).await?.rows_affected() > 0)
}

/// Deletes the identities of an account, and returns how many there were.
pub(crate) async fn delete_all(tx: &mut Tx, account: Uuid) -> Result<u64, Error> {
    Ok(sqlx::query!("delete from external_identities where account_id = $1", account).execute(tx.connection()).await?.rows_affected())
}

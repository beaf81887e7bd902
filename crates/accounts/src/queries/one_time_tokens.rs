//! The table `one_time_tokens`: links in emails, and sign-ins that still need their second factor.

use chrono::{DateTime, Utc};
use platform::secrets::token_hash;
use platform::{Error, Tx};
use uuid::Uuid;

/// What a token in an email is for, and how long.
#[derive(Clone, Copy)]
pub(crate) struct Link<'a> {
    pub(crate) purpose: &'a str,
    /// The address that the email goes to.
    pub(crate) email: &'a str,
    pub(crate) now: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
}

/// Inserts the token of a link; earlier ones for the same purpose stop working.
pub(crate) async fn replace_link(tx: &mut Tx, account: Uuid, token: &str, link: Link<'_>) -> Result<(), Error> {
    sqlx::query!("delete from one_time_tokens where account_id = $1 and purpose = $2", account, link.purpose).execute(tx.connection()).await?;
    sqlx::query!(
        "insert into one_time_tokens (token_hash, account_id, purpose, email, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)",
        token_hash(token),
        account,
        link.purpose,
        link.email,
        link.now,
        link.expires_at
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Consumes the token of a link: its account, and the address that the email went to. `None` if it is not valid. For an anonymous transaction.
pub(crate) async fn consume_link(tx: &mut Tx, token: &str, purpose: &str, now: DateTime<Utc>) -> Result<Option<(Uuid, String)>, Error> {
    let row =
        sqlx::query!(r#"select account_id as "id!", email as "email!" from consume_one_time_token($1, $2, $3)"#, token_hash(token), purpose, now)
            .fetch_optional(tx.connection())
            .await?;
    Ok(row.map(|row| (row.id, row.email)))
}

/// Inserts an MFA challenge, and deletes the account's expired ones.
pub(crate) async fn insert_challenge(tx: &mut Tx, account: Uuid, token: &str, now: DateTime<Utc>, expires_at: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("delete from one_time_tokens where account_id = $1 and purpose = 'second_factor' and expires_at < $2", account, now)
        .execute(tx.connection())
        .await?;
    sqlx::query!(
        "insert into one_time_tokens (token_hash, account_id, purpose, created_at, expires_at) values ($1, $2, 'second_factor', $3, $4)",
        token_hash(token),
        account,
        now,
        expires_at
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Counts an attempt at an MFA challenge and returns its account, if it is still pending. Locks its row, so that concurrent codes are checked one
/// after the other. For an anonymous transaction.
pub(crate) async fn count_challenge_attempt(tx: &mut Tx, token: &str, now: DateTime<Utc>) -> Result<Option<Uuid>, Error> {
    let account = sqlx::query_scalar!(r#"select account_id as "id!" from count_mfa_attempt($1, $2)"#, token_hash(token), now);
    Ok(account.fetch_optional(tx.connection()).await?)
}

/// The attempts at an MFA challenge so far, and its account's address.
pub(crate) async fn challenge(tx: &mut Tx, token: &str) -> Result<(i32, String), Error> {
    let row = sqlx::query!(
        "select t.attempts, a.email from one_time_tokens t join accounts a on a.id = t.account_id where t.token_hash = $1",
        token_hash(token)
    )
    .fetch_one(tx.connection())
    .await?;
    Ok((row.attempts, row.email))
}

/// Deletes a token.
pub(crate) async fn delete(tx: &mut Tx, token: &str) -> Result<(), Error> {
    sqlx::query!("delete from one_time_tokens where token_hash = $1", token_hash(token)).execute(tx.connection()).await?;
    Ok(())
}

/// Deletes every token of an account.
pub(crate) async fn delete_all(tx: &mut Tx, account: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from one_time_tokens where account_id = $1", account).execute(tx.connection()).await?;
    Ok(())
}

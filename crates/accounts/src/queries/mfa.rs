//! The tables `totp_credentials` and `recovery_codes`.

use chrono::{DateTime, Utc};
use domain::accounts::LoginMethods;
use platform::secrets::token_hash;
use platform::{Error, Tx};
use uuid::Uuid;

/// Whether an account has a second factor: an authenticator app, or a passkey.
pub(crate) async fn is_enabled(tx: &mut Tx, account: Uuid) -> Result<bool, Error> {
    let enabled = sqlx::query_scalar!(
        r#"select exists (select from totp_credentials where account_id = $1 and confirmed_at is not null)
             or exists (select from passkeys where account_id = $1) as "on!""#,
        account
    );
    Ok(enabled.fetch_one(tx.connection()).await?)
}

/// The login methods of an account, without its passkeys and external identities.
pub(crate) async fn login_methods(tx: &mut Tx, account: Uuid) -> Result<LoginMethods, Error> {
    let row = sqlx::query!(
        r#"select exists (select from totp_credentials where account_id = $1 and confirmed_at is not null) as "authenticator!",
             (select count(*) from recovery_codes where account_id = $1 and used_at is null) as "codes!",
             (select password_hash <> '' from accounts where id = $1) as "password!""#,
        account
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(LoginMethods {
        authenticator: row.authenticator,
        recovery_codes: row.codes as u32,
        password: row.password,
        passkeys: Vec::new(),
        identities: Vec::new(),
    })
}

/// Inserts an authenticator app that is not confirmed yet, or replaces one. A confirmed one stays.
pub(crate) async fn replace_unconfirmed_totp(tx: &mut Tx, account: Uuid, sealed: &[u8], now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into totp_credentials (account_id, secret, created_at) values ($1, $2, $3)
         on conflict (account_id) do update set secret = excluded.secret, created_at = excluded.created_at, last_used_step = 0
           where totp_credentials.confirmed_at is null",
        account,
        sealed,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The sealed secret of an app that is not confirmed yet.
pub(crate) async fn unconfirmed_totp(tx: &mut Tx, account: Uuid) -> Result<Option<Vec<u8>>, Error> {
    let sealed = sqlx::query_scalar!("select secret from totp_credentials where account_id = $1 and confirmed_at is null", account);
    Ok(sealed.fetch_optional(tx.connection()).await?)
}

/// The same, locked.
pub(crate) async fn lock_unconfirmed_totp(tx: &mut Tx, account: Uuid) -> Result<Option<Vec<u8>>, Error> {
    let sealed = sqlx::query_scalar!("select secret from totp_credentials where account_id = $1 and confirmed_at is null for update", account);
    Ok(sealed.fetch_optional(tx.connection()).await?)
}

/// The sealed secret of a confirmed app, locked, and the time step of its last code.
pub(crate) async fn lock_totp(tx: &mut Tx, account: Uuid) -> Result<Option<(Vec<u8>, i64)>, Error> {
    let row =
        sqlx::query!("select secret, last_used_step from totp_credentials where account_id = $1 and confirmed_at is not null for update", account)
            .fetch_optional(tx.connection())
            .await?;
    Ok(row.map(|row| (row.secret, row.last_used_step)))
}

/// The sealed secret of an app, confirmed or not, locked.
pub(crate) async fn lock_any_totp(tx: &mut Tx, account: Uuid) -> Result<Option<Vec<u8>>, Error> {
    let sealed = sqlx::query_scalar!("select secret from totp_credentials where account_id = $1 for update", account);
    Ok(sealed.fetch_optional(tx.connection()).await?)
}

/// Records the time step of a code that was used.
pub(crate) async fn set_last_used_step(tx: &mut Tx, account: Uuid, step: i64) -> Result<(), Error> {
    sqlx::query!("update totp_credentials set last_used_step = $2 where account_id = $1", account, step).execute(tx.connection()).await?;
    Ok(())
}

/// Records that an app is confirmed, by the code of this time step.
pub(crate) async fn confirm_totp(tx: &mut Tx, account: Uuid, now: DateTime<Utc>, step: i64) -> Result<(), Error> {
    sqlx::query!("update totp_credentials set confirmed_at = $2, last_used_step = $3 where account_id = $1", account, now, step)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Replaces the sealed secret by the same under another key.
pub(crate) async fn set_totp_secret(tx: &mut Tx, account: Uuid, sealed: &[u8]) -> Result<(), Error> {
    sqlx::query!("update totp_credentials set secret = $2 where account_id = $1", account, sealed).execute(tx.connection()).await?;
    Ok(())
}

/// Deletes the app of an account, and returns how many there were.
pub(crate) async fn delete_totp(tx: &mut Tx, account: Uuid) -> Result<u64, Error> {
    Ok(sqlx::query!("delete from totp_credentials where account_id = $1", account).execute(tx.connection()).await?.rows_affected())
}

/// Whether an account has an unused recovery code.
pub(crate) async fn has_recovery_code(tx: &mut Tx, account: Uuid) -> Result<bool, Error> {
    let has = sqlx::query_scalar!(r#"select exists (select from recovery_codes where account_id = $1 and used_at is null) as "has!""#, account);
    Ok(has.fetch_one(tx.connection()).await?)
}

/// Inserts recovery codes.
pub(crate) async fn insert_recovery_codes(tx: &mut Tx, account: Uuid, codes: &[String], now: DateTime<Utc>) -> Result<(), Error> {
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| token_hash(code)).collect();
    sqlx::query!("insert into recovery_codes (account_id, code_hash, created_at) select $1, unnest($2::bytea[]), $3", account, &hashes, now)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Uses up a recovery code. `false` if there is no such unused one.
pub(crate) async fn use_recovery_code(tx: &mut Tx, account: Uuid, code: &str, now: DateTime<Utc>) -> Result<bool, Error> {
    let used = sqlx::query!(
        "update recovery_codes set used_at = $3 where account_id = $1 and code_hash = $2 and used_at is null",
        account,
        token_hash(code),
        now
    );
    Ok(used.execute(tx.connection()).await?.rows_affected() == 1)
}

/// Deletes the recovery codes of an account.
pub(crate) async fn delete_recovery_codes(tx: &mut Tx, account: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from recovery_codes where account_id = $1", account).execute(tx.connection()).await?;
    Ok(())
}

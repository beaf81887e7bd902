//! The table `known_devices`: the browsers that an account was opened in.

use chrono::{DateTime, Utc};
use platform::secrets::token_hash;
use platform::{Error, Tx};
use uuid::Uuid;

/// Records a sign-in from a known browser, which may make wrong attempts again. `false` if the account does not know it.
pub(crate) async fn touch(tx: &mut Tx, account: Uuid, device: &str, now: DateTime<Utc>) -> Result<bool, Error> {
    let known = sqlx::query!(
        "update known_devices set last_seen_at = $3, wrong_tries = 0 where account_id = $1 and token_hash = $2",
        account,
        token_hash(device),
        now
    );
    Ok(known.execute(tx.connection()).await?.rows_affected() == 1)
}

/// Inserts a browser that the account knows from now on.
pub(crate) async fn insert(tx: &mut Tx, account: Uuid, device: &str, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into known_devices (account_id, token_hash, first_seen_at, last_seen_at) values ($1, $2, $3, $3)",
        account,
        token_hash(device),
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Deletes the browsers that were not used since.
pub(crate) async fn delete_unused(tx: &mut Tx, account: Uuid, since: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("delete from known_devices where account_id = $1 and last_seen_at < $2", account, since).execute(tx.connection()).await?;
    Ok(())
}

/// Deletes every browser of an account, but one that is kept.
pub(crate) async fn delete_all(tx: &mut Tx, account: Uuid, kept: Option<&str>) -> Result<(), Error> {
    let kept = kept.map(token_hash);
    sqlx::query!("delete from known_devices where account_id = $1 and token_hash is distinct from $2", account, kept)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// When the account was created, and whether it knows other browsers than this one.
pub(crate) async fn account_age(tx: &mut Tx, account: Uuid, device: &str) -> Result<(DateTime<Utc>, bool), Error> {
    let row = sqlx::query!(
        r#"select created_at, exists (select from known_devices d where d.account_id = a.id and d.token_hash <> $2) as "others!"
           from accounts a where a.id = $1"#,
        account,
        token_hash(device)
    )
    .fetch_one(tx.connection())
    .await?;
    Ok((row.created_at, row.others))
}

/// Counts an attempt at the account of an address from a browser. `false` if the account does not know the browser, or it has had `limit`
/// attempts since its last sign-in. For any viewer.
pub(crate) async fn count_attempt(tx: &mut Tx, email: &str, device: &str, limit: i32) -> Result<bool, Error> {
    let known = sqlx::query_scalar!(r#"select count_known_device_attempt($1, $2, $3) as "known!""#, email, token_hash(device), limit);
    Ok(known.fetch_one(tx.connection()).await?)
}

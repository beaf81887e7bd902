//! The table `sessions`.

use chrono::{DateTime, Utc};
use domain::accounts::Viewer;
use domain::permissions::Role;
use domain::units::Units;
use platform::secrets::token_hash;
use platform::{Error, Tx};
use uuid::Uuid;

/// A session that is valid.
pub(crate) struct ValidSession {
    /// Whose it is.
    pub(crate) viewer: Viewer,
    /// When its last use was recorded, or when it began.
    pub(crate) last_seen_at: DateTime<Utc>,
}

/// A row of the list of devices.
pub(crate) struct SessionRow {
    pub(crate) id: Uuid,
    pub(crate) user_agent: String,
    pub(crate) location: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) last_seen_at: DateTime<Utc>,
    pub(crate) token_hash: Vec<u8>,
}

/// Inserts a session.
pub(crate) async fn insert(tx: &mut Tx, account: Uuid, token: &str, now: DateTime<Utc>, expires_at: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into sessions (token_hash, account_id, created_at, expires_at) values ($1, $2, $3, $4)",
        token_hash(token),
        account,
        now,
        expires_at
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The session of a token, if it has not expired and was used since; for an anonymous transaction.
pub(crate) async fn authenticate(tx: &mut Tx, token: &str, now: DateTime<Utc>, used_since: DateTime<Utc>) -> Result<Option<ValidSession>, Error> {
    let row = sqlx::query!(
        r#"select account_id as "id!", email as "email!", name as "name!", time_zone as "time_zone!", synthetic as "synthetic!",
             role as "role!", verified as "verified!", second_factor as "second_factor!", deletion_requested_at,
             last_seen_at as "last_seen_at!", reauthenticated_at as "reauthenticated_at!", organisations as "organisations!", agreed, units as "units!"
           from authenticate_session($1, $2, $3)"#,
        token_hash(token),
        now,
        used_since
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| ValidSession {
        last_seen_at: row.last_seen_at,
        viewer: Viewer {
            id: row.id,
            name: row.name,
            email: row.email,
            time_zone: row.time_zone,
            units: Units::from_code(&row.units),
            synthetic: row.synthetic,
            role: Role::parse(&row.role).unwrap_or_default(),
            verified: row.verified,
            second_factor: row.second_factor,
            deletion_requested_at: row.deletion_requested_at,
            reauthenticated_at: Some(row.reauthenticated_at),
            organisations: row.organisations,
            agreed: row.agreed,
        },
    }))
}

/// The valid sessions of an account, the most recently used first.
pub(crate) async fn list(tx: &mut Tx, account: Uuid, now: DateTime<Utc>, used_since: DateTime<Utc>) -> Result<Vec<SessionRow>, Error> {
    let rows = sqlx::query_as!(
        SessionRow,
        r#"select id, user_agent, location, created_at, coalesce(last_seen_at, created_at) as "last_seen_at!", token_hash from sessions
           where account_id = $1 and expires_at > $2 and coalesce(last_seen_at, created_at) > $3
           order by coalesce(last_seen_at, created_at) desc, id"#,
        account,
        now,
        used_since
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// Records that a session is in use.
pub(crate) async fn touch(tx: &mut Tx, token: &str, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update sessions set last_seen_at = $2 where token_hash = $1", token_hash(token), now).execute(tx.connection()).await?;
    Ok(())
}

/// Describes the browser of a session.
pub(crate) async fn describe(tx: &mut Tx, token: &str, user_agent: &str, location: Option<&str>) -> Result<(), Error> {
    sqlx::query!("update sessions set user_agent = $2, location = $3 where token_hash = $1", token_hash(token), user_agent, location)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Gives a session a fresh token. `false` if it has ended.
pub(crate) async fn renew_token(tx: &mut Tx, token: &str, fresh: &str) -> Result<bool, Error> {
    let renewed = sqlx::query!("update sessions set token_hash = $2 where token_hash = $1", token_hash(token), token_hash(fresh));
    Ok(renewed.execute(tx.connection()).await?.rows_affected() == 1)
}

/// Gives a session a fresh token, with a recent authentication and no wrong attempts. `false` if it has ended.
pub(crate) async fn reauthenticate(tx: &mut Tx, token: &str, fresh: &str, now: DateTime<Utc>) -> Result<bool, Error> {
    let renewed = sqlx::query!(
        "update sessions set token_hash = $2, reauthenticated_at = $3, wrong_tries = 0 where token_hash = $1",
        token_hash(token),
        token_hash(fresh),
        now
    );
    Ok(renewed.execute(tx.connection()).await?.rows_affected() == 1)
}

/// Counts a wrong attempt in advance, and returns how many there are now. `None` if there are `limit` already, or the session has ended.
pub(crate) async fn count_wrong_attempt(tx: &mut Tx, token: &str, limit: i32) -> Result<Option<i32>, Error> {
    let attempts = sqlx::query_scalar!(
        "update sessions set wrong_tries = wrong_tries + 1 where token_hash = $1 and wrong_tries < $2 returning wrong_tries",
        token_hash(token),
        limit
    );
    Ok(attempts.fetch_optional(tx.connection()).await?)
}

/// Gives back an attempt that was not wrong.
pub(crate) async fn return_attempt(tx: &mut Tx, token: &str) -> Result<(), Error> {
    sqlx::query!("update sessions set wrong_tries = wrong_tries - 1 where token_hash = $1", token_hash(token)).execute(tx.connection()).await?;
    Ok(())
}

/// Deletes the session of a token. `false` if it has ended.
pub(crate) async fn delete(tx: &mut Tx, token: &str) -> Result<bool, Error> {
    let ended = sqlx::query!("delete from sessions where token_hash = $1", token_hash(token)).execute(tx.connection()).await?;
    Ok(ended.rows_affected() == 1)
}

/// Deletes one session of an account. `false` if it has none with this id.
pub(crate) async fn delete_by_id(tx: &mut Tx, account: Uuid, id: Uuid) -> Result<bool, Error> {
    let ended = sqlx::query!("delete from sessions where id = $1 and account_id = $2", id, account).execute(tx.connection()).await?;
    Ok(ended.rows_affected() == 1)
}

/// Deletes every session of an account but that of a token, and returns how many there were.
pub(crate) async fn delete_others(tx: &mut Tx, account: Uuid, token: &str) -> Result<u64, Error> {
    let ended = sqlx::query!("delete from sessions where account_id = $1 and token_hash <> $2", account, token_hash(token));
    Ok(ended.execute(tx.connection()).await?.rows_affected())
}

/// Deletes every session of an account, but that of a token that is kept.
pub(crate) async fn delete_all(tx: &mut Tx, account: Uuid, kept: Option<&str>) -> Result<(), Error> {
    let kept = kept.map(token_hash);
    sqlx::query!("delete from sessions where account_id = $1 and token_hash is distinct from $2", account, kept).execute(tx.connection()).await?;
    Ok(())
}

/// Deletes the viewer's expired sessions.
pub(crate) async fn delete_expired(tx: &mut Tx, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("delete from sessions where expires_at < $1", now).execute(tx.connection()).await?;
    Ok(())
}

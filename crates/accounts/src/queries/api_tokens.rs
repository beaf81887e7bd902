//! The table `api_tokens`.

use chrono::{DateTime, Utc};
use domain::accounts::{TokenInfo, Viewer};
use domain::permissions::Role;
use domain::units::Units;
use platform::secrets::token_hash;
use platform::{Error, Tx};
use uuid::Uuid;

/// A new row.
pub(crate) struct Insert<'a> {
    pub(crate) id: Uuid,
    pub(crate) account: Uuid,
    /// `personal`, `access` or `refresh`.
    pub(crate) kind: &'a str,
    pub(crate) name: &'a str,
    pub(crate) scopes: &'a [String],
    /// Shared by all tokens that came from one sign-in.
    pub(crate) family: Uuid,
    pub(crate) now: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
}

/// A refresh token that was used.
pub(crate) struct Refreshed {
    pub(crate) account: Uuid,
    pub(crate) family: Uuid,
    pub(crate) name: String,
    pub(crate) scopes: Vec<String>,
    /// Whether it had been used before.
    pub(crate) reused: bool,
}

/// A token that is valid.
pub(crate) struct ValidToken {
    /// Whose it is: never recently authenticated, and without a role on the site.
    pub(crate) viewer: Viewer,
    pub(crate) scopes: Vec<String>,
    /// When its last use was recorded, or when it was created.
    pub(crate) last_used_at: DateTime<Utc>,
}

/// Inserts a token.
pub(crate) async fn insert(tx: &mut Tx, token: &str, row: Insert<'_>) -> Result<(), Error> {
    sqlx::query!(
        "insert into api_tokens (token_hash, id, account_id, kind, name, scopes, family, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        token_hash(token),
        row.id,
        row.account,
        row.kind,
        row.name,
        row.scopes,
        row.family,
        row.now,
        row.expires_at
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The valid personal tokens of an account, and the refresh token of each family, the newest first.
pub(crate) async fn list(tx: &mut Tx, account: Uuid, now: DateTime<Utc>) -> Result<Vec<TokenInfo>, Error> {
    let rows = sqlx::query_as!(
        TokenInfo,
        "select id, name, scopes, created_at, expires_at, last_used_at from api_tokens
         where account_id = $1 and kind in ('personal', 'refresh') and used_at is null and expires_at > $2 order by created_at desc",
        account,
        now
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// The token, if it is valid; for an anonymous transaction.
pub(crate) async fn authenticate(tx: &mut Tx, token: &str, now: DateTime<Utc>) -> Result<Option<ValidToken>, Error> {
    let row = sqlx::query!(
        r#"select account_id as "id!", email as "email!", name as "name!", time_zone as "time_zone!", synthetic as "synthetic!",
             verified as "verified!", deletion_requested_at, scopes as "scopes!", last_used_at as "last_used_at!",
             organisations as "organisations!"
           from authenticate_token($1, $2)"#,
        token_hash(token),
        now
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| ValidToken {
        scopes: row.scopes,
        last_used_at: row.last_used_at,
        viewer: Viewer {
            id: row.id,
            name: row.name,
            email: row.email,
            time_zone: row.time_zone,
            // Programs get what is stored.
            units: Units::default(),
            synthetic: row.synthetic,
            role: Role::Athlete,
            verified: row.verified,
            second_factor: false,
            deletion_requested_at: row.deletion_requested_at,
            reauthenticated_at: None,
            organisations: row.organisations,
            agreed: None,
        },
    }))
}

/// Records that a token is in use.
pub(crate) async fn touch(tx: &mut Tx, token: &str, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update api_tokens set last_used_at = $2 where token_hash = $1", token_hash(token), now).execute(tx.connection()).await?;
    Ok(())
}

/// Uses a refresh token, if there is such a one that has not expired; for an anonymous transaction.
pub(crate) async fn use_refresh_token(tx: &mut Tx, token: &str, now: DateTime<Utc>) -> Result<Option<Refreshed>, Error> {
    let used = sqlx::query_as!(
        Refreshed,
        r#"select account_id as "account!", family as "family!", name as "name!", scopes as "scopes!", reused as "reused!" from use_refresh_token($1, $2)"#,
        token_hash(token),
        now
    );
    Ok(used.fetch_optional(tx.connection()).await?)
}

/// Deletes the family of an account's token. `false` if it has none with this id.
pub(crate) async fn delete_family_of(tx: &mut Tx, account: Uuid, id: Uuid) -> Result<bool, Error> {
    let ended = sqlx::query!(
        "delete from api_tokens where account_id = $1 and family = (select family from api_tokens where id = $2 and account_id = $1)",
        account,
        id
    );
    Ok(ended.execute(tx.connection()).await?.rows_affected() > 0)
}

/// Deletes a family.
pub(crate) async fn delete_family(tx: &mut Tx, family: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from api_tokens where family = $1", family).execute(tx.connection()).await?;
    Ok(())
}

/// Deletes the expired access tokens of a family.
pub(crate) async fn delete_expired_access(tx: &mut Tx, family: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("delete from api_tokens where family = $1 and kind = 'access' and expires_at < $2", family, now).execute(tx.connection()).await?;
    Ok(())
}

/// Deletes every token of an account.
pub(crate) async fn delete_all(tx: &mut Tx, account: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from api_tokens where account_id = $1", account).execute(tx.connection()).await?;
    Ok(())
}

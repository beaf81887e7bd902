//! Tokens for API clients. A personal token has a name and expires when its owner chose; a pair from the API is a short-lived access token
//! and a refresh token that works once. A refresh token that is used twice was stolen: its whole family is revoked.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ProblemKind;
use domain::accounts::{NewToken, Scope, TokenInfo, Viewer};
use domain::audit::AuditAction;
use platform::secrets;
use platform::{Error, Platform, Tx};
use uuid::Uuid;

use crate::audit::audit;
use crate::authorisation::require_confirmed;
use crate::notices;
use crate::queries::{api_tokens as queries, sessions};
use crate::sessions::{NewSession, ended};

const ACCESS_TTL: TimeDelta = TimeDelta::minutes(15);
const REFRESH_TTL: TimeDelta = TimeDelta::days(30);
/// How often a token's last use is recorded; more often would be a write for every request.
const TOUCH_INTERVAL: TimeDelta = TimeDelta::minutes(10);
/// Starts every token, so that secret scanners can find one that leaked into a repository.
const PREFIX: &str = "legwork_";

/// An access token and the refresh token that gets the next pair.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct TokenPair {
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// Seconds until it ends.
    pub expires_in: i64,
    /// For `POST /v1/tokens/refresh`; works once.
    pub refresh_token: String,
}

/// Whose token it is, and what it may do.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// The account. Never recently authenticated: dangerous actions need a person.
    pub viewer: Viewer,
    /// Whether it may write.
    pub writes: bool,
}

/// Creates a personal token and returns it; only its hash is stored.
pub(crate) async fn create_personal_token(platform: &Platform, viewer: &Viewer, new: &NewToken, scopes: &[Scope]) -> Result<String, Error> {
    require_confirmed(viewer)?;
    let NewToken { name, days } = new;
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let family = platform.ids.uuid(platform.clock.now());
    let token = insert_token(platform, &mut tx, Kind::Personal(TimeDelta::days(*days)), name, &scope_names(scopes), family).await?;
    audit(&mut tx, viewer.id, AuditAction::TokenCreated, serde_json::json!({})).await?;
    tx.commit().await?;
    Ok(token)
}

/// The viewer's valid personal tokens, and the refresh token of each family from the API.
pub async fn personal_tokens(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<TokenInfo>, Error> {
    let account = tx.viewer()?;
    queries::list(tx, account, now).await
}

/// Revokes a token with its whole family: everything that came from the same sign-in.
pub(crate) async fn revoke_token(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    let account = tx.viewer()?;
    if !queries::delete_family_of(tx, account, id).await? {
        return Err(Error::not_found("token"));
    }
    audit(tx, account, AuditAction::TokenRevoked, serde_json::json!({})).await
}

/// The first pair of a family, in exchange for the session that was just opened: an API client holds tokens, not a browser's session.
pub(crate) async fn create_token_pair(
    platform: &Platform,
    signed_in: &NewSession,
    name: &str,
    scopes: &[Scope],
    location: Option<&str>,
) -> Result<TokenPair, Error> {
    let mut tx = platform.database.begin_as(signed_in.viewer.id).await?;
    if !sessions::delete(&mut tx, &signed_in.token).await? {
        return Err(ended());
    }
    if let Err(error) = require_confirmed(&signed_in.viewer) {
        tx.commit().await?;
        return Err(error);
    }
    let name: String = name.trim().chars().take(80).collect();
    let name = if name.is_empty() { "API client" } else { &name };
    let family = platform.ids.uuid(platform.clock.now());
    let pair = pair(platform, &mut tx, name, &scope_names(scopes), family).await?;
    let reset = platform.config.server.link("/forgot-password");
    platform.send_email(&mut tx, &notices::new_device_email(&signed_in.viewer, name, location, &reset, platform.clock.now())).await?;
    tx.commit().await?;
    Ok(pair)
}

/// The next pair for a refresh token.
pub(crate) async fn refresh(platform: &Platform, token: &str) -> Result<TokenPair, Error> {
    let now = platform.clock.now();
    let mut tx = platform.database.begin_anonymous().await?;
    let invalid = || Error::problem(ProblemKind::NotSignedIn, "That refresh token opens nothing. Sign in again.");
    let row = queries::use_refresh_token(&mut tx, token, now).await?.ok_or_else(invalid)?;
    tx.set_viewer(row.account).await?;
    if row.reused {
        queries::delete_family(&mut tx, row.family).await?;
        audit(&mut tx, row.account, AuditAction::TokenReused, serde_json::json!({})).await?;
        tx.commit().await?;
        tracing::warn!(account = %row.account, "a refresh token was used a second time, so its family was revoked");
        return Err(invalid());
    }
    let pair = pair(platform, &mut tx, &row.name, &row.scopes, row.family).await?;
    tx.commit().await?;
    Ok(pair)
}

/// The account of a bearer token, if the token is valid.
pub async fn bearer(platform: &Platform, token: &str) -> Result<Option<Bearer>, Error> {
    let now = platform.clock.now();
    let mut tx = platform.database.begin_anonymous().await?;
    let Some(valid) = queries::authenticate(&mut tx, token, now).await? else { return Ok(None) };
    if now - valid.last_used_at >= TOUCH_INTERVAL {
        tx.set_viewer(valid.viewer.id).await?;
        queries::touch(&mut tx, token, now).await?;
        tx.commit().await?;
    }
    Ok(Some(Bearer { viewer: valid.viewer, writes: valid.scopes.iter().any(|s| s == Scope::Write.key()) }))
}

#[derive(Clone, Copy)]
enum Kind {
    Personal(TimeDelta),
    Access,
    Refresh,
}

async fn pair(platform: &Platform, tx: &mut Tx, name: &str, scopes: &[String], family: Uuid) -> Result<TokenPair, Error> {
    let now = platform.clock.now();
    // Expired access tokens of the family.
    queries::delete_expired_access(tx, family, now).await?;
    Ok(TokenPair {
        access_token: insert_token(platform, tx, Kind::Access, name, scopes, family).await?,
        expires_in: ACCESS_TTL.num_seconds(),
        refresh_token: insert_token(platform, tx, Kind::Refresh, name, scopes, family).await?,
    })
}

async fn insert_token(platform: &Platform, tx: &mut Tx, kind: Kind, name: &str, scopes: &[String], family: Uuid) -> Result<String, Error> {
    let (account, now) = (tx.viewer()?, platform.clock.now());
    let token = format!("{PREFIX}{}", secrets::token(&platform.ids));
    let (kind, ttl) = match kind {
        Kind::Personal(ttl) => ("personal", ttl),
        Kind::Access => ("access", ACCESS_TTL),
        Kind::Refresh => ("refresh", REFRESH_TTL),
    };
    let row = queries::Insert { id: platform.ids.uuid(now), account, kind, name, scopes, family, now, expires_at: now + ttl };
    queries::insert(tx, &token, row).await?;
    Ok(token)
}

fn scope_names(scopes: &[Scope]) -> Vec<String> {
    scopes.iter().map(|s| s.key().to_owned()).collect()
}

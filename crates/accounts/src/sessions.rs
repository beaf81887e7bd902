//! Sessions: opening, recognising, listing and ending them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ProblemKind;
use domain::accounts::{LoginSession, Viewer};
use platform::secrets::{self, token_hash};
use platform::{Error, Platform, Tx};
use uuid::Uuid;

use crate::cookie::SESSION_DAYS;
use crate::queries::sessions::{self as queries, SessionRow};
use crate::user_agent::describe_user_agent;

/// Days without use after which a session ends.
pub const IDLE_DAYS: i64 = 30;

/// How often a session's last use is recorded; more often would be a write for every page.
const TOUCH_INTERVAL: TimeDelta = TimeDelta::minutes(10);

/// A new session: the token goes into the browser's cookie; only its hash is stored.
#[derive(Debug)]
pub struct NewSession {
    /// Whose session it is.
    pub viewer: Viewer,
    /// For the cookie.
    pub token: String,
}

/// Inserts a session of the viewer's account; its token is valid once the transaction is committed.
pub(crate) async fn insert_session(platform: &Platform, tx: &mut Tx) -> Result<String, Error> {
    let (account, token, now) = (tx.viewer()?, secrets::token(&platform.ids), platform.clock.now());
    queries::delete_expired(tx, now).await?;
    queries::insert(tx, account, &token, now, now + TimeDelta::days(SESSION_DAYS)).await?;
    Ok(token)
}

/// A session that was just inserted, with its viewer.
pub(crate) async fn signed_in(platform: &Platform, token: String) -> Result<NewSession, Error> {
    let viewer = viewer_of(platform, &token).await?.ok_or_else(ended)?;
    tracing::info!(account = %viewer.id, "a session was opened");
    Ok(NewSession { viewer, token })
}

/// The problem for a session that ended because of wrong attempts.
pub(crate) fn ended() -> Error {
    Error::problem(ProblemKind::NotSignedIn, "Too many wrong attempts, so you were signed out. Sign in again.")
}

/// The viewer of a session token, if it is still valid.
pub async fn viewer_of(platform: &Platform, token: &str) -> Result<Option<Viewer>, Error> {
    let now = platform.clock.now();
    let mut tx = platform.database.begin_anonymous().await?;
    let session = queries::authenticate(&mut tx, token, now, now - TimeDelta::days(IDLE_DAYS)).await?;
    drop(tx);
    let Some(session) = session else { return Ok(None) };
    touch_session(platform, session.viewer.id, token, session.last_seen_at).await?;
    Ok(Some(session.viewer))
}

/// Records that a session is in use, at most once in [`TOUCH_INTERVAL`].
async fn touch_session(platform: &Platform, viewer: Uuid, token: &str, last: DateTime<Utc>) -> Result<(), Error> {
    let now = platform.clock.now();
    if now - last < TOUCH_INTERVAL {
        return Ok(());
    }
    let mut tx = platform.database.begin_as(viewer).await?;
    queries::touch(&mut tx, token, now).await?;
    tx.commit().await
}

/// Records that the session's user has just reauthenticated, and renews its token.
pub(crate) async fn mark_reauthenticated(platform: &Platform, viewer: &Viewer, token: &str) -> Result<String, Error> {
    let fresh = secrets::token(&platform.ids);
    let mut tx = platform.database.begin_as(viewer.id).await?;
    if !queries::reauthenticate(&mut tx, token, &fresh, platform.clock.now()).await? {
        // Concurrent wrong attempts, or a new password, have ended it.
        return Err(ended());
    }
    tx.commit().await?;
    Ok(fresh)
}

/// Ends the session of a token.
pub async fn sign_out(platform: &Platform, viewer: Uuid, token: &str) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(viewer).await?;
    queries::delete(&mut tx, token).await?;
    tx.commit().await
}

/// All open sessions of the viewer, the most recently used first; `token` is the current session's.
pub async fn sessions(tx: &mut Tx, token: Option<&str>, now: DateTime<Utc>) -> Result<Vec<LoginSession>, Error> {
    let athlete = tx.viewer()?;
    let own = token.map(token_hash);
    let device = |row: SessionRow| LoginSession {
        id: row.id,
        name: describe_user_agent(&row.user_agent),
        place: row.location,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        current: own.as_ref() == Some(&row.token_hash),
    };
    Ok(queries::list(tx, athlete, now, now - TimeDelta::days(IDLE_DAYS)).await?.into_iter().map(device).collect())
}

/// Revokes one session of the viewer.
pub async fn revoke_session(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    if queries::delete_by_id(tx, athlete, id).await? { Ok(()) } else { Err(Error::not_found("device")) }
}

/// Revokes every session of the viewer but the current one, whose token is `token`.
pub async fn revoke_other_sessions(tx: &mut Tx, token: &str) -> Result<u64, Error> {
    let athlete = tx.viewer()?;
    queries::delete_others(tx, athlete, token).await
}

//! Reauthentication before dangerous actions.

use chrono::{DateTime, Utc};
use domain::accounts::Viewer;
use domain::{FieldErrors, ProblemKind};
use platform::secrets;
use platform::{Error, Platform};

use crate::queries::sessions;
use crate::service::credentials;
use crate::{login_attempts, mfa, password};

/// Reauthenticates by password or by a second factor, and returns the session's new token: the old one stops working. Five wrong attempts
/// end the session.
pub(crate) async fn reauthenticate(platform: &Platform, viewer: &Viewer, token: &str, password: &str, code: &str) -> Result<String, Error> {
    let mut fields = FieldErrors::default();
    if viewer.second_factor {
        if !login_attempts::in_session(platform, viewer, token, mfa::verify_code_for(platform, viewer.id, code)).await? {
            fields.add("code", "That code is wrong, or was already used. Use the next one.");
        }
    } else {
        let (_, hash) = credentials(platform, &viewer.email).await?;
        if !login_attempts::in_session(platform, viewer, token, password::verify(platform, hash, password.to_owned())).await? {
            fields.add("password", "That is not the password. Check it and try again.");
        }
    }
    fields.into_result()?;
    mark_reauthenticated(platform, viewer, token).await
}

/// Records that the session's user has just reauthenticated, and renews its token.
pub(crate) async fn mark_reauthenticated(platform: &Platform, viewer: &Viewer, token: &str) -> Result<String, Error> {
    let fresh = secrets::token(&platform.ids);
    let mut tx = platform.database.begin_as(viewer.id).await?;
    if !sessions::reauthenticate(&mut tx, token, &fresh, platform.clock.now()).await? {
        // Concurrent wrong attempts, or a new password, have ended it.
        return Err(login_attempts::ended());
    }
    tx.commit().await?;
    Ok(fresh)
}

/// Allows a dangerous action only after recent authentication.
pub fn require_recent_auth(viewer: &Viewer, now: DateTime<Utc>) -> Result<(), Error> {
    if viewer.recently_authenticated(now) {
        return Ok(());
    }
    Err(Error::problem(ProblemKind::NotAllowed, "Confirm first that it’s you: Settings, Security."))
}

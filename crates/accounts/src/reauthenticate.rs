//! Showing anew who it is, before something dangerous.

use chrono::{DateTime, Utc};
use domain::accounts::Viewer;
use domain::{FieldErrors, ProblemKind};
use platform::secrets::{self, token_hash};
use platform::{Error, Platform};

use crate::service::credentials;
use crate::{login_attempts, mfa, password};

/// Proves anew who it is, by password or by a second factor, and gives the session a new token: the old one opens nothing more. Five wrong tries
/// end the session.
pub(crate) async fn reauthenticate(platform: &Platform, viewer: &Viewer, token: &str, password: &str, code: &str) -> Result<String, Error> {
    let mut fields = FieldErrors::default();
    if viewer.second_factor {
        if !login_attempts::in_session(platform, viewer, token, mfa::verify_code_for(platform, viewer.id, code)).await? {
            fields.add("code", "That code is not right, or was used already. Take the next one.");
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

/// Notes that the person behind a session just proved who they are, and renews its token.
pub(crate) async fn mark_reauthenticated(platform: &Platform, viewer: &Viewer, token: &str) -> Result<String, Error> {
    let fresh = secrets::token(&platform.ids);
    let mut session = platform.database.begin_as(viewer.id).await?;
    let renewed = sqlx::query!(
        "update sessions set token_hash = $2, reauthenticated_at = $3, wrong_tries = 0 where token_hash = $1",
        token_hash(token),
        token_hash(&fresh),
        platform.clock.now()
    )
    .execute(session.connection())
    .await?;
    if renewed.rows_affected() == 0 {
        // Somebody else's wrong tries, or a new password, ended it meanwhile.
        return Err(login_attempts::ended());
    }
    session.commit().await?;
    Ok(fresh)
}

/// Lets a dangerous act pass only with a fresh proof.
pub fn require_recent_auth(viewer: &Viewer, now: DateTime<Utc>) -> Result<(), Error> {
    if viewer.recently_authenticated(now) {
        return Ok(());
    }
    Err(Error::problem(ProblemKind::NotAllowed, "Show first that it is you: Settings, Security, “It’s me”."))
}

//! Showing anew who it is, before something dangerous.

use chrono::{DateTime, Utc};
use domain::accounts::Viewer;
use domain::{FieldErrors, ProblemKind};
use platform::secrets::{self, hashed};
use platform::{Error, Platform};

use crate::service::credentials;
use crate::{guesses, password, second};

/// Proves anew who it is, by password or by a second factor, and gives the session a new token: the old one opens nothing more. Five wrong tries
/// end the session.
pub(crate) async fn prove(platform: &Platform, viewer: &Viewer, token: &str, password: &str, code: &str) -> Result<String, Error> {
    let mut fields = FieldErrors::default();
    if viewer.second_factor {
        if !guesses::in_session(platform, viewer, token, second::checked(platform, viewer.id, code)).await? {
            fields.add("code", "That code is not right, or was used already. Take the next one.");
        }
    } else {
        let (_, hash) = credentials(platform, &viewer.email).await?;
        if !guesses::in_session(platform, viewer, token, password::verify(platform, hash, password.to_owned())).await? {
            fields.add("password", "That is not the password. Check it and try again.");
        }
    }
    fields.into_result()?;
    proven(platform, viewer, token).await
}

/// Notes that the person behind a session just proved who they are, and renews its token.
pub(crate) async fn proven(platform: &Platform, viewer: &Viewer, token: &str) -> Result<String, Error> {
    let fresh = secrets::token(&platform.ids);
    let mut session = platform.database.as_viewer(viewer.id).await?;
    let renewed = sqlx::query!(
        "update sessions set token_hash = $2, proven_at = $3, wrong_tries = 0 where token_hash = $1",
        hashed(token),
        hashed(&fresh),
        platform.clock.now()
    )
    .execute(session.connection())
    .await?;
    if renewed.rows_affected() == 0 {
        // Somebody else's wrong tries, or a new password, ended it meanwhile.
        return Err(guesses::ended());
    }
    session.commit().await?;
    Ok(fresh)
}

/// Lets a dangerous act pass only with a fresh proof.
pub fn require_proof(viewer: &Viewer, now: DateTime<Utc>) -> Result<(), Error> {
    if viewer.proven(now) {
        return Ok(());
    }
    Err(Error::problem(ProblemKind::NotAllowed, "Show first that it is you: Settings, Security, “It’s me”."))
}

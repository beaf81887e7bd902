//! Guessing at a password, a code or a recovery code, wherever one is asked for. A try is counted before it is checked, in a statement of its own:
//! many at once are as few as one after the other.
//!
//! - Whoever is signed in has five wrong tries in a session, whatever they are asked; then the session ends and a letter tells of it.
//! - A sign-in that waits for its second factor ends in the same way after five wrong codes.
//! - A browser that the account was opened in has five between two sign-ins. All others share the tries of an hour, passwords and codes
//!   together, so that nobody can lock an account's owner out of their own browser.

use std::future::Future;

use domain::ProblemKind;
use domain::accounts::{Viewer, normalize_email};
use platform::secrets::token_hash;
use platform::{Error, Platform, Tx};

use crate::emails;
use crate::service::audit;

/// Wrong tries in one session, in one sign-in that waits, and from one known browser.
pub(crate) const MAX_WRONG_ATTEMPTS: i32 = 5;

/// Checks what somebody who is signed in typed, as one of the few tries of their session. The fifth wrong one ends it. The right one is not counted,
/// and leaves those before it: only a session that is renewed begins anew.
pub(crate) async fn in_session(
    platform: &Platform,
    viewer: &Viewer,
    token: &str,
    check: impl Future<Output = Result<bool, Error>>,
) -> Result<bool, Error> {
    let mut session = platform.database.begin_as(viewer.id).await?;
    let tries = sqlx::query_scalar!(
        "update sessions set wrong_tries = wrong_tries + 1 where token_hash = $1 and wrong_tries < $2 returning wrong_tries",
        token_hash(token),
        MAX_WRONG_ATTEMPTS
    )
    .fetch_optional(session.connection())
    .await?;
    session.commit().await?;
    let Some(tries) = tries else {
        // Others are being checked at this moment, or the server fell over before it ended the session.
        end_session(platform, viewer, token).await?;
        return Err(ended());
    };
    match check.await {
        Ok(false) if tries >= MAX_WRONG_ATTEMPTS => {
            end_session(platform, viewer, token).await?;
            Err(ended())
        }
        Ok(false) => Ok(false),
        // It was right, or nothing was checked: no wrong try, so it is given back.
        checked => {
            let mut session = platform.database.begin_as(viewer.id).await?;
            sqlx::query!("update sessions set wrong_tries = wrong_tries - 1 where token_hash = $1", token_hash(token))
                .execute(session.connection())
                .await?;
            session.commit().await?;
            checked
        }
    }
}

async fn end_session(platform: &Platform, viewer: &Viewer, token: &str) -> Result<(), Error> {
    let mut session = platform.database.begin_as(viewer.id).await?;
    let ended = sqlx::query!("delete from sessions where token_hash = $1", token_hash(token)).execute(session.connection()).await?;
    if ended.rows_affected() == 0 {
        return Ok(());
    }
    audit(&mut session, viewer.id, "guessing", serde_json::json!({ "where": "session" })).await?;
    session.commit().await?;
    tracing::warn!(account = %viewer.id, "wrong passwords or codes ended a session");
    let what = "Somebody who was signed in to your account on Legwork typed a wrong password or code five times. That session was ended.";
    platform.mail.send_in_background([emails::security_notice(viewer.id, &viewer.email, "Somebody guessed at your password or code", what)]);
    Ok(())
}

/// What somebody hears whose session ended over their tries.
pub(crate) fn ended() -> Error {
    Error::problem(ProblemKind::NotSignedIn, "Those were too many wrong tries, so you were signed out. Sign in again.")
}

/// Counts a try at an account by somebody who is not signed in, or says when the next one may be. Addresses without an account are counted in
/// the same way. `session` may be anybody's; the count stands once it is committed.
pub(crate) async fn check_known_device(platform: &Platform, session: &mut Tx, email: &str, device: Option<&str>) -> Result<(), Error> {
    if let Some(device) = device {
        let known = sqlx::query_scalar!(
            r#"select count_known_device_attempt($1, $2, $3) as "known!""#,
            normalize_email(email),
            token_hash(device),
            MAX_WRONG_ATTEMPTS
        );
        if known.fetch_one(session.connection()).await? {
            return Ok(());
        }
    }
    throttle_anonymous(platform, email)
}

/// [`from_outside`], on its own.
pub(crate) async fn throttle_login(platform: &Platform, email: &str, device: Option<&str>) -> Result<(), Error> {
    if device.is_none() {
        return throttle_anonymous(platform, email);
    }
    let mut session = platform.database.begin_anonymous().await?;
    check_known_device(platform, &mut session, email, device).await?;
    session.commit().await
}

/// A try that all share who are not known.
fn throttle_anonymous(platform: &Platform, email: &str) -> Result<(), Error> {
    platform.tries.check(&format!("sign in {}", normalize_email(email))).map_err(|problem| {
        platform.tries.log_refusal(|withheld| tracing::warn!(withheld, "one account was tried at too often"));
        Error::from(problem)
    })
}

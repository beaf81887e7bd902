//! Limits on guessing a password, a code or a recovery code, wherever one is asked for. An attempt is counted before it is checked, in a separate
//! statement: concurrent attempts are no more than sequential ones.
//!
//! - A signed-in user has five wrong attempts per session, over all forms; then the session ends and an email reports it.
//! - A pending MFA challenge ends in the same way after five wrong codes.
//! - A browser that the account knows has five between two sign-ins. All others share the attempts of an hour, passwords and codes
//!   together, so that nobody can lock an account's owner out of their own browser.

use std::future::Future;

use domain::accounts::{Viewer, normalize_email};
use domain::audit::AuditAction;
use platform::{Error, Platform, Tx};

use crate::audit::audit;
use crate::notices;
use crate::queries::{devices, sessions};
use crate::sessions::ended;

/// Wrong attempts in one session, at one MFA challenge, and from one known browser.
pub(crate) const MAX_WRONG_ATTEMPTS: i32 = 5;

/// Checks what a signed-in user typed, as one of the few attempts of their session. The fifth wrong one ends the session. A right one is not counted,
/// and does not reset the count: only a renewed session token does.
pub(crate) async fn in_session(
    platform: &Platform,
    viewer: &Viewer,
    token: &str,
    check: impl Future<Output = Result<bool, Error>>,
) -> Result<bool, Error> {
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let attempts = sessions::count_wrong_attempt(&mut tx, token, MAX_WRONG_ATTEMPTS).await?;
    tx.commit().await?;
    let Some(attempts) = attempts else {
        // Five others are being checked at this moment, or the server crashed before it ended the session.
        end_session(platform, viewer, token).await?;
        return Err(ended());
    };
    match check.await {
        Ok(false) if attempts >= MAX_WRONG_ATTEMPTS => {
            end_session(platform, viewer, token).await?;
            Err(ended())
        }
        Ok(false) => Ok(false),
        // It was right, or the check failed: not a wrong attempt, so it is given back.
        checked => {
            let mut tx = platform.database.begin_as(viewer.id).await?;
            sessions::return_attempt(&mut tx, token).await?;
            tx.commit().await?;
            checked
        }
    }
}

async fn end_session(platform: &Platform, viewer: &Viewer, token: &str) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(viewer.id).await?;
    if !sessions::delete(&mut tx, token).await? {
        return Ok(());
    }
    audit(&mut tx, viewer.id, AuditAction::GuessingStopped, serde_json::json!({ "where": "session" })).await?;
    let what = "Someone who was signed in to your account on Legwork typed a wrong password or code five times. That session was ended.";
    let notice = notices::security_notice(viewer.id, &viewer.email, "Someone tried to guess your password or code", what);
    platform.send_email(&mut tx, &notice).await?;
    tx.commit().await?;
    tracing::warn!(account = %viewer.id, "wrong passwords or codes ended a session");
    Ok(())
}

/// Counts a sign-in attempt at an account, or refuses with the time of the next one. Addresses without an account are counted in
/// the same way. `tx` may have any viewer; the count stands once it is committed.
pub(crate) async fn check_known_device(platform: &Platform, tx: &mut Tx, email: &str, device: Option<&str>) -> Result<(), Error> {
    if let Some(device) = device
        && devices::count_attempt(tx, &normalize_email(email), device, MAX_WRONG_ATTEMPTS).await?
    {
        return Ok(());
    }
    throttle_anonymous(platform, email)
}

/// [`check_known_device`] in its own transaction.
pub(crate) async fn throttle_login(platform: &Platform, email: &str, device: Option<&str>) -> Result<(), Error> {
    if device.is_none() {
        return throttle_anonymous(platform, email);
    }
    let mut tx = platform.database.begin_anonymous().await?;
    check_known_device(platform, &mut tx, email, device).await?;
    tx.commit().await
}

/// Counts an attempt on the limit that all unknown browsers share.
fn throttle_anonymous(platform: &Platform, email: &str) -> Result<(), Error> {
    platform.login_throttle.check(&format!("sign in {}", normalize_email(email))).map_err(|problem| {
        platform.login_throttle.log_refusal(|withheld| tracing::warn!(withheld, "too many sign-in attempts at one account"));
        Error::from(problem)
    })
}

//! Reauthentication before dangerous actions.

use domain::FieldErrors;
use domain::accounts::Viewer;
use platform::{Error, Platform};

use crate::credentials::credentials;
use crate::sessions::mark_reauthenticated;
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

//! A new password, from someone who knows the current one or has the link of an email.

use domain::FieldErrors;
use domain::accounts::{CURRENT_PASSWORD_NEEDED, Viewer};
use domain::audit::AuditAction;
use platform::{Error, Platform, Tx};

use crate::audit::audit;
use crate::credentials::credentials;
use crate::queries::accounts;
use crate::sessions::{NewSession, insert_session, signed_in};
use crate::{login_attempts, login_methods, notices, password};

/// Changes the password of a user who knows the current one, revokes every session and token, and opens a new session. `token` is the current
/// session's: five wrong attempts at the current password end it.
pub async fn change_password(platform: &Platform, viewer: &Viewer, token: &str, old: &str, new: &str) -> Result<NewSession, Error> {
    let (_, hash) = credentials(platform, &viewer.email).await?;
    let mut fields = FieldErrors::default();
    // An account with only an external identity has no current password; recent authentication stands for it.
    let first = hash.as_deref() == Some("") && viewer.recently_authenticated(platform.clock.now());
    if !first && old.is_empty() {
        // Nobody guesses that.
        fields.add("old", CURRENT_PASSWORD_NEEDED);
    } else if !first && !login_attempts::in_session(platform, viewer, token, password::verify(platform, hash, old.to_owned())).await? {
        fields.add("old", "That is not the current password. Check it and try again.");
    }
    password::check_new(platform, &mut fields, "new", new, &[&viewer.name, &viewer.email]).await?;
    fields.into_result()?;
    let hash = password::hash(platform, new.to_owned()).await?;
    let mut tx = platform.database.begin_as(viewer.id).await?;
    set_password(&mut tx, &hash).await?;
    let token = insert_session(platform, &mut tx).await?;
    let what = "The password of your account on Legwork was just changed, and every other device signed out.";
    platform.send_email(&mut tx, &notices::security_notice(viewer.id, &viewer.email, "The password was changed", what)).await?;
    tx.commit().await?;
    signed_in(platform, token).await
}

/// Stores the hash of a checked password; every session and token is revoked.
pub(crate) async fn set_password(tx: &mut Tx, hash: &str) -> Result<(), Error> {
    let account = tx.viewer()?;
    accounts::set_hash(tx, account, hash).await?;
    login_methods::end_sessions_and_tokens(tx, None).await?;
    audit(tx, account, AuditAction::PasswordChanged, serde_json::json!({})).await
}

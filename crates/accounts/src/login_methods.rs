//! The login methods of an account, and when all of them are revoked.

use domain::accounts::LoginMethods;
use domain::audit::AuditAction;
use platform::{Error, Tx};

use crate::audit::audit;
use crate::queries::{api_tokens, devices, identities, mfa, one_time_tokens, passkeys, sessions};

/// The browser that stays signed in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeptSession<'a> {
    /// The session's token.
    pub(crate) session: &'a str,
    /// The browser's device token, where it has one.
    pub(crate) device: Option<&'a str>,
}

/// Revokes every session, API token and one-time token of the viewer's account, except those of a browser that is kept. The account's row must
/// already be locked, as an update does: opening a session reads it first.
pub(crate) async fn end_sessions_and_tokens(tx: &mut Tx, kept: Option<KeptSession<'_>>) -> Result<(), Error> {
    let account = tx.viewer()?;
    // MFA challenges first: completing one holds its row until the session exists, which the next statement then finds.
    one_time_tokens::delete_all(tx, account).await?;
    sessions::delete_all(tx, account, kept.map(|k| k.session)).await?;
    // Twice: the first waits for a token that is being refreshed at this moment, the second finds what came of it.
    for _ in 0..2 {
        api_tokens::delete_all(tx, account).await?;
    }
    devices::delete_all(tx, account, kept.and_then(|k| k.device)).await
}

/// An account's address is confirmed for the first time: every login method so far, except the password, may be someone else's and is
/// revoked. Call it after the update that confirms.
pub(crate) async fn on_first_verification(tx: &mut Tx, kept: Option<KeptSession<'_>>) -> Result<(), Error> {
    let account = tx.viewer()?;
    let passkeys = passkeys::delete_all(tx, account).await?;
    let apps = mfa::delete_totp(tx, account).await?;
    mfa::delete_recovery_codes(tx, account).await?;
    let links = identities::delete_all(tx, account).await?;
    end_sessions_and_tokens(tx, kept).await?;
    let removed = serde_json::json!({ "passkeys": passkeys, "authenticators": apps, "identities": links });
    audit(tx, account, AuditAction::EmailVerified, removed).await
}

/// Every login method of the viewer's account.
pub async fn login_methods(tx: &mut Tx) -> Result<LoginMethods, Error> {
    let account = tx.viewer()?;
    let passkeys = passkeys::list(tx, account).await?;
    let identities = identities::issuers(tx, account).await?;
    Ok(LoginMethods { passkeys, identities, ..mfa::login_methods(tx, account).await? })
}

//! Login methods other than the password, and when all of them are revoked.

use domain::Problem;
use domain::accounts::Viewer;
use platform::{Error, Tx};

use crate::queries::{api_tokens, devices, identities, mfa, one_time_tokens, passkeys, sessions};
use crate::service::audit;

/// Allows second factors, passkeys, tokens, external identities and roles only once the account's address is confirmed: anyone who
/// registered a stranger's address would otherwise still have them when the stranger claims the account. The database refuses them, too.
pub fn require_confirmed(viewer: &Viewer) -> Result<(), Error> {
    if viewer.verified { Ok(()) } else { Err(Problem::unconfirmed().into()) }
}

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
    audit(tx, account, "address confirmed", removed).await
}

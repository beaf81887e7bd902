//! What opens an account beside its password, and when all of that is taken away.

use domain::Problem;
use domain::accounts::Viewer;
use platform::secrets::token_hash;
use platform::{Error, Tx};

use crate::service::audit;

/// Lets an account have factors, passkeys, tokens and links elsewhere, and act with a role, only when its address is known to be theirs:
/// whoever registered a stranger's address would still have them when the stranger comes. The database refuses them, too.
pub fn require_confirmed(viewer: &Viewer) -> Result<(), Error> {
    if viewer.verified { Ok(()) } else { Err(Problem::unconfirmed().into()) }
}

/// The browser that an act leaves signed in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeptSession<'a> {
    /// The session's token.
    pub(crate) session: &'a str,
    /// The token that tells the browser from others, where it has one.
    pub(crate) device: Option<&'a str>,
}

/// Ends every session, token and letter of the session's account, but for a browser that is kept. The account's row must be locked by then,
/// as an update does: whoever opens a session reads it first.
pub(crate) async fn end_sessions_and_tokens(session: &mut Tx, kept: Option<KeptSession<'_>>) -> Result<(), Error> {
    let account = session.viewer()?;
    let (kept_session, kept_device) = (kept.map(|k| token_hash(k.session)), kept.and_then(|k| k.device).map(token_hash));
    // Sign-ins that wait go first: whoever is finishing one holds its row until there is a session, which the next line then finds.
    sqlx::query!("delete from one_time_tokens where account_id = $1", account).execute(session.connection()).await?;
    sqlx::query!("delete from sessions where account_id = $1 and token_hash is distinct from $2", account, kept_session)
        .execute(session.connection())
        .await?;
    // Twice: the first waits for whoever is refreshing a token at this moment, the second finds what they got.
    for _ in 0..2 {
        sqlx::query!("delete from api_tokens where account_id = $1", account).execute(session.connection()).await?;
    }
    sqlx::query!("delete from known_devices where account_id = $1 and token_hash is distinct from $2", account, kept_device)
        .execute(session.connection())
        .await?;
    Ok(())
}

/// The address of an account is confirmed for the first time: whatever opened it until now, but for the password, may be somebody else's. Call
/// it after the update that confirms.
pub(crate) async fn on_first_verification(session: &mut Tx, kept: Option<KeptSession<'_>>) -> Result<(), Error> {
    let account = session.viewer()?;
    let passkeys = sqlx::query!("delete from passkeys where account_id = $1", account).execute(session.connection()).await?.rows_affected();
    let apps = sqlx::query!("delete from totp_credentials where account_id = $1", account).execute(session.connection()).await?.rows_affected();
    sqlx::query!("delete from recovery_codes where account_id = $1", account).execute(session.connection()).await?;
    let links = sqlx::query!("delete from external_identities where account_id = $1", account).execute(session.connection()).await?.rows_affected();
    end_sessions_and_tokens(session, kept).await?;
    let removed = serde_json::json!({ "passkeys": passkeys, "authenticators": apps, "identities": links });
    audit(session, account, "address confirmed", removed).await
}

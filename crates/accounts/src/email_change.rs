//! Moving an account to another address.

use domain::ProblemKind;
use domain::accounts::{Viewer, parse_email};
use domain::audit::AuditAction;
use platform::{Email, Error, Platform};

use crate::audit::audit;
use crate::credentials::credentials;
use crate::email_links::{Opener, Purpose, consume_token_as_owner, token_link};
use crate::email_verification::finish;
use crate::notices::security_notice;
use crate::queries::accounts;

/// Sends the emails for a change of address, and returns them: a link to the new one, a notice to the old one. An address that is taken gets no
/// link, and the user is not told.
pub(crate) async fn request_email_change(platform: &Platform, viewer: &Viewer, new: &str) -> Result<Vec<Email>, Error> {
    let new = parse_email(new)?;
    // Must not flood a stranger's inbox.
    platform.login_throttle.check(&format!("move {new}"))?;
    let old = security_notice(
        viewer.id,
        &viewer.email,
        "A new address for your account",
        "Someone, hopefully you, asked to change the address of your account on Legwork. It stays with this one until the new one is confirmed.",
    );
    let taken = credentials(platform, &new).await?.0.is_some();
    let mut tx = platform.database.begin_as(viewer.id).await?;
    platform.send_email(&mut tx, &old).await?;
    if taken {
        tx.commit().await?;
        return Ok(vec![old]);
    }
    let link = token_link(platform, &mut tx, Purpose::ChangeEmail, &new).await?;
    let text = format!(
        "Hello {},\n\nyour account on Legwork moves to this address when you confirm it:\n\n{link}\n\nThe link works for a day.\n",
        viewer.name
    );
    let confirm = Email { account: viewer.id, to: new, subject: "Confirm the new address".into(), text };
    platform.send_email(&mut tx, &confirm).await?;
    tx.commit().await?;
    Ok(vec![confirm, old])
}

/// Changes the account's address to the one that the email went to. Returns the new token of the session that stays, if one does.
pub(crate) async fn change_email(platform: &Platform, token: &str, by: Opener<'_>) -> Result<Option<String>, Error> {
    let (mut tx, account, email) = consume_token_as_owner(platform, token, Purpose::ChangeEmail, by).await?;
    let Some(first) = accounts::change_address(&mut tx, account, &email, platform.clock.now()).await? else {
        return Err(Error::problem(ProblemKind::Conflict, "Someone has created an account with that address in the meantime. Choose another."));
    };
    let kept = finish(platform, &mut tx, by, first).await?;
    audit(&mut tx, account, AuditAction::EmailChanged, serde_json::json!({})).await?;
    tx.commit().await?;
    Ok(kept)
}

//! Confirming that an address belongs to the owner of the account.

use chrono::NaiveDate;
use domain::accounts::Viewer;
use domain::privacy::UNCONFIRMED_DAYS;
use platform::secrets;
use platform::{Email, Error, Platform, Tx};

use crate::email_links::{Opener, Purpose, consume_token_as_owner, link_used, token_link};
use crate::login_methods::{KeptSession, on_first_verification};
use crate::queries::{accounts, one_time_tokens, sessions};

/// Sends an email that asks the owner of the address to confirm it; returns it.
pub(crate) async fn send_verification(platform: &Platform, viewer: &Viewer) -> Result<Email, Error> {
    // Registering a stranger's address must not flood the stranger's inbox.
    platform.login_throttle.check(&format!("verify {}", viewer.email))?;
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let link = token_link(platform, &mut tx, Purpose::Verify, &viewer.email).await?;
    let text = format!(
        "Hello {},\n\nsomeone, hopefully you, created an account on Legwork with this address. Confirm that it is yours:\n\n{link}\n\n\
         The link works for three days, in the browser that is signed in or with the password of the account.{}",
        viewer.name,
        unconfirmed(platform)
    );
    let email = Email { account: viewer.id, to: viewer.email.clone(), subject: "Is this address yours?".into(), text };
    platform.send_email(&mut tx, &email).await?;
    tx.commit().await?;
    Ok(email)
}

/// A notice to the owner of an account on which day it is removed because its address was never confirmed, with a link that prevents it.
pub async fn expiry_notice(platform: &Platform, tx: &mut Tx, on: NaiveDate) -> Result<Email, Error> {
    let account = tx.viewer()?;
    let (address, name) = accounts::email_and_name(tx, account).await?;
    let units = accounts::units(tx, account).await?;
    let link = token_link(platform, tx, Purpose::Verify, &address).await?;
    let text = format!(
        "Hello {name},\n\nsomeone, hopefully you, created an account on Legwork with this address, and nobody has confirmed that the address is \
         theirs. On {} the account is removed. To keep it, confirm the address:\n\n{link}\n\n{}",
        units.date(on),
        unconfirmed(platform).trim_start()
    );
    Ok(Email { account, to: address, subject: "Your account is about to be removed".into(), text })
}

/// What happens to an account whose address is not confirmed. Where emails are written to files, it stays.
fn unconfirmed(platform: &Platform) -> String {
    let reset = platform.config.server.link("/forgot-password");
    let ends = if platform.mail.file_transport_dir().is_none() {
        format!(" An account whose address nobody confirms, and that is empty, is removed after {UNCONFIRMED_DAYS} days.")
    } else {
        String::new()
    };
    format!(
        "{ends}\n\n\
         If it was not you, do nothing, or set a password of your own, which takes the account from whoever created it:\n\n{reset}\n"
    )
}

/// Confirms the address that the email went to, if it is still the account's. Returns the new token of the session that stays, if one does.
pub(crate) async fn verify(platform: &Platform, token: &str, by: Opener<'_>) -> Result<Option<String>, Error> {
    let (mut tx, account, email) = consume_token_as_owner(platform, token, Purpose::Verify, by).await?;
    let first = accounts::confirm_address(&mut tx, account, platform.clock.now(), &email).await?.ok_or_else(link_used)?;
    let kept = finish(platform, &mut tx, by, first).await?;
    tx.commit().await?;
    Ok(kept)
}

/// What a confirmed address changes. The first time, every login method is revoked except the password and the session in whose browser the
/// link was opened, which gets a new token: only there is it certain that whoever created the account also reads its emails.
pub(crate) async fn finish(platform: &Platform, tx: &mut Tx, by: Opener<'_>, first: bool) -> Result<Option<String>, Error> {
    let account = tx.viewer()?;
    let kept = by.signed_in.filter(|(viewer, _)| *viewer == account).map(|(_, token)| KeptSession { session: token, device: by.device });
    if first {
        on_first_verification(tx, kept).await?;
    } else {
        // Links that went to an earlier address stop working.
        one_time_tokens::delete_all(tx, account).await?;
    }
    let Some(kept) = kept else { return Ok(None) };
    let fresh = secrets::token(&platform.ids);
    Ok(sessions::renew_token(tx, kept.session, &fresh).await?.then_some(fresh))
}

//! Email flows: confirm an address, reset a password, change the address. Each email carries a token that works once, expires, and is
//! stored as a hash.

use chrono::{NaiveDate, TimeDelta};
use domain::accounts::{Viewer, normalize_email, parse_email};
use domain::privacy::UNCONFIRMED_DAYS;
use domain::{FieldErrors, ProblemKind};
use platform::secrets;
use platform::{Email, Error, Platform, Tx};
use uuid::Uuid;

use crate::login_methods::{KeptSession, on_first_verification};
use crate::notices::security_notice;
use crate::queries::one_time_tokens::{self, Link};
use crate::queries::{accounts, sessions, takeover};
use crate::service::{audit, credentials, set_password};
use crate::{login_attempts, password};

#[derive(Clone, Copy)]
enum Purpose {
    Verify,
    Reset,
    ChangeEmail,
}

impl Purpose {
    const fn key(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::ChangeEmail => "change_email",
        }
    }

    const fn ttl(self) -> TimeDelta {
        match self {
            Self::Verify => TimeDelta::days(3),
            Self::Reset => TimeDelta::hours(1),
            Self::ChangeEmail => TimeDelta::days(1),
        }
    }
}

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
    let link = token_link(platform, tx, Purpose::Verify, &address).await?;
    let text = format!(
        "Hello {name},\n\nsomeone, hopefully you, created an account on Legwork with this address, and nobody has confirmed that the address is \
         theirs. On {} the account is removed. To keep it, confirm the address:\n\n{link}\n\n{}",
        on.format("%-d %B %Y"),
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

/// The browser that opened the link of an email.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Opener<'a> {
    /// The account that this browser is signed in to, and its session's token.
    pub(crate) signed_in: Option<(Uuid, &'a str)>,
    /// The password of the account, as typed.
    pub(crate) password: &'a str,
    /// The browser's device token.
    pub(crate) device: Option<&'a str>,
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
async fn finish(platform: &Platform, tx: &mut Tx, by: Opener<'_>, first: bool) -> Result<Option<String>, Error> {
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

/// Sends an email to set a new password, if there is an account with the address, and returns it. The caller must not reveal whether there is.
pub(crate) async fn request_password_reset(platform: &Platform, email: &str) -> Result<Option<Email>, Error> {
    let email = normalize_email(email);
    let (Some(account), _) = credentials(platform, &email).await? else { return Ok(None) };
    if platform.login_throttle.check(&format!("reset {email}")).is_err() {
        // The inbox is being flooded; its owner has enough of these emails already.
        return Ok(None);
    }
    let mut tx = platform.database.begin_as(account).await?;
    let link = token_link(platform, &mut tx, Purpose::Reset, &email).await?;
    let text = format!(
        "Hello,\n\nsomeone, hopefully you, asked for a new password on Legwork. Set it here:\n\n{link}\n\n\
         The link works once, within an hour. If it was not you, do nothing: the password stays as it is.\n"
    );
    let email = Email { account, to: email, subject: "A new password".into(), text };
    platform.send_email(&mut tx, &email).await?;
    tx.commit().await?;
    Ok(Some(email))
}

/// Sets a new password with the token from an email. A refused password leaves the token valid. If the address was never confirmed, this
/// confirms it, and whoever registered the account loses every way into it and sees none of its data.
pub(crate) async fn reset(platform: &Platform, token: &str, new: &str) -> Result<(), Error> {
    let mut tx = platform.database.begin_anonymous().await?;
    let (_, email) = consume_token(platform, &mut tx, token, Purpose::Reset).await?;
    // No transaction is held open while the password is hashed; the token stays valid.
    drop(tx);
    let mut fields = FieldErrors::default();
    password::check_new(platform, &mut fields, "new", new, &[&email]).await?;
    fields.into_result()?;
    let hash = password::hash(platform, new.to_owned()).await?;
    let mut tx = platform.database.begin_anonymous().await?;
    let (account, email) = consume_token(platform, &mut tx, token, Purpose::Reset).await?;
    // Reading the email proves ownership of that address; an address that the account has since left proves nothing.
    let first = accounts::confirm_address(&mut tx, account, platform.clock.now(), &email).await?.ok_or_else(link_used)?;
    set_password(&mut tx, &hash).await?;
    if first {
        on_first_verification(&mut tx, None).await?;
        takeover::undo_what_a_stranger_chose(&mut tx, account).await?;
    }
    let what = "The password of your account on Legwork was just changed, and every device signed out.";
    platform.send_email(&mut tx, &security_notice(account, &email, "The password was changed", what)).await?;
    tx.commit().await
}

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
    audit(&mut tx, account, "email", serde_json::json!({})).await?;
    tx.commit().await?;
    Ok(kept)
}

/// A link with a fresh token; earlier ones for the same purpose stop working.
async fn token_link(platform: &Platform, tx: &mut Tx, purpose: Purpose, email: &str) -> Result<String, Error> {
    let (account, token, now) = (tx.viewer()?, secrets::token(&platform.ids), platform.clock.now());
    one_time_tokens::replace_link(tx, account, &token, Link { purpose: purpose.key(), email, now, expires_at: now + purpose.ttl() }).await?;
    let page = match purpose {
        Purpose::Verify => "/verify-email",
        Purpose::Reset => "/reset-password",
        Purpose::ChangeEmail => "/confirm-email-change",
    };
    Ok(platform.config.server.link(&format!("{page}?token={token}")))
}

/// Consumes a token; from here on the transaction's viewer is its account, and rolling back leaves the token valid.
async fn consume_token(platform: &Platform, tx: &mut Tx, token: &str, purpose: Purpose) -> Result<(Uuid, String), Error> {
    let (account, email) = one_time_tokens::consume_link(tx, token, purpose.key(), platform.clock.now()).await?.ok_or_else(link_used)?;
    tx.set_viewer(account).await?;
    Ok((account, email))
}

fn link_used() -> Error {
    Error::problem(ProblemKind::NotFound, "That link was already used, or is too old. Request a new one.")
}

/// Consumes a token that binds an address to an account, from someone who has proved that both are theirs: the email proves it of the address; a
/// browser that is signed in to the account, or its password, proves it of the account. One without the other is how a stranger's account gets an
/// address, or a stranger's address an account.
async fn consume_token_as_owner(platform: &Platform, token: &str, purpose: Purpose, by: Opener<'_>) -> Result<(Tx, Uuid, String), Error> {
    let mut tx = platform.database.begin_anonymous().await?;
    let (account, email) = consume_token(platform, &mut tx, token, purpose).await?;
    if by.signed_in.is_some_and(|(viewer, _)| viewer == account) {
        return Ok((tx, account, email));
    }
    let (own_email, hash) = accounts::email_and_hash(&mut tx, account).await?;
    // No transaction is held open while the password is hashed; the token stays valid.
    drop(tx);
    let mut fields = FieldErrors::default();
    if by.password.is_empty() {
        fields.add("password", "The password of the account.");
        fields.into_result()?;
    }
    login_attempts::throttle_login(platform, &own_email, by.device).await?;
    if !password::verify(platform, Some(hash.clone()), by.password.to_owned()).await? {
        let mut fields = FieldErrors::default();
        fields.add("password", "That is not the password of the account.");
        fields.into_result()?;
    }
    let mut tx = platform.database.begin_anonymous().await?;
    let (account, email) = consume_token(platform, &mut tx, token, purpose).await?;
    if !accounts::has_hash_for_update(&mut tx, account, &hash).await? {
        return Err(link_used());
    }
    Ok((tx, account, email))
}

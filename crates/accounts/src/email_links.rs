//! Links in emails. Each carries a token that works once, expires, and is stored as a hash.

use chrono::TimeDelta;
use domain::{FieldErrors, ProblemKind};
use platform::secrets;
use platform::{Error, Platform, Tx};
use uuid::Uuid;

use crate::queries::accounts;
use crate::queries::one_time_tokens::{self, Link};
use crate::{login_attempts, password};

/// What the link of an email does.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
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

/// A link with a fresh token; earlier ones for the same purpose stop working.
pub(crate) async fn token_link(platform: &Platform, tx: &mut Tx, purpose: Purpose, email: &str) -> Result<String, Error> {
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
pub(crate) async fn consume_token(platform: &Platform, tx: &mut Tx, token: &str, purpose: Purpose) -> Result<(Uuid, String), Error> {
    let (account, email) = one_time_tokens::consume_link(tx, token, purpose.key(), platform.clock.now()).await?.ok_or_else(link_used)?;
    tx.set_viewer(account).await?;
    Ok((account, email))
}

/// The problem for a link whose token is not valid.
pub(crate) fn link_used() -> Error {
    Error::problem(ProblemKind::NotFound, "That link was already used, or is too old. Request a new one.")
}

/// Consumes a token that binds an address to an account, from someone who has proved that both are theirs: the email proves it of the address; a
/// browser that is signed in to the account, or its password, proves it of the account. One without the other is how a stranger's account gets an
/// address, or a stranger's address an account.
pub(crate) async fn consume_token_as_owner(platform: &Platform, token: &str, purpose: Purpose, by: Opener<'_>) -> Result<(Tx, Uuid, String), Error> {
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

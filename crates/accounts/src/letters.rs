//! What is done by letter: confirm an address, reset a password, move to another address. Each letter carries a token that is used
//! once, ends by itself, and is kept as a hash.

use chrono::{DateTime, TimeDelta, Utc};
use domain::accounts::{Viewer, checked_email, normal_email};
use domain::{FieldErrors, ProblemKind};
use platform::secrets::{self, hashed};
use platform::{Error, Letter, Platform, Session};
use uuid::Uuid;

use crate::password;
use crate::service::{audit, credentials, set_password};

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

    const fn lasts(self) -> TimeDelta {
        match self {
            Self::Verify => TimeDelta::days(3),
            Self::Reset => TimeDelta::hours(1),
            Self::ChangeEmail => TimeDelta::days(1),
        }
    }
}

/// A letter that asks whether the account's address is theirs.
pub(crate) async fn ask_verification(platform: &Platform, viewer: &Viewer) -> Result<Letter, Error> {
    let mut session = platform.database.as_viewer(viewer.id).await?;
    let link = token_link(platform, &mut session, Purpose::Verify, &viewer.email).await?;
    session.commit().await?;
    let text = format!(
        "Hello {},\n\nsomebody, hopefully you, made an account on Legwork with this address. Confirm that it is yours:\n\n{link}\n\n\
         The link works for three days. If it was not you, do nothing.\n",
        viewer.name
    );
    Ok(Letter { account: viewer.id, to: viewer.email.clone(), subject: "Is this address yours?".into(), text })
}

/// Confirms the address that a letter went to, if it still is the account's.
pub(crate) async fn verify(platform: &Platform, token: &str) -> Result<(), Error> {
    let mut session = platform.database.as_nobody().await?;
    let (account, email) = take(platform, &mut session, token, Purpose::Verify).await?;
    sqlx::query!("update accounts set email_verified_at = $2 where id = $1 and email = $3", account, platform.clock.now(), email)
        .execute(session.connection())
        .await?;
    session.commit().await
}

/// News of a sign-in in a browser, or of a program, that the account does not know; `forgot` is where a new password is asked for.
pub(crate) fn new_device(viewer: &Viewer, device: &str, place: Option<&str>, forgot: &str, at: DateTime<Utc>) -> Letter {
    let place = place.map_or_else(String::new, |place| format!(", {place}"));
    let text = format!(
        "Hello {},\n\nyour account on Legwork was just opened on a device that it did not know:\n\n{device}{place}, {} UTC\n\n\
         If it was you, do nothing. If not, set a new password, which signs out every device:\n\n{forgot}\n",
        viewer.name,
        at.format("%-d %B %Y, %H:%M")
    );
    Letter { account: viewer.id, to: viewer.email.clone(), subject: "A new device signed in".into(), text }
}

/// A letter to set a new password, if there is an account with the address. Whoever asks is not told which.
pub(crate) async fn ask_reset(platform: &Platform, email: &str) -> Result<Option<Letter>, Error> {
    let email = normal_email(email);
    let (Some(account), _) = credentials(platform, &email).await? else { return Ok(None) };
    if platform.tries.count(&format!("reset {email}")).is_err() {
        // Somebody fills a letter box. Whoever owns it has letters enough.
        return Ok(None);
    }
    let mut session = platform.database.as_viewer(account).await?;
    let link = token_link(platform, &mut session, Purpose::Reset, &email).await?;
    session.commit().await?;
    let text = format!(
        "Hello,\n\nsomebody, hopefully you, asked for a new password on Legwork. Set it here:\n\n{link}\n\n\
         The link works for an hour and once. If it was not you, do nothing: the password stays as it is.\n"
    );
    Ok(Some(Letter { account, to: email, subject: "A new password".into(), text }))
}

/// Sets a new password with the token out of a letter. A refused password leaves the token as good as before.
pub(crate) async fn reset(platform: &Platform, token: &str, new: &str) -> Result<Letter, Error> {
    let mut session = platform.database.as_nobody().await?;
    let (account, email) = take(platform, &mut session, token, Purpose::Reset).await?;
    let mut fields = FieldErrors::default();
    password::check_new(&mut fields, "new", new, &[&email], &platform.config.security)?;
    fields.into_result()?;
    set_password(platform, &mut session, new).await?;
    // Who reads the letters of an address has shown that it is theirs.
    sqlx::query!("update accounts set email_verified_at = coalesce(email_verified_at, $2) where id = $1", account, platform.clock.now())
        .execute(session.connection())
        .await?;
    session.commit().await?;
    Ok(notice(account, &email, "The password was changed", "The password of your account on Legwork was just changed, and every device signed out."))
}

/// Letters for a move to another address: a link to the new one, a word to the old one. An address that is taken gets no link, and who
/// asks is not told.
pub(crate) async fn ask_email_change(platform: &Platform, viewer: &Viewer, new: &str) -> Result<Vec<Letter>, Error> {
    let new = checked_email(new)?;
    let old = notice(
        viewer.id,
        &viewer.email,
        "Your account may move to another address",
        "Somebody, hopefully you, asked that your account on Legwork be opened with another address. It stays with this one until that is confirmed.",
    );
    if credentials(platform, &new).await?.0.is_some() {
        return Ok(vec![old]);
    }
    let mut session = platform.database.as_viewer(viewer.id).await?;
    let link = token_link(platform, &mut session, Purpose::ChangeEmail, &new).await?;
    session.commit().await?;
    let text = format!(
        "Hello {},\n\nyour account on Legwork moves to this address when you confirm it:\n\n{link}\n\nThe link works for a day.\n",
        viewer.name
    );
    Ok(vec![Letter { account: viewer.id, to: new, subject: "Confirm the new address".into(), text }, old])
}

/// Moves the account to the address that the letter went to.
pub(crate) async fn change_email(platform: &Platform, token: &str) -> Result<(), Error> {
    let mut session = platform.database.as_nobody().await?;
    let (account, email) = take(platform, &mut session, token, Purpose::ChangeEmail).await?;
    let moved = sqlx::query!("update accounts set email = $2, email_verified_at = $3 where id = $1", account, email, platform.clock.now())
        .execute(session.connection())
        .await;
    if moved.as_ref().is_err_and(|e| e.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)) {
        return Err(Error::problem(ProblemKind::Conflict, "Meanwhile somebody made an account with that address. Choose another."));
    }
    moved?;
    audit(&mut session, account, "email", serde_json::json!({})).await?;
    session.commit().await
}

/// Tells the owner of an account what was done with it.
pub(crate) fn notice(account: Uuid, to: &str, subject: &str, what: &str) -> Letter {
    let text = format!("Hello,\n\n{what}\n\nIf it was not you, set a new password at once: “Forgot it?” on the sign-in page.\n");
    Letter { account, to: to.to_owned(), subject: subject.to_owned(), text }
}

/// A fresh link; earlier ones for the same purpose work no more.
async fn token_link(platform: &Platform, session: &mut Session, purpose: Purpose, email: &str) -> Result<String, Error> {
    let (account, token, now) = (session.viewer()?, secrets::token(&platform.ids), platform.clock.now());
    sqlx::query!("delete from account_tokens where account_id = $1 and purpose = $2", account, purpose.key()).execute(session.connection()).await?;
    sqlx::query!(
        "insert into account_tokens (token_hash, account_id, purpose, email, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)",
        hashed(&token),
        account,
        purpose.key(),
        email,
        now,
        now + purpose.lasts()
    )
    .execute(session.connection())
    .await?;
    let page = match purpose {
        Purpose::Verify => "/confirm",
        Purpose::Reset => "/reset",
        Purpose::ChangeEmail => "/confirm-address",
    };
    Ok(platform.config.server.link(&format!("{page}?token={token}")))
}

/// Takes a token; from here on the session is that of its account, and rolling back leaves the token as it was.
async fn take(platform: &Platform, session: &mut Session, token: &str, purpose: Purpose) -> Result<(Uuid, String), Error> {
    let row = sqlx::query!(
        r#"select account_id as "id!", email as "email!" from take_account_token($1, $2, $3)"#,
        hashed(token),
        purpose.key(),
        platform.clock.now()
    )
    .fetch_optional(session.connection())
    .await?
    .ok_or_else(|| Error::problem(ProblemKind::NotFound, "That link was used already, or is too old. Ask for a new one."))?;
    session.identify(row.id).await?;
    Ok((row.id, row.email))
}

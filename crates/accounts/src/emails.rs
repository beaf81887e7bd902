//! What is done by letter: confirm an address, reset a password, move to another address. Each letter carries a token that is used
//! once, ends by itself, and is kept as a hash.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::accounts::{Viewer, normalize_email, parse_email};
use domain::privacy::UNCONFIRMED_DAYS;
use domain::{FieldErrors, ProblemKind};
use platform::secrets::{self, token_hash};
use platform::{Email, Error, Platform, Tx};
use uuid::Uuid;

use crate::login_methods::{KeptSession, on_first_verification};
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

/// A letter that asks whether the account's address is theirs.
pub(crate) async fn send_verification(platform: &Platform, viewer: &Viewer) -> Result<Email, Error> {
    // Whoever registered a stranger's address must not fill the stranger's letter box.
    platform.tries.check(&format!("verify {}", viewer.email))?;
    let mut session = platform.database.begin_as(viewer.id).await?;
    let link = token_link(platform, &mut session, Purpose::Verify, &viewer.email).await?;
    session.commit().await?;
    let text = format!(
        "Hello {},\n\nsomebody, hopefully you, made an account on Legwork with this address. Confirm that it is yours:\n\n{link}\n\n\
         The link works for three days, in the browser that is signed in or with the password of the account.{}",
        viewer.name,
        unconfirmed(platform)
    );
    Ok(Email { account: viewer.id, to: viewer.email.clone(), subject: "Is this address yours?".into(), text })
}

/// Tells the owner of an account on which day it ends because nobody confirmed its address, with a link that prevents it.
pub async fn expiry_notice(platform: &Platform, session: &mut Tx, on: NaiveDate) -> Result<Email, Error> {
    let account = session.viewer()?;
    let row = sqlx::query!("select email, name from accounts where id = $1", account).fetch_one(session.connection()).await?;
    let link = token_link(platform, session, Purpose::Verify, &row.email).await?;
    let text = format!(
        "Hello {},\n\nsomebody, hopefully you, made an account on Legwork with this address, and nobody has confirmed that the address is \
         theirs. On {} the account is removed. To keep it, confirm the address:\n\n{link}\n\n{}",
        row.name,
        on.format("%-d %B %Y"),
        unconfirmed(platform).trim_start()
    );
    Ok(Email { account, to: row.email, subject: "Your account is about to be removed".into(), text })
}

/// What becomes of an account whose address is not confirmed. Where letters are files, it stays.
fn unconfirmed(platform: &Platform) -> String {
    let forgot = platform.config.server.link("/forgot");
    let ends = if platform.mail.file_transport_dir().is_none() {
        format!(" An account whose address nobody confirms, and that nothing was put into, is removed after {UNCONFIRMED_DAYS} days.")
    } else {
        String::new()
    };
    format!(
        "{ends}\n\n\
         If it was not you, do nothing, or set a password of your own, which takes the account from whoever made it:\n\n{forgot}\n"
    )
}

/// Whoever opens the link of a letter.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Opener<'a> {
    /// The account that this browser is signed in to, and its session's token.
    pub(crate) signed_in: Option<(Uuid, &'a str)>,
    /// The password of the account, as typed.
    pub(crate) password: &'a str,
    /// The token that tells the browser from others.
    pub(crate) device: Option<&'a str>,
}

/// Confirms the address that a letter went to, if it still is the account's. Gives the new token of the session that stays, where one does.
pub(crate) async fn verify(platform: &Platform, token: &str, by: Opener<'_>) -> Result<Option<String>, Error> {
    let (mut session, account, email) = consume_token_as_owner(platform, token, Purpose::Verify, by).await?;
    let confirmed = sqlx::query_scalar!(
        r#"update accounts a set email_verified_at = coalesce(a.email_verified_at, $2), expiry_told_at = null from accounts before
           where a.id = $1 and a.email = $3 and before.id = a.id returning before.email_verified_at is null as "first!""#,
        account,
        platform.clock.now(),
        email
    )
    .fetch_optional(session.connection())
    .await?;
    let Some(first) = confirmed else { return Err(link_used()) };
    let kept = finish(platform, &mut session, by, first).await?;
    session.commit().await?;
    Ok(kept)
}

/// What an address that is confirmed changes. The first time, everything that opened the account ends, but for its password and for the session
/// in whose browser the link was opened, which gets a new token: only there is it certain that whoever made the account also reads its letters.
async fn finish(platform: &Platform, session: &mut Tx, by: Opener<'_>, first: bool) -> Result<Option<String>, Error> {
    let account = session.viewer()?;
    let kept = by.signed_in.filter(|(viewer, _)| *viewer == account).map(|(_, token)| KeptSession { session: token, device: by.device });
    if first {
        on_first_verification(session, kept).await?;
    } else {
        // Letters that went to an earlier address open nothing more.
        sqlx::query!("delete from one_time_tokens where account_id = $1", account).execute(session.connection()).await?;
    }
    let Some(kept) = kept else { return Ok(None) };
    let fresh = secrets::token(&platform.ids);
    let renewed = sqlx::query!("update sessions set token_hash = $2 where token_hash = $1", token_hash(kept.session), token_hash(&fresh));
    Ok((renewed.execute(session.connection()).await?.rows_affected() == 1).then_some(fresh))
}

/// News of a sign-in in a browser, or of a program, that the account does not know; `forgot` is where a new password is asked for.
pub(crate) fn new_device_email(viewer: &Viewer, device: &str, place: Option<&str>, forgot: &str, at: DateTime<Utc>) -> Email {
    let place = place.map_or_else(String::new, |place| format!(", {place}"));
    let text = format!(
        "Hello {},\n\nyour account on Legwork was just opened on a device that it did not know:\n\n{device}{place}, {} ({})\n\n\
         If it was you, do nothing. If not, set a new password, which signs out every device:\n\n{forgot}\n",
        viewer.name,
        platform::clock::on_wall(at, &viewer.time_zone).format("%-d %B %Y, %H:%M"),
        viewer.time_zone.replace('_', " ")
    );
    Email { account: viewer.id, to: viewer.email.clone(), subject: "A new device signed in".into(), text }
}

/// A letter to set a new password, if there is an account with the address. Whoever asks is not told which.
pub(crate) async fn request_password_reset(platform: &Platform, email: &str) -> Result<Option<Email>, Error> {
    let email = normalize_email(email);
    let (Some(account), _) = credentials(platform, &email).await? else { return Ok(None) };
    if platform.tries.check(&format!("reset {email}")).is_err() {
        // Somebody fills a letter box. Whoever owns it has letters enough.
        return Ok(None);
    }
    let mut session = platform.database.begin_as(account).await?;
    let link = token_link(platform, &mut session, Purpose::Reset, &email).await?;
    session.commit().await?;
    let text = format!(
        "Hello,\n\nsomebody, hopefully you, asked for a new password on Legwork. Set it here:\n\n{link}\n\n\
         The link works for an hour and once. If it was not you, do nothing: the password stays as it is.\n"
    );
    Ok(Some(Email { account, to: email, subject: "A new password".into(), text }))
}

/// Sets a new password with the token out of a letter. A refused password leaves the token as good as before. Where the address was never
/// confirmed, this confirms it, and whoever made the account is left with no way in and is shown nothing.
pub(crate) async fn reset(platform: &Platform, token: &str, new: &str) -> Result<Email, Error> {
    let mut session = platform.database.begin_anonymous().await?;
    let (_, email) = consume_token(platform, &mut session, token, Purpose::Reset).await?;
    // Nothing is held while the password is worked on; the token is as good as before.
    drop(session);
    let mut fields = FieldErrors::default();
    password::check_new(platform, &mut fields, "new", new, &[&email]).await?;
    fields.into_result()?;
    let hash = password::hash(platform, new.to_owned()).await?;
    let mut session = platform.database.begin_anonymous().await?;
    let (account, email) = consume_token(platform, &mut session, token, Purpose::Reset).await?;
    // Who reads the letters of an address has shown that it is theirs; of an address that the account has left, they have not.
    let confirmed = sqlx::query_scalar!(
        r#"update accounts a set email_verified_at = coalesce(a.email_verified_at, $2), expiry_told_at = null from accounts before
           where a.id = $1 and a.email = $3 and before.id = a.id returning before.email_verified_at is null as "first!""#,
        account,
        platform.clock.now(),
        email
    )
    .fetch_optional(session.connection())
    .await?;
    let Some(first) = confirmed else { return Err(link_used()) };
    set_password(&mut session, &hash).await?;
    if first {
        on_first_verification(&mut session, None).await?;
        sqlx::query!("delete from visibility_settings where athlete_id = $1", account).execute(session.connection()).await?;
        // A coach of a club that they joined would see what the owner shows to their own.
        sqlx::query!("select leave_organisations()").execute(session.connection()).await?;
        // What they asked for ends, too: it would come true weeks later.
        sqlx::query!("update accounts set deletion_requested_at = null where id = $1", account).execute(session.connection()).await?;
        sqlx::query!("select cancel_own_job('delete_account')").execute(session.connection()).await?;
    }
    session.commit().await?;
    Ok(security_notice(
        account,
        &email,
        "The password was changed",
        "The password of your account on Legwork was just changed, and every device signed out.",
    ))
}

/// Letters for a move to another address: a link to the new one, a word to the old one. An address that is taken gets no link, and who
/// asks is not told.
pub(crate) async fn request_email_change(platform: &Platform, viewer: &Viewer, new: &str) -> Result<Vec<Email>, Error> {
    let new = parse_email(new)?;
    // Nobody fills a stranger's letter box from here.
    platform.tries.check(&format!("move {new}"))?;
    let old = security_notice(
        viewer.id,
        &viewer.email,
        "Your account may move to another address",
        "Somebody, hopefully you, asked that your account on Legwork be opened with another address. It stays with this one until that is confirmed.",
    );
    if credentials(platform, &new).await?.0.is_some() {
        return Ok(vec![old]);
    }
    let mut session = platform.database.begin_as(viewer.id).await?;
    let link = token_link(platform, &mut session, Purpose::ChangeEmail, &new).await?;
    session.commit().await?;
    let text = format!(
        "Hello {},\n\nyour account on Legwork moves to this address when you confirm it:\n\n{link}\n\nThe link works for a day.\n",
        viewer.name
    );
    Ok(vec![Email { account: viewer.id, to: new, subject: "Confirm the new address".into(), text }, old])
}

/// Moves the account to the address that the letter went to. Gives the new token of the session that stays, where one does.
pub(crate) async fn change_email(platform: &Platform, token: &str, by: Opener<'_>) -> Result<Option<String>, Error> {
    let (mut session, account, email) = consume_token_as_owner(platform, token, Purpose::ChangeEmail, by).await?;
    let moved = sqlx::query_scalar!(
        r#"update accounts a set email = $2, email_verified_at = $3, expiry_told_at = null from accounts before
           where a.id = $1 and before.id = a.id returning before.email_verified_at is null as "first!""#,
        account,
        email,
        platform.clock.now()
    )
    .fetch_one(session.connection())
    .await;
    if moved.as_ref().is_err_and(|e| e.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)) {
        return Err(Error::problem(ProblemKind::Conflict, "Meanwhile somebody made an account with that address. Choose another."));
    }
    let kept = finish(platform, &mut session, by, moved?).await?;
    audit(&mut session, account, "email", serde_json::json!({})).await?;
    session.commit().await?;
    Ok(kept)
}

/// Tells the owner of an account what was done with it.
pub(crate) fn security_notice(account: Uuid, to: &str, subject: &str, what: &str) -> Email {
    let text = format!("Hello,\n\n{what}\n\nIf it was not you, set a new password at once: “Forgot it?” on the sign-in page.\n");
    Email { account, to: to.to_owned(), subject: subject.to_owned(), text }
}

/// A fresh link; earlier ones for the same purpose work no more.
async fn token_link(platform: &Platform, session: &mut Tx, purpose: Purpose, email: &str) -> Result<String, Error> {
    let (account, token, now) = (session.viewer()?, secrets::token(&platform.ids), platform.clock.now());
    sqlx::query!("delete from one_time_tokens where account_id = $1 and purpose = $2", account, purpose.key()).execute(session.connection()).await?;
    sqlx::query!(
        "insert into one_time_tokens (token_hash, account_id, purpose, email, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)",
        token_hash(&token),
        account,
        purpose.key(),
        email,
        now,
        now + purpose.ttl()
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
async fn consume_token(platform: &Platform, session: &mut Tx, token: &str, purpose: Purpose) -> Result<(Uuid, String), Error> {
    let row = sqlx::query!(
        r#"select account_id as "id!", email as "email!" from consume_one_time_token($1, $2, $3)"#,
        token_hash(token),
        purpose.key(),
        platform.clock.now()
    )
    .fetch_optional(session.connection())
    .await?
    .ok_or_else(link_used)?;
    session.set_viewer(row.id).await?;
    Ok((row.id, row.email))
}

fn link_used() -> Error {
    Error::problem(ProblemKind::NotFound, "That link was used already, or is too old. Ask for a new one.")
}

/// Takes a token that joins an account and an address, from who has shown that both are theirs: the letter says that of the address, and a browser
/// that is signed in to the account, or its password, of the account. One without the other is how a stranger's account gets an address, or a
/// stranger's address an account.
async fn consume_token_as_owner(platform: &Platform, token: &str, purpose: Purpose, by: Opener<'_>) -> Result<(Tx, Uuid, String), Error> {
    let mut session = platform.database.begin_anonymous().await?;
    let (account, email) = consume_token(platform, &mut session, token, purpose).await?;
    if by.signed_in.is_some_and(|(viewer, _)| viewer == account) {
        return Ok((session, account, email));
    }
    let row = sqlx::query!("select email, password_hash from accounts where id = $1", account).fetch_one(session.connection()).await?;
    // Nothing is held while the password is worked on; the token is as good as before.
    drop(session);
    let mut fields = FieldErrors::default();
    if by.password.is_empty() {
        fields.add("password", "The password of the account.");
        fields.into_result()?;
    }
    login_attempts::throttle_login(platform, &row.email, by.device).await?;
    if !password::verify(platform, Some(row.password_hash.clone()), by.password.to_owned()).await? {
        let mut fields = FieldErrors::default();
        fields.add("password", "That is not the password of the account.");
        fields.into_result()?;
    }
    let mut session = platform.database.begin_anonymous().await?;
    let (account, email) = consume_token(platform, &mut session, token, purpose).await?;
    let still =
        sqlx::query_scalar!(r#"select true as "still!" from accounts where id = $1 and password_hash = $2 for update"#, account, row.password_hash);
    if still.fetch_optional(session.connection()).await?.is_none() {
        return Err(link_used());
    }
    Ok((session, account, email))
}

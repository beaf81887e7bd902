//! Register, sign in, sign out, and whose session it is.

use chrono::TimeDelta;
use domain::accounts::{Registration, Viewer, check_password, normal_email};
use domain::{FieldErrors, Problem, ProblemKind};
use platform::{Error, Platform};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{IDLE_DAYS, SESSION_DAYS, devices, password};

/// A fresh session: the token goes into the browser's cookie and is kept nowhere else.
#[derive(Debug)]
pub struct SignedIn {
    /// Who.
    pub viewer: Viewer,
    /// 64 hexadecimal digits.
    pub token: String,
}

/// What an account starts with.
#[derive(Debug)]
pub struct NewAccount {
    /// The checked form.
    pub registration: Registration,
    /// IANA name; anything unknown becomes UTC.
    pub time_zone: String,
    /// Whether all its data are made up.
    pub synthetic: bool,
}

/// Makes an account and signs it in.
pub async fn register(platform: &Platform, new: NewAccount) -> Result<SignedIn, Error> {
    let now = platform.clock.now();
    let id = platform.ids.uuid(now);
    let time_zone = if new.time_zone.parse::<chrono_tz::Tz>().is_ok() { new.time_zone } else { "UTC".to_owned() };
    let Registration { name, email, password } = new.registration;
    let hash = password::hash(&platform.ids, password).await?;
    let mut session = platform.database.as_viewer(id).await?;
    let made = sqlx::query!(
        "insert into accounts (id, email, name, password_hash, time_zone, synthetic, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
        id,
        email,
        name,
        hash,
        time_zone,
        new.synthetic,
        now
    )
    .execute(session.connection())
    .await;
    if let Err(sqlx::Error::Database(e)) = &made
        && e.is_unique_violation()
    {
        let mut fields = FieldErrors::default();
        fields.add("email", "There is an account with this address. Sign in instead.");
        return Err(Problem { kind: ProblemKind::Conflict, message: "There is an account with this address. Sign in instead.".into(), fields }.into());
    }
    made?;
    session.commit().await?;
    open_session(platform, Viewer { id, name, email, time_zone, synthetic: new.synthetic }).await
}

/// Signs in. A wrong password and an unknown address get the same answer in the same time.
pub async fn sign_in(platform: &Platform, email: &str, password: &str) -> Result<SignedIn, Error> {
    let mut session = platform.database.as_nobody().await?;
    let found =
        sqlx::query!(r#"select account_id as "account_id!", password_hash as "password_hash!" from credentials_for($1)"#, normal_email(email))
            .fetch_optional(session.connection())
            .await?;
    drop(session);
    let (account, hash) = found.map_or((None, None), |f| (Some(f.account_id), Some(f.password_hash)));
    if !password::verify(hash, password.to_owned()).await? {
        return Err(Error::problem(ProblemKind::NotSignedIn, "Address and password do not match. Check both and try again."));
    }
    let account = account.ok_or_else(|| Error::not_found("account"))?;
    let mut session = platform.database.as_viewer(account).await?;
    let row = sqlx::query!("select email, name, time_zone, synthetic from accounts where id = $1", account).fetch_one(session.connection()).await?;
    drop(session);
    open_session(platform, Viewer { id: account, name: row.name, email: row.email, time_zone: row.time_zone, synthetic: row.synthetic }).await
}

async fn open_session(platform: &Platform, viewer: Viewer) -> Result<SignedIn, Error> {
    let token = platform::hex(&platform.ids.bytes::<32>());
    let now = platform.clock.now();
    let mut session = platform.database.as_viewer(viewer.id).await?;
    sqlx::query!(
        "insert into sessions (token_hash, account_id, created_at, expires_at) values ($1, $2, $3, $4)",
        hashed(&token),
        viewer.id,
        now,
        now + TimeDelta::days(SESSION_DAYS)
    )
    .execute(session.connection())
    .await?;
    // Old sessions go when new ones come; nothing else needs to clean up.
    sqlx::query!("delete from sessions where account_id = $1 and expires_at <= $2", viewer.id, now).execute(session.connection()).await?;
    session.commit().await?;
    Ok(SignedIn { viewer, token })
}

/// Whose session a token opens, if it still does.
pub async fn viewer_of(platform: &Platform, token: &str) -> Result<Option<Viewer>, Error> {
    let now = platform.clock.now();
    let mut session = platform.database.as_nobody().await?;
    let row = sqlx::query!(
        r#"select account_id as "id!", email as "email!", name as "name!", time_zone as "time_zone!", synthetic as "synthetic!",
             last_seen_at as "last_seen_at!"
           from viewer_of_session($1, $2, $3)"#,
        hashed(token),
        now,
        now - TimeDelta::days(IDLE_DAYS)
    )
    .fetch_optional(session.connection())
    .await?;
    drop(session);
    if let Some(row) = &row {
        devices::seen(platform, row.id, token, row.last_seen_at).await?;
    }
    Ok(row.map(|r| Viewer { id: r.id, name: r.name, email: r.email, time_zone: r.time_zone, synthetic: r.synthetic }))
}

/// Ends the session of a token.
pub async fn sign_out(platform: &Platform, viewer: Uuid, token: &str) -> Result<(), Error> {
    let mut session = platform.database.as_viewer(viewer).await?;
    sqlx::query!("delete from sessions where token_hash = $1", hashed(token)).execute(session.connection()).await?;
    session.commit().await
}

/// Changes the password of whoever knows the old one, ends every session, and opens a new one for the browser that asked.
pub async fn change_password(platform: &Platform, viewer: &Viewer, old: &str, new: &str) -> Result<SignedIn, Error> {
    let mut session = platform.database.as_nobody().await?;
    let hash =
        sqlx::query_scalar!(r#"select password_hash as "hash!" from credentials_for($1)"#, viewer.email).fetch_optional(session.connection()).await?;
    drop(session);
    let mut fields = FieldErrors::default();
    if !password::verify(hash, old.to_owned()).await? {
        fields.add("old", "That is not the password until now. Check it and try again.");
    }
    check_password(&mut fields, "new", new);
    fields.into_result()?;
    let hash = password::hash(&platform.ids, new.to_owned()).await?;
    let mut session = platform.database.as_viewer(viewer.id).await?;
    sqlx::query!("update accounts set password_hash = $2 where id = $1", viewer.id, hash).execute(session.connection()).await?;
    sqlx::query!("delete from sessions where account_id = $1", viewer.id).execute(session.connection()).await?;
    session.commit().await?;
    open_session(platform, viewer.clone()).await
}

/// An account by its address, for the command line of whoever runs the server.
pub async fn viewer_by_email(platform: &Platform, email: &str) -> Result<Option<Viewer>, Error> {
    let mut session = platform.database.as_nobody().await?;
    let found =
        sqlx::query!(r#"select account_id as "id!" from credentials_for($1)"#, normal_email(email)).fetch_optional(session.connection()).await?;
    let Some(found) = found else { return Ok(None) };
    drop(session);
    let mut session = platform.database.as_viewer(found.id).await?;
    let row = sqlx::query!("select email, name, time_zone, synthetic from accounts where id = $1", found.id).fetch_one(session.connection()).await?;
    Ok(Some(Viewer { id: found.id, name: row.name, email: row.email, time_zone: row.time_zone, synthetic: row.synthetic }))
}

pub(crate) fn hashed(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

//! Register, sign in, sign out, and whose session it is.

use chrono::TimeDelta;
use domain::accounts::{Profile, Registration, Viewer, normalize_email};
use domain::permissions::{Permission, Role, may};
use domain::privacy::NOTICE_VERSION;
use domain::{FieldErrors, Problem, ProblemKind};
use platform::secrets::{self, token_hash};
use platform::{Error, Platform, Tx};
use uuid::Uuid;

use crate::{IDLE_DAYS, SESSION_DAYS, devices, login_attempts, login_methods, mfa, password};

/// A fresh session: the token goes into the browser's cookie and is kept nowhere else.
#[derive(Debug)]
pub struct NewSession {
    /// Who it is.
    pub viewer: Viewer,
    /// For the cookie.
    pub token: String,
}

/// What the right password leads to.
#[derive(Debug)]
pub enum LoginOutcome {
    /// Into the account.
    In(Box<NewSession>),
    /// To the second factor; the token stands for the password from here on, for ten minutes and five tries.
    SecondFactor(String),
}

/// What somebody typed to register, and whether the account is a made-up one.
pub struct NewAccount {
    /// The checked form.
    pub registration: Registration,
    /// IANA name; `UTC` until the browser tells better.
    pub time_zone: String,
    /// Whether all data will be made up.
    pub synthetic: bool,
}

/// Makes an account and signs it in.
pub async fn register(platform: &Platform, new: NewAccount) -> Result<NewSession, Error> {
    let Registration { name, email, password } = new.registration;
    let mut fields = FieldErrors::default();
    password::check_new(platform, &mut fields, "password", &password, &[&name, &email]).await?;
    fields.into_result()?;
    let hash = password::hash(platform, password).await?;
    let mut session = create(platform, &name, &email, &hash, &new.time_zone, new.synthetic).await?;
    if new.synthetic {
        // Nobody reads the letters of a made-up account.
        confirm_address(platform, &mut session).await?;
    }
    let token = insert_session(platform, &mut session).await?;
    session.commit().await?;
    signed_in(platform, token).await
}

/// Inserts an account, and gives the session in which it did so: nothing is there until that is committed. The row's own id is the viewer, which
/// is what the policy asks of an insert.
pub(crate) async fn create(platform: &Platform, name: &str, email: &str, hash: &str, zone: &str, synthetic: bool) -> Result<Tx, Error> {
    let now = platform.clock.now();
    let id = platform.ids.uuid(now);
    let time_zone = if platform::clock::is_time_zone(zone) { zone } else { "UTC" };
    let mut session = platform.database.begin_as(id).await?;
    let inserted = sqlx::query!(
        "insert into accounts (id, email, name, password_hash, time_zone, synthetic, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
        id,
        email,
        name,
        hash,
        time_zone,
        synthetic,
        now
    )
    .execute(session.connection())
    .await;
    if let Err(error) = inserted {
        if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) {
            return Err(email_taken().into());
        }
        return Err(error.into());
    }
    sqlx::query!("insert into consents (account_id, what, version, given_at) values ($1, 'privacy notice', $2, $3)", id, NOTICE_VERSION, now)
        .execute(session.connection())
        .await?;
    Ok(session)
}

/// Notes that the address of the session's account is known to be theirs.
pub(crate) async fn confirm_address(platform: &Platform, session: &mut Tx) -> Result<(), Error> {
    let account = session.viewer()?;
    sqlx::query!("update accounts set email_verified_at = $2 where id = $1", account, platform.clock.now()).execute(session.connection()).await?;
    Ok(())
}

fn email_taken() -> Problem {
    let mut fields = FieldErrors::default();
    fields.add("email", "There is an account with this address. Sign in instead.");
    Problem { fields, ..Problem::new(ProblemKind::Conflict, "There is an account with this address.") }
}

/// Signs in. The same answer for an unknown address and a wrong password, in the same time.
pub async fn sign_in(platform: &Platform, email: &str, password: &str) -> Result<LoginOutcome, Error> {
    let (known, hash) = credentials(platform, &normalize_email(email)).await?;
    if !password::verify(platform, hash.clone(), password.to_owned()).await? {
        platform.tries.log_refusal(|withheld| tracing::warn!(account = ?known, withheld, "a password did not match"));
        return Err(no_match());
    }
    let account = known.ok_or_else(|| Error::Internal("no account behind a password".into()))?;
    let mut hash = hash.unwrap_or_default();
    if password::needs_rehash(&hash, &platform.config.security) {
        // The moment in which the password is known is the one to hash it at today's cost.
        let fresh = password::hash(platform, password.to_owned()).await?;
        let mut session = platform.database.begin_as(account).await?;
        let renewed = sqlx::query!("update accounts set password_hash = $2 where id = $1 and password_hash = $3", account, fresh, hash)
            .execute(session.connection())
            .await?;
        session.commit().await?;
        if renewed.rows_affected() == 1 {
            hash = fresh;
        }
    }
    let mut session = platform.database.begin_as(account).await?;
    // Checking took a while. A password that was changed meanwhile opens nothing, and one that is being changed waits until there is a session
    // that it can end.
    let still = sqlx::query_scalar!(r#"select true as "still!" from accounts where id = $1 and password_hash = $2 for share"#, account, hash);
    if still.fetch_optional(session.connection()).await?.is_none() {
        return Err(no_match());
    }
    login_as(platform, session).await
}

fn no_match() -> Error {
    Error::problem(ProblemKind::NotSignedIn, "Address and password do not match. Check both and try again.")
}

/// Into the session's account, or to its second factor, for who proved the first.
pub(crate) async fn login_as(platform: &Platform, mut session: Tx) -> Result<LoginOutcome, Error> {
    if mfa::mfa_enabled(&mut session).await? {
        let token = mfa::begin_mfa_challenge(platform, &mut session).await?;
        session.commit().await?;
        return Ok(LoginOutcome::SecondFactor(token));
    }
    let token = insert_session(platform, &mut session).await?;
    session.commit().await?;
    Ok(LoginOutcome::In(Box::new(signed_in(platform, token).await?)))
}

/// The account of an address and its password's hash. The query answers for one exact address.
pub(crate) async fn credentials(platform: &Platform, email: &str) -> Result<(Option<Uuid>, Option<String>), Error> {
    let mut session = platform.database.begin_anonymous().await?;
    let row = sqlx::query!(r#"select account_id as "id!", password_hash as "hash!" from credentials_for($1)"#, email)
        .fetch_optional(session.connection())
        .await?;
    Ok(row.map_or((None, None), |r| (Some(r.id), Some(r.hash))))
}

/// Opens a session of the account; the token is its browser's once this is committed.
pub(crate) async fn insert_session(platform: &Platform, session: &mut Tx) -> Result<String, Error> {
    let (account, token, now) = (session.viewer()?, secrets::token(&platform.ids), platform.clock.now());
    sqlx::query!("delete from sessions where expires_at < $1", now).execute(session.connection()).await?;
    sqlx::query!(
        "insert into sessions (token_hash, account_id, created_at, expires_at) values ($1, $2, $3, $4)",
        token_hash(&token),
        account,
        now,
        now + TimeDelta::days(SESSION_DAYS)
    )
    .execute(session.connection())
    .await?;
    Ok(token)
}

/// Who a session that was just opened belongs to.
pub(crate) async fn signed_in(platform: &Platform, token: String) -> Result<NewSession, Error> {
    let viewer = viewer_of(platform, &token).await?.ok_or_else(login_attempts::ended)?;
    tracing::info!(account = %viewer.id, "a session was opened");
    Ok(NewSession { viewer, token })
}

/// Whose session a token opens, if it still does.
pub async fn viewer_of(platform: &Platform, token: &str) -> Result<Option<Viewer>, Error> {
    let now = platform.clock.now();
    let mut session = platform.database.begin_anonymous().await?;
    let row = sqlx::query!(
        r#"select account_id as "id!", email as "email!", name as "name!", time_zone as "time_zone!", synthetic as "synthetic!",
             role as "role!", verified as "verified!", second_factor as "second_factor!", deletion_requested_at,
             last_seen_at as "last_seen_at!", reauthenticated_at as "reauthenticated_at!", organisations as "organisations!", agreed
           from authenticate_session($1, $2, $3)"#,
        token_hash(token),
        now,
        now - TimeDelta::days(IDLE_DAYS)
    )
    .fetch_optional(session.connection())
    .await?;
    drop(session);
    let Some(row) = row else { return Ok(None) };
    devices::touch_session(platform, row.id, token, row.last_seen_at).await?;
    Ok(Some(Viewer {
        id: row.id,
        name: row.name,
        email: row.email,
        time_zone: row.time_zone,
        synthetic: row.synthetic,
        role: Role::parse(&row.role).unwrap_or_default(),
        verified: row.verified,
        second_factor: row.second_factor,
        deletion_requested_at: row.deletion_requested_at,
        reauthenticated_at: Some(row.reauthenticated_at),
        organisations: row.organisations,
        agreed: row.agreed,
    }))
}

/// Ends the session of a token.
pub async fn sign_out(platform: &Platform, viewer: Uuid, token: &str) -> Result<(), Error> {
    let mut session = platform.database.begin_as(viewer).await?;
    sqlx::query!("delete from sessions where token_hash = $1", token_hash(token)).execute(session.connection()).await?;
    session.commit().await
}

/// Changes what the account is called and where its days begin and end. Gives whether the time zone is another than before.
pub async fn change_profile(session: &mut Tx, name: &str, time_zone: &str) -> Result<bool, Error> {
    let Profile { name, time_zone } = Profile::parse(name, time_zone, platform::clock::is_time_zone)?;
    let account = session.viewer()?;
    let before = sqlx::query_scalar!("select time_zone from accounts where id = $1 for update", account).fetch_one(session.connection()).await?;
    sqlx::query!("update accounts set name = $2, time_zone = $3 where id = $1", account, name, time_zone).execute(session.connection()).await?;
    Ok(before != time_zone)
}

/// Changes the password of whoever knows the old one, ends every session and token, and opens a new session for who asked. `token` is the
/// session's: five wrong tries at the old one end it.
pub async fn change_password(platform: &Platform, viewer: &Viewer, token: &str, old: &str, new: &str) -> Result<NewSession, Error> {
    let (_, hash) = credentials(platform, &viewer.email).await?;
    let mut fields = FieldErrors::default();
    // Who signs in by another provider alone has no old one to know; a fresh proof stands for it.
    let first = hash.as_deref() == Some("") && viewer.recently_authenticated(platform.clock.now());
    if !first && !login_attempts::in_session(platform, viewer, token, password::verify(platform, hash, old.to_owned())).await? {
        fields.add("old", "That is not the password until now. Check it and try again.");
    }
    password::check_new(platform, &mut fields, "new", new, &[&viewer.name, &viewer.email]).await?;
    fields.into_result()?;
    let hash = password::hash(platform, new.to_owned()).await?;
    let mut session = platform.database.begin_as(viewer.id).await?;
    set_password(&mut session, &hash).await?;
    let token = insert_session(platform, &mut session).await?;
    session.commit().await?;
    signed_in(platform, token).await
}

/// Stores the hash of a checked password; every session and token ends.
pub(crate) async fn set_password(session: &mut Tx, hash: &str) -> Result<(), Error> {
    let account = session.viewer()?;
    sqlx::query!("update accounts set password_hash = $2 where id = $1", account, hash).execute(session.connection()).await?;
    login_methods::end_sessions_and_tokens(session, None).await?;
    audit(session, account, "password", serde_json::json!({})).await
}

/// An account by its address, for the command line of whoever runs the server.
pub async fn viewer_by_email(platform: &Platform, email: &str) -> Result<Option<Viewer>, Error> {
    let (Some(id), _) = credentials(platform, &normalize_email(email)).await? else { return Ok(None) };
    let mut session = platform.database.begin_as(id).await?;
    let row =
        sqlx::query!("select name, email, time_zone, synthetic, email_verified_at, deletion_requested_at, role from accounts where id = $1", id)
            .fetch_one(session.connection())
            .await?;
    Ok(Some(Viewer {
        id,
        name: row.name,
        email: row.email,
        time_zone: row.time_zone,
        synthetic: row.synthetic,
        role: Role::parse(&row.role).unwrap_or_default(),
        verified: row.email_verified_at.is_some(),
        second_factor: mfa::mfa_enabled(&mut session).await?,
        deletion_requested_at: row.deletion_requested_at,
        reauthenticated_at: None,
        organisations: Vec::new(),
        agreed: None,
    }))
}

/// Lets somebody do what not everybody may. Who may not hears that there is no such thing; who may, but must first add a second
/// factor or prove who they are, hears that.
pub fn require_permission(platform: &Platform, viewer: &Viewer, act: Permission) -> Result<(), Error> {
    if !may(viewer.role, act) {
        tracing::warn!(account = %viewer.id, role = viewer.role.key(), ?act, "an act was not allowed");
        return Err(Error::not_found("page"));
    }
    login_methods::require_confirmed(viewer)?;
    require_mfa_for(platform, viewer, viewer.role)
}

/// Lets somebody act in a role, of the site or of an organisation, that asks for a second factor only with one.
pub fn require_mfa_for(platform: &Platform, viewer: &Viewer, role: Role) -> Result<(), Error> {
    if viewer.second_factor || !platform.config.security.mfa_required_roles.contains(&role) {
        return Ok(());
    }
    let words = "Your role asks for a second factor. Add one under Settings, Security, and come back.";
    Err(Error::problem(ProblemKind::NotAllowed, words))
}

/// Writes a line into the audit log, in the transaction of the act.
pub async fn audit(session: &mut Tx, subject: Uuid, act: &str, detail: serde_json::Value) -> Result<(), Error> {
    sqlx::query!("select audit($1, $2, $3)", subject, act, detail).execute(session.connection()).await?;
    Ok(())
}

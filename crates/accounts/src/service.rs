//! Registration, sign-in, sign-out, sessions and passwords.

use chrono::TimeDelta;
use domain::accounts::{Profile, Registration, Viewer, normalize_email};
use domain::permissions::{Permission, Role, may};
use domain::privacy::NOTICE_VERSION;
use domain::{FieldErrors, Problem, ProblemKind};
use platform::secrets::{self, token_hash};
use platform::{Error, Platform, Tx};
use uuid::Uuid;

use crate::{IDLE_DAYS, SESSION_DAYS, devices, login_attempts, login_methods, mfa, notices, password};

/// A new session: the token goes into the browser's cookie; only its hash is stored.
#[derive(Debug)]
pub struct NewSession {
    /// Whose session it is.
    pub viewer: Viewer,
    /// For the cookie.
    pub token: String,
}

/// What the right password leads to.
#[derive(Debug)]
pub enum LoginOutcome {
    /// A session.
    In(Box<NewSession>),
    /// An MFA challenge; its token stands for the password, for ten minutes and five attempts.
    SecondFactor(String),
}

/// A registration, and whether the account is synthetic.
pub struct NewAccount {
    /// The checked form.
    pub registration: Registration,
    /// IANA name; `UTC` until the browser sends another.
    pub time_zone: String,
    /// Whether all its data will be synthetic.
    pub synthetic: bool,
}

/// Creates an account and signs it in.
pub async fn register(platform: &Platform, new: NewAccount) -> Result<NewSession, Error> {
    let Registration { name, email, password } = new.registration;
    let mut fields = FieldErrors::default();
    password::check_new(platform, &mut fields, "password", &password, &[&name, &email]).await?;
    fields.into_result()?;
    let hash = password::hash(platform, password).await?;
    let mut tx = create(platform, &name, &email, &hash, &new.time_zone, new.synthetic).await?;
    if new.synthetic {
        // Nobody reads the emails of a synthetic account.
        confirm_address(platform, &mut tx).await?;
    }
    let token = insert_session(platform, &mut tx).await?;
    tx.commit().await?;
    signed_in(platform, token).await
}

/// Inserts an account and returns the transaction, which the caller commits. Its viewer is the new row's own id, as the row-level security policy
/// requires of an insert.
pub(crate) async fn create(platform: &Platform, name: &str, email: &str, hash: &str, zone: &str, synthetic: bool) -> Result<Tx, Error> {
    let now = platform.clock.now();
    let id = platform.ids.uuid(now);
    let time_zone = if platform::clock::is_time_zone(zone) { zone } else { "UTC" };
    let mut tx = platform.database.begin_as(id).await?;
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
    .execute(tx.connection())
    .await;
    if let Err(error) = inserted {
        if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) {
            return Err(email_taken().into());
        }
        return Err(error.into());
    }
    sqlx::query!("insert into consents (account_id, what, version, given_at) values ($1, 'privacy notice', $2, $3)", id, NOTICE_VERSION, now)
        .execute(tx.connection())
        .await?;
    Ok(tx)
}

/// Records that the address of the viewer's account is confirmed.
pub(crate) async fn confirm_address(platform: &Platform, tx: &mut Tx) -> Result<(), Error> {
    let account = tx.viewer()?;
    sqlx::query!("update accounts set email_verified_at = $2 where id = $1", account, platform.clock.now()).execute(tx.connection()).await?;
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
        platform.login_throttle.log_refusal(|withheld| tracing::warn!(account = ?known, withheld, "a password did not match"));
        return Err(no_match());
    }
    let account = known.ok_or_else(|| Error::Internal("no account behind a password".into()))?;
    let mut hash = hash.unwrap_or_default();
    if password::needs_rehash(&hash, &platform.config.security) {
        // The password is known only now: hash it at today's cost.
        let fresh = password::hash(platform, password.to_owned()).await?;
        let mut tx = platform.database.begin_as(account).await?;
        let renewed = sqlx::query!("update accounts set password_hash = $2 where id = $1 and password_hash = $3", account, fresh, hash)
            .execute(tx.connection())
            .await?;
        tx.commit().await?;
        if renewed.rows_affected() == 1 {
            hash = fresh;
        }
    }
    let mut tx = platform.database.begin_as(account).await?;
    // Checking took a while. A password that was changed in the meantime is refused, and a change that is under way waits until there is a session
    // for it to end.
    let still = sqlx::query_scalar!(r#"select true as "still!" from accounts where id = $1 and password_hash = $2 for share"#, account, hash);
    if still.fetch_optional(tx.connection()).await?.is_none() {
        return Err(no_match());
    }
    login_as(platform, tx).await
}

fn no_match() -> Error {
    Error::problem(ProblemKind::NotSignedIn, "Address and password do not match. Check both and try again.")
}

/// Signs the transaction's viewer in after the first factor, or starts an MFA challenge.
pub(crate) async fn login_as(platform: &Platform, mut tx: Tx) -> Result<LoginOutcome, Error> {
    if mfa::mfa_enabled(&mut tx).await? {
        let token = mfa::begin_mfa_challenge(platform, &mut tx).await?;
        tx.commit().await?;
        return Ok(LoginOutcome::SecondFactor(token));
    }
    let token = insert_session(platform, &mut tx).await?;
    tx.commit().await?;
    Ok(LoginOutcome::In(Box::new(signed_in(platform, token).await?)))
}

/// The account of an address and its password's hash. The query answers for one exact address.
pub(crate) async fn credentials(platform: &Platform, email: &str) -> Result<(Option<Uuid>, Option<String>), Error> {
    let mut tx = platform.database.begin_anonymous().await?;
    let row = sqlx::query!(r#"select account_id as "id!", password_hash as "hash!" from credentials_for($1)"#, email)
        .fetch_optional(tx.connection())
        .await?;
    Ok(row.map_or((None, None), |r| (Some(r.id), Some(r.hash))))
}

/// Inserts a session of the viewer's account; its token is valid once the transaction is committed.
pub(crate) async fn insert_session(platform: &Platform, tx: &mut Tx) -> Result<String, Error> {
    let (account, token, now) = (tx.viewer()?, secrets::token(&platform.ids), platform.clock.now());
    sqlx::query!("delete from sessions where expires_at < $1", now).execute(tx.connection()).await?;
    sqlx::query!(
        "insert into sessions (token_hash, account_id, created_at, expires_at) values ($1, $2, $3, $4)",
        token_hash(&token),
        account,
        now,
        now + TimeDelta::days(SESSION_DAYS)
    )
    .execute(tx.connection())
    .await?;
    Ok(token)
}

/// A session that was just inserted, with its viewer.
pub(crate) async fn signed_in(platform: &Platform, token: String) -> Result<NewSession, Error> {
    let viewer = viewer_of(platform, &token).await?.ok_or_else(login_attempts::ended)?;
    tracing::info!(account = %viewer.id, "a session was opened");
    Ok(NewSession { viewer, token })
}

/// The viewer of a session token, if it is still valid.
pub async fn viewer_of(platform: &Platform, token: &str) -> Result<Option<Viewer>, Error> {
    let now = platform.clock.now();
    let mut tx = platform.database.begin_anonymous().await?;
    let row = sqlx::query!(
        r#"select account_id as "id!", email as "email!", name as "name!", time_zone as "time_zone!", synthetic as "synthetic!",
             role as "role!", verified as "verified!", second_factor as "second_factor!", deletion_requested_at,
             last_seen_at as "last_seen_at!", reauthenticated_at as "reauthenticated_at!", organisations as "organisations!", agreed
           from authenticate_session($1, $2, $3)"#,
        token_hash(token),
        now,
        now - TimeDelta::days(IDLE_DAYS)
    )
    .fetch_optional(tx.connection())
    .await?;
    drop(tx);
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
    let mut tx = platform.database.begin_as(viewer).await?;
    sqlx::query!("delete from sessions where token_hash = $1", token_hash(token)).execute(tx.connection()).await?;
    tx.commit().await
}

/// The account's name and time zone; nobody else changes them until the transaction ends.
pub(crate) async fn lock_profile(tx: &mut Tx) -> Result<(String, String), Error> {
    let account = tx.viewer()?;
    let row = sqlx::query!("select name, time_zone from accounts where id = $1 for update", account).fetch_one(tx.connection()).await?;
    Ok((row.name, row.time_zone))
}

/// Changes the account's name and time zone. Returns whether the time zone changed.
pub async fn change_profile(tx: &mut Tx, name: &str, time_zone: &str) -> Result<bool, Error> {
    let Profile { name, time_zone } = Profile::parse(name, time_zone, platform::clock::is_time_zone)?;
    let account = tx.viewer()?;
    let before = sqlx::query_scalar!("select time_zone from accounts where id = $1 for update", account).fetch_one(tx.connection()).await?;
    sqlx::query!("update accounts set name = $2, time_zone = $3 where id = $1", account, name, time_zone).execute(tx.connection()).await?;
    Ok(before != time_zone)
}

/// Changes the password of a user who knows the current one, revokes every session and token, and opens a new session. `token` is the current
/// session's: five wrong attempts at the current password end it.
pub async fn change_password(platform: &Platform, viewer: &Viewer, token: &str, old: &str, new: &str) -> Result<NewSession, Error> {
    let (_, hash) = credentials(platform, &viewer.email).await?;
    let mut fields = FieldErrors::default();
    // An account with only an external identity has no current password; recent authentication stands for it.
    let first = hash.as_deref() == Some("") && viewer.recently_authenticated(platform.clock.now());
    if !first && !login_attempts::in_session(platform, viewer, token, password::verify(platform, hash, old.to_owned())).await? {
        fields.add("old", "That is not the current password. Check it and try again.");
    }
    password::check_new(platform, &mut fields, "new", new, &[&viewer.name, &viewer.email]).await?;
    fields.into_result()?;
    let hash = password::hash(platform, new.to_owned()).await?;
    let mut tx = platform.database.begin_as(viewer.id).await?;
    set_password(&mut tx, &hash).await?;
    let token = insert_session(platform, &mut tx).await?;
    let what = "The password of your account on Legwork was just changed, and every other device signed out.";
    platform.send_email(&mut tx, &notices::security_notice(viewer.id, &viewer.email, "The password was changed", what)).await?;
    tx.commit().await?;
    signed_in(platform, token).await
}

/// Stores the hash of a checked password; every session and token is revoked.
pub(crate) async fn set_password(tx: &mut Tx, hash: &str) -> Result<(), Error> {
    let account = tx.viewer()?;
    sqlx::query!("update accounts set password_hash = $2 where id = $1", account, hash).execute(tx.connection()).await?;
    login_methods::end_sessions_and_tokens(tx, None).await?;
    audit(tx, account, "password", serde_json::json!({})).await
}

/// An account by its address, for the operator's command line.
pub async fn viewer_by_email(platform: &Platform, email: &str) -> Result<Option<Viewer>, Error> {
    let (Some(id), _) = credentials(platform, &normalize_email(email)).await? else { return Ok(None) };
    let mut tx = platform.database.begin_as(id).await?;
    let row =
        sqlx::query!("select name, email, time_zone, synthetic, email_verified_at, deletion_requested_at, role from accounts where id = $1", id)
            .fetch_one(tx.connection())
            .await?;
    Ok(Some(Viewer {
        id,
        name: row.name,
        email: row.email,
        time_zone: row.time_zone,
        synthetic: row.synthetic,
        role: Role::parse(&row.role).unwrap_or_default(),
        verified: row.email_verified_at.is_some(),
        second_factor: mfa::mfa_enabled(&mut tx).await?,
        deletion_requested_at: row.deletion_requested_at,
        reauthenticated_at: None,
        organisations: Vec::new(),
        agreed: None,
    }))
}

/// Requires a permission. A user without it gets "not found"; one who has it, but must first confirm the address or add a second factor, is
/// told so.
pub fn require_permission(platform: &Platform, viewer: &Viewer, permission: Permission) -> Result<(), Error> {
    require_role_with(viewer, permission)?;
    login_methods::require_confirmed(viewer)?;
    require_mfa_for(platform, viewer, viewer.role)
}

/// Requires a role that has a permission. A user without it gets "not found".
pub fn require_role_with(viewer: &Viewer, permission: Permission) -> Result<(), Error> {
    if may(viewer.role, permission) {
        return Ok(());
    }
    tracing::warn!(account = %viewer.id, role = viewer.role.key(), ?permission, "permission denied");
    Err(Error::not_found("page"))
}

/// Requires a second factor of a user who acts in a role, of the site or of an organisation, that needs one.
pub fn require_mfa_for(platform: &Platform, viewer: &Viewer, role: Role) -> Result<(), Error> {
    if viewer.second_factor || !platform.config.security.mfa_required_roles.contains(&role) {
        return Ok(());
    }
    let words = "Your role needs a second factor. Add one under Settings, Security, and come back.";
    Err(Error::problem(ProblemKind::NotAllowed, words))
}

/// Adds an entry to the audit log, in the transaction of the action.
pub async fn audit(tx: &mut Tx, subject: Uuid, action: &str, details: serde_json::Value) -> Result<(), Error> {
    sqlx::query!("select audit($1, $2, $3)", subject, action, details).execute(tx.connection()).await?;
    Ok(())
}

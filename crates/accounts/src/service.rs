//! Registration, sign-in, sign-out, sessions and passwords.

use chrono::TimeDelta;
use domain::accounts::{Profile, Registration, Viewer, normalize_email};
use domain::permissions::{Permission, Role, may};
use domain::{FieldErrors, Problem, ProblemKind};
use platform::secrets;
use platform::{Error, Platform, Tx};
use uuid::Uuid;

use crate::consents::give_consent;
use crate::queries::{accounts, audit_log, sessions};
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
    let row = accounts::Insert { id, email, name, password_hash: hash, time_zone, synthetic, created_at: now };
    if !accounts::insert(&mut tx, &row).await? {
        return Err(email_taken().into());
    }
    give_consent(&mut tx, now).await?;
    Ok(tx)
}

/// Records that the address of the viewer's account is confirmed.
pub(crate) async fn confirm_address(platform: &Platform, tx: &mut Tx) -> Result<(), Error> {
    let account = tx.viewer()?;
    accounts::set_confirmed(tx, account, platform.clock.now()).await
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
        let renewed = accounts::renew_hash(&mut tx, account, &fresh, &hash).await?;
        tx.commit().await?;
        if renewed {
            hash = fresh;
        }
    }
    let mut tx = platform.database.begin_as(account).await?;
    // Checking took a while. A password that was changed in the meantime is refused, and a change that is under way waits until there is a session
    // for it to end.
    if !accounts::has_hash_for_share(&mut tx, account, &hash).await? {
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
    Ok(accounts::credentials(&mut tx, email).await?.unzip())
}

/// Inserts a session of the viewer's account; its token is valid once the transaction is committed.
pub(crate) async fn insert_session(platform: &Platform, tx: &mut Tx) -> Result<String, Error> {
    let (account, token, now) = (tx.viewer()?, secrets::token(&platform.ids), platform.clock.now());
    sessions::delete_expired(tx, now).await?;
    sessions::insert(tx, account, &token, now, now + TimeDelta::days(SESSION_DAYS)).await?;
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
    let session = sessions::authenticate(&mut tx, token, now, now - TimeDelta::days(IDLE_DAYS)).await?;
    drop(tx);
    let Some(session) = session else { return Ok(None) };
    devices::touch_session(platform, session.viewer.id, token, session.last_seen_at).await?;
    Ok(Some(session.viewer))
}

/// Ends the session of a token.
pub async fn sign_out(platform: &Platform, viewer: Uuid, token: &str) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(viewer).await?;
    sessions::delete(&mut tx, token).await?;
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
    let before = accounts::lock_time_zone(tx, account).await?;
    accounts::set_profile(tx, account, &name, &time_zone).await?;
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
    accounts::set_hash(tx, account, hash).await?;
    login_methods::end_sessions_and_tokens(tx, None).await?;
    audit(tx, account, "password", serde_json::json!({})).await
}

/// An account by its address, for the operator's command line.
pub async fn viewer_by_email(platform: &Platform, email: &str) -> Result<Option<Viewer>, Error> {
    let (Some(id), _) = credentials(platform, &normalize_email(email)).await? else { return Ok(None) };
    let mut tx = platform.database.begin_as(id).await?;
    let second_factor = mfa::mfa_enabled(&mut tx).await?;
    Ok(Some(accounts::viewer(&mut tx, id, second_factor).await?))
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
    audit_log::insert(tx, subject, action, details).await
}

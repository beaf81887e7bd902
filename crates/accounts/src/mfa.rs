//! The second factor: an authenticator app (RFC 6238), and recovery codes for when the phone is lost.

use chrono::TimeDelta;
use domain::accounts::{LoginMethods, NewTotp, Viewer};
use domain::{FieldErrors, ProblemKind};
use platform::secrets;
use platform::{Error, Platform, Tx};
use qrcodegen::{QrCode, QrCodeEcc};
use totp_rs::{Builder, Secret, Totp};
use uuid::Uuid;

use crate::login_methods::require_confirmed;
use crate::queries::{accounts, identities, mfa as queries, one_time_tokens, passkeys};
use crate::service::{NewSession, audit, insert_session, signed_in};
use crate::{login_attempts, notices};

/// How long an MFA challenge may stay pending.
const MFA_CHALLENGE_TTL: TimeDelta = TimeDelta::minutes(10);
/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;

/// Whether the viewer's account has a second factor.
pub(crate) async fn mfa_enabled(tx: &mut Tx) -> Result<bool, Error> {
    let account = tx.viewer()?;
    queries::is_enabled(tx, account).await
}

/// Stores an MFA challenge: a sign-in that still needs its second factor. Returns its token.
pub(crate) async fn begin_mfa_challenge(platform: &Platform, tx: &mut Tx) -> Result<String, Error> {
    let (account, token, now) = (tx.viewer()?, secrets::token(&platform.ids), platform.clock.now());
    one_time_tokens::insert_challenge(tx, account, &token, now, now + MFA_CHALLENGE_TTL).await?;
    Ok(token)
}

/// Completes a sign-in with the second factor. After five wrong codes, or ten minutes, it starts over with the password. Each code also counts as an
/// attempt at the account, like a password: knowing the password gains no more of them by signing in again.
pub(crate) async fn complete_mfa_login(platform: &Platform, challenge: &str, code: &str, device: Option<&str>) -> Result<NewSession, Error> {
    let over = || Error::problem(ProblemKind::NotSignedIn, "That took too long, or too many attempts. Sign in again.");
    let mut tx = platform.database.begin_anonymous().await?;
    let account = one_time_tokens::count_challenge_attempt(&mut tx, challenge, platform.clock.now()).await?.ok_or_else(over)?;
    tx.set_viewer(account).await?;
    let (attempts, email) = one_time_tokens::challenge(&mut tx, challenge).await?;
    login_attempts::check_known_device(platform, &mut tx, &email, device).await?;
    let right = verify_code(platform, &mut tx, code).await?;
    let last = attempts >= login_attempts::MAX_WRONG_ATTEMPTS;
    if right || last {
        one_time_tokens::delete(&mut tx, challenge).await?;
    }
    if right {
        let token = insert_session(platform, &mut tx).await?;
        tx.commit().await?;
        return signed_in(platform, token).await;
    }
    if last {
        audit(&mut tx, account, "guessing", serde_json::json!({ "where": "second factor" })).await?;
        let what = "Someone who knows the password of your account on Legwork typed a wrong code five times. They did not get in.";
        let notice = notices::security_notice(account, &email, "Someone tried to guess your second factor", what);
        platform.send_email(&mut tx, &notice).await?;
    }
    // Commit after a wrong code, too: it counts.
    tx.commit().await?;
    if last {
        tracing::warn!(%account, "wrong codes ended a sign-in");
        return Err(over());
    }
    let mut fields = FieldErrors::default();
    fields.add("code", "That code is wrong, or was already used. Use the next one.");
    Err(fields.into_result().err().map_or_else(|| Error::Internal("a refusal without a sentence".into()), Error::Problem))
}

/// [`verify_code`] in its own transaction, for a user who is signed in.
pub(crate) async fn verify_code_for(platform: &Platform, account: Uuid, code: &str) -> Result<bool, Error> {
    let mut tx = platform.database.begin_as(account).await?;
    let right = verify_code(platform, &mut tx, code).await?;
    tx.commit().await?;
    Ok(right)
}

/// Whether a code from the app, or a recovery code, is right. Either works once.
async fn verify_code(platform: &Platform, tx: &mut Tx, code: &str) -> Result<bool, Error> {
    let account = tx.viewer()?;
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if code.len() != 6 {
        return queries::use_recovery_code(tx, account, &code, platform.clock.now()).await;
    }
    let Some((sealed, last_used_step)) = queries::lock_totp(tx, account).await? else { return Ok(false) };
    let step = authenticator(platform, account, &sealed, "")?.check(&code, seconds(platform)).and_then(|s| i64::try_from(s).ok());
    let Some(step) = step else { return Ok(false) };
    if step <= last_used_step {
        report_code_reuse(platform, tx).await?;
        return Ok(false);
    }
    queries::set_last_used_step(tx, account, step).await?;
    Ok(true)
}

/// Reports a right code that was used a second time: a form that was sent twice, or someone who looked over a shoulder.
async fn report_code_reuse(platform: &Platform, tx: &mut Tx) -> Result<(), Error> {
    let account = tx.viewer()?;
    audit(tx, account, "code reused", serde_json::json!({})).await?;
    if platform.login_throttle.check(&format!("reuse {account}")).is_ok() {
        let email = accounts::email(tx, account).await?;
        let what = "A code of your authenticator app came a second time and was refused. If you sent a form twice, that is all.";
        platform.send_email(tx, &notices::security_notice(account, &email, "A code was used a second time", what)).await?;
    }
    Ok(())
}

/// Starts to add an authenticator app; nothing changes until a code from it is confirmed.
pub(crate) async fn start_totp(platform: &Platform, viewer: &Viewer) -> Result<(), Error> {
    require_confirmed(viewer)?;
    let sealed = platform.keys.seal(&platform.ids, &context(viewer.id), &platform.ids.bytes::<20>())?;
    let mut tx = platform.database.begin_as(viewer.id).await?;
    queries::replace_unconfirmed_totp(&mut tx, viewer.id, &sealed, platform.clock.now()).await?;
    tx.commit().await
}

/// An authenticator that is not confirmed yet, and the code that it shows.
#[cfg(feature = "testing")]
pub(crate) async fn add_totp(platform: &Platform, tx: &mut Tx) -> Result<String, Error> {
    let (account, now) = (tx.viewer()?, platform.clock.now());
    let sealed = platform.keys.seal(&platform.ids, &context(account), &platform.ids.bytes::<20>())?;
    queries::replace_unconfirmed_totp(tx, account, &sealed, now).await?;
    Ok(authenticator(platform, account, &sealed, "")?.generate(seconds(platform)).to_string())
}

/// The authenticator that is not confirmed yet, for scanning and typing in.
pub(crate) async fn new_totp(platform: &Platform, viewer: &Viewer) -> Result<Option<NewTotp>, Error> {
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let Some(sealed) = queries::unconfirmed_totp(&mut tx, viewer.id).await? else { return Ok(None) };
    let totp = authenticator(platform, viewer.id, &sealed, &viewer.email)?;
    let code = QrCode::encode_text(&totp.to_string(), QrCodeEcc::Medium).map_err(|e| Error::Internal(e.to_string()))?;
    let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y))).filter(|&(x, y)| code.get_module(x, y));
    Ok(Some(NewTotp {
        secret: totp.secret().to_base32(),
        qr_path: dark.fold(String::new(), |path, (x, y)| path + &format!("M{x} {y}h1v1h-1z")),
        qr_size: code.size().unsigned_abs(),
    }))
}

/// Confirms the authenticator by a code from it. Returns recovery codes if the account had none. `token` is the session's: five
/// wrong codes end it.
pub(crate) async fn confirm_totp(platform: &Platform, viewer: &Viewer, token: &str, code: &str) -> Result<Option<Vec<String>>, Error> {
    require_confirmed(viewer)?;
    let mut codes = None;
    let right = login_attempts::in_session(platform, viewer, token, async {
        let (right, first) = enable_totp(platform, viewer, code).await?;
        codes = first;
        Ok(right)
    });
    if !right.await? {
        let mut fields = FieldErrors::default();
        fields.add("code", "That code does not fit. Check that the clock of the phone is right, and take the next one.");
        fields.into_result()?;
    }
    Ok(codes)
}

/// Whether the code was right, and new recovery codes if the account had none.
async fn enable_totp(platform: &Platform, viewer: &Viewer, code: &str) -> Result<(bool, Option<Vec<String>>), Error> {
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let now = platform.clock.now();
    let sealed = queries::lock_unconfirmed_totp(&mut tx, viewer.id).await?.ok_or_else(|| Error::not_found("authenticator"))?;
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let step = authenticator(platform, viewer.id, &sealed, "")?.check(&digits, seconds(platform)).and_then(|s| i64::try_from(s).ok());
    let Some(step) = step else { return Ok((false, None)) };
    queries::confirm_totp(&mut tx, viewer.id, now, step).await?;
    audit(&mut tx, viewer.id, "authenticator", serde_json::json!({ "after": true })).await?;
    let codes = ensure_recovery_codes(platform, &mut tx).await?;
    notices::notify_login_method_change(platform, &mut tx, viewer, "A second factor was added to your account on Legwork.").await?;
    tx.commit().await?;
    Ok((true, codes))
}

/// Removes the authenticator.
pub(crate) async fn disable_totp(platform: &Platform, viewer: &Viewer) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(viewer.id).await?;
    if queries::delete_totp(&mut tx, viewer.id).await? == 1 {
        audit(&mut tx, viewer.id, "authenticator", serde_json::json!({ "after": false })).await?;
        notices::notify_login_method_change(platform, &mut tx, viewer, "The authenticator app was removed from your account on Legwork.").await?;
    }
    tx.commit().await
}

/// New recovery codes; the old ones stop working.
pub(crate) async fn regenerate_recovery_codes(platform: &Platform, viewer: &Viewer) -> Result<Vec<String>, Error> {
    require_confirmed(viewer)?;
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let codes = generate_recovery_codes(platform, &mut tx).await?;
    audit(&mut tx, viewer.id, "recovery codes", serde_json::json!({})).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Recovery codes for an account that has no unused ones.
pub(crate) async fn ensure_recovery_codes(platform: &Platform, tx: &mut Tx) -> Result<Option<Vec<String>>, Error> {
    let account = tx.viewer()?;
    if queries::has_recovery_code(tx, account).await? { Ok(None) } else { Ok(Some(generate_recovery_codes(platform, tx).await?)) }
}

async fn generate_recovery_codes(platform: &Platform, tx: &mut Tx) -> Result<Vec<String>, Error> {
    let (account, now) = (tx.viewer()?, platform.clock.now());
    queries::delete_recovery_codes(tx, account).await?;
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| platform::hex(&platform.ids.bytes::<10>())).collect();
    queries::insert_recovery_codes(tx, account, &codes, now).await?;
    // In groups of five, as people copy them.
    Ok(codes.iter().map(|c| c.as_bytes().chunks(5).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")).collect())
}

/// Every login method of the viewer's account.
pub async fn login_methods(tx: &mut Tx) -> Result<LoginMethods, Error> {
    let account = tx.viewer()?;
    let passkeys = passkeys::list(tx, account).await?;
    let identities = identities::issuers(tx, account).await?;
    Ok(LoginMethods { passkeys, identities, ..queries::login_methods(tx, account).await? })
}

/// Encrypts the account's authenticator secret again with the current key. Returns how many were re-encrypted.
pub async fn reencrypt(platform: &Platform, account: Uuid) -> Result<u64, Error> {
    let mut tx = platform.database.begin_as(account).await?;
    let sealed = queries::lock_any_totp(&mut tx, account).await?;
    let Some(sealed) = sealed.filter(|s| !platform.keys.is_current(s)) else { return Ok(0) };
    let secret = platform.keys.open_sealed(&context(account), &sealed)?;
    let fresh = platform.keys.seal(&platform.ids, &context(account), &secret)?;
    queries::set_totp_secret(&mut tx, account, &fresh).await?;
    tx.commit().await?;
    Ok(1)
}

fn authenticator(platform: &Platform, account: Uuid, sealed: &[u8], name: &str) -> Result<Totp, Error> {
    let secret = platform.keys.open_sealed(&context(account), sealed)?;
    Builder::new()
        .with_secret(Secret::new(secret.into_boxed_slice()))
        .with_account_name(name.replace(':', " "))
        .with_issuer(Some("Legwork"))
        .build()
        .map_err(|e| Error::Internal(e.to_string()))
}

fn context(account: Uuid) -> String {
    format!("authenticator {account}")
}

fn seconds(platform: &Platform) -> u64 {
    u64::try_from(platform.clock.now().timestamp()).unwrap_or(0)
}

//! The authenticator app (RFC 6238).

use domain::FieldErrors;
use domain::accounts::{NewTotp, Viewer};
use domain::audit::AuditAction;
use platform::{Error, Platform, Tx};
use qrcodegen::{QrCode, QrCodeEcc};
use totp_rs::{Builder, Secret, Totp};
use uuid::Uuid;

use super::recovery_codes::ensure_recovery_codes;
use crate::audit::audit;
use crate::authorisation::require_confirmed;
use crate::queries::{accounts, mfa as queries};
use crate::{login_attempts, notices};

/// Whether six digits are what the confirmed app shows, for the first time.
pub(super) async fn verify(platform: &Platform, tx: &mut Tx, code: &str) -> Result<bool, Error> {
    let account = tx.viewer()?;
    let Some((sealed, last_used_step)) = queries::lock_totp(tx, account).await? else { return Ok(false) };
    let step = authenticator(platform, account, &sealed, "")?.check(code, seconds(platform)).and_then(|s| i64::try_from(s).ok());
    let Some(step) = step else { return Ok(false) };
    if step <= last_used_step {
        report_code_reuse(platform, tx).await?;
        return Ok(false);
    }
    queries::set_last_used_step(tx, account, step).await?;
    Ok(true)
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
    audit(&mut tx, viewer.id, AuditAction::TotpEnabled, serde_json::json!({})).await?;
    let codes = ensure_recovery_codes(platform, &mut tx).await?;
    notices::notify_login_method_change(platform, &mut tx, viewer, "A second factor was added to your account on Legwork.").await?;
    tx.commit().await?;
    Ok((true, codes))
}

/// Removes the authenticator.
pub(crate) async fn disable_totp(platform: &Platform, viewer: &Viewer) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(viewer.id).await?;
    if queries::delete_totp(&mut tx, viewer.id).await? == 1 {
        audit(&mut tx, viewer.id, AuditAction::TotpDisabled, serde_json::json!({})).await?;
        notices::notify_login_method_change(platform, &mut tx, viewer, "The authenticator app was removed from your account on Legwork.").await?;
    }
    tx.commit().await
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

/// Reports a right code that was used a second time: a form that was sent twice, or someone who looked over a shoulder.
async fn report_code_reuse(platform: &Platform, tx: &mut Tx) -> Result<(), Error> {
    let account = tx.viewer()?;
    audit(tx, account, AuditAction::CodeReused, serde_json::json!({})).await?;
    if platform.login_throttle.check(&format!("reuse {account}")).is_ok() {
        let email = accounts::email(tx, account).await?;
        let what = "A code of your authenticator app came a second time and was refused. If you sent a form twice, that is all.";
        platform.send_email(tx, &notices::security_notice(account, &email, "A code was used a second time", what)).await?;
    }
    Ok(())
}

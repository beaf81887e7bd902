//! What follows the first factor: a session, or a challenge for the second.

use chrono::TimeDelta;
use domain::audit::AuditAction;
use domain::{FieldErrors, ProblemKind};
use platform::secrets;
use platform::{Error, Platform, Tx};

use super::codes::verify_code;
use crate::audit::audit;
use crate::queries::{mfa as queries, one_time_tokens};
use crate::sessions::{NewSession, insert_session, signed_in};
use crate::{login_attempts, notices};

/// How long an MFA challenge may stay pending.
const MFA_CHALLENGE_TTL: TimeDelta = TimeDelta::minutes(10);

/// What the right password leads to.
#[derive(Debug)]
pub enum LoginOutcome {
    /// A session.
    In(Box<NewSession>),
    /// An MFA challenge; its token stands for the password, for ten minutes and five attempts.
    SecondFactor(String),
}

/// Signs the transaction's viewer in after the first factor, or starts an MFA challenge.
pub(crate) async fn login_as(platform: &Platform, mut tx: Tx) -> Result<LoginOutcome, Error> {
    let account = tx.viewer()?;
    if queries::is_enabled(&mut tx, account).await? {
        let token = begin_mfa_challenge(platform, &mut tx).await?;
        tx.commit().await?;
        return Ok(LoginOutcome::SecondFactor(token));
    }
    let token = insert_session(platform, &mut tx).await?;
    tx.commit().await?;
    Ok(LoginOutcome::In(Box::new(signed_in(platform, token).await?)))
}

/// Stores an MFA challenge: a sign-in that still needs its second factor. Returns its token.
async fn begin_mfa_challenge(platform: &Platform, tx: &mut Tx) -> Result<String, Error> {
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
        audit(&mut tx, account, AuditAction::GuessingStopped, serde_json::json!({ "where": "second_factor" })).await?;
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

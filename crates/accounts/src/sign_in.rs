//! Signing in with a password.

use domain::ProblemKind;
use domain::accounts::normalize_email;
use platform::{Error, Platform};

use crate::credentials::credentials;
use crate::mfa::{LoginOutcome, login_as};
use crate::password;
use crate::queries::accounts;

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

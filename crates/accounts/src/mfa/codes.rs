//! Checks of what is typed as a second factor.

use platform::{Error, Platform, Tx};
use uuid::Uuid;

use super::totp;
use crate::queries::mfa as queries;

/// [`verify_code`] in its own transaction, for a user who is signed in.
pub(crate) async fn verify_code_for(platform: &Platform, account: Uuid, code: &str) -> Result<bool, Error> {
    let mut tx = platform.database.begin_as(account).await?;
    let right = verify_code(platform, &mut tx, code).await?;
    tx.commit().await?;
    Ok(right)
}

/// Whether a code from the app, or a recovery code, is right. Either works once.
pub(super) async fn verify_code(platform: &Platform, tx: &mut Tx, code: &str) -> Result<bool, Error> {
    let account = tx.viewer()?;
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if code.len() == 6 { totp::verify(platform, tx, &code).await } else { queries::use_recovery_code(tx, account, &code, platform.clock.now()).await }
}

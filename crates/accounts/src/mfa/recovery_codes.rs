//! Recovery codes, for when the phone is lost. Each works once.

use domain::accounts::Viewer;
use domain::audit::AuditAction;
use platform::{Error, Platform, Tx};

use crate::audit::audit;
use crate::authorisation::require_confirmed;
use crate::queries::mfa as queries;

/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;

/// New recovery codes; the old ones stop working.
pub(crate) async fn regenerate_recovery_codes(platform: &Platform, viewer: &Viewer) -> Result<Vec<String>, Error> {
    require_confirmed(viewer)?;
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let codes = generate_recovery_codes(platform, &mut tx).await?;
    audit(&mut tx, viewer.id, AuditAction::RecoveryCodesCreated, serde_json::json!({})).await?;
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

//! Consents: what a user agreed to, in which version, and when.

use chrono::{DateTime, Utc};
use domain::privacy::{Consent, NOTICE_VERSION};
use platform::{Error, Tx};

use crate::queries::consents as queries;
pub use crate::queries::consents::ConsentRecord;

/// The viewer's consents that are not withdrawn.
pub async fn consents(tx: &mut Tx) -> Result<Vec<Consent>, Error> {
    let account = tx.viewer()?;
    queries::list(tx, account).await
}

/// Every consent of the viewer, withdrawn ones too, for an export.
pub async fn consent_records(tx: &mut Tx) -> Result<Vec<ConsentRecord>, Error> {
    let account = tx.viewer()?;
    queries::list_all(tx, account).await
}

/// Gives consent to the current privacy notice. Idempotent.
pub async fn give_consent(tx: &mut Tx, now: DateTime<Utc>) -> Result<(), Error> {
    let account = tx.viewer()?;
    queries::insert(tx, account, NOTICE_VERSION, now).await
}

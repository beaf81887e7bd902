//! The table `consents`.

use chrono::{DateTime, Utc};
use domain::privacy::{Consent, PRIVACY_NOTICE};
use platform::{Error, Tx};
use uuid::Uuid;

/// A consent, and whether it was withdrawn.
#[derive(Debug)]
pub struct ConsentRecord {
    /// To what.
    pub what: String,
    /// Of which version.
    pub version: String,
    /// When it was given.
    pub given_at: DateTime<Utc>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// The consents of an account that are not withdrawn, the oldest first.
pub(crate) async fn list(tx: &mut Tx, account: Uuid) -> Result<Vec<Consent>, Error> {
    let rows = sqlx::query_as!(
        Consent,
        "select what, version, given_at from consents where account_id = $1 and withdrawn_at is null order by given_at, what",
        account
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// Inserts consent to a version of the privacy notice, unless it is there.
pub(crate) async fn insert(tx: &mut Tx, account: Uuid, version: &str, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into consents (account_id, what, version, given_at) values ($1, $2, $3, $4) on conflict do nothing",
        account,
        PRIVACY_NOTICE,
        version,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Every consent of an account, withdrawn ones too.
pub(crate) async fn list_all(tx: &mut Tx, account: Uuid) -> Result<Vec<ConsentRecord>, Error> {
    let rows = sqlx::query_as!(
        ConsentRecord,
        "select what, version, given_at, withdrawn_at from consents where account_id = $1 order by what, version",
        account
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

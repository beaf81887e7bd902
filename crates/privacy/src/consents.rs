//! Consents: what a user agreed to, in which version, and when.

use chrono::{DateTime, Utc};
use domain::privacy::{Consent, NOTICE_VERSION};
use platform::{Error, Tx};

/// The viewer's consents that are not withdrawn.
pub async fn consents(tx: &mut Tx) -> Result<Vec<Consent>, Error> {
    let account = tx.viewer()?;
    Ok(sqlx::query_as!(
        Consent,
        "select what, version, given_at from consents where account_id = $1 and withdrawn_at is null order by given_at, what",
        account
    )
    .fetch_all(tx.connection())
    .await?)
}

/// Gives consent to the current privacy notice. Idempotent.
pub async fn give_consent(tx: &mut Tx, now: DateTime<Utc>) -> Result<(), Error> {
    let account = tx.viewer()?;
    sqlx::query!(
        "insert into consents (account_id, what, version, given_at) values ($1, 'privacy notice', $2, $3) on conflict do nothing",
        account,
        NOTICE_VERSION,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

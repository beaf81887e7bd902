//! What somebody agreed to, in which words, and when.

use chrono::{DateTime, Utc};
use domain::privacy::{Consent, NOTICE_VERSION};
use platform::{Error, Tx};

/// Everything that the viewer agreed to and did not take back.
pub async fn consents(session: &mut Tx) -> Result<Vec<Consent>, Error> {
    let account = session.viewer()?;
    Ok(sqlx::query_as!(
        Consent,
        "select what, version, given_at from consents where account_id = $1 and withdrawn_at is null order by given_at, what",
        account
    )
    .fetch_all(session.connection())
    .await?)
}

/// Agrees to the privacy notice as it stands. Twice is once.
pub async fn give_consent(session: &mut Tx, now: DateTime<Utc>) -> Result<(), Error> {
    let account = session.viewer()?;
    sqlx::query!(
        "insert into consents (account_id, what, version, given_at) values ($1, 'privacy notice', $2, $3) on conflict do nothing",
        account,
        NOTICE_VERSION,
        now
    )
    .execute(session.connection())
    .await?;
    Ok(())
}

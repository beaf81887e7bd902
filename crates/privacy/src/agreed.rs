//! What somebody agreed to, in which words, and when.

use chrono::{DateTime, Utc};
use domain::privacy::{Agreed, NOTICE_VERSION};
use platform::{Error, Session};

/// Everything that the viewer agreed to and did not take back.
pub async fn agreed(session: &mut Session) -> Result<Vec<Agreed>, Error> {
    let account = session.viewer()?;
    Ok(sqlx::query_as!(
        Agreed,
        "select what, version, given_at from consents where account_id = $1 and withdrawn_at is null order by given_at, what",
        account
    )
    .fetch_all(session.connection())
    .await?)
}

/// Agrees to the privacy notice as it stands. Twice is once.
pub async fn agree(session: &mut Session, now: DateTime<Utc>) -> Result<(), Error> {
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

//! What somebody agreed to, in which words, and when.

use domain::privacy::Agreed;
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

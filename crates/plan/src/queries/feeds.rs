//! Secret addresses of calendars.

use chrono::{DateTime, Utc};
use platform::secrets::token_hash;
use platform::{Error, Tx};
use uuid::Uuid;

/// Makes this the athlete's secret. The one before opens nothing from then on.
pub(crate) async fn put(tx: &mut Tx, athlete: Uuid, secret: &str, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into calendar_feeds (athlete_id, token_hash, created_at) values ($1, $2, $3)
         on conflict (athlete_id) do update set token_hash = excluded.token_hash, created_at = excluded.created_at",
        athlete,
        token_hash(secret),
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Deletes the athlete's secret.
pub(crate) async fn delete(tx: &mut Tx, athlete: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from calendar_feeds where athlete_id = $1", athlete).execute(tx.connection()).await?;
    Ok(())
}

/// When the athlete's secret was made, if there is one.
pub(crate) async fn since(tx: &mut Tx, athlete: Uuid) -> Result<Option<DateTime<Utc>>, Error> {
    Ok(sqlx::query_scalar!("select created_at from calendar_feeds where athlete_id = $1", athlete).fetch_optional(tx.connection()).await?)
}

/// Whose plan a secret opens; for an anonymous transaction.
pub(crate) async fn athlete_of(tx: &mut Tx, secret: &str) -> Result<Option<Uuid>, Error> {
    let found = sqlx::query_scalar!(r#"select athlete_id as "athlete_id!" from athlete_of_calendar_feed($1)"#, token_hash(secret));
    Ok(found.fetch_optional(tx.connection()).await?)
}

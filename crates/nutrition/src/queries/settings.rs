//! Whether the page asks.

use chrono::{DateTime, NaiveDate, Utc};
use platform::{Error, Tx};
use uuid::Uuid;

/// What the athlete said of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Never ask.
    pub(crate) prompt_off: bool,
    /// Not on this day.
    pub(crate) dismissed_day: Option<NaiveDate>,
}

/// What the athlete said, if anything.
pub(crate) async fn get(tx: &mut Tx, athlete: Uuid) -> Result<Option<Settings>, Error> {
    let row = sqlx::query_as!(Settings, "select prompt_off, dismissed_day from nutrition_settings where athlete_id = $1", athlete);
    Ok(row.fetch_optional(tx.connection()).await?)
}

/// Remembers it.
pub(crate) async fn put(tx: &mut Tx, athlete: Uuid, settings: Settings, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into nutrition_settings (athlete_id, prompt_off, dismissed_day, created_at) values ($1, $2, $3, $4)
         on conflict (athlete_id) do update set prompt_off = excluded.prompt_off, dismissed_day = excluded.dismissed_day",
        athlete,
        settings.prompt_off,
        settings.dismissed_day,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

//! The table `onboarding`. Each statement adds to what is there, so that two devices lose nothing of each other.

use chrono::{DateTime, Utc};
use platform::{Error, Tx};
use uuid::Uuid;

/// How far an athlete is, as it is stored.
pub(crate) struct Row {
    pub(crate) done: Vec<String>,
    pub(crate) skipped: Vec<String>,
    pub(crate) food: Option<String>,
    pub(crate) left_at: Option<DateTime<Utc>>,
    pub(crate) finished_at: Option<DateTime<Utc>>,
}

/// How far an athlete is, if they began.
pub(crate) async fn get(tx: &mut Tx, athlete: Uuid) -> Result<Option<Row>, Error> {
    let row = sqlx::query_as!(Row, "select done, skipped, food, left_at, finished_at from onboarding where athlete_id = $1", athlete);
    Ok(row.fetch_optional(tx.connection()).await?)
}

/// A step was answered.
pub(crate) async fn answered(tx: &mut Tx, athlete: Uuid, step: &str, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into onboarding as o (athlete_id, done, created_at) values ($1, array[$2::text], $3)
         on conflict (athlete_id) do update set done = array_append(array_remove(o.done, $2), $2), skipped = array_remove(o.skipped, $2)",
        athlete,
        step,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// A step was skipped. One that was answered stays answered.
pub(crate) async fn skipped(tx: &mut Tx, athlete: Uuid, step: &str, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into onboarding as o (athlete_id, skipped, created_at) values ($1, array[$2::text], $3)
         on conflict (athlete_id) do update set skipped = array_append(array_remove(o.skipped, $2), $2) where not ($2 = any(o.done))",
        athlete,
        step,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// It is over: left for good, or finished. The first moment stays.
pub(crate) async fn end(tx: &mut Tx, athlete: Uuid, finished: bool, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into onboarding as o (athlete_id, left_at, finished_at, created_at)
           values ($1, case when not $2 then $3::timestamptz end, case when $2 then $3 end, $3)
         on conflict (athlete_id) do update set left_at = coalesce(o.left_at, excluded.left_at), finished_at = coalesce(o.finished_at, excluded.finished_at)",
        athlete,
        finished,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Whether to ask about food.
pub(crate) async fn set_food(tx: &mut Tx, athlete: Uuid, food: &str, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into onboarding (athlete_id, food, created_at) values ($1, $2, $3) on conflict (athlete_id) do update set food = excluded.food",
        athlete,
        food,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

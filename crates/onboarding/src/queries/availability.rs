//! The table `availability`.

use chrono::{DateTime, Utc};
use platform::{Error, Tx};
use uuid::Uuid;

/// A week as it is stored.
pub(crate) struct Row {
    pub(crate) slots: Vec<String>,
    pub(crate) long_run: Option<String>,
}

/// An athlete's week, if it is said.
pub(crate) async fn get(tx: &mut Tx, athlete: Uuid) -> Result<Option<Row>, Error> {
    let row = sqlx::query_as!(Row, "select slots, long_run from availability where athlete_id = $1", athlete);
    Ok(row.fetch_optional(tx.connection()).await?)
}

/// Stores it.
pub(crate) async fn put(tx: &mut Tx, athlete: Uuid, row: &Row, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into availability (athlete_id, slots, long_run, created_at) values ($1, $2, $3, $4)
         on conflict (athlete_id) do update set slots = excluded.slots, long_run = excluded.long_run",
        athlete,
        &row.slots,
        row.long_run,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

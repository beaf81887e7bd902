//! The table `saved_filters`.

use chrono::{DateTime, Utc};
use domain::activities::SavedFilter;
use platform::{Error, Tx};
use uuid::Uuid;

/// The filters that the viewer keeps, by name.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<SavedFilter>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(SavedFilter, "select id, name, query from saved_filters where athlete_id = $1 order by name limit 200", athlete);
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// Keeps a filter; one of the same name is replaced.
pub(crate) async fn save(tx: &mut Tx, id: Uuid, name: &str, query: &str, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!(
        "insert into saved_filters (id, athlete_id, name, query, created_at) values ($1, $2, $3, $4, $5)
         on conflict (athlete_id, name) do update set query = excluded.query",
        id,
        athlete,
        name,
        query,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Lets a filter go.
pub(crate) async fn forget(tx: &mut Tx, id: Uuid) -> Result<bool, Error> {
    let gone = sqlx::query!("delete from saved_filters where id = $1", id).execute(tx.connection()).await?;
    Ok(gone.rows_affected() > 0)
}

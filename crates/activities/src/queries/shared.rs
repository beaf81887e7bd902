//! What others may see. The database decides: a viewer's transaction reads no row of another athlete, and these functions answer for them.

use chrono::{DateTime, Utc};
use domain::sharing::VisibleParts;
use platform::{Error, Tx};
use uuid::Uuid;

/// What the viewer may see of another athlete.
pub(crate) struct Visible {
    pub(crate) athlete: Uuid,
    pub(crate) name: String,
    pub(crate) synthetic: bool,
    pub(crate) parts: VisibleParts,
}

/// What the viewer, who may be anonymous, may see of an activity; `None` if nothing.
pub(crate) async fn of_activity(tx: &mut Tx, id: Uuid) -> Result<Option<Visible>, Error> {
    let shown = sqlx::query!(
        r#"select athlete as "athlete!", name as "name!", synthetic as "synthetic!", map as "map!", heart_rate as "heart_rate!" from visibility_of_activity($1)"#,
        id
    )
    .fetch_optional(tx.connection())
    .await?;
    let parts = |map, heart_rate| VisibleParts { map, heart_rate };
    Ok(shown.map(|s| Visible { athlete: s.athlete, name: s.name, synthetic: s.synthetic, parts: parts(s.map, s.heart_rate) }))
}

/// What the viewer may see of the activities of an athlete whom they coach; `None` if nothing.
pub(crate) async fn of_athlete(tx: &mut Tx, athlete: Uuid) -> Result<Option<Visible>, Error> {
    let shown = sqlx::query!(
        r#"select name as "name!", synthetic as "synthetic!", map as "map!", heart_rate as "heart_rate!" from visibility_of_athlete($1) where coached"#,
        athlete
    )
    .fetch_optional(tx.connection())
    .await?;
    let parts = |map, heart_rate| VisibleParts { map, heart_rate };
    Ok(shown.map(|s| Visible { athlete, name: s.name, synthetic: s.synthetic, parts: parts(s.map, s.heart_rate) }))
}

/// Whether an activity of the viewer is hidden from everybody else; `None` if it is not the viewer's.
pub(crate) async fn own_hidden(tx: &mut Tx, id: Uuid) -> Result<Option<bool>, Error> {
    Ok(sqlx::query_scalar!("select hidden from activities where id = $1", id).fetch_optional(tx.connection()).await?)
}

/// The activities of the viewer that are not hidden from others, before a position in the list, with their starts, newest first.
pub(crate) async fn page(tx: &mut Tx, before: DateTime<Utc>, before_id: Uuid, limit: i64) -> Result<Vec<(Uuid, DateTime<Utc>)>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query!(
        "select id, started_at from activities where athlete_id = $1 and merged_into is null and not hidden and (started_at, id) < ($2, $3)
         order by started_at desc, id desc limit $4",
        athlete,
        before,
        before_id,
        limit
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.started_at)).collect())
}

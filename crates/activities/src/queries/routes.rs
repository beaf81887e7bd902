//! Routes: activities whose lines are the same share an id.

use physiology::route::{Candidates, Line, Signature};
use platform::{Error, Tx};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

/// A route that an activity may have been on, by the line of the first activity on it.
pub(crate) struct Known {
    pub(crate) id: Uuid,
    pub(crate) line: Line,
}

/// The athlete's routes whose signatures lie in these ranges, but for one activity; at most so many, those of the latest activities.
pub(crate) async fn candidates(tx: &mut Tx, but: Uuid, within: Candidates, most: i64) -> Result<Vec<Known>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query!(
        r#"select first.route_id as "id!", (select route_line from activities a where a.id = first.id) as "line: Json<Value>"
           from (
             select route_id, (array_agg(id order by started_at, id))[1] as id, max(started_at) as latest from activities
             where athlete_id = $1 and route_id is not null and route_length_m between $3 and $4 and route_latitude_e5 between $5 and $6
               and route_longitude_e5 between $7 and $8 and id <> $2
             group by route_id order by latest desc limit $9) first"#,
        athlete,
        but,
        within.length_m.0,
        within.length_m.1,
        within.latitude_e5.0,
        within.latitude_e5.1,
        within.longitude_e5.0,
        within.longitude_e5.1,
        most
    );
    // A line that cannot be read, as an archive may bring it, is no candidate.
    let known = |id, line: Option<Json<Value>>| Some(Known { id, line: serde_json::from_value(line?.0).ok()? });
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().filter_map(|row| known(row.id, row.line)).collect())
}

/// Sets the route of an activity and its line; or that it has none.
pub(crate) async fn set(tx: &mut Tx, activity: Uuid, route: Option<(Uuid, &Line, Signature)>) -> Result<(), Error> {
    let signature = route.map(|(.., signature)| signature);
    sqlx::query!(
        "update activities set route_id = $2, route_line = $3, route_length_m = $4, route_latitude_e5 = $5, route_longitude_e5 = $6 where id = $1",
        activity,
        route.map(|(id, ..)| id),
        route.map(|(_, line, _)| serde_json::to_value(line)).transpose()?,
        signature.map(|s| s.length_m),
        signature.map(|s| s.latitude_e5),
        signature.map(|s| s.longitude_e5),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

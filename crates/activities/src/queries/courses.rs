//! Activities whose route can be the course of a race.

use domain::race::OwnRoute;
use platform::{Error, Tx};
use uuid::Uuid;

/// The latest runs and walks of the viewer's that have a route, at most so many.
pub async fn own_routes(tx: &mut Tx, limit: i64) -> Result<Vec<OwnRoute>, Error> {
    let athlete = tx.viewer()?;
    let routes = sqlx::query_as!(
        OwnRoute,
        r#"select id, title, local_date as day, distance_m as "distance_m!" from activities
           where athlete_id = $1 and merged_into is null and sport in ('running', 'walking') and route_id is not null and distance_m >= 1000
           order by started_at desc, id desc limit $2"#,
        athlete,
        limit
    );
    Ok(routes.fetch_all(tx.connection()).await?)
}

/// An activity of the viewer's that has a distance and a route.
pub async fn own_route(tx: &mut Tx, id: Uuid) -> Result<Option<OwnRoute>, Error> {
    let athlete = tx.viewer()?;
    let route = sqlx::query_as!(
        OwnRoute,
        r#"select id, title, local_date as day, distance_m as "distance_m!" from activities
           where id = $2 and athlete_id = $1 and merged_into is null and distance_m >= 100 and route_preview <> '[]'"#,
        athlete,
        id
    );
    Ok(route.fetch_optional(tx.connection()).await?)
}

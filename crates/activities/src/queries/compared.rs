//! What an activity is compared with: the athlete's earlier ones of its sport.

use chrono::NaiveDate;
use domain::activities::Summary;
use platform::{Error, Tx};
use uuid::Uuid;

/// An earlier activity.
pub(crate) struct Earlier {
    pub(crate) id: Uuid,
    pub(crate) day: NaiveDate,
    /// Metres per heartbeat.
    pub(crate) efficiency_factor: Option<f64>,
    pub(crate) distance_m: Option<f64>,
    pub(crate) moving_s: Option<f64>,
    pub(crate) elevation_gain_m: Option<f64>,
    pub(crate) temperature_c: Option<f64>,
    pub(crate) avg_hr_bpm: Option<f64>,
    pub(crate) decoupling_pct: Option<f64>,
    pub(crate) second_half_pct: Option<f64>,
    pub(crate) climbs_against_flat_s_per_km: Option<f64>,
    /// Whether it was on the same route.
    pub(crate) same_route: bool,
}

/// The activities of the sport in the year before another one, and all those on its route before: at most a thousand, oldest first.
pub(crate) async fn earlier(tx: &mut Tx, own: &Summary, route: Option<Uuid>) -> Result<Vec<Earlier>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        Earlier,
        r#"select id as "id!", day as "day!", efficiency_factor, distance_m, moving_s, elevation_gain_m, temperature_c, avg_hr_bpm, decoupling_pct,
             second_half_pct, climbs_against_flat_s_per_km, same_route as "same_route!"
           from (
             (select id, started_at, local_date as day, efficiency_factor, distance_m, moving_s, elevation_gain_m, temperature_c, avg_hr_bpm,
                decoupling_pct, second_half_pct, climbs_against_flat_s_per_km, coalesce(route_id = $5, false) as same_route
              from activities
              where athlete_id = $1 and merged_into is null and sport = $2 and started_at < $3 and local_date >= $4::date - 365
                and local_date <= $4::date order by started_at desc limit 800)
             union all
             (select id, started_at, local_date, efficiency_factor, distance_m, moving_s, elevation_gain_m, temperature_c, avg_hr_bpm,
                decoupling_pct, second_half_pct, climbs_against_flat_s_per_km, true
              from activities
              where athlete_id = $1 and merged_into is null and sport = $2 and started_at < $3 and route_id = $5 and local_date < $4::date - 365
                and is_possible_day(local_date, created_at) order by started_at desc limit 200)) both_
           order by started_at, id"#,
        athlete,
        own.sport,
        own.started_at,
        own.day,
        route
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// How many activities of the sport there are before another one, and the longest of them in metres.
pub(crate) async fn before(tx: &mut Tx, own: &Summary) -> Result<(i64, Option<f64>), Error> {
    let athlete = tx.viewer()?;
    let row = sqlx::query!(
        r#"select count(*) as "count!", max(distance_m) as longest_m from activities
           where athlete_id = $1 and merged_into is null and sport = $2 and started_at < $3 and is_possible_day(local_date, created_at)"#,
        athlete,
        own.sport,
        own.started_at
    )
    .fetch_one(tx.connection())
    .await?;
    Ok((row.count, row.longest_m))
}

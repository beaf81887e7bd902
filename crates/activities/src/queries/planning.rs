//! What a plan asks of activities: their shapes, by which sessions find them, and what is usual.

use chrono::NaiveDate;
use domain::activities::Kind;
use domain::plan::{KindSums, Shape};
use platform::{Error, Tx};
use uuid::Uuid;

/// Activities that are compared with a plan at once, at most.
const MOST: i64 = 2000;

/// The shapes of the activities of these days, in order.
pub async fn shapes_on(tx: &mut Tx, days: &[NaiveDate]) -> Result<Vec<Shape>, Error> {
    if days.is_empty() {
        return Ok(Vec::new());
    }
    let athlete = tx.viewer()?;
    let rows = sqlx::query!(
        "select id, sport, sub_sport, kind, local_date as day, distance_m, moving_s from activities
         where athlete_id = $1 and merged_into is null and local_date = any ($2) and is_possible_day(local_date, created_at)
         order by local_date, started_at, id limit $3",
        athlete,
        days,
        MOST
    );
    let rows = rows.fetch_all(tx.connection()).await?.into_iter();
    Ok(rows.map(|row| shape(row.id, row.day, (row.kind, row.sport, row.sub_sport), row.distance_m, row.moving_s)).collect())
}

/// The shapes of these activities.
pub async fn shapes_of(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Shape>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let athlete = tx.viewer()?;
    let rows = sqlx::query!(
        "select id, sport, sub_sport, kind, local_date as day, distance_m, moving_s from activities
         where id = any ($2) and athlete_id = $1 and merged_into is null order by local_date, started_at, id",
        athlete,
        ids
    );
    let rows = rows.fetch_all(tx.connection()).await?.into_iter();
    Ok(rows.map(|row| shape(row.id, row.day, (row.kind, row.sport, row.sub_sport), row.distance_m, row.moving_s)).collect())
}

fn shape(
    id: Uuid,
    day: NaiveDate,
    (kind, sport, sub_sport): (Option<String>, String, Option<String>),
    metres: Option<f64>,
    seconds: Option<f64>,
) -> Shape {
    Shape { id, day, kind: Kind::of(kind.as_deref(), &sport, sub_sport.as_deref()), metres, seconds }
}

/// The sums of each kind from `from` to `to`.
pub async fn sums_by_kind(tx: &mut Tx, from: NaiveDate, to: NaiveDate) -> Result<Vec<KindSums>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query!(
        r#"select kind_of_activity(kind, sport, sub_sport) as "kind!", count(*) filter (where distance_m > 0 and moving_s > 0) as "paced!",
             coalesce(sum(distance_m) filter (where distance_m > 0 and moving_s > 0), 0) as "metres!",
             coalesce(sum(moving_s) filter (where distance_m > 0 and moving_s > 0), 0) as "paced_s!",
             count(*) filter (where trimp > 0 and moving_s > 0) as "loaded!", coalesce(sum(trimp) filter (where trimp > 0 and moving_s > 0), 0) as "load!",
             coalesce(sum(moving_s) filter (where trimp > 0 and moving_s > 0), 0) as "loaded_s!"
           from activities
           where athlete_id = $1 and merged_into is null and local_date between $2 and $3 and is_possible_day(local_date, created_at)
           group by 1 order by 1"#,
        athlete,
        from,
        to
    );
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let rows = rows.fetch_all(tx.connection()).await?.into_iter().filter_map(|row| {
        let (paced, loaded) = (count(row.paced), count(row.loaded));
        Some(KindSums {
            kind: Kind::parse(&row.kind)?,
            paced,
            metres: row.metres,
            paced_s: row.paced_s,
            loaded,
            load: row.load,
            loaded_s: row.loaded_s,
        })
    });
    Ok(rows.collect())
}

//! Activities as a calendar shows them. Both read a range of the index of days.

use chrono::NaiveDate;
use domain::activities::Kind;
use domain::calendar::{Done, Sums};
use platform::{Error, Tx};

/// Activities of a span of days that are read at once: two months of four a day.
const MOST: i64 = 250;

/// What was done from `from` to `to`, by day and time.
pub async fn done(tx: &mut Tx, from: NaiveDate, to: NaiveDate) -> Result<Vec<Done>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query!(
        "select id, sport, sub_sport, kind, title, local_date as day, distance_m, moving_s, trimp from activities
         where athlete_id = $1 and merged_into is null and local_date between $2 and $3 and is_possible_day(local_date, created_at)
         order by local_date, started_at, id limit $4",
        athlete,
        from,
        to,
        MOST
    );
    let rows = rows.fetch_all(tx.connection()).await?.into_iter();
    Ok(rows
        .map(|row| Done {
            id: row.id,
            kind: Kind::of(row.kind.as_deref(), &row.sport, row.sub_sport.as_deref()),
            title: row.title,
            day: row.day,
            distance_m: row.distance_m,
            moving_s: row.moving_s,
            trimp: row.trimp,
        })
        .collect())
}

/// The sums of each day from `from` to `to` that has an activity.
pub async fn day_sums(tx: &mut Tx, from: NaiveDate, to: NaiveDate) -> Result<Vec<(NaiveDate, Sums)>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query!(
        r#"select local_date as day, count(*) filter (where sport = 'running') as "runs!",
             coalesce(sum(distance_m) filter (where sport = 'running'), 0) as "runs_m!", coalesce(sum(moving_s), 0) as "moving_s!",
             coalesce(sum(trimp), 0) as "trimp!", coalesce(sum(elevation_gain_m), 0) as "gain_m!"
           from activities
           where athlete_id = $1 and merged_into is null and local_date between $2 and $3 and is_possible_day(local_date, created_at)
           group by local_date order by local_date"#,
        athlete,
        from,
        to
    )
    .fetch_all(tx.connection())
    .await?;
    let sums = |runs: i64, runs_m, moving_s, trimp, gain_m| Sums { runs: u32::try_from(runs).unwrap_or(u32::MAX), runs_m, moving_s, trimp, gain_m };
    Ok(rows.into_iter().map(|row| (row.day, sums(row.runs, row.runs_m, row.moving_s, row.trimp, row.gain_m))).collect())
}

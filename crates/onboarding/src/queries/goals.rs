//! The table `goals`.

use chrono::{DateTime, NaiveDate, Utc};
use domain::onboarding::Race;
use platform::{Error, Tx};
use uuid::Uuid;

/// A goal as it is stored; what a race has is nothing for another.
pub(crate) struct Row {
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    pub(crate) name: Option<String>,
    pub(crate) day: Option<NaiveDate>,
    pub(crate) distance_m: Option<f64>,
}

/// An athlete's goals, races by their days.
pub(crate) async fn list(tx: &mut Tx, athlete: Uuid) -> Result<Vec<Row>, Error> {
    let rows = sqlx::query_as!(Row, "select id, kind, name, day, distance_m from goals where athlete_id = $1 order by day, name, kind", athlete);
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// The races from one day to another, and when each changed last.
pub(crate) async fn races_between(tx: &mut Tx, athlete: Uuid, from: NaiveDate, to: NaiveDate) -> Result<Vec<(Race, DateTime<Utc>)>, Error> {
    let rows = sqlx::query!(
        r#"select id, name as "name!", day as "day!", distance_m as "distance_m!", updated_at from goals
           where athlete_id = $1 and kind = 'race' and day between $2 and $3 order by day, name"#,
        athlete,
        from,
        to
    );
    let rows = rows.fetch_all(tx.connection()).await?.into_iter();
    Ok(rows.map(|row| (Race { id: Some(row.id), name: row.name, day: row.day, distance_m: row.distance_m }, row.updated_at)).collect())
}

/// Adds a goal that is no race, unless it is there.
pub(crate) async fn add(tx: &mut Tx, athlete: Uuid, id: Uuid, kind: &str, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("insert into goals (id, athlete_id, kind, created_at) values ($1, $2, $3, $4) on conflict do nothing", id, athlete, kind, now)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Takes a goal that is no race away.
pub(crate) async fn remove(tx: &mut Tx, athlete: Uuid, kind: &str) -> Result<(), Error> {
    sqlx::query!("delete from goals where athlete_id = $1 and kind = $2 and kind <> 'race'", athlete, kind).execute(tx.connection()).await?;
    Ok(())
}

/// Stores a race under an id. What another race of that name and day has is left alone.
pub(crate) async fn put_race(tx: &mut Tx, athlete: Uuid, id: Uuid, race: &Race, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into goals (id, athlete_id, kind, name, day, distance_m, created_at) values ($1, $2, 'race', $3, $4, $5, $6)
         on conflict (id) do update set name = excluded.name, day = excluded.day, distance_m = excluded.distance_m",
        id,
        athlete,
        race.name,
        race.day,
        race.distance_m,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Takes races away.
pub(crate) async fn remove_races(tx: &mut Tx, athlete: Uuid, ids: &[Uuid]) -> Result<(), Error> {
    sqlx::query!("delete from goals where athlete_id = $1 and id = any($2)", athlete, ids).execute(tx.connection()).await?;
    Ok(())
}

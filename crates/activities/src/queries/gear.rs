//! The table `gear`, and the names of gear that activities have.

use chrono::{DateTime, NaiveDate, Utc};
use domain::activities::{GearEdit, GearKind};
use platform::{Error, Tx};
use uuid::Uuid;

/// What is said of gear.
pub(crate) struct Said {
    pub(crate) name: String,
    pub(crate) kind: GearKind,
    pub(crate) start_distance_m: f64,
    pub(crate) retired_on: Option<NaiveDate>,
}

/// All that is said of gear, by name.
pub(crate) async fn said(tx: &mut Tx) -> Result<Vec<Said>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query!("select name, kind, start_distance_m, retired_on from gear where athlete_id = $1 order by name limit 1000", athlete)
        .fetch_all(tx.connection())
        .await?;
    let said = rows.into_iter().map(|row| Said {
        name: row.name,
        kind: GearKind::parse(&row.kind),
        start_distance_m: row.start_distance_m,
        retired_on: row.retired_on,
    });
    Ok(said.collect())
}

/// The names of gear in use, one step along the index for each; without those that retired, and with those that are new.
pub(crate) async fn names(tx: &mut Tx, most: i64) -> Result<Vec<String>, Error> {
    let athlete = tx.viewer()?;
    let names = sqlx::query_scalar!(
        r#"with recursive used (name) as (
             (select gear from activities where athlete_id = $1 and gear is not null order by gear limit 1)
             union all
             select (select a.gear from activities a where a.athlete_id = $1 and a.gear is not null and a.gear > u.name order by a.gear limit 1)
               from used u where u.name is not null)
           select name as "name!" from (
             (select name from used where name is not null limit $2) union (select name from gear where athlete_id = $1 order by name limit $2)) known
           where not exists (select from gear g where g.athlete_id = $1 and g.name = known.name and g.retired_on is not null) order by 1 limit $2"#,
        athlete,
        most
    );
    Ok(names.fetch_all(tx.connection()).await?)
}

/// How many rows there are beside what an edit replaces.
pub(crate) async fn count_without(tx: &mut Tx, edit: &GearEdit) -> Result<i64, Error> {
    let athlete = tx.viewer()?;
    let replaced = [Some(edit.name.clone()), edit.was.clone()].into_iter().flatten().collect::<Vec<_>>();
    let others = sqlx::query_scalar!(r#"select count(*) as "count!" from gear where athlete_id = $1 and name <> all ($2)"#, athlete, &replaced);
    Ok(others.fetch_one(tx.connection()).await?)
}

/// Whether there is gear of a name, said or used.
pub(crate) async fn is_known(tx: &mut Tx, name: &str) -> Result<bool, Error> {
    let athlete = tx.viewer()?;
    let known = sqlx::query_scalar!(
        r#"select exists (select from gear where athlete_id = $1 and name = $2)
             or exists (select from activities where athlete_id = $1 and gear = $2) as "known!""#,
        athlete,
        name
    );
    Ok(known.fetch_one(tx.connection()).await?)
}

/// Stores what is said of gear by its new name, and forgets what was said of the old one.
pub(crate) async fn save(tx: &mut Tx, id: Uuid, edit: &GearEdit, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    if let Some(was) = edit.was.as_deref().filter(|was| *was != edit.name) {
        sqlx::query!("delete from gear where athlete_id = $1 and name = $2", athlete, was).execute(tx.connection()).await?;
    }
    sqlx::query!(
        "insert into gear (id, athlete_id, name, kind, start_distance_m, retired_on, created_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (athlete_id, name) do update set kind = excluded.kind, start_distance_m = excluded.start_distance_m, retired_on = excluded.retired_on",
        id,
        athlete,
        edit.name,
        edit.kind.code(),
        edit.start_distance_m,
        edit.retired_on,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Gives the activities of gear another name of it.
pub(crate) async fn rename(tx: &mut Tx, was: &str, name: &str) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!("update activities set gear = $3 where athlete_id = $1 and gear = $2", athlete, was, name).execute(tx.connection()).await?;
    Ok(())
}

/// Forgets what is said of gear; activities keep its name.
pub async fn forget(tx: &mut Tx, name: &str) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!("delete from gear where athlete_id = $1 and name = $2", athlete, name).execute(tx.connection()).await?;
    Ok(())
}

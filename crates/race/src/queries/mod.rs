//! All SQL of courses. A function is one statement, in the transaction of its caller.

use chrono::{DateTime, Utc};
use domain::race::Course;
use platform::{Error, Tx};
use uuid::Uuid;

/// An athlete's courses as a table.
pub(crate) const SPREADSHEET: &str = "select name, distance_m, climb_m, created_at from courses where athlete_id = $1 order by created_at, id";

/// All courses, the newest first.
pub(crate) async fn all(tx: &mut Tx, athlete: Uuid, limit: i64) -> Result<Vec<Course>, Error> {
    let courses = sqlx::query_as!(
        Course,
        "select id, name, distance_m, climb_m from courses where athlete_id = $1 order by created_at desc, id desc limit $2",
        athlete,
        limit
    );
    Ok(courses.fetch_all(tx.connection()).await?)
}

/// The points of a course.
pub(crate) async fn points(tx: &mut Tx, athlete: Uuid, id: Uuid) -> Result<Option<Vec<u8>>, Error> {
    let points = sqlx::query_scalar!("select points from courses where id = $1 and athlete_id = $2", id, athlete);
    Ok(points.fetch_optional(tx.connection()).await?)
}

/// How many there are.
pub(crate) async fn count(tx: &mut Tx, athlete: Uuid) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(r#"select count(*) as "count!" from courses where athlete_id = $1"#, athlete);
    Ok(count.fetch_one(tx.connection()).await?)
}

/// Adds a course.
pub(crate) async fn insert(tx: &mut Tx, athlete: Uuid, course: &Course, points: &[u8], now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into courses (id, athlete_id, name, distance_m, climb_m, points, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
        course.id,
        athlete,
        course.name,
        course.distance_m,
        course.climb_m,
        points,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Gives a course another name, and returns whether it is there.
pub(crate) async fn rename(tx: &mut Tx, athlete: Uuid, id: Uuid, name: &str) -> Result<bool, Error> {
    let renamed = sqlx::query!("update courses set name = $3 where id = $1 and athlete_id = $2", id, athlete, name);
    Ok(renamed.execute(tx.connection()).await?.rows_affected() == 1)
}

/// Deletes a course, and returns whether it was there.
pub(crate) async fn delete(tx: &mut Tx, athlete: Uuid, id: Uuid) -> Result<bool, Error> {
    let deleted = sqlx::query!("delete from courses where id = $1 and athlete_id = $2", id, athlete);
    Ok(deleted.execute(tx.connection()).await?.rows_affected() == 1)
}

/// What an archive brought: name, metres and points of each, at most so many.
pub(crate) async fn brought(tx: &mut Tx, athlete: Uuid, limit: i64) -> Result<Vec<(String, f64, Vec<u8>)>, Error> {
    let rows = sqlx::query!("select name, distance_m, points from courses where athlete_id = $1 order by id limit $2", athlete, limit);
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(|row| (row.name, row.distance_m, row.points)).collect())
}

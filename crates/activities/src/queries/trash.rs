//! The table `trashed_activities`: a row is an activity with what was merged into it, as rows of their tables.

use chrono::{DateTime, Utc};
use domain::history::TrashedActivity;
use platform::{Error, Tx};
use serde_json::Value;
use uuid::Uuid;

/// Copies an activity into the trash, with what is merged into it.
pub(crate) async fn insert(tx: &mut Tx, id: Uuid, trash_id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!(
        "with gone as (select * from activities where (id = $1 or merged_into = $1) and athlete_id = $3)
         insert into trashed_activities (id, athlete_id, title, day, deleted_at, rows)
         select $2, $3, a.title, a.local_date, $4, jsonb_build_object(
           'activities', (select jsonb_agg(to_jsonb(g) order by g.merged_into nulls first) from gone g),
           'activity_streams', (select coalesce(jsonb_agg(to_jsonb(s)), '[]') from activity_streams s where s.activity_id in (select id from gone)),
           'activity_efforts', (select coalesce(jsonb_agg(to_jsonb(e)), '[]') from activity_efforts e where e.activity_id in (select id from gone)))
         from gone a where a.id = $1",
        id,
        trash_id,
        athlete,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Takes a row out of the trash, in the schema of today.
pub(crate) async fn take(tx: &mut Tx, trash_id: Uuid) -> Result<Option<Value>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_scalar!(
        r#"delete from trashed_activities where id = $1 and athlete_id = $2 returning upgrade_rows(rows, schema) as "rows!""#,
        trash_id,
        athlete
    );
    Ok(rows.fetch_optional(tx.connection()).await?)
}

/// Inserts the activities of a row, except parts that came from an import that has been undone. Returns which, the activity itself first; `None`
/// if one of their recordings is there already, and then the transaction must be rolled back.
pub(crate) async fn insert_activities(tx: &mut Tx, rows: &Value) -> Result<Option<Vec<Uuid>>, Error> {
    let athlete = tx.viewer()?;
    // What they were merged into or split off may be gone: that is corrected afterwards.
    sqlx::query!("set constraints all deferred").execute(tx.connection()).await?;
    let restored = sqlx::query_scalar!(
        "insert into activities select r.*
           from jsonb_array_elements($1::jsonb -> 'activities') with ordinality as e (x, n), jsonb_populate_record(null::activities, e.x) r
         where r.athlete_id = $2 and (e.n = 1 or not is_undone_import(r.import_file_id))
         order by e.n returning id",
        rows,
        athlete
    );
    match restored.fetch_all(tx.connection()).await {
        Err(error) if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) => Ok(None),
        restored => Ok(Some(restored?)),
    }
}

/// Inserts the recordings and best efforts of a row that belong to these activities.
pub(crate) async fn insert_recordings(tx: &mut Tx, rows: &Value, activities: &[Uuid]) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!(
        "insert into activity_streams select r.* from jsonb_populate_recordset(null::activity_streams, $1::jsonb -> 'activity_streams') r
         where r.athlete_id = $2 and r.activity_id = any($3)",
        rows,
        athlete,
        activities
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into activity_efforts select r.* from jsonb_populate_recordset(null::activity_efforts, $1::jsonb -> 'activity_efforts') r
         where r.athlete_id = $2 and r.activity_id = any($3)",
        rows,
        athlete,
        activities
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Ties what was split off a restored activity to it again. Rows of older versions list that in the trash row itself: `split_from` was not kept
/// then.
pub(crate) async fn set_split_from(tx: &mut Tx, id: Uuid, rows: &Value) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!(
        "update activities set split_from = $1 where athlete_id = $3 and split_from is null
           and id in (select value::uuid from jsonb_array_elements_text($2::jsonb -> 'cut'))",
        id,
        rows,
        athlete
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Marks restored activities as stale. What they were merged into may since have been merged into another one, or be gone. Returns what they are
/// merged into now.
pub(crate) async fn mark_restored(tx: &mut Tx, restored: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    let wholes = sqlx::query_scalar!(
        r#"update activities a set metrics_stale = true, failed_formula_version = 0, merged_into = case when a.merged_into = any($1) then a.merged_into
             else (select coalesce(w.merged_into, w.id) from activities w where w.id = a.merged_into) end
           where a.id = any($1) returning a.merged_into as "whole?""#,
        restored
    );
    Ok(wholes.fetch_all(tx.connection()).await?.into_iter().flatten().collect())
}

/// What is in the viewer's trash, the last deleted first.
pub async fn list_trash(tx: &mut Tx) -> Result<Vec<TrashedActivity>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        TrashedActivity,
        "select id, title, day, deleted_at from trashed_activities where athlete_id = $1 order by deleted_at desc limit 200",
        athlete
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// Removes what was deleted until a moment. Returns when the oldest of the rest was deleted.
pub(crate) async fn purge(tx: &mut Tx, until: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Error> {
    let athlete = tx.viewer()?;
    sqlx::query!("delete from trashed_activities where athlete_id = $1 and deleted_at <= $2", athlete, until).execute(tx.connection()).await?;
    Ok(sqlx::query_scalar!("select min(deleted_at) from trashed_activities where athlete_id = $1", athlete).fetch_one(tx.connection()).await?)
}

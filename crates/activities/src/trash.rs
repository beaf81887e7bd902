//! The trash: a deleted activity is kept whole for thirty days.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ProblemKind;
use domain::history::{TRASH_RETENTION_DAYS, TrashedActivity};
use platform::jobs::Job;
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::edit::{reject_overlapping_crops, reject_split_copy};
use crate::recompute::recompute_stale;

/// Moves an activity to the trash, with everything that was merged into it.
pub async fn delete(tx: &mut Tx, id: Uuid, trash_id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let row = sqlx::query!("select origin, merged_into from activities where id = $1 and athlete_id = $2 for update", id, athlete)
        .fetch_optional(tx.connection())
        .await?
        .ok_or_else(|| Error::not_found("activity"))?;
    if row.merged_into.is_some() {
        reject_split_copy(&row.origin)?;
    }
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
    sqlx::query!("delete from activities where (id = $1 or merged_into = $1) and athlete_id = $2", id, athlete).execute(tx.connection()).await?;
    tx.enqueue_after(&PurgeTrash { athlete }, TimeDelta::days(TRASH_RETENTION_DAYS)).await?;
    recompute_stale(tx, row.merged_into.as_slice()).await
}

/// Restores an activity from the trash with what was merged into it, except recordings from an import that has been undone. The activity it was
/// part of may since have been merged into another or be gone, and thresholds and formulas may have changed: it is recomputed.
pub async fn restore(tx: &mut Tx, trash_id: Uuid) -> Result<Uuid, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_scalar!(
        r#"delete from trashed_activities where id = $1 and athlete_id = $2 returning upgrade_rows(rows, schema) as "rows!""#,
        trash_id,
        athlete
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or_else(|| Error::not_found("activity in the trash"))?;
    sqlx::query!("set constraints all deferred").execute(tx.connection()).await?;
    let restored = sqlx::query_scalar!(
        "insert into activities select r.*
           from jsonb_array_elements($1::jsonb -> 'activities') with ordinality as e (x, n), jsonb_populate_record(null::activities, e.x) r
         where r.athlete_id = $2 and (e.n = 1 or not exists (
           select from import_files f join imports i on i.id = f.import_id where f.id = r.import_file_id and i.undone_at is not null))
         order by e.n returning id",
        rows,
        athlete
    )
    .fetch_all(tx.connection())
    .await;
    let restored = match restored {
        Err(error) if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) => {
            return Err(Error::problem(ProblemKind::Conflict, "That recording was imported again meanwhile. Delete that one first, or keep it."));
        }
        other => other?,
    };
    sqlx::query!(
        "insert into activity_streams select r.* from jsonb_populate_recordset(null::activity_streams, $1::jsonb -> 'activity_streams') r
         where r.athlete_id = $2 and r.activity_id = any($3)",
        rows,
        athlete,
        &restored
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into activity_efforts select r.* from jsonb_populate_recordset(null::activity_efforts, $1::jsonb -> 'activity_efforts') r
         where r.athlete_id = $2 and r.activity_id = any($3)",
        rows,
        athlete,
        &restored
    )
    .execute(tx.connection())
    .await?;
    let id = restored.first().copied().ok_or_else(|| Error::Internal("a trash row without activities".into()))?;
    // Rows of older versions list what was split off in the trash row itself: `split_from` was not kept then.
    sqlx::query!(
        "update activities set split_from = $1 where athlete_id = $3 and split_from is null
           and id in (select value::uuid from jsonb_array_elements_text($2::jsonb -> 'cut'))",
        id,
        rows,
        athlete
    )
    .execute(tx.connection())
    .await?;
    let wholes = sqlx::query_scalar!(
        r#"update activities a set metrics_stale = true, failed_formula_version = 0, merged_into = case when a.merged_into = any($1) then a.merged_into
             else (select coalesce(w.merged_into, w.id) from activities w where w.id = a.merged_into) end
           where a.id = any($1) returning a.merged_into as "whole?""#,
        &restored
    )
    .fetch_all(tx.connection())
    .await?;
    reject_overlapping_crops(tx, id).await?;
    let touched: Vec<Uuid> = restored.into_iter().chain(wholes.into_iter().flatten()).collect();
    recompute_stale(tx, &touched).await?;
    Ok(id)
}

/// What is in the viewer's trash, the last deleted first.
pub async fn list_trash(tx: &mut Tx) -> Result<Vec<TrashedActivity>, Error> {
    let athlete = tx.viewer()?;
    Ok(sqlx::query_as!(
        TrashedActivity,
        "select id, title, day, deleted_at from trashed_activities where athlete_id = $1 order by deleted_at desc limit 200",
        athlete
    )
    .fetch_all(tx.connection())
    .await?)
}

/// The job that permanently removes what has been in the trash for thirty days.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PurgeTrash {
    athlete: Uuid,
}

impl Job for PurgeTrash {
    const NAME: &'static str = "empty_trash";

    async fn run(self, platform: &Platform) -> Result<(), Error> {
        purge_trash(platform, self.athlete).await
    }
}

/// Removes what is due and reschedules itself for the rest. The originals go when unused ones are collected.
pub(crate) async fn purge_trash(platform: &Platform, athlete: Uuid) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(athlete).await?;
    let due = platform.clock.now() - TimeDelta::days(TRASH_RETENTION_DAYS);
    sqlx::query!("delete from trashed_activities where athlete_id = $1 and deleted_at <= $2", athlete, due).execute(tx.connection()).await?;
    let oldest =
        sqlx::query_scalar!("select min(deleted_at) from trashed_activities where athlete_id = $1", athlete).fetch_one(tx.connection()).await?;
    if let Some(oldest) = oldest {
        tx.enqueue_after(&PurgeTrash { athlete }, oldest - due).await?;
    }
    tx.commit().await
}

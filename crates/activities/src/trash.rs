//! The trash: a deleted activity is kept whole for thirty days.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ProblemKind;
use domain::history::TRASH_RETENTION_DAYS;
use platform::jobs::Job;
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::edit::{reject_overlapping_crops, reject_split_copy};
use crate::lock::lock;
pub use crate::queries::trash::list_trash;
use crate::queries::{parts, trash as queries};
use crate::recompute::recompute_stale;

/// Moves an activity to the trash, with everything that was merged into it.
pub async fn delete(tx: &mut Tx, id: Uuid, trash_id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    lock(tx).await?;
    let athlete = tx.viewer()?;
    let activity = parts::lock_part(tx, id).await?.ok_or_else(|| Error::not_found("activity"))?;
    if activity.merged_into.is_some() {
        reject_split_copy(&activity.origin)?;
    }
    queries::insert(tx, id, trash_id, now).await?;
    parts::delete_with_parts(tx, id).await?;
    tx.enqueue_after(&PurgeTrash { athlete }, TimeDelta::days(TRASH_RETENTION_DAYS)).await?;
    recompute_stale(tx, activity.merged_into.as_slice()).await
}

/// Restores an activity from the trash with what was merged into it, except recordings from an import that has been undone. The activity it was
/// part of may since have been merged into another or be gone, and thresholds and formulas may have changed: it is recomputed.
pub async fn restore(tx: &mut Tx, trash_id: Uuid) -> Result<Uuid, Error> {
    lock(tx).await?;
    let rows = queries::take(tx, trash_id).await?.ok_or_else(|| Error::not_found("activity in the trash"))?;
    let again = "That recording was imported again meanwhile. Delete that one first, or keep it.";
    let restored = queries::insert_activities(tx, &rows).await?.ok_or_else(|| Error::problem(ProblemKind::Conflict, again))?;
    queries::insert_recordings(tx, &rows, &restored).await?;
    let id = restored.first().copied().ok_or_else(|| Error::Internal("a trash row without activities".into()))?;
    queries::set_split_from(tx, id, &rows).await?;
    let wholes = queries::mark_restored(tx, &restored).await?;
    reject_overlapping_crops(tx, id).await?;
    let touched: Vec<Uuid> = restored.into_iter().chain(wholes).collect();
    recompute_stale(tx, &touched).await?;
    Ok(id)
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
    if let Some(oldest) = queries::purge(&mut tx, due).await? {
        tx.enqueue_after(&PurgeTrash { athlete }, oldest - due).await?;
    }
    tx.commit().await
}

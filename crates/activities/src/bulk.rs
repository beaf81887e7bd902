//! Edits of several activities at once, each of which can be undone for a day.

use chrono::{DateTime, Utc};
use domain::activities::{BulkEdit, MAX_TAGS};
use domain::{Problem, ProblemKind};
use platform::{Error, Ids, Tx};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::lock::lock;
use crate::queries::bulk as queries;
use crate::trash::{delete, restore};

/// Edits those of some activities that are the viewer's. Returns the edit, which [`undo`] takes back. Metrics that depend on a sport follow in the
/// background.
///
/// # Errors
/// When none of them is the viewer's.
pub async fn edit_many(tx: &mut Tx, ids: &[Uuid], edit: &BulkEdit, make: &Ids, now: DateTime<Utc>) -> Result<Uuid, Error> {
    lock(tx).await?;
    let ids = queries::lock(tx, ids).await?;
    if ids.is_empty() {
        return Err(Problem::new(ProblemKind::Invalid, "Nothing is selected. Tick the activities first.").into());
    }
    let id = make.uuid(now);
    let before = match edit {
        BulkEdit::Delete => delete_all(tx, &ids, make, now).await?,
        BulkEdit::Tag(tag) | BulkEdit::Untag(tag) => queries::before(tx, &ids, Some(tag)).await?,
        _ => queries::before(tx, &ids, None).await?,
    };
    match edit {
        BulkEdit::Kind(kind) => queries::set_kind(tx, &ids, *kind).await?,
        BulkEdit::Tag(tag) => queries::add_tag(tx, &ids, tag, i32::try_from(MAX_TAGS).unwrap_or(i32::MAX)).await?,
        BulkEdit::Untag(tag) => queries::remove_tag(tx, &ids, tag).await?,
        BulkEdit::Gear(gear) => queries::set_gear(tx, &ids, gear.as_deref()).await?,
        BulkEdit::Hidden(hidden) => queries::set_hidden(tx, &ids, *hidden).await?,
        BulkEdit::Delete => {}
    }
    queries::keep(tx, id, edit.action(), &before, now).await?;
    Ok(id)
}

/// Moves activities to the trash. Returns their rows in it.
async fn delete_all(tx: &mut Tx, ids: &[Uuid], make: &Ids, now: DateTime<Utc>) -> Result<Value, Error> {
    let mut trashed = Vec::with_capacity(ids.len());
    for id in ids {
        let trash_id = make.uuid(now);
        delete(tx, *id, trash_id, now).await?;
        trashed.push(json!(trash_id));
    }
    Ok(trashed.into())
}

/// Takes an edit of several activities back: what it changed is as it was before. Other changes since stay, and what has left the trash.
///
/// # Errors
/// When there is no such edit, or it was undone.
pub async fn undo(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    lock(tx).await?;
    let (action, before) = queries::take(tx, id, now).await?.ok_or_else(|| Error::not_found("edit"))?;
    if action != "delete" {
        return queries::put_back(tx, &action, &before).await;
    }
    for trash_id in before.as_array().into_iter().flatten().filter_map(|id| id.as_str()?.parse().ok()) {
        match restore(tx, trash_id).await {
            // It was restored already.
            Err(Error::Problem(problem)) if problem.kind == ProblemKind::NotFound => {}
            restored => _ = restored?,
        }
    }
    Ok(())
}

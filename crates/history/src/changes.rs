//! The change log, which the database's triggers write, and undo: the fields that an edit changed are set back to what they were before it.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::ProblemKind;
use domain::history::{ChangeLog, ChangeLogEntry};
use domain::list::{Cursor, Page, PageRequest};
use platform::feature::{Features, Tracked};
use platform::{Error, Tx};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::queries::{self, TrackedRow};

/// Edits on a page.
const PAGE_SIZE: u32 = 50;

/// The viewer's trash and a page of edits, newest first.
pub async fn list_changes(tx: &mut Tx, features: Features, request: &PageRequest) -> Result<ChangeLog, Error> {
    let athlete = tx.viewer()?;
    let rows = queries::list(tx, athlete, request.before_number(), request.limit(PAGE_SIZE)).await?;
    let mut titles = HashMap::new();
    for (table, tracked) in features.tracked() {
        let keys: Vec<&str> = rows.iter().filter(|row| row.table_name == table).map(|row| row.row_key.as_str()).collect();
        if let (Some(sql), false) = (tracked.titles, keys.is_empty()) {
            titles.insert(table, queries::titles(tx, athlete, sql, &keys).await?);
        }
    }
    let changes = rows
        .into_iter()
        .map(|row| {
            let Tracked { key, label, .. } = features.tracked_by_name(&row.table_name).map_or(Tracked::by("", "Something"), |(_, tracked)| tracked);
            let formatted = |day: NaiveDate| day.format("%-d %B %Y").to_string();
            let title = titles.get(row.table_name.as_str()).and_then(|titles| titles.get(&row.row_key));
            let what = match (title, row.row_key.parse::<NaiveDate>()) {
                (Some((title, day)), _) => format!("{title}, {}", formatted(*day)),
                (None, Ok(day)) => format!("{label}, {}", formatted(day)),
                (None, Err(_)) => label.to_owned(),
            };
            ChangeLogEntry { id: row.id, at: row.at, by_other: row.actor_id != Some(athlete), what, fields: field_diffs(row.before, row.after, key) }
        })
        .collect();
    let changes = Page::of(request, PAGE_SIZE, changes, |entry: &ChangeLogEntry| Cursor::of_number(entry.id));
    Ok(ChangeLog { trash: activities::list_trash(tx).await?, changes })
}

/// Undoes one edit. Later edits of other fields stay.
pub async fn undo(tx: &mut Tx, features: Features, id: i64) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let row = queries::get(tx, athlete, id).await?.ok_or_else(|| Error::not_found("change"))?;
    let (table, Tracked { key, lock, .. }) =
        features.tracked_by_name(&row.table_name).ok_or_else(|| Error::Internal(format!("change log of {}", row.table_name)))?;
    if let Some(lock) = lock {
        // Whoever has read the row and is about to write it would write back what is undone here.
        tx.lock_own(lock).await?;
    }
    let tracked = TrackedRow { athlete, table, key, value: &row.row_key };
    let Some(Value::Object(before)) = row.before else {
        // The edit created the row: undo deletes it.
        return queries::delete_row(tx, tracked).await;
    };
    let after = match row.after {
        Some(Value::Object(after)) => after,
        _ => Map::new(),
    };
    // The log once recorded the sub-sport as well, though it cannot be edited.
    let changed: Vec<&String> = before.keys().filter(|k| k.as_str() != key && *k != "sub_sport" && before.get(*k) != after.get(*k)).collect();
    if changed.is_empty() {
        return Err(Error::problem(ProblemKind::Conflict, "Nothing of that was an edit, so there is nothing to undo."));
    }
    let cropped = changed.iter().any(|c| c.starts_with("crop"));
    let activity = if table == "activities" { Some(key_id(&row.row_key)?) } else { None };
    if let (Some(activity), true) = (activity, changed.iter().any(|c| c.starts_with("clock"))) {
        activities::require_standalone(tx, activity).await?;
    }
    if !queries::restore_columns(tx, tracked, &changed, &before).await? {
        if table == "activities" {
            return Err(Error::problem(ProblemKind::Conflict, "That activity is in the trash, or gone. Restore it first."));
        }
        queries::insert_row(tx, tracked, before).await?;
    }
    if let (Some(activity), true) = (activity, cropped) {
        activities::reject_overlapping_crops(tx, activity).await?;
    }
    // The database has marked what this changed.
    activities::recompute_stale(tx, activity.as_slice()).await
}

fn key_id(key: &str) -> Result<Uuid, Error> {
    key.parse().map_err(|_| Error::Internal("a row key that is not an id".into()))
}

/// The fields that differ, formatted for display: field, before, after.
fn field_diffs(before: Option<Value>, after: Option<Value>, key: &str) -> Vec<(String, String, String)> {
    let fields = |value: Option<Value>| match value {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let (before, after) = (fields(before), fields(after));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).filter(|k| k.as_str() != key && before.get(*k) != after.get(*k)).collect();
    names.sort();
    names.dedup();
    let display = |value: Option<&Value>| match value {
        None | Some(Value::Null) => "–".to_owned(),
        Some(Value::String(text)) if text.is_empty() => "–".to_owned(),
        Some(Value::String(text)) => text.chars().take(80).collect(),
        Some(other) => other.to_string(),
    };
    names
        .into_iter()
        .map(|name| (name.replace('_', " "), display(before.get(name)), display(after.get(name))))
        .filter(|(_, before, after)| before != after)
        .collect()
}

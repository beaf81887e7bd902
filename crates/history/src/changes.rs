//! The change log, which the database's triggers write, and undo: the fields that an edit changed are set back to what they were before it.

use std::collections::HashMap;

use domain::ProblemKind;
use domain::history::{ChangeLog, ChangeLogEntry};
use domain::list::{Cursor, Page, PageRequest};
use domain::units::Units;
use platform::feature::{Described, Edit, Features, Tracked};
use platform::{Error, Tx};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::queries::{self, ListedChange, TrackedRow};

/// Edits on a page. Those of a day of the journal are one line together.
const PAGE_SIZE: u32 = 100;

/// The viewer's trash and a page of edits, newest first, as they are read in these units.
pub async fn list_changes(tx: &mut Tx, features: Features, units: Units, request: &PageRequest) -> Result<ChangeLog, Error> {
    let athlete = tx.viewer()?;
    let rows = queries::list(tx, athlete, request.before_number(), request.limit(PAGE_SIZE)).await?;
    let mut described = describe(tx, features, units, &rows).await?;
    let changes = rows
        .into_iter()
        .map(|row| {
            let tracked = features.tracked_by_name(&row.table_name).map(|(_, tracked)| tracked);
            let Described { title, day, fields } = described.remove(&row.id).unwrap_or_default();
            let title = title.unwrap_or_else(|| tracked.map_or("Something", |tracked| tracked.label).to_owned());
            let with_day = |title: &str| day.map_or_else(|| title.to_owned(), |day| format!("{title}, {}", units.date(day)));
            let (what, line) = (with_day(&title), tracked.filter(|tracked| tracked.one_line_a_day && day.is_some()));
            let of_day = line.map(|tracked| (with_day(tracked.label), title));
            let fields = fields.unwrap_or_else(|| field_diffs(object(row.before), object(row.after), tracked.map_or(&[], |tracked| tracked.key)));
            ChangeLogEntry { id: row.id, at: row.at, by_other: row.actor_id != Some(athlete), what, of_day, fields }
        })
        .collect();
    let changes = Page::of(request, PAGE_SIZE, changes, |entry: &ChangeLogEntry| Cursor::of_number(entry.id));
    Ok(ChangeLog { trash: activities::list_trash(tx).await?, changes })
}

/// What features say of edits, by their ids.
async fn describe(tx: &mut Tx, features: Features, units: Units, rows: &[ListedChange]) -> Result<HashMap<i64, Described>, Error> {
    let mut described = HashMap::new();
    for (table, tracked) in features.tracked() {
        let of_table = rows.iter().filter(|row| row.table_name == table);
        let (ids, edits): (Vec<i64>, Vec<Edit>) = of_table
            .map(|row| {
                (
                    row.id,
                    Edit { key: row.row_key.clone(), before: row.before.clone().and_then(object_of), after: row.after.clone().and_then(object_of) },
                )
            })
            .unzip();
        if !edits.is_empty() {
            described.extend(ids.into_iter().zip((tracked.describe)(tx, &edits, units).await?));
        }
    }
    Ok(described)
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
    let changed: Vec<&String> = before.keys().filter(|k| !key.contains(&k.as_str()) && before.get(*k) != after.get(*k)).collect();
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
        if !queries::insert_row(tx, tracked, before).await? {
            return Err(Error::problem(ProblemKind::Conflict, "That is there again already, so there is nothing to bring back."));
        }
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

fn object_of(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(fields) => Some(fields),
        _ => None,
    }
}

fn object(value: Option<Value>) -> Map<String, Value> {
    value.and_then(object_of).unwrap_or_default()
}

/// The fields that differ, formatted for display: field, before, after.
fn field_diffs(before: Map<String, Value>, after: Map<String, Value>, key: &[&str]) -> Vec<(String, String, String)> {
    let mut names: Vec<&String> =
        before.keys().chain(after.keys()).filter(|k| !key.contains(&k.as_str()) && before.get(*k) != after.get(*k)).collect();
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

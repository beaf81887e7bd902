//! The change log, which the database's triggers write, and undo: the fields that an edit changed are set back to what they were before it.

use chrono::NaiveDate;
use domain::ProblemKind;
use domain::history::{ChangeLog, ChangeLogEntry};
use domain::list::{Cursor, Page, PageRequest};
use platform::feature::Features;
use platform::{Error, Tx};
use serde_json::{Map, Value};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// Edits on a page.
const PAGE_SIZE: u32 = 50;

/// The viewer's trash and a page of edits, newest first.
pub async fn list_changes(tx: &mut Tx, features: Features, request: &PageRequest) -> Result<ChangeLog, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query!(
        "select h.id, h.at, h.actor_id, h.table_name, h.row_key, h.before, h.after, a.title as \"title?\", a.local_date as \"day?\"
         from change_log h left join activities a on a.id = case when h.table_name = 'activities' then h.row_key::uuid end
         where h.athlete_id = $1 and h.id < $2 order by h.id desc limit $3",
        athlete,
        request.before_number(),
        request.limit(PAGE_SIZE)
    )
    .fetch_all(tx.connection())
    .await?;
    let changes = rows
        .into_iter()
        .map(|row| {
            let (_, key, label) = features.tracked().find(|(table, ..)| *table == row.table_name).unwrap_or(("", "", "Something"));
            let formatted = |day: NaiveDate| day.format("%-d %B %Y").to_string();
            let what = match (row.title, row.day, row.row_key.parse::<NaiveDate>()) {
                (Some(title), Some(day), _) => format!("{title}, {}", formatted(day)),
                (_, _, Ok(day)) => format!("{label}, {}", formatted(day)),
                _ => (*label).to_owned(),
            };
            ChangeLogEntry { id: row.id, at: row.at, by_other: row.actor_id != Some(athlete), what, fields: field_diffs(row.before, row.after, key) }
        })
        .collect();
    let changes = Page::of(request, PAGE_SIZE, changes, |entry: &ChangeLogEntry| Cursor::of_number(entry.id));
    Ok(ChangeLog { bin: activities::list_trash(tx).await?, changes })
}

/// Undoes one edit. Later edits of other fields stay.
pub async fn undo(tx: &mut Tx, features: Features, id: i64) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let row = sqlx::query!("select table_name, row_key, before, after from change_log where id = $1 and athlete_id = $2", id, athlete)
        .fetch_optional(tx.connection())
        .await?
        .ok_or_else(|| Error::not_found("change"))?;
    let (table, key, _) = features
        .tracked()
        .find(|(table, ..)| *table == row.table_name)
        .ok_or_else(|| Error::Internal(format!("change log of {}", row.table_name)))?;
    let row_filter = format!("athlete_id = '{athlete}' and {key}::text = $1");
    let Some(Value::Object(before)) = row.before else {
        // The edit created the row: undo deletes it.
        let sql = format!("delete from {table} where {row_filter}");
        sqlx::query(AssertSqlSafe(sql)).bind(&row.row_key).execute(tx.connection()).await?;
        return Ok(());
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
    // Column names come from the trigger; quoted, they stay names whatever they contain.
    let columns: Vec<String> = changed.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect();
    let set: Vec<String> = columns.iter().map(|c| format!("{c} = r.{c}")).collect();
    let sql = format!("update {table} t set {} from jsonb_populate_record(null::{table}, $2) r where t.{row_filter}", set.join(", "));
    let sql = sql.replace(&format!("and {key}::text"), &format!("and t.{key}::text"));
    let updated = sqlx::query(AssertSqlSafe(sql)).bind(&row.row_key).bind(Value::Object(before.clone())).execute(tx.connection()).await?;
    if updated.rows_affected() == 0 {
        if table == "activities" {
            return Err(Error::problem(ProblemKind::Conflict, "That activity is in the trash, or gone. Restore it first."));
        }
        let mut whole = before;
        whole.insert("athlete_id".into(), athlete.to_string().into());
        whole.insert("created_at".into(), "now".into());
        whole.insert("updated_at".into(), "now".into());
        // The log does not record the schema version: apply every upgrade step.
        let sql = format!(
            "insert into {table} select * from jsonb_populate_record(null::{table}, column_defaults('{table}') || upgrade_row('{table}', $1, 0))"
        );
        sqlx::query(AssertSqlSafe(sql)).bind(Value::Object(whole)).execute(tx.connection()).await?;
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

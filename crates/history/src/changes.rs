//! Edits, as the database's triggers wrote them down, and their undoing: the fields that an edit changed become what they were before it.

use chrono::NaiveDate;
use domain::ProblemKind;
use domain::history::{ChangeLog, ChangeLogEntry};
use platform::{Error, Tx};
use serde_json::{Map, Value};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// What can be undone: the table, its key, and how people call it.
const TRACKED_TABLES: [(&str, &str, &str); 3] =
    [("activities", "id", "Activity"), ("journal_entries", "day", "Journal"), ("athlete_thresholds", "valid_from", "Values")];
/// Edits on the page.
const MAX_LISTED: i64 = 100;

/// The viewer's bin and last edits.
pub async fn list_changes(session: &mut Tx) -> Result<ChangeLog, Error> {
    let athlete = session.viewer()?;
    let rows = sqlx::query!(
        "select h.id, h.at, h.actor_id, h.table_name, h.row_key, h.before, h.after, a.title as \"title?\", a.local_date as \"day?\"
         from change_log h left join activities a on a.id = case when h.table_name = 'activities' then h.row_key::uuid end
         where h.athlete_id = $1 order by h.id desc limit $2",
        athlete,
        MAX_LISTED
    )
    .fetch_all(session.connection())
    .await?;
    let changes = rows
        .into_iter()
        .map(|row| {
            let (_, key, label) = TRACKED_TABLES.iter().find(|(table, ..)| *table == row.table_name).unwrap_or(&("", "", "Something"));
            let named = |day: NaiveDate| day.format("%-d %B %Y").to_string();
            let what = match (row.title, row.day, row.row_key.parse::<NaiveDate>()) {
                (Some(title), Some(day), _) => format!("{title}, {}", named(day)),
                (_, _, Ok(day)) => format!("{label}, {}", named(day)),
                _ => (*label).to_owned(),
            };
            ChangeLogEntry { id: row.id, at: row.at, by_other: row.actor_id != Some(athlete), what, fields: field_diffs(row.before, row.after, key) }
        })
        .collect();
    Ok(ChangeLog { bin: activities::list_trash(session).await?, changes })
}

/// Takes one edit back. Later edits of other fields stay.
pub async fn undo(session: &mut Tx, id: i64) -> Result<(), Error> {
    let athlete = session.viewer()?;
    let row = sqlx::query!("select table_name, row_key, before, after from change_log where id = $1 and athlete_id = $2", id, athlete)
        .fetch_optional(session.connection())
        .await?
        .ok_or_else(|| Error::not_found("change"))?;
    let (table, key, _) =
        TRACKED_TABLES.iter().find(|(table, ..)| *table == row.table_name).ok_or_else(|| Error::Internal(format!("history of {}", row.table_name)))?;
    let whose = format!("athlete_id = '{athlete}' and {key}::text = $1");
    let Some(Value::Object(before)) = row.before else {
        // It was new: undone, it is gone.
        let sql = format!("delete from {table} where {whose}");
        sqlx::query(AssertSqlSafe(sql)).bind(&row.row_key).execute(session.connection()).await?;
        return Ok(());
    };
    let after = match row.after {
        Some(Value::Object(after)) => after,
        _ => Map::new(),
    };
    // Kinds of sport were written down once, though nobody edits them.
    let changed: Vec<&String> = before.keys().filter(|k| *k != key && *k != "sub_sport" && before.get(*k) != after.get(*k)).collect();
    if changed.is_empty() {
        return Err(Error::problem(ProblemKind::Conflict, "Nothing of that was an edit, so there is nothing to take back."));
    }
    let cropped = changed.iter().any(|c| c.starts_with("crop"));
    let activity = if *table == "activities" { Some(key_id(&row.row_key)?) } else { None };
    if let (Some(activity), true) = (activity, changed.iter().any(|c| c.starts_with("clock"))) {
        activities::require_standalone(session, activity).await?;
    }
    // Column names come out of the trigger; quoting keeps them names whatever they are.
    let columns: Vec<String> = changed.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect();
    let set: Vec<String> = columns.iter().map(|c| format!("{c} = r.{c}")).collect();
    let sql = format!("update {table} t set {} from jsonb_populate_record(null::{table}, $2) r where t.{whose}", set.join(", "));
    let sql = sql.replace(&format!("and {key}::text"), &format!("and t.{key}::text"));
    let done = sqlx::query(AssertSqlSafe(sql)).bind(&row.row_key).bind(Value::Object(before.clone())).execute(session.connection()).await?;
    if done.rows_affected() == 0 {
        if *table == "activities" {
            return Err(Error::problem(ProblemKind::Conflict, "That activity is in the bin, or gone. Restore it first."));
        }
        let mut whole = before;
        whole.insert("athlete_id".into(), athlete.to_string().into());
        whole.insert("created_at".into(), "now".into());
        whole.insert("updated_at".into(), "now".into());
        // Nobody wrote down which schema that was: every step is for it.
        let sql = format!(
            "insert into {table} select * from jsonb_populate_record(null::{table}, column_defaults('{table}') || upgrade_row('{table}', $1, 0))"
        );
        sqlx::query(AssertSqlSafe(sql)).bind(Value::Object(whole)).execute(session.connection()).await?;
    }
    if let (Some(activity), true) = (activity, cropped) {
        activities::reject_overlapping_crops(session, activity).await?;
    }
    // The database marked whatever this changed.
    activities::recompute_stale(session, activity.as_slice()).await
}

fn key_id(key: &str) -> Result<Uuid, Error> {
    key.parse().map_err(|_| Error::Internal("a key that is no id".into()))
}

/// The fields that differ, as people read them.
fn field_diffs(before: Option<Value>, after: Option<Value>, key: &str) -> Vec<(String, String, String)> {
    let fields = |value: Option<Value>| match value {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let (before, after) = (fields(before), fields(after));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).filter(|k| *k != key && before.get(*k) != after.get(*k)).collect();
    names.sort();
    names.dedup();
    let told = |value: Option<&Value>| match value {
        None | Some(Value::Null) => "–".to_owned(),
        Some(Value::String(text)) if text.is_empty() => "–".to_owned(),
        Some(Value::String(text)) => text.chars().take(80).collect(),
        Some(other) => other.to_string(),
    };
    names
        .into_iter()
        .map(|name| (name.replace('_', " "), told(before.get(name)), told(after.get(name))))
        .filter(|(_, before, after)| before != after)
        .collect()
}

//! All SQL of the change log, and of setting rows back. The tables and columns of the latter come from what features declare and from what the
//! database's trigger recorded, never from a request.

use chrono::{DateTime, Utc};
use platform::{Error, Tx};
use serde_json::{Map, Value};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// An edit.
pub(crate) struct ListedChange {
    pub(crate) id: i64,
    pub(crate) at: DateTime<Utc>,
    pub(crate) actor_id: Option<Uuid>,
    pub(crate) table_name: String,
    pub(crate) row_key: String,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

/// What undo reads of an edit.
pub(crate) struct Change {
    pub(crate) table_name: String,
    pub(crate) row_key: String,
    /// The row before it; nothing if it created the row.
    pub(crate) before: Option<Value>,
    /// The row after it; nothing if it deleted the row.
    pub(crate) after: Option<Value>,
}

/// A row of a feature's table: the athlete's, with this key.
#[derive(Clone, Copy)]
pub(crate) struct TrackedRow<'a> {
    pub(crate) athlete: Uuid,
    pub(crate) table: &'static str,
    /// The columns that a row of an athlete is known by, and their values with spaces between them.
    pub(crate) key: &'static [&'static str],
    pub(crate) value: &'a str,
}

impl TrackedRow<'_> {
    /// The condition for it, where `k` is the row of [`Self::key_row`]: columns are compared in their own types, so that indexes serve.
    fn filter(self) -> String {
        let columns: Vec<String> = self.key.iter().map(|column| format!(" and t.{column} = k.{column}")).collect();
        format!("t.athlete_id = '{}'{}", self.athlete, columns.concat())
    }

    /// The key as a row of the table, of which nothing else is set.
    fn key_row(self) -> Value {
        let values = self.value.splitn(self.key.len(), ' ');
        Value::Object(self.key.iter().zip(values).map(|(column, value)| ((*column).to_owned(), value.into())).collect())
    }
}

/// Edits of an athlete's rows, newest first, before the one with this id.
pub(crate) async fn list(tx: &mut Tx, athlete: Uuid, before: i64, limit: i64) -> Result<Vec<ListedChange>, Error> {
    let rows = sqlx::query_as!(
        ListedChange,
        "select id, at, actor_id, table_name, row_key, before, after from change_log
         where athlete_id = $1 and id < $2 order by id desc limit $3",
        athlete,
        before,
        limit
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// One edit of an athlete's rows.
pub(crate) async fn get(tx: &mut Tx, athlete: Uuid, id: i64) -> Result<Option<Change>, Error> {
    let row = sqlx::query_as!(Change, "select table_name, row_key, before, after from change_log where id = $1 and athlete_id = $2", id, athlete);
    Ok(row.fetch_optional(tx.connection()).await?)
}

/// Deletes a row.
pub(crate) async fn delete_row(tx: &mut Tx, row: TrackedRow<'_>) -> Result<(), Error> {
    let table = row.table;
    let sql = format!("delete from {table} t using jsonb_populate_record(null::{table}, $1) k where {}", row.filter());
    sqlx::query(AssertSqlSafe(sql)).bind(row.key_row()).execute(tx.connection()).await?;
    Ok(())
}

/// Sets columns of a row back to what they were. `false` if the row is gone.
pub(crate) async fn restore_columns(tx: &mut Tx, row: TrackedRow<'_>, changed: &[&String], before: &Map<String, Value>) -> Result<bool, Error> {
    let table = row.table;
    // Column names come from the trigger; quoted, they stay names whatever they contain.
    let columns = changed.iter().map(|column| format!("\"{}\"", column.replace('"', "\"\"")));
    let set: Vec<String> = columns.map(|column| format!("{column} = r.{column}")).collect();
    let sql = format!(
        "update {table} t set {} from jsonb_populate_record(null::{table}, $1) k, jsonb_populate_record(null::{table}, $2) r where {}",
        set.join(", "),
        row.filter()
    );
    let updated = sqlx::query(AssertSqlSafe(sql)).bind(row.key_row()).bind(Value::Object(before.clone())).execute(tx.connection()).await?;
    Ok(updated.rows_affected() > 0)
}

/// Inserts a row that was deleted.
pub(crate) async fn insert_row(tx: &mut Tx, row: TrackedRow<'_>, mut before: Map<String, Value>) -> Result<bool, Error> {
    let table = row.table;
    before.insert("athlete_id".into(), row.athlete.to_string().into());
    before.insert("created_at".into(), "now".into());
    before.insert("updated_at".into(), "now".into());
    // The log does not record the schema version: apply every upgrade step.
    let sql = format!(
        "insert into {table} select * from jsonb_populate_record(null::{table}, column_defaults('{table}') || upgrade_row('{table}', $1, 0))"
    );
    match sqlx::query(AssertSqlSafe(sql)).bind(Value::Object(before)).execute(tx.connection()).await {
        Err(error) if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) => Ok(false),
        inserted => inserted.map(|_| true).map_err(Into::into),
    }
}

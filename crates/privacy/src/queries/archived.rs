//! Rows of the tables that features export, whatever these are: out as JSON and in from JSON. Names of tables and columns come
//! from what features declare, never from an archive.

use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use platform::feature::Table;
use platform::{Error, Tx};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// The version of the schema, which an archive's rows carry.
pub(crate) async fn schema_version(tx: &mut Tx) -> Result<i32, Error> {
    Ok(sqlx::query_scalar("select row_schema_version()").fetch_one(tx.connection()).await?)
}

/// How many rows of a table an athlete has.
pub(crate) async fn count(tx: &mut Tx, table: &Table, athlete: Uuid) -> Result<i64, Error> {
    let sql = format!("select count(*) from {} where athlete_id = $1", table.name);
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).bind(athlete).fetch_one(tx.connection()).await?)
}

/// An athlete's rows of a table as JSON, one at a time.
pub(crate) fn rows<'a>(tx: &'a mut Tx, table: &Table, athlete: Uuid) -> BoxStream<'a, Result<String, Error>> {
    let sql = format!("select (to_jsonb(t) - 'athlete_id')::text from {} t where athlete_id = $1 order by {}", table.name, table.order);
    sqlx::query_scalar(AssertSqlSafe(sql)).bind(athlete).fetch(tx.connection()).map_err(Error::from).boxed()
}

/// What is inserted from here on is no edit, and is not recorded as one.
pub(crate) async fn skip_change_log(tx: &mut Tx) -> Result<(), Error> {
    sqlx::query("select set_config('legwork.importing', 'true', true)").execute(tx.connection()).await?;
    Ok(())
}

/// Checks foreign keys only when told to: rows may come before what they refer to.
pub(crate) async fn defer_constraints(tx: &mut Tx) -> Result<(), Error> {
    sqlx::query("set constraints all deferred").execute(tx.connection()).await?;
    Ok(())
}

/// Checks foreign keys now. The inner error is what is wrong with the rows.
pub(crate) async fn check_constraints(tx: &mut Tx) -> Result<Result<(), String>, Error> {
    Ok(unless_invalid(sqlx::query("set constraints all immediate").execute(tx.connection()).await)?.map(|_| ()))
}

/// Inserts rows, a JSON array, as they are, except for their owner, their ids and what newer schemas added, and returns how many. The table's own
/// constraints and policies decide what is accepted; the inner error is what is wrong with a row.
pub(crate) async fn insert(tx: &mut Tx, table: &Table, athlete: Uuid, batch: String, schema: i32) -> Result<Result<u64, String>, Error> {
    let overrides = table.on_import.map(|sql| format!("|| {sql}")).unwrap_or_default();
    let conflict = if table.keyed_by_athlete { "on conflict do nothing" } else { "" };
    let table = table.name;
    let sql = format!(
        // The subquery keeps the row from being made once for each of its columns.
        "insert into {table} select (made.r).* from (
           select jsonb_populate_record(null::{table},
             (select column_defaults('{table}')) || own_ids($2, '{table}', x {overrides})) as r
           from jsonb_array_elements($1::text::jsonb) with ordinality as e (written, n) cross join lateral upgraded_rows('{table}', e.written, $3) u (x)
           order by n offset 0) made {conflict}"
    );
    let stored = sqlx::query(AssertSqlSafe(sql)).bind(batch).bind(athlete).bind(schema).execute(tx.connection()).await;
    Ok(unless_invalid(stored)?.map(|stored| stored.rows_affected()))
}

/// Errors in the rows' data, apart from other errors of the database, which are ours.
fn unless_invalid<T>(result: Result<T, sqlx::Error>) -> Result<Result<T, String>, sqlx::Error> {
    match result {
        // Class 22, data exception, and class 23, integrity constraint violation.
        Err(sqlx::Error::Database(error)) if error.code().is_some_and(|c| c.starts_with("22") || c.starts_with("23")) => {
            Ok(Err(error.message().to_owned()))
        }
        result => result.map(Ok),
    }
}

//! Bounds of columns by their type, for whatever tables features export.

use platform::{Error, Tx};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// Bounds of texts and lists.
pub(crate) struct Bounds {
    /// Characters of a text.
    pub(crate) text: i32,
    /// Texts in an array, and their characters together.
    pub(crate) list: i32,
    /// Numbers in an array.
    pub(crate) numbers: i32,
}

/// The first of some tables in which an athlete has a date that no page can show, a number that is not finite or out of range, or a text or a list
/// that is too long.
pub(crate) async fn out_of_range(tx: &mut Tx, athlete: Uuid, tables: &[&str], bounds: Bounds) -> Result<Option<String>, Error> {
    let conditions: Vec<(String, String)> = sqlx::query_as(
        "select c.relname::text, string_agg(format(case
             when a.atttypid in ('date'::regtype, 'timestamptz'::regtype, 'timestamp'::regtype) then 'not %1$I between ''1900-01-01'' and ''2200-01-01'''
             when a.atttypid in ('float8'::regtype, 'int8'::regtype) then 'not %1$I between -1e13 and 1e13'
             when a.atttypid = 'float8[]'::regtype then
               'cardinality(%1$I) > %4$s or array_ndims(%1$I) > 1 or array_lower(%1$I, 1) <> 1 or exists (select from unnest(%1$I) v where v is null or not v between -1e13 and 1e13)'
             when a.atttypid = 'text'::regtype then 'length(%1$I) > %2$s'
             else
               'cardinality(%1$I) > %3$s or length(array_to_string(%1$I, ''x'')) > %3$s or array_ndims(%1$I) > 1 or array_lower(%1$I, 1) <> 1
                or exists (select from unnest(%1$I) v where v is null)' end, a.attname, $2::int, $3::int, $4::int), ' or ')
           from pg_class c join pg_attribute a on a.attrelid = c.oid
           where c.relnamespace = 'public'::regnamespace and c.relname = any($1) and a.attnum > 0 and not a.attisdropped and a.atttypid in
             ('date'::regtype, 'timestamptz'::regtype, 'timestamp'::regtype, 'float8'::regtype, 'int8'::regtype, 'float8[]'::regtype, 'text'::regtype,
              'text[]'::regtype)
           group by 1",
    )
    .bind(tables)
    .bind(bounds.text)
    .bind(bounds.list)
    .bind(bounds.numbers)
    .fetch_all(tx.connection())
    .await?;
    for (table, impossible) in conditions {
        let sql = format!("select exists (select from {table} where athlete_id = $1 and ({impossible}))");
        if sqlx::query_scalar(AssertSqlSafe(sql)).bind(athlete).fetch_one(tx.connection()).await? {
            return Ok(Some(table));
        }
    }
    Ok(None)
}

//! The table `imports`, and what its files come to.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use platform::{Error, Tx};
use uuid::Uuid;

/// Inserts an import, unless it is there.
pub(crate) async fn insert(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!("insert into imports (id, athlete_id, created_at) values ($1, $2, $3) on conflict (id) do nothing", id, athlete, now)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// An import without its files.
pub(crate) struct Head {
    pub(crate) id: Uuid,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) undone_at: Option<DateTime<Utc>>,
}

/// An import.
pub(crate) async fn head(tx: &mut Tx, id: Uuid) -> Result<Option<Head>, Error> {
    let head = sqlx::query_as!(Head, "select id, created_at, undone_at from imports where id = $1", id);
    Ok(head.fetch_optional(tx.connection()).await?)
}

/// The imports before a position in the list, latest first.
pub(crate) async fn heads(tx: &mut Tx, before: DateTime<Utc>, before_id: Uuid, limit: i64) -> Result<Vec<Head>, Error> {
    let athlete = tx.viewer()?;
    let heads = sqlx::query_as!(
        Head,
        "select id, created_at, undone_at from imports where athlete_id = $1 and (created_at, id) < ($2, $3)
         order by created_at desc, id desc limit $4",
        athlete,
        before,
        before_id,
        limit
    );
    Ok(heads.fetch_all(tx.connection()).await?)
}

/// When an import was undone, if it was, and how many files it has.
pub(crate) async fn undone_and_files(tx: &mut Tx, id: Uuid) -> Result<Option<(Option<DateTime<Utc>>, i64)>, Error> {
    let state = sqlx::query!(
        r#"select undone_at, (select count(*) from import_files where import_id = $1) as "files!" from imports where id = $1 for share"#,
        id
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(state.map(|state| (state.undone_at, state.files)))
}

/// Marks an import as undone. `false` if there is none.
pub(crate) async fn set_undone(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<bool, Error> {
    let marked = sqlx::query!("update imports set undone_at = coalesce(undone_at, $2) where id = $1", id, now);
    Ok(marked.execute(tx.connection()).await?.rows_affected() > 0)
}

/// How many files of an import have each outcome, and how far one has been read whose lease holds at a moment; no outcome for an import without
/// files, and no row if there is no such import.
pub(crate) async fn count_by_outcome(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<Vec<(Option<String>, i64, Option<i32>)>, Error> {
    let rows = sqlx::query!(
        r#"select f.outcome as "outcome?", count(f.id) as "n!",
             max((f.reasons -> 0 ->> 'percent')::int4) filter (
               where f.outcome = 'queued' and f.held_by is not null and f.held_until > $2 and f.reasons -> 0 ->> 'code' = 'being_read') as "percent?"
           from imports i left join import_files f on f.import_id = i.id
           where i.id = $1 group by f.outcome"#,
        id,
        now
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.outcome, row.n, row.percent)).collect())
}

/// What the files of an import come to.
pub(crate) struct Counted {
    pub(crate) import_id: Uuid,
    /// Its recordings and other files, without archives and what was skipped in them.
    pub(crate) files: i64,
    pub(crate) merged: i64,
    pub(crate) duplicates: i64,
    pub(crate) failed: i64,
    /// Days of values.
    pub(crate) days: i64,
}

/// How many activities of their own each import brought; imports without any are left out.
pub(crate) async fn activities(tx: &mut Tx, imports: &[Uuid]) -> Result<HashMap<Uuid, i64>, Error> {
    let rows = sqlx::query!(r#"select import_id as "import!", activities as "n!" from activities_of_imports($1)"#, imports);
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(|row| (row.import, row.n)).collect())
}

/// What the files of each import come to; imports without files are left out.
pub(crate) async fn counted(tx: &mut Tx, imports: &[Uuid]) -> Result<Vec<Counted>, Error> {
    let rows = sqlx::query_as!(
        Counted,
        r#"select f.import_id, count(*) filter (where f.outcome not in ('unpacked', 'skipped')) as "files!",
             count(*) filter (where f.outcome = 'merged') as "merged!", count(*) filter (where f.outcome = 'duplicate') as "duplicates!",
             count(*) filter (where f.outcome = 'failed') as "failed!",
             coalesce(sum((jsonb_path_query_first(f.reasons, '$[*] ? (@.code == "daily_values").days'))::int) filter (where i.undone_at is null), 0) as "days!"
           from import_files f join imports i on i.id = f.import_id where f.import_id = any($1) group by f.import_id"#,
        imports
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

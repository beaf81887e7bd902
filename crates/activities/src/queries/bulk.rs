//! Edits of several activities, and the table `bulk_edits`, which undoes them.

use chrono::{DateTime, Utc};
use domain::activities::{BulkAction, BulkDone, Kind};
use platform::{Error, Tx};
use serde_json::Value;
use uuid::Uuid;

/// Those of some activities that are the viewer's and stand on their own, locked until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    let athlete = tx.viewer()?;
    let own = sqlx::query_scalar!(
        "select id from activities where id = any ($1) and athlete_id = $2 and merged_into is null order by id for update",
        ids,
        athlete
    );
    Ok(own.fetch_all(tx.connection()).await?)
}

/// What can be edited of some activities, as it is now, with the tag that is about to be added or taken away.
pub(crate) async fn before(tx: &mut Tx, ids: &[Uuid], tag: Option<&str>) -> Result<Value, Error> {
    let before = sqlx::query_scalar!(
        r#"select jsonb_agg(jsonb_build_object('id', id, 'sport', sport, 'kind', kind, 'sport_guessed', sport_guessed, 'gear', gear, 'tags', tags, 'hidden', hidden,
             'tag', $2::text)) as "before!" from activities where id = any ($1)"#,
        ids,
        tag
    );
    Ok(before.fetch_one(tx.connection()).await?)
}

/// Keeps what undoes an edit.
pub(crate) async fn keep(tx: &mut Tx, id: Uuid, action: BulkAction, before: &Value, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!(
        "insert into bulk_edits (id, athlete_id, action, before, created_at) values ($1, $2, $3, $4, $5)",
        id,
        athlete,
        action.code(),
        before,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Sets the kind, and the sport that goes with it. What the recording says anyway is not chosen.
pub(crate) async fn set_kind(tx: &mut Tx, ids: &[Uuid], kind: Kind) -> Result<(), Error> {
    sqlx::query!(
        "update activities set sport = $2, kind = case when kind_of_activity(null, $2, sub_sport) = $3 then null else $3 end, sport_guessed = false
         where id = any ($1)",
        ids,
        kind.sport(),
        kind.code()
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Adds a tag, where there is room for it.
pub(crate) async fn add_tag(tx: &mut Tx, ids: &[Uuid], tag: &str, most: i32) -> Result<(), Error> {
    sqlx::query!(
        "update activities set tags = array(select unnest(tags || $2::text) order by 1) where id = any ($1) and not $2 = any (tags) and cardinality(tags) < $3",
        ids,
        tag,
        most
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Takes a tag away.
pub(crate) async fn remove_tag(tx: &mut Tx, ids: &[Uuid], tag: &str) -> Result<(), Error> {
    sqlx::query!("update activities set tags = array_remove(tags, $2) where id = any ($1) and $2 = any (tags)", ids, tag)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Sets the gear, or takes it away.
pub(crate) async fn set_gear(tx: &mut Tx, ids: &[Uuid], gear: Option<&str>) -> Result<(), Error> {
    sqlx::query!("update activities set gear = $2 where id = any ($1)", ids, gear).execute(tx.connection()).await?;
    Ok(())
}

/// Sets whether nobody else sees them.
pub(crate) async fn set_hidden(tx: &mut Tx, ids: &[Uuid], hidden: bool) -> Result<(), Error> {
    sqlx::query!("update activities set hidden = $2 where id = any ($1)", ids, hidden).execute(tx.connection()).await?;
    Ok(())
}

/// Takes what undoes an edit, once: what was done, and what was before. `None` if there is no such edit, or it was undone.
pub(crate) async fn take(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<Option<(String, Value)>, Error> {
    let row = sqlx::query!("update bulk_edits set undone_at = $2 where id = $1 and undone_at is null returning action, before", id, now)
        .fetch_optional(tx.connection())
        .await?;
    Ok(row.map(|row| (row.action, row.before)))
}

/// Sets what an edit changed to what it was before, also where that was changed again since; of tags, the one that was added or taken away. Everything else
/// stays as it is.
pub(crate) async fn put_back(tx: &mut Tx, action: &str, before: &Value) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!(
        "update activities a set
           sport = case when $2 = 'kind' then b.sport else a.sport end,
           kind = case when $2 = 'kind' then b.kind else a.kind end,
           sport_guessed = case when $2 = 'kind' then b.sport_guessed else a.sport_guessed end,
           tags = case
             when $2 = 'tag' and b.tag <> all (b.tags) then array_remove(a.tags, b.tag)
             when $2 = 'untag' and b.tag = any (b.tags) and b.tag <> all (a.tags) and cardinality(a.tags) < 20 then array(select unnest(a.tags || b.tag) order by 1)
             else a.tags end,
           gear = case when $2 = 'gear' then b.gear else a.gear end,
           hidden = case when $2 in ('hide', 'show') then b.hidden else a.hidden end
         from jsonb_to_recordset($1) b (id uuid, sport text, kind text, sport_guessed boolean, gear text, tags text[], hidden boolean, tag text)
         where a.id = b.id and a.athlete_id = $3",
        before,
        action,
        athlete
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// What was done by an edit.
pub(crate) async fn done(tx: &mut Tx, id: Uuid) -> Result<Option<BulkDone>, Error> {
    let row = sqlx::query!(
        r#"select action, jsonb_array_length(before) as "count!", undone_at is not null as "undone!" from bulk_edits where id = $1"#,
        id
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.and_then(|row| {
        let what = BulkAction::parse(&row.action)?;
        Some(BulkDone { id, what, count: u32::try_from(row.count).unwrap_or(0), undone: row.undone })
    }))
}

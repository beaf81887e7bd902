//! Edits of one activity: what it is called, its crop and its date.

use chrono::{DateTime, NaiveDate, Utc};
use domain::activities::ActivityUpdate;
use platform::{Error, Tx};
use uuid::Uuid;

/// What the sport of an activity is, and what it is made of.
pub(crate) struct SportNow {
    pub(crate) sport: String,
    pub(crate) sub_sport: Option<String>,
    /// The kind that was chosen.
    pub(crate) kind: Option<String>,
    pub(crate) sport_guessed: bool,
}

/// The sport of an activity, with the activity locked until the transaction ends.
pub(crate) async fn lock_sport(tx: &mut Tx, id: Uuid) -> Result<Option<SportNow>, Error> {
    let row = sqlx::query_as!(SportNow, "select sport, sub_sport, kind, sport_guessed from activities where id = $1 for update", id);
    Ok(row.fetch_optional(tx.connection()).await?)
}

/// Sets title, sport, description, gear and tags; `sport` is what it is from now on.
pub(crate) async fn set_details(tx: &mut Tx, id: Uuid, update: &ActivityUpdate, sport: &SportNow) -> Result<(), Error> {
    sqlx::query!(
        "update activities set title = $2, sport = $3, description = $4, gear = $5, kind = $6, sport_guessed = $7, tags = coalesce($8, tags) where id = $1",
        id,
        update.title,
        sport.sport,
        update.description,
        update.gear,
        sport.kind,
        sport.sport_guessed,
        update.tags.as_deref(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Sets the crop, by the recording's clock. `false` if there is no such activity.
pub(crate) async fn set_crop(tx: &mut Tx, id: Uuid, from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Result<bool, Error> {
    let set = sqlx::query!("update activities set crop_from = $2, crop_to = $3 where id = $1", id, from, to);
    Ok(set.execute(tx.connection()).await?.rows_affected() > 0)
}

/// Sets the end of the crop alone. `false` if there is no such activity.
pub(crate) async fn set_crop_end(tx: &mut Tx, id: Uuid, to: Option<DateTime<Utc>>) -> Result<bool, Error> {
    let set = sqlx::query!("update activities set crop_to = $2 where id = $1", id, to);
    Ok(set.execute(tx.connection()).await?.rows_affected() > 0)
}

/// Whether the crop of an activity overlaps that of another one that was split from the same recording, however often.
pub(crate) async fn has_overlapping_crop(tx: &mut Tx, id: Uuid) -> Result<bool, Error> {
    let overlaps = sqlx::query_scalar!(
        r#"with recursive family (id) as (
             select $1::uuid
             union
             select next.id from family f cross join lateral (
               select a.id from activities a where a.split_from = f.id
               union all select a.split_from from activities a where a.id = f.id and a.split_from is not null) next)
           select exists (
             select from activities a, activities b
               where a.id = $1 and b.id in (select id from family) and b.id <> a.id
                 and coalesce(a.crop_from, '-infinity') <= coalesce(b.crop_to, 'infinity')
                 and coalesce(b.crop_from, '-infinity') <= coalesce(a.crop_to, 'infinity')) as "twice!""#,
        id
    );
    Ok(overlaps.fetch_one(tx.connection()).await?)
}

/// When an activity started, and the day in UTC on which it was imported.
pub(crate) async fn start(tx: &mut Tx, id: Uuid) -> Result<(DateTime<Utc>, NaiveDate), Error> {
    let row = sqlx::query!(r#"select started_at, (created_at at time zone 'UTC')::date as "imported!" from activities where id = $1"#, id)
        .fetch_one(tx.connection())
        .await?;
    Ok((row.started_at, row.imported))
}

/// Sets or clears the corrected clock: milliseconds from the recording's, and seconds from UTC.
pub(crate) async fn set_clock(tx: &mut Tx, id: Uuid, shift_ms: Option<i64>, utc_offset_s: Option<i32>) -> Result<(), Error> {
    sqlx::query!("update activities set clock_shift_ms = $2, clock_utc_offset_s = $3 where id = $1", id, shift_ms, utc_offset_s)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// How an activity is tied to others.
pub(crate) struct Ties {
    pub(crate) clock_shift_ms: Option<i64>,
    /// Whether it is merged into another one, or another one into it.
    pub(crate) merged: bool,
    /// Whether it was split off another one, or another one off it.
    pub(crate) split: bool,
}

/// How an activity is tied to others, with the activity locked until the transaction ends.
pub(crate) async fn lock_ties(tx: &mut Tx, id: Uuid) -> Result<Option<Ties>, Error> {
    let row = sqlx::query_as!(
        Ties,
        r#"select clock_shift_ms, merged_into is not null or exists (select from activities m where m.merged_into = a.id) as "merged!",
             split_from is not null or exists (select from activities s where s.split_from = a.id) as "split!"
           from activities a where id = $1 for update"#,
        id
    );
    Ok(row.fetch_optional(tx.connection()).await?)
}

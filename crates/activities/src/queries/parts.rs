//! Activities that are made of others: split and merged ones.

use chrono::{DateTime, Utc};
use platform::{Error, Tx};
use uuid::Uuid;

/// Whether something was split off one of these activities.
pub(crate) async fn any_split_off(tx: &mut Tx, ids: &[Uuid]) -> Result<bool, Error> {
    let split = sqlx::query_scalar!(r#"select exists (select from activities where split_from = any($1)) as "off!""#, ids);
    Ok(split.fetch_one(tx.connection()).await?)
}

/// What the second part of a split takes over.
pub(crate) struct Whole {
    pub(crate) crop_to: Option<DateTime<Utc>>,
    pub(crate) title: String,
    /// The generated title.
    pub(crate) made_title: Option<String>,
    pub(crate) source_name: String,
    pub(crate) import_file_id: Option<Uuid>,
    pub(crate) clock_shift_ms: Option<i64>,
    pub(crate) clock_utc_offset_s: Option<i32>,
}

/// An activity that is to be split.
pub(crate) async fn whole(tx: &mut Tx, id: Uuid) -> Result<Whole, Error> {
    let row = sqlx::query_as!(
        Whole,
        "select crop_to, title, made_title, source_name, import_file_id, clock_shift_ms, clock_utc_offset_s from activities where id = $1",
        id
    );
    Ok(row.fetch_one(tx.connection()).await?)
}

/// What makes an activity the second part of a split.
pub(crate) struct SecondPart {
    /// The first part.
    pub(crate) of: Uuid,
    /// By the recording's clock, as `crop_to`.
    pub(crate) crop_from: DateTime<Utc>,
    pub(crate) crop_to: Option<DateTime<Utc>>,
    pub(crate) clock_shift_ms: Option<i64>,
    pub(crate) clock_utc_offset_s: Option<i32>,
    /// Whether its title follows from that of the first part, which is generated.
    pub(crate) made_title: bool,
}

/// Makes an activity the second part of a split.
pub(crate) async fn set_second_part(tx: &mut Tx, id: Uuid, part: &SecondPart) -> Result<(), Error> {
    sqlx::query!(
        "update activities set split_from = $2, crop_from = $3, crop_to = $4, clock_shift_ms = $5, clock_utc_offset_s = $6,
           made_title = case when $7 then title end, hidden = (select w.hidden from activities w where w.id = $2),
           own_intervals = (select w.own_intervals from activities w where w.id = $2) where id = $1",
        id,
        part.of,
        part.crop_from,
        part.crop_to,
        part.clock_shift_ms,
        part.clock_utc_offset_s,
        part.made_title
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// What is merged into an activity, in the order in which it came.
pub(crate) async fn merged_into(tx: &mut Tx, id: Uuid) -> Result<Vec<Uuid>, Error> {
    let parts = sqlx::query_scalar!("select id from activities where merged_into = $1 order by created_at, id", id);
    Ok(parts.fetch_all(tx.connection()).await?)
}

/// Copies an activity that is merged into the first part of a split into the second one, marked as stale.
pub(crate) async fn copy_part(tx: &mut Tx, part: Uuid, copy: Uuid, second: Uuid, source_sha256: &[u8]) -> Result<(), Error> {
    sqlx::query!(
        "insert into activities select r.* from activities a, jsonb_populate_record(a, jsonb_build_object('id', $2::uuid,
           'merged_into', $3::uuid, 'source_sha256', $4::bytea, 'source_part', 0, 'origin', 'split', 'split_from', null, 'metrics_stale', true,
           'failed_formula_version', 0)) r
         where a.id = $1",
        part,
        copy,
        second,
        source_sha256
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into activity_streams (activity_id, athlete_id, samples) select $2, athlete_id, samples from activity_streams where activity_id = $1",
        part,
        copy
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// An activity that may have been split off another one.
pub(crate) struct SplitOff {
    pub(crate) split_from: Option<Uuid>,
    pub(crate) crop_to: Option<DateTime<Utc>>,
}

/// What an activity was split off, with the activity locked until the transaction ends.
pub(crate) async fn lock_split_off(tx: &mut Tx, id: Uuid) -> Result<Option<SplitOff>, Error> {
    let row = sqlx::query_as!(SplitOff, "select split_from, crop_to from activities where id = $1 for update", id);
    Ok(row.fetch_optional(tx.connection()).await?)
}

/// Makes what was split off one activity split off another one.
pub(crate) async fn move_split_offs(tx: &mut Tx, from: Uuid, to: Uuid) -> Result<(), Error> {
    sqlx::query!("update activities set split_from = $2 where split_from = $1", from, to).execute(tx.connection()).await?;
    Ok(())
}

/// Deletes an activity with what is merged into it.
pub(crate) async fn delete_with_parts(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from activities where id = $1 or merged_into = $1", id).execute(tx.connection()).await?;
    Ok(())
}

/// An activity that might be merged with another one.
pub(crate) struct Candidate {
    pub(crate) merged_into: Option<Uuid>,
    pub(crate) started_at: DateTime<Utc>,
    /// Seconds.
    pub(crate) elapsed_s: Option<f64>,
    pub(crate) split_from: Option<Uuid>,
    /// `file`, `manual` or `split`.
    pub(crate) origin: String,
}

/// Locks two activities until the transaction ends: in the order of their ids, so that two such requests cannot deadlock.
pub(crate) async fn lock_two(tx: &mut Tx, id: Uuid, other: Uuid) -> Result<Vec<Candidate>, Error> {
    let rows = sqlx::query_as!(
        Candidate,
        "select merged_into, started_at, elapsed_s, split_from, origin from activities where id in ($1, $2) order by id for update",
        id,
        other
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// How many recordings are merged into two activities.
pub(crate) async fn count_parts(tx: &mut Tx, id: Uuid, other: Uuid) -> Result<i64, Error> {
    let parts = sqlx::query_scalar!(r#"select count(*) as "n!" from activities where merged_into in ($1, $2)"#, id, other);
    Ok(parts.fetch_one(tx.connection()).await?)
}

/// Merges an activity, with what is merged into it, into another one.
pub(crate) async fn merge(tx: &mut Tx, into: Uuid, other: Uuid) -> Result<(), Error> {
    sqlx::query!("update activities set merged_into = $1 where id = $2 or merged_into = $2", into, other).execute(tx.connection()).await?;
    // What nobody else was to see is in it now.
    sqlx::query!(
        "update activities set hidden = true where id = $1 and not hidden and exists (select from activities o where o.id = $2 and o.hidden)",
        into,
        other
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Takes a recording out of the activity that it was merged into. Of one that nobody else is to see, it is not either.
pub(crate) async fn take_out(tx: &mut Tx, part: Uuid, whole: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update activities set merged_into = null, hidden = hidden or coalesce((select w.hidden from activities w where w.id = $2), false) where id = $1",
        part,
        whole
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// An activity that may be part of another one.
pub(crate) struct Part {
    /// `file`, `manual` or `split`.
    pub(crate) origin: String,
    pub(crate) merged_into: Option<Uuid>,
}

/// What an activity is part of, with the activity locked until the transaction ends.
pub(crate) async fn lock_part(tx: &mut Tx, id: Uuid) -> Result<Option<Part>, Error> {
    let row = sqlx::query_as!(Part, "select origin, merged_into from activities where id = $1 for update", id);
    Ok(row.fetch_optional(tx.connection()).await?)
}

/// Makes one recording part of an activity, or an activity of its own.
pub(crate) async fn set_merged_into(tx: &mut Tx, id: Uuid, whole: Option<Uuid>) -> Result<(), Error> {
    sqlx::query!("update activities set merged_into = $2 where id = $1", id, whole).execute(tx.connection()).await?;
    Ok(())
}

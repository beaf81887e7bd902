//! The recordings that activities are made of, as stored.

use chrono::{DateTime, Utc};
use platform::{Error, Tx};
use uuid::Uuid;

/// An activity's own recording, and what the athlete chose about it.
pub(crate) struct Layered {
    pub(crate) sport: String,
    pub(crate) title: String,
    /// By the recording's clock, as `crop_to`.
    pub(crate) crop_from: Option<DateTime<Utc>>,
    pub(crate) crop_to: Option<DateTime<Utc>>,
    /// Milliseconds from the recording's clock to the right time.
    pub(crate) clock_shift_ms: Option<i64>,
    /// Seconds from UTC to the local time.
    pub(crate) clock_utc_offset_s: Option<i32>,
    /// The recording, compressed.
    pub(crate) samples: Vec<u8>,
}

/// An activity's recording with its layers.
pub(crate) async fn layered(tx: &mut Tx, id: Uuid) -> Result<Option<Layered>, Error> {
    let row = sqlx::query_as!(
        Layered,
        "select a.sport, a.title, a.crop_from, a.crop_to, a.clock_shift_ms, a.clock_utc_offset_s, s.samples
         from activities a join activity_streams s on s.activity_id = a.id where a.id = $1",
        id
    );
    Ok(row.fetch_optional(tx.connection()).await?)
}

/// A recording that was merged into an activity, as stored.
pub(crate) struct MergedPart {
    /// Milliseconds from its clock to that of the activity's own recording.
    pub(crate) shift_ms: i64,
    pub(crate) samples: Vec<u8>,
}

/// The recordings that were merged into an activity, in the order in which they came.
pub(crate) async fn merged_parts(tx: &mut Tx, id: Uuid, limit: i64) -> Result<Vec<MergedPart>, Error> {
    let parts = sqlx::query_as!(
        MergedPart,
        r#"select coalesce(a.clock_shift_ms, 0) - coalesce(w.clock_shift_ms, 0) as "shift_ms!", s.samples
           from activities a join activity_streams s on s.activity_id = a.id join activities w on w.id = a.merged_into
           where a.merged_into = $1 order by a.created_at, a.id limit $2"#,
        id,
        limit
    );
    Ok(parts.fetch_all(tx.connection()).await?)
}

/// An activity's own recording. The activity must have one.
pub(crate) async fn own(tx: &mut Tx, id: Uuid) -> Result<Vec<u8>, Error> {
    Ok(sqlx::query_scalar!("select samples from activity_streams where activity_id = $1", id).fetch_one(tx.connection()).await?)
}

/// A recording, and whether it is part of another activity.
pub(crate) struct Locked {
    pub(crate) samples: Vec<u8>,
    pub(crate) merged_into: Option<Uuid>,
}

/// An activity's own recording, with the activity locked until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<Locked>, Error> {
    let row = sqlx::query_as!(
        Locked,
        "select s.samples, a.merged_into from activities a join activity_streams s on s.activity_id = a.id where a.id = $1 for update of a",
        id
    );
    Ok(row.fetch_optional(tx.connection()).await?)
}

/// A recording that came from a file, and how long it is.
pub(crate) struct Recorded {
    pub(crate) samples: Vec<u8>,
    /// Seconds of what counts of it.
    pub(crate) elapsed_s: Option<f64>,
    /// Whether all of it counts.
    pub(crate) uncropped: bool,
}

/// The recording of an activity that was not entered by hand.
pub(crate) async fn recorded(tx: &mut Tx, id: Uuid) -> Result<Option<Recorded>, Error> {
    let row = sqlx::query_as!(
        Recorded,
        r#"select s.samples, a.elapsed_s, a.crop_from is null and a.crop_to is null as "uncropped!"
         from activities a join activity_streams s on s.activity_id = a.id where a.id = $1 and a.origin <> 'manual'"#,
        id
    );
    Ok(row.fetch_optional(tx.connection()).await?)
}

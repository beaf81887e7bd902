//! The recording that an activity counts: its own with those that were merged into it, and the athlete's layers over them.

use chrono::{DateTime, Utc};
use platform::{Error, Tx};
use recordings::{Recording, Sport, merge};
use uuid::Uuid;

use crate::instants::{shifted, with_start};
use crate::queries::samples::{self as queries, MergedPart};

/// Recordings that may be merged into one activity: nobody wears as many watches.
pub(crate) const MAX_PARTS: i64 = 16;

/// The recording that an activity counts: its own with those that were merged into it, cropped, with the date and sport that the athlete chose.
pub(crate) async fn effective_recording(tx: &mut Tx, id: Uuid) -> Result<Recording, Error> {
    effective_with(tx, id, Columns::All).await
}

/// Which columns of a recording are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Columns {
    All,
    /// Without the extra ones, which others never see: they may be many, and a stranger's request should take no memory for them.
    Standard,
}

pub(crate) async fn effective_with(tx: &mut Tx, id: Uuid, columns: Columns) -> Result<Recording, Error> {
    let row = queries::layered(tx, id).await?.ok_or_else(|| Error::not_found("activity"))?;
    let parts = queries::merged_parts(tx, id, MAX_PARTS).await?;
    platform::compute(move || {
        let mut recording = assemble(id, &row.samples, &parts, columns)?;
        if let (Some(start), true) = (recording.started_at_ms, row.crop_from.is_some() || row.crop_to.is_some()) {
            let seconds = |at: DateTime<Utc>| (at.timestamp_millis() - start) as f64 / 1000.0;
            recording = recording.crop(row.crop_from.map_or(0.0, seconds), row.crop_to.map_or(f64::INFINITY, seconds));
        }
        recording = with_start(recording, row.clock_shift_ms, row.clock_utc_offset_s);
        recording.sport = Sport::parse(&row.sport).unwrap_or(recording.sport);
        recording.title = Some(row.title);
        Ok(recording)
    })
    .await?
}

/// The recording with what was merged into it, before any crop and by its own clock: without the athlete's corrected date.
pub(crate) async fn merged_recording(tx: &mut Tx, id: Uuid, own: Vec<u8>) -> Result<Recording, Error> {
    let parts = queries::merged_parts(tx, id, MAX_PARTS).await?;
    platform::compute(move || assemble(id, &own, &parts, Columns::All)).await?
}

/// The activity's own recording, without what was merged into it.
pub(crate) async fn own_recording(tx: &mut Tx, id: Uuid) -> Result<Recording, Error> {
    let own = queries::own(tx, id).await?;
    platform::compute(move || assemble(id, &own, &[], Columns::All)).await?
}

/// Length of the whole recording in seconds; `None` for an activity without one.
pub(crate) async fn source_duration_s(tx: &mut Tx, id: Uuid) -> Result<Option<f64>, Error> {
    match queries::recorded(tx, id).await? {
        None => Ok(None),
        // Without a crop nothing needs to be unpacked.
        Some(row) if row.uncropped => Ok(row.elapsed_s),
        Some(row) => Ok(last_second(&merged_recording(tx, id, row.samples).await?)),
    }
}

/// The time of the last sample in seconds; none without samples.
pub(crate) fn last_second(recording: &Recording) -> Option<f64> {
    recording.samples.time_s.iter().copied().filter(|t| t.is_finite()).reduce(f64::max)
}

fn assemble(id: Uuid, own: &[u8], parts: &[MergedPart], columns: Columns) -> Result<Recording, Error> {
    let read = |bytes: &[u8]| {
        let mut recording =
            Recording::from_bytes(bytes).map_err(|e: recordings::StreamError| Error::internal(&format!("activity_streams of {id}"), &e))?;
        if columns == Columns::Standard {
            recording.samples.extra = Vec::new();
        }
        Ok::<_, Error>(recording)
    };
    let mut recording = read(own)?;
    for part in parts {
        recording = merge(&recording, &shifted(read(&part.samples)?, part.shift_ms));
    }
    Ok(recording)
}

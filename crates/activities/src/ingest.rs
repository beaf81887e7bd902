//! Writing activities: the row, its streams, its metrics and best efforts.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::ProblemKind;
use platform::{Error, Tx};
use recordings::Recording;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::AnalysedActivity;
use crate::instants::{later, shifted};
use crate::lock::lock;
pub use crate::queries::ingest::Source;
use crate::queries::{ingest as queries, metrics, parts};
use crate::recompute::recompute_stale;
use crate::recording::MAX_PARTS;
use crate::routes;

/// The result of storing an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IngestOutcome {
    /// A new activity.
    New(Uuid),
    /// The same activity was already here from another source, as this one; the two are merged.
    Merged(Uuid),
    /// The same recording is already here, as this activity.
    Duplicate(Uuid),
}

/// Stores an activity with its streams; the same recording a second time changes nothing. If the same activity is already here from another
/// source, the new one is merged into it. Files of an athlete are stored one after another, each to the end of its transaction: two sources of
/// one activity that are stored at once would not see each other.
pub async fn ingest(tx: &mut Tx, id: Uuid, analysed: &AnalysedActivity, source: Source<'_>, now: DateTime<Utc>) -> Result<IngestOutcome, Error> {
    let duplicate = if source.origin == "file" {
        lock(tx).await?;
        find_duplicate(tx, analysed).await?
    } else {
        None
    };
    if !insert(tx, id, analysed, source, now).await? {
        let existing = queries::find_by_source(tx, source).await?;
        let deleted = || Error::problem(ProblemKind::Conflict, "It was deleted while it was being imported. Drop it again.");
        return existing.map(IngestOutcome::Duplicate).ok_or_else(deleted);
    }
    let Some(duplicate) = duplicate else { return Ok(IngestOutcome::New(id)) };
    parts::set_merged_into(tx, id, Some(duplicate)).await?;
    recompute_stale(tx, &[duplicate]).await?;
    Ok(IngestOutcome::Merged(duplicate))
}

/// Inserts the row with its streams and metrics; returns whether it is new.
async fn insert(tx: &mut Tx, id: Uuid, analysed: &AnalysedActivity, source: Source<'_>, now: DateTime<Utc>) -> Result<bool, Error> {
    if !queries::insert(tx, id, analysed, source, now).await? {
        return Ok(false);
    }
    let recording = Arc::clone(&analysed.recording);
    let samples = platform::compute(move || recording.to_bytes()).await?;
    queries::insert_samples(tx, id, samples).await?;
    metrics::write(tx, id, analysed).await?;
    routes::assign(tx, id, analysed.compared.line.as_ref()).await?;
    Ok(true)
}

/// The same activity from another source, recognised by time and shape.
async fn find_duplicate(tx: &mut Tx, analysed: &AnalysedActivity) -> Result<Option<Uuid>, Error> {
    let Some(end) = analysed.analysis.elapsed_s.and_then(|elapsed| later(analysed.started_at, elapsed)) else { return Ok(None) };
    let candidates = queries::overlapping(tx, analysed.started_at, end, MAX_PARTS).await?;
    if candidates.is_empty() {
        return Ok(None);
    }
    let recording = Arc::clone(&analysed.recording);
    let is_same = move |other: Recording| recordings::same_activity(&other, &recording);
    platform::compute(move || {
        let found = candidates
            .into_iter()
            .find(|c| Recording::from_bytes(&c.samples).is_ok_and(|other| is_same(shifted(other, c.clock_shift_ms.unwrap_or(0)))));
        found.map(|c| c.id)
    })
    .await
}

/// The source hash of an activity that came without a file.
pub(crate) fn synthetic_source_hash(id: Uuid) -> Vec<u8> {
    Sha256::digest(id.as_bytes()).to_vec()
}

/// Deletes the activities that came from files, with what was split off them and the copies that those keep. An activity that one of them was
/// merged into is recomputed without it. The caller holds [`lock`] since before it locked the files.
pub async fn delete_imported(tx: &mut Tx, files: &[Uuid]) -> Result<(), Error> {
    let wholes = queries::delete_of_files(tx, files).await?;
    recompute_stale(tx, &wholes).await
}

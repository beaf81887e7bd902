//! Storing activities, and what is asked about those that are there already.

use chrono::{DateTime, Utc};
use platform::{Error, Tx};
use recordings::Warning;
use sqlx::types::Json;
use uuid::Uuid;

use crate::analyse::AnalysedActivity;

/// Where an activity came from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The import file; `None` for what was entered by hand or split off.
    pub import_file: Option<Uuid>,
    /// SHA-256 of the recording, unpacked.
    pub sha256: &'a [u8],
    /// Which activity in the recording.
    pub part: i16,
    /// The file's name, as the athlete knows it.
    pub name: &'a str,
    /// The decoder's warnings.
    pub warnings: &'a [Warning],
    /// `file`, `manual` or `split`.
    pub origin: &'a str,
}

/// Inserts the row of an activity, still without metrics. `false` if the same recording is there already.
pub(crate) async fn insert(tx: &mut Tx, id: Uuid, analysed: &AnalysedActivity, source: Source<'_>, now: DateTime<Utc>) -> Result<bool, Error> {
    let athlete = tx.viewer()?;
    let recording = &analysed.recording;
    let inserted = sqlx::query!(
        "insert into activities (
           id, athlete_id, import_file_id, source_sha256, source_part, source_name, origin, sport, title, description, gear, started_at,
           local_start, local_date, repairs, warnings, splits, route_preview, series, formula_version, created_at, made_title, sport_guessed)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '{}', $15, '[]', '[]', '{}', 0, $16, $17, $18)
         on conflict (athlete_id, source_sha256, source_part) do nothing",
        id,
        athlete,
        source.import_file,
        source.sha256,
        source.part,
        source.name,
        source.origin,
        recording.sport.as_str(),
        analysed.title,
        recording.description.as_deref().unwrap_or_default(),
        recording.gear,
        analysed.started_at,
        analysed.local_start,
        analysed.local_start.date(),
        &source.warnings.iter().map(Json).collect::<Vec<_>>() as &[Json<&Warning>],
        now,
        (analysed.made_title == analysed.title).then_some(analysed.made_title.as_str()),
        analysed.sport_guessed,
    )
    .execute(tx.connection())
    .await?;
    Ok(inserted.rows_affected() > 0)
}

/// Inserts the recording of an activity.
pub(crate) async fn insert_samples(tx: &mut Tx, id: Uuid, samples: Vec<u8>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!("insert into activity_streams (activity_id, athlete_id, samples) values ($1, $2, $3)", id, athlete, samples)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// The activity of a recording.
pub(crate) async fn find_by_source(tx: &mut Tx, source: Source<'_>) -> Result<Option<Uuid>, Error> {
    let athlete = tx.viewer()?;
    let existing = sqlx::query_scalar!(
        "select id from activities where athlete_id = $1 and source_sha256 = $2 and source_part = $3",
        athlete,
        source.sha256,
        source.part
    );
    Ok(existing.fetch_optional(tx.connection()).await?)
}

/// An activity that may be the same as another one.
pub(crate) struct Candidate {
    pub(crate) id: Uuid,
    pub(crate) clock_shift_ms: Option<i64>,
    pub(crate) samples: Vec<u8>,
}

/// Whole activities that overlap a time, and with which fewer than `parts` recordings are merged.
pub(crate) async fn overlapping(tx: &mut Tx, from: DateTime<Utc>, to: DateTime<Utc>, parts: i64) -> Result<Vec<Candidate>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        Candidate,
        "select a.id, a.clock_shift_ms, s.samples from activities a join activity_streams s on s.activity_id = a.id
         where a.athlete_id = $1 and a.merged_into is null and a.origin <> 'split' and a.crop_from is null
           and a.started_at between $2::timestamptz - interval '2 days' and $3 and a.started_at + least(coalesce(a.elapsed_s, 0), 1e8) * interval '1 second' >= $2
           and (select count(*) from activities m where m.merged_into = a.id) < $4
         order by a.started_at limit 5",
        athlete,
        from,
        to,
        parts
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// Deletes the activities that came from files, with what was split off them and the copies that those keep. Returns what they were merged into.
pub(crate) async fn delete_of_files(tx: &mut Tx, files: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    let deleted = sqlx::query_scalar!(
        "with brought as (select id from activities where import_file_id = any($1))
         delete from activities where id in (
           select id from brought
           union select c.id from brought b join activities c on c.merged_into = b.id and c.origin = 'split')
         returning merged_into",
        files
    );
    Ok(deleted.fetch_all(tx.connection()).await?.into_iter().flatten().collect())
}

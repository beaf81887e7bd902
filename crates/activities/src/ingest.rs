//! Writing activities: the row, its streams, its metrics and best efforts.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::ProblemKind;
use domain::activities::Caution;
use physiology::efforts::Effort;
use platform::{Error, Tx};
use recordings::{Recording, Warning};
use sha2::{Digest, Sha256};
use sqlx::types::Json;
use uuid::Uuid;

use crate::AnalysedActivity;
use crate::clock::{later, shifted};
use crate::recompute::{MAX_PARTS, recompute_stale};

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
/// source, the new one is merged into it.
pub async fn ingest(tx: &mut Tx, id: Uuid, analysed: &AnalysedActivity, source: Source<'_>, now: DateTime<Utc>) -> Result<IngestOutcome, Error> {
    let duplicate = if source.origin == "file" { find_duplicate(tx, analysed).await? } else { None };
    if !insert(tx, id, analysed, source, now).await? {
        return existing(tx, source).await.map(IngestOutcome::Duplicate);
    }
    let Some(duplicate) = duplicate else { return Ok(IngestOutcome::New(id)) };
    sqlx::query!("update activities set merged_into = $2 where id = $1", id, duplicate).execute(tx.connection()).await?;
    recompute_stale(tx, &[duplicate]).await?;
    Ok(IngestOutcome::Merged(duplicate))
}

async fn existing(tx: &mut Tx, source: Source<'_>) -> Result<Uuid, Error> {
    let athlete = tx.viewer()?;
    let existing = sqlx::query_scalar!(
        "select id from activities where athlete_id = $1 and source_sha256 = $2 and source_part = $3",
        athlete,
        source.sha256,
        source.part
    );
    existing
        .fetch_optional(tx.connection())
        .await?
        .ok_or_else(|| Error::problem(ProblemKind::Conflict, "It was deleted while it was being imported. Drop it again."))
}

/// Inserts the row with its streams and metrics; returns whether it is new.
async fn insert(tx: &mut Tx, id: Uuid, analysed: &AnalysedActivity, source: Source<'_>, now: DateTime<Utc>) -> Result<bool, Error> {
    let athlete = tx.viewer()?;
    let recording = &analysed.recording;
    let inserted = sqlx::query!(
        "insert into activities (
           id, athlete_id, import_file_id, source_sha256, source_part, source_name, origin, sport, title, description, gear, started_at,
           local_start, local_date, repairs, warnings, splits, route_preview, series, formula_version, created_at, made_title)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '{}', $15, '[]', '[]', '{}', 0, $16, $17)
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
    )
    .execute(tx.connection())
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(false);
    }
    let recording = Arc::clone(&analysed.recording);
    let bytes = platform::compute(move || recording.to_bytes()).await?;
    sqlx::query!("insert into activity_streams (activity_id, athlete_id, samples) values ($1, $2, $3)", id, athlete, bytes)
        .execute(tx.connection())
        .await?;
    write_metrics(tx, id, analysed).await?;
    Ok(true)
}

/// Writes everything that formulas computed. What the athlete may have changed, the title, sport and description, stays; a generated title is
/// generated again for the new start.
pub(crate) async fn write_metrics(tx: &mut Tx, id: Uuid, analysed: &AnalysedActivity) -> Result<(), Error> {
    let a = &analysed.analysis;
    let interval = a.hr_lag.and_then(|l| l.interval_s);
    sqlx::query!(
        "update activities set started_at = $2, local_start = $3, local_date = $4, elapsed_s = $5, moving_s = $6, distance_m = $7, elevation_gain_m = $8,
           avg_hr_bpm = $9, max_hr_bpm = $10, gap_s_per_km = $11, ngp_s_per_km = $12, efficiency_factor = $13, decoupling_pct = $14,
           hr_lag_s = $15, hr_lag_low_s = $16, hr_lag_high_s = $17, trimp = $18, edwards = $19, hr_stress = $20, running_stress = $21,
           vo2max = $22, temperature_c = $23, zones_s = $24, zone_bounds = $25, repairs = $26, splits = $27, laps = $28, route_preview = $29,
           series = $30, device = $31, sub_sport = $32, formula_version = $33, caveats = $35, metrics_stale = false,
           title = case when title = made_title then concat($34::text, case when split_from is not null then ', second part' end) else title end,
           made_title = case when title = made_title then concat($34::text, case when split_from is not null then ', second part' end) else made_title end
         where id = $1",
        id,
        analysed.started_at,
        analysed.local_start,
        analysed.local_start.date(),
        a.elapsed_s,
        a.moving_s,
        a.distance_m,
        a.elevation_gain_m,
        a.avg_hr_bpm,
        a.max_hr_bpm,
        a.gap_s_per_km,
        a.ngp_s_per_km,
        a.efficiency_factor,
        a.decoupling_pct,
        a.hr_lag.map(|l| l.tau_s),
        interval.map(|i| i.0),
        interval.map(|i| i.1),
        a.trimp,
        a.edwards,
        a.hr_stress,
        a.running_stress,
        a.vo2max,
        a.temperature_c,
        a.zones_s.as_ref().map(|z| &z[..]),
        a.zones_s.map(|_| &analysed.zone_bounds[..]),
        serde_json::to_value(&a.repairs)?,
        serde_json::to_value(&analysed.splits)?,
        serde_json::to_value(&analysed.laps)?,
        serde_json::to_value(&analysed.route_preview)?,
        serde_json::to_value(&analysed.series)?,
        analysed.recording.device,
        analysed.recording.sub_sport,
        physiology::FORMULA_VERSION,
        analysed.made_title,
        &analysed.caveats().iter().map(Json).collect::<Vec<_>>() as &[Json<&Caution>],
    )
    .execute(tx.connection())
    .await?;
    write_efforts(tx, id, &a.best_over_distances, &a.best_over_durations).await
}

async fn write_efforts(tx: &mut Tx, id: Uuid, distances: &[Effort], durations: &[Effort]) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let all = || distances.iter().map(|e| ("distance", e.distance_m, e)).chain(durations.iter().map(|e| ("duration", e.elapsed_s, e)));
    let kinds: Vec<String> = all().map(|(kind, ..)| kind.to_owned()).collect();
    let targets: Vec<f64> = all().map(|(_, target, _)| target).collect();
    let metres: Vec<f64> = all().map(|(.., e)| e.distance_m).collect();
    let seconds: Vec<f64> = all().map(|(.., e)| e.elapsed_s).collect();
    let starts: Vec<f64> = all().map(|(.., e)| e.start_s).collect();
    sqlx::query!("delete from activity_efforts where activity_id = $1", id).execute(tx.connection()).await?;
    if targets.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into activity_efforts (activity_id, athlete_id, kind, target, distance_m, elapsed_s, start_s)
         select $1, $2, * from unnest($3::text[], $4::float8[], $5::float8[], $6::float8[], $7::float8[])",
        id,
        athlete,
        &kinds,
        &targets,
        &metres,
        &seconds,
        &starts
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The same activity from another source, recognised by time and shape.
async fn find_duplicate(tx: &mut Tx, analysed: &AnalysedActivity) -> Result<Option<Uuid>, Error> {
    let athlete = tx.viewer()?;
    let Some(end) = analysed.analysis.elapsed_s.and_then(|elapsed| later(analysed.started_at, elapsed)) else { return Ok(None) };
    let rows = sqlx::query!(
        "select a.id, a.clock_shift_ms, s.samples from activities a join activity_streams s on s.activity_id = a.id
         where a.athlete_id = $1 and a.merged_into is null and a.origin <> 'split' and a.crop_from is null
           and a.started_at between $2::timestamptz - interval '2 days' and $3 and a.started_at + least(coalesce(a.elapsed_s, 0), 1e8) * interval '1 second' >= $2
           and (select count(*) from activities m where m.merged_into = a.id) < $4
         order by a.started_at limit 5",
        athlete,
        analysed.started_at,
        end,
        MAX_PARTS
    )
    .fetch_all(tx.connection())
    .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let recording = Arc::clone(&analysed.recording);
    let is_same = move |other: Recording| recordings::same_activity(&other, &recording);
    platform::compute(move || {
        let found =
            rows.into_iter().find(|r| Recording::from_bytes(&r.samples).is_ok_and(|other| is_same(shifted(other, r.clock_shift_ms.unwrap_or(0)))));
        found.map(|r| r.id)
    })
    .await
}

/// The source hash of an activity that came without a file.
pub(crate) fn synthetic_source_hash(id: Uuid) -> Vec<u8> {
    Sha256::digest(id.as_bytes()).to_vec()
}

/// Deletes the activities of an import, with what was split off them and the copies that those keep. An activity that one of them was merged
/// into is recomputed without it.
pub async fn delete_imported(tx: &mut Tx, import: Uuid) -> Result<(), Error> {
    let deleted = sqlx::query_scalar!(
        "with brought as (select a.id from activities a join import_files f on f.id = a.import_file_id where f.import_id = $1)
         delete from activities where id in (
           select id from brought
           union select c.id from brought b join activities c on c.merged_into = b.id and c.origin = 'split')
         returning merged_into",
        import
    )
    .fetch_all(tx.connection())
    .await?;
    let wholes: Vec<Uuid> = deleted.into_iter().flatten().collect();
    recompute_stale(tx, &wholes).await
}

//! Writing activities.

use domain::ProblemKind;
use platform::{Error, Session};
use uuid::Uuid;

use crate::Prepared;

/// Where an activity came from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The line of the import.
    pub import_file: Uuid,
    /// SHA-256 of the recording, unpacked.
    pub sha256: &'a [u8],
    /// Which activity in the recording.
    pub part: i16,
    /// The file's name, as the athlete knows it.
    pub name: &'a str,
    /// What the reader had to say.
    pub warnings: &'a [String],
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// A new activity.
    New(Uuid),
    /// The same recording is here already, as this activity.
    Duplicate(Uuid),
}

/// Stores an activity with its streams; the same recording a second time changes nothing.
pub async fn store(
    session: &mut Session,
    id: Uuid,
    prepared: &Prepared,
    source: Source<'_>,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Stored, Error> {
    let athlete = session.viewer()?;
    let a = &prepared.analysis;
    let made = sqlx::query_scalar!(
        "insert into activities (
           id, athlete_id, import_file_id, source_sha256, source_part, source_name, sport, title, device, started_at, local_start, local_date,
           elapsed_s, moving_s, distance_m, ascent_m, avg_hr_bpm, max_hr_bpm, gap_s_per_km, ngp_s_per_km, efficiency_factor, decoupling_pct,
           hr_lag_s, trimp, temperature_c, repairs, warnings, splits, thumb, series, formula_version, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28,
           $29, $30, $31, $32)
         on conflict (athlete_id, source_sha256, source_part) do nothing returning id",
        id,
        athlete,
        source.import_file,
        source.sha256,
        source.part,
        source.name,
        prepared.recording.sport.as_str(),
        prepared.title,
        prepared.recording.device,
        prepared.started_at,
        prepared.local_start,
        prepared.local_start.date(),
        a.elapsed_s,
        a.moving_s,
        a.distance_m,
        a.ascent_m,
        a.avg_hr_bpm,
        a.max_hr_bpm,
        a.gap_s_per_km,
        a.ngp_s_per_km,
        a.efficiency_factor,
        a.decoupling_pct,
        a.hr_lag_s,
        a.trimp,
        a.temperature_c,
        serde_json::to_value(&a.repairs)?,
        source.warnings,
        serde_json::to_value(&prepared.splits)?,
        serde_json::to_value(&prepared.thumb)?,
        serde_json::to_value(&prepared.series)?,
        physiology::FORMULA_VERSION,
        now,
    )
    .fetch_optional(session.connection())
    .await?;
    if made.is_none() {
        let there = sqlx::query_scalar!(
            "select id from activities where athlete_id = $1 and source_sha256 = $2 and source_part = $3",
            athlete,
            source.sha256,
            source.part
        )
        .fetch_optional(session.connection())
        .await?;
        return there
            .map(Stored::Duplicate)
            .ok_or_else(|| Error::problem(ProblemKind::Conflict, "It was deleted while it was being imported. Drop it again."));
    }
    sqlx::query!("insert into activity_streams (activity_id, athlete_id, samples) values ($1, $2, $3)", id, athlete, prepared.samples)
        .execute(session.connection())
        .await?;
    Ok(Stored::New(id))
}

/// Deletes what an import brought; gives the hashes of the recordings behind it.
pub async fn delete_of_import(session: &mut Session, import: Uuid) -> Result<Vec<Vec<u8>>, Error> {
    let hashes = sqlx::query_scalar!(
        "delete from activities where import_file_id in (select id from import_files where import_id = $1) returning source_sha256",
        import
    );
    Ok(hashes.fetch_all(session.connection()).await?)
}

/// Whether any activity of the athlete still comes from this recording.
pub async fn source_is_used(session: &mut Session, sha256: &[u8]) -> Result<bool, Error> {
    let athlete = session.viewer()?;
    let used =
        sqlx::query_scalar!(r#"select exists (select from activities where athlete_id = $1 and source_sha256 = $2) as "used!""#, athlete, sha256);
    Ok(used.fetch_one(session.connection()).await?)
}

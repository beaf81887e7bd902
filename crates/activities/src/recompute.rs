//! Recomputing activities: after an edit at once, after a change of thresholds or formulas as a background task (`recomputer`).

use chrono::{DateTime, Utc};
use domain::activities::{Recompute, RecomputeReason};
use domain::{Problem, ProblemKind};
use platform::{Error, Tx};
use recordings::{Recording, Sport, merge};
use uuid::Uuid;

use crate::clock::{shifted, with_start};
use crate::ingest::write_metrics;
use crate::{AnalysedActivity, analyse_recording, thresholds};

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
    let row = sqlx::query!(
        "select a.sport, a.title, a.crop_from, a.crop_to, a.clock_shift_ms, a.clock_utc_offset_s, s.samples
         from activities a join activity_streams s on s.activity_id = a.id where a.id = $1",
        id
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or_else(|| Error::not_found("activity"))?;
    let parts = parts(tx, id).await?;
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
    let parts = parts(tx, id).await?;
    platform::compute(move || assemble(id, &own, &parts, Columns::All)).await?
}

/// The activity's own recording, without what was merged into it.
pub(crate) async fn own_recording(id: Uuid, own: Vec<u8>) -> Result<Recording, Error> {
    platform::compute(move || assemble(id, &own, &[], Columns::All)).await?
}

/// Recordings that may be merged into one activity: nobody wears as many watches.
pub(crate) const MAX_PARTS: i64 = 16;

/// A recording that was merged into an activity, as stored.
struct MergedPart {
    /// Milliseconds from its clock to that of the activity's own recording.
    shift_ms: i64,
    samples: Vec<u8>,
}

async fn parts(tx: &mut Tx, id: Uuid) -> Result<Vec<MergedPart>, Error> {
    let parts = sqlx::query_as!(
        MergedPart,
        r#"select coalesce(a.clock_shift_ms, 0) - coalesce(w.clock_shift_ms, 0) as "shift_ms!", s.samples
           from activities a join activity_streams s on s.activity_id = a.id join activities w on w.id = a.merged_into
           where a.merged_into = $1 order by a.created_at, a.id limit $2"#,
        id,
        MAX_PARTS
    );
    Ok(parts.fetch_all(tx.connection()).await?)
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

/// Recomputes one activity now.
pub async fn recompute(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    let recording = effective_recording(tx, id).await?;
    let analysed = analyse(tx, recording).await?;
    write_metrics(tx, id, &analysed).await
}

/// Recomputes now those of some activities that are marked stale: for edits that change what other activities are made of.
pub async fn recompute_stale(tx: &mut Tx, ids: &[Uuid]) -> Result<(), Error> {
    // In the order of the ids, so that two such edits cannot deadlock.
    let rows =
        sqlx::query!("select id, metrics_stale from activities where id = any($1) order by id for update", ids).fetch_all(tx.connection()).await?;
    for row in rows.iter().filter(|r| r.metrics_stale) {
        try_recompute(tx, row.id).await?;
    }
    Ok(())
}

/// Recomputes an activity that may be damaged and returns whether it could. If not, it keeps its metrics and its mark and is skipped until it is
/// marked again.
async fn try_recompute(tx: &mut Tx, id: Uuid) -> Result<bool, Error> {
    match recompute(tx, id).await {
        Ok(()) => Ok(true),
        Err(Error::Database(error)) => Err(Error::Database(error)),
        Err(error) => give_up(tx, id, &error).await.map(|()| false),
    }
}

/// Skips an activity until it is marked again.
pub(crate) async fn give_up(tx: &mut Tx, id: Uuid, error: &Error) -> Result<(), Error> {
    tracing::warn!(%error, %id, "an activity keeps its old metrics");
    sqlx::query!("update activities set failed_formula_version = $2 where id = $1", id, physiology::FORMULA_VERSION).execute(tx.connection()).await?;
    Ok(())
}

/// Analyses a recording off the threads that serve requests.
pub(crate) async fn analyse(tx: &mut Tx, recording: Recording) -> Result<AnalysedActivity, Error> {
    let thresholds = thresholds::thresholds(tx).await?;
    let athlete = tx.viewer()?;
    let zone = sqlx::query_scalar!("select time_zone from accounts where id = $1", athlete).fetch_one(tx.connection()).await?;
    platform::compute(move || analyse_recording(recording, &thresholds, &zone)).await?.map_err(|unusable| Problem::from(unusable).into())
}

/// Starts a task for all of the viewer's activities that are marked or were computed with older formulas, or extends the one that is open.
/// Without it the database starts one at the end of the transaction, with a less specific reason. `None` when there is nothing to do.
pub async fn start_recompute(tx: &mut Tx, id: Uuid, reason: RecomputeReason, now: DateTime<Utc>) -> Result<Option<Uuid>, Error> {
    let athlete = tx.viewer()?;
    let total = sqlx::query_scalar!(
        r#"select count(*) as "n!" from activities where athlete_id = $1 and (metrics_stale or formula_version < $2) and failed_formula_version < $2"#,
        athlete,
        physiology::FORMULA_VERSION
    )
    .fetch_one(tx.connection())
    .await?;
    if total == 0 {
        return Ok(None);
    }
    let total = i32::try_from(total).unwrap_or(i32::MAX);
    let task = sqlx::query_scalar!(
        "insert into recompute_tasks (id, athlete_id, reason, total, created_at) values ($1, $2, $3, $4, $5)
         on conflict (athlete_id) where finished_at is null do update set total = recompute_tasks.done + excluded.total
         returning id",
        id,
        athlete,
        reason.key(),
        total,
        now
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(Some(task))
}

/// The viewer's latest task.
pub async fn last_recompute(tx: &mut Tx) -> Result<Option<Recompute>, Error> {
    let athlete = tx.viewer()?;
    let row = sqlx::query!(
        "select id, reason, total, done, failed, created_at, finished_at, cancelled_at from recompute_tasks
         where athlete_id = $1 order by created_at desc limit 1",
        athlete
    )
    .fetch_optional(tx.connection())
    .await?;
    let count = |n: i32| u32::try_from(n).unwrap_or(0);
    Ok(row.map(|r| Recompute {
        id: r.id,
        reason: RecomputeReason::parse(&r.reason).unwrap_or(RecomputeReason::Edits),
        total: count(r.total),
        done: count(r.done),
        failed: count(r.failed),
        created_at: r.created_at,
        finished: r.finished_at.is_some(),
        cancelled: r.cancelled_at.is_some(),
    }))
}

/// Stops a task. What is done stays done; the rest keeps its old metrics and its mark.
pub async fn cancel_recompute(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    let stopped = sqlx::query!("update recompute_tasks set cancelled_at = $2, finished_at = $2 where id = $1 and finished_at is null", id, now)
        .execute(tx.connection())
        .await?;
    if stopped.rows_affected() == 0 {
        return Err(Problem::new(ProblemKind::Conflict, "It is over already.").into());
    }
    Ok(())
}

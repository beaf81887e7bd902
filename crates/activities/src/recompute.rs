//! Computing activities anew: after an edit at once, after a change of values or formulas as a background task ([`crate::Recomputer`]).

use chrono::{DateTime, Utc};
use domain::activities::Recompute;
use domain::{Problem, ProblemKind};
use platform::{Error, Tx};
use recordings::{Recording, Sport, merge};
use uuid::Uuid;

use crate::clock::{shifted, with_start};
use crate::ingest::write_metrics;
use crate::{AnalysedActivity, analyse_recording, thresholds};

/// What an activity counts: its own recording with those that were merged into it, cut to its crop, at the date and under the sport that the
/// athlete chose.
pub(crate) async fn effective_recording(session: &mut Tx, id: Uuid) -> Result<Recording, Error> {
    effective_with(session, id, Columns::All).await
}

/// Which columns of a recording are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Columns {
    All,
    /// Without the extra ones, which others never see: they may be many, and a stranger's look takes no memory for them.
    Standard,
}

pub(crate) async fn effective_with(session: &mut Tx, id: Uuid, columns: Columns) -> Result<Recording, Error> {
    let row = sqlx::query!(
        "select a.sport, a.title, a.crop_from, a.crop_to, a.clock_shift_ms, a.clock_utc_offset_s, s.samples
         from activities a join activity_streams s on s.activity_id = a.id where a.id = $1",
        id
    )
    .fetch_optional(session.connection())
    .await?
    .ok_or_else(|| Error::not_found("activity"))?;
    let parts = parts(session, id).await?;
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

/// The recording with its merged parts, before any crop, in its own clock: a date that the athlete gave it lies over it.
pub(crate) async fn merged_recording(session: &mut Tx, id: Uuid, own: Vec<u8>) -> Result<Recording, Error> {
    let parts = parts(session, id).await?;
    platform::compute(move || assemble(id, &own, &parts, Columns::All)).await?
}

/// A recording by itself.
pub(crate) async fn own_recording(id: Uuid, own: Vec<u8>) -> Result<Recording, Error> {
    platform::compute(move || assemble(id, &own, &[], Columns::All)).await?
}

/// Recordings that count of those merged into one activity: nobody wears as many watches.
pub(crate) const MAX_PARTS: i64 = 16;

/// What was merged into an activity, as stored, in the order in which it came.
struct MergedPart {
    /// From its clock to that of the activity's own recording.
    shift_ms: i64,
    samples: Vec<u8>,
}

async fn parts(session: &mut Tx, id: Uuid) -> Result<Vec<MergedPart>, Error> {
    let parts = sqlx::query_as!(
        MergedPart,
        r#"select coalesce(a.clock_shift_ms, 0) - coalesce(w.clock_shift_ms, 0) as "shift_ms!", s.samples
           from activities a join activity_streams s on s.activity_id = a.id join activities w on w.id = a.merged_into
           where a.merged_into = $1 order by a.created_at, a.id limit $2"#,
        id,
        MAX_PARTS
    );
    Ok(parts.fetch_all(session.connection()).await?)
}

fn assemble(id: Uuid, own: &[u8], parts: &[MergedPart], columns: Columns) -> Result<Recording, Error> {
    let read = |bytes: &[u8]| {
        let mut recording =
            Recording::from_bytes(bytes).map_err(|e: recordings::StreamError| Error::Internal(format!("activity_streams of {id}: {e}")))?;
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

/// Computes one activity anew, now.
pub async fn recompute(session: &mut Tx, id: Uuid) -> Result<(), Error> {
    let recording = effective_recording(session, id).await?;
    let prepared = analyse(session, recording).await?;
    write_metrics(session, id, &prepared).await
}

/// Computes anew, now, those of some activities that are marked: for steps that change what other activities are made of.
pub async fn recompute_stale(session: &mut Tx, ids: &[Uuid]) -> Result<(), Error> {
    // In the order of the ids, so that two such steps never wait for each other.
    let rows = sqlx::query!("select id, metrics_stale from activities where id = any($1) order by id for update", ids)
        .fetch_all(session.connection())
        .await?;
    for row in rows.iter().filter(|r| r.metrics_stale) {
        try_recompute(session, row.id).await?;
    }
    Ok(())
}

/// Computes one that may be damaged: whether it could. If not, it keeps its numbers and its mark, and is left alone until it is marked again.
async fn try_recompute(session: &mut Tx, id: Uuid) -> Result<bool, Error> {
    match recompute(session, id).await {
        Ok(()) => Ok(true),
        Err(Error::Database(error)) => Err(Error::Database(error)),
        Err(error) => give_up(session, id, &error).await.map(|()| false),
    }
}

/// Leaves one alone until it is marked again.
pub(crate) async fn give_up(session: &mut Tx, id: Uuid, error: &Error) -> Result<(), Error> {
    tracing::warn!(%error, %id, "an activity keeps its old metrics");
    sqlx::query!("update activities set failed_formula_version = $2 where id = $1", id, physiology::FORMULA_VERSION)
        .execute(session.connection())
        .await?;
    Ok(())
}

/// Prepares off the threads that serve requests.
pub(crate) async fn analyse(session: &mut Tx, recording: Recording) -> Result<AnalysedActivity, Error> {
    let values = thresholds::thresholds(session).await?;
    let athlete = session.viewer()?;
    let zone = sqlx::query_scalar!("select time_zone from accounts where id = $1", athlete).fetch_one(session.connection()).await?;
    platform::compute(move || analyse_recording(recording, &values, &zone)).await?.map_err(Error::from)
}

/// Starts a task for everything of the viewer that is marked or was computed with older formulas; joins one that runs already. Without it
/// the database starts one at the end of the transaction, with less of a reason. `None` when there is nothing to do.
pub async fn start_recompute(session: &mut Tx, id: Uuid, reason: &str, now: DateTime<Utc>) -> Result<Option<Uuid>, Error> {
    let athlete = session.viewer()?;
    let total = sqlx::query_scalar!(
        r#"select count(*) as "n!" from activities where athlete_id = $1 and (metrics_stale or formula_version < $2) and failed_formula_version < $2"#,
        athlete,
        physiology::FORMULA_VERSION
    )
    .fetch_one(session.connection())
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
        reason,
        total,
        now
    )
    .fetch_one(session.connection())
    .await?;
    Ok(Some(task))
}

/// Starts the task for what was marked because the athlete's time zone is another now: recordings that name none are dated in it.
pub async fn recompute_local_dates(session: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    start_recompute(session, id, "Your time zone changed.", now).await?;
    Ok(())
}

/// The viewer's last task.
pub async fn last_recompute(session: &mut Tx) -> Result<Option<Recompute>, Error> {
    let athlete = session.viewer()?;
    let row = sqlx::query!(
        "select id, reason, total, done, failed, created_at, finished_at, cancelled_at from recompute_tasks
         where athlete_id = $1 order by created_at desc limit 1",
        athlete
    )
    .fetch_optional(session.connection())
    .await?;
    let count = |n: i32| u32::try_from(n).unwrap_or(0);
    Ok(row.map(|r| Recompute {
        id: r.id,
        reason: r.reason,
        total: count(r.total),
        done: count(r.done),
        failed: count(r.failed),
        created_at: r.created_at,
        finished: r.finished_at.is_some(),
        cancelled: r.cancelled_at.is_some(),
    }))
}

/// Stops a task. What is done stays done; the rest keeps its old metrics and its mark.
pub async fn cancel_recompute(session: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    let stopped = sqlx::query!("update recompute_tasks set cancelled_at = $2, finished_at = $2 where id = $1 and finished_at is null", id, now)
        .execute(session.connection())
        .await?;
    if stopped.rows_affected() == 0 {
        return Err(Problem::new(ProblemKind::Conflict, "It is over already.").into());
    }
    Ok(())
}

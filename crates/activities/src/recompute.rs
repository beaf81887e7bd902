//! Recomputing activities: after an edit at once, after a change of thresholds or formulas as a background task (`recomputer`).

use chrono::{DateTime, Utc};
use domain::activities::RecomputeReason;
use domain::{Problem, ProblemKind};
use platform::{Error, Tx};
use recordings::Recording;
use uuid::Uuid;

pub use crate::queries::recompute_tasks::last_recompute;
use crate::queries::{intervals, metrics, recompute_tasks as tasks, stale};
use crate::recording::effective_recording;
use crate::{AnalysedActivity, analyse_recording, routes, thresholds};

/// Recomputes one activity now.
pub async fn recompute(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    let recording = effective_recording(tx, id).await?;
    let mut analysed = analyse(tx, recording).await?;
    if let Some(own) = intervals::own(tx, id).await? {
        let times = own.times(analysed.started_at);
        analysed = platform::compute(move || analysed.with_intervals(&times)).await?;
    }
    metrics::write(tx, id, &analysed).await?;
    routes::assign(tx, id, analysed.compared.line.as_ref()).await
}

/// Recomputes now those of some activities that are marked stale: for edits that change what other activities are made of.
pub async fn recompute_stale(tx: &mut Tx, ids: &[Uuid]) -> Result<(), Error> {
    for id in stale::lock_stale(tx, ids).await? {
        try_recompute(tx, id).await?;
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
    stale::set_failed(tx, id).await
}

/// Analyses a recording off the threads that serve requests.
pub(crate) async fn analyse(tx: &mut Tx, recording: Recording) -> Result<AnalysedActivity, Error> {
    let thresholds = thresholds::thresholds(tx).await?;
    let zone = accounts::time_zone(tx).await?;
    platform::compute(move || analyse_recording(recording, &thresholds, &zone)).await?.map_err(|unusable| Problem::from(unusable).into())
}

/// Starts a task for all of the viewer's activities that are marked or were computed with older formulas, or extends the one that is open.
/// Without it the database starts one at the end of the transaction, with a less specific reason. `None` when there is nothing to do.
pub async fn start_recompute(tx: &mut Tx, id: Uuid, reason: RecomputeReason, now: DateTime<Utc>) -> Result<Option<Uuid>, Error> {
    let total = stale::count_due(tx).await?;
    if total == 0 {
        return Ok(None);
    }
    let total = i32::try_from(total).unwrap_or(i32::MAX);
    tasks::open(tx, id, reason, total, now).await.map(Some)
}

/// Stops a task. What is done stays done; the rest keeps its old metrics and its mark.
pub async fn cancel_recompute(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    if tasks::cancel(tx, id, now).await? { Ok(()) } else { Err(Problem::new(ProblemKind::Conflict, "It is over already.").into()) }
}

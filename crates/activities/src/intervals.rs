//! Correcting the intervals that were found in an activity.

use domain::ProblemKind;
use domain::activities::TimeRange;
use platform::{Error, Tx};
use uuid::Uuid;

use crate::lock::lock;
use crate::queries::intervals::{self as queries, Counted};
use crate::recompute::recompute;

/// The most intervals of an activity.
const MOST: usize = 100;
/// An interval that is named by where it begins is one that begins within so many seconds: pages show whole ones.
const SAME_S: f64 = 1.0;

/// Adds an interval, the fields `from` and `to` being times since the start of the activity. It takes the place of those that it overlaps.
///
/// # Errors
/// Names the fields that cannot be read; a conflict where there are as many as an activity may have.
pub async fn add_interval<'a>(tx: &mut Tx, id: Uuid, fields: impl Fn(&str) -> Option<&'a str>) -> Result<(), Error> {
    let mut counted = lock_counted(tx, id).await?;
    let whole_s = counted.elapsed_s.unwrap_or_default();
    let TimeRange { from_s, to_s } = TimeRange::parse_part(fields, whole_s)?;
    counted.times.retain(|(from, to)| *to <= from_s || to_s <= *from);
    counted.times.push((from_s, to_s));
    counted.times.sort_by(|a, b| a.0.total_cmp(&b.0));
    if counted.times.len() > MOST {
        return Err(Error::problem(ProblemKind::Conflict, format!("More than {MOST} intervals cannot be kept. Remove one first.")));
    }
    set(tx, id, counted).await
}

/// Removes the interval that begins at the field `from`, a time since the start of the activity; one that is gone already stays gone.
///
/// # Errors
/// Names the field if it cannot be read.
pub async fn remove_interval<'a>(tx: &mut Tx, id: Uuid, fields: impl Fn(&str) -> Option<&'a str>) -> Result<(), Error> {
    let mut counted = lock_counted(tx, id).await?;
    let from_s = TimeRange::parse_from(fields, counted.elapsed_s.unwrap_or_default())?;
    let before = counted.times.len();
    // One that begins before a crop is shown from where the crop begins.
    counted.times.retain(|(from, to)| *to <= 0.0 || (from.max(0.0) - from_s).abs() > SAME_S);
    if counted.times.len() == before { Ok(()) } else { set(tx, id, counted).await }
}

/// Forgets what the athlete corrected: the intervals that are found count again.
///
/// # Errors
/// There may be no such activity.
pub async fn find_intervals(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    if lock_counted(tx, id).await?.corrected {
        queries::set(tx, id, None).await?;
        recompute(tx, id).await?;
    }
    Ok(())
}

/// Gives an activity the corrections of what was split off it, which is about to be part of it again.
pub(crate) async fn rejoin_intervals(tx: &mut Tx, first: Uuid, second: Uuid) -> Result<(), Error> {
    let (Some(mut whole), Some(part)) = (queries::lock(tx, first).await?, queries::lock(tx, second).await?) else { return Ok(()) };
    if !part.corrected {
        return Ok(());
    }
    if !whole.corrected {
        whole.own.set(whole.started_at, &whole.times);
    }
    // Both keep what was corrected before the split; of that which lies in the second part, its own counts.
    let begin = part.own.start_ms(part.started_at);
    let (of_part, _): (Vec<_>, Vec<_>) = part.own.at_ms.into_iter().partition(|(from, _)| *from >= begin);
    whole.own.at_ms.retain(|(from, to)| *from < begin && of_part.iter().all(|other| *to <= other.0));
    whole.own.at_ms.extend(of_part);
    queries::set(tx, first, Some(&whole.own)).await
}

async fn lock_counted(tx: &mut Tx, id: Uuid) -> Result<Counted, Error> {
    lock(tx).await?;
    let mut counted = queries::lock(tx, id).await?.ok_or_else(|| Error::not_found("activity"))?;
    if !counted.recorded {
        return Err(Error::problem(ProblemKind::Conflict, "It has no recording, so it has no intervals."));
    }
    if counted.corrected {
        // All of them: those that a crop leaves out stay where they were.
        counted.times = counted.own.times(counted.started_at);
    }
    Ok(counted)
}

async fn set(tx: &mut Tx, id: Uuid, mut counted: Counted) -> Result<(), Error> {
    counted.own.set(counted.started_at, &counted.times);
    queries::set(tx, id, Some(&counted.own)).await?;
    recompute(tx, id).await
}

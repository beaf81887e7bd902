//! A week again, in another week.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::calendar::Done;
use domain::plan::{Choice, CopyFields, PlannedSession, Steps, Target};
use domain::{FieldErrors, Problem};
use platform::{Error, Tx};
use uuid::Uuid;

use crate::matched::planned;
use crate::queries::sessions as queries;
use crate::service::{MOST_OF_DAY, lock, require_room};

/// Sessions that a week can have.
const MOST_THERE: i64 = 7 * MOST_OF_DAY;

/// A copy of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Copied {
    /// What [`undo_copy`] knows it by.
    pub(crate) id: Uuid,
    /// Sessions that it made.
    pub(crate) sessions: usize,
}

/// Copies what was planned in a week, and what was done in it without a plan if that is asked for.
pub(crate) async fn copy_week(
    tx: &mut Tx,
    fields: CopyFields,
    mut id: impl FnMut() -> Uuid,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Copied, Error> {
    lock(tx).await?;
    let (athlete, last) = (tx.viewer()?, fields.from + TimeDelta::days(6));
    domain::plan::PlanFields::check_day(fields.to, today).map_err(|problem| Problem::of_field("to", problem.message))?;
    let of_plan = planned(tx, fields.from, last, today).await?;
    let mut sessions: Vec<PlannedSession> = of_plan.iter().map(|one| one.session.clone()).collect();
    if fields.done {
        let done = activities::done(tx, fields.from, last).await?;
        let (ids, own): (Vec<Uuid>, Vec<Uuid>) = (done.iter().map(|one| one.id).collect(), sessions.iter().map(|session| session.id).collect());
        let theirs = queries::chosen_elsewhere(tx, athlete, &ids, &own).await?;
        let planned = |done: &&Done| theirs.contains(&done.id) || of_plan.iter().any(|one| one.activity == Some(done.id));
        sessions.extend(done.iter().filter(|done| !planned(done)).map(again));
    }
    if sessions.is_empty() {
        let mut errors = FieldErrors::default();
        errors.add("from", if fields.done { "That week has nothing to copy." } else { "Nothing was planned in that week." });
        errors.into_result()?;
    }
    // What stands there already is not doubled, as by a form that is sent twice.
    let there = queries::between(tx, athlete, fields.to, fields.to + TimeDelta::days(6), MOST_THERE).await?;
    let is_there = |session: &PlannedSession, day: NaiveDate| {
        let same = |one: &&PlannedSession| (one.day, one.kind, one.target) == (day, session.kind, session.target);
        there.iter().filter(same).any(|one| one.words == session.words && one.steps == session.steps)
    };
    let mut copied = Copied { id: id(), sessions: 0 };
    for session in sessions {
        let day = fields.to + (session.day - fields.from);
        if is_there(&session, day) {
            continue;
        }
        copied.sessions += 1;
        require_room(tx, day).await?;
        queries::put(tx, athlete, &PlannedSession { id: id(), day, choice: Choice::ByShape, ..session }, Some(copied.id), now).await?;
    }
    Ok(copied)
}

/// Takes a copy of a week back: the sessions that it made and nobody changed since. What was taken back already stays so.
pub(crate) async fn undo_copy(tx: &mut Tx, copy: Uuid) -> Result<(), Error> {
    lock(tx).await?;
    let athlete = tx.viewer()?;
    queries::delete_copy(tx, athlete, copy).await
}

/// How many sessions of a copy of a week could be taken back.
pub async fn copied(tx: &mut Tx, copy: Uuid) -> Result<u32, Error> {
    let athlete = tx.viewer()?;
    Ok(u32::try_from(queries::count_of_copy(tx, athlete, copy).await?).unwrap_or_default())
}

/// What was done, as a plan: as far, to a hundred metres, or as long, to a minute.
fn again(done: &Done) -> PlannedSession {
    let rounded = |value: f64, to: f64| ((value / to).round() * to) as u32;
    let distance = done.distance_m.map(|metres| rounded(metres, 100.0)).filter(|metres| (1..=Target::MOST_M).contains(metres));
    let duration = done.moving_s.map(|seconds| rounded(seconds, 60.0)).filter(|seconds| (1..=Target::MOST_S).contains(seconds));
    let target = distance.map(Target::Distance).or(duration.map(Target::Duration)).unwrap_or_default();
    PlannedSession { id: done.id, day: done.day, kind: done.kind, words: String::new(), target, steps: Steps::default(), choice: Choice::ByShape }
}

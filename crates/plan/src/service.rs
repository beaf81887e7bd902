//! Adding, changing, moving and deleting sessions, and saying what they became.

use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::plan::{Choice, PlanFields, PlannedSession};
use domain::{Problem, ProblemKind};
use platform::{Error, Tx};
use uuid::Uuid;

use crate::queries::sessions as queries;

/// The lock under which an athlete's plan is changed.
pub(crate) const LOCK: &str = "plan";
/// Sessions of a day, at most.
pub(crate) const MOST_OF_DAY: i64 = 10;
/// Sessions of an athlete, at most: ten years of two a day.
pub(crate) const MOST: i64 = 7300;
/// How many days from a session an activity may be that the athlete says it was.
pub(crate) const NEAR_DAYS: u64 = 3;

/// Lets nobody else change the athlete's plan, or undo an edit of it, until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx) -> Result<(), Error> {
    tx.lock_own(LOCK).await
}

/// A session as it is stored.
pub(crate) async fn stored(tx: &mut Tx, id: Uuid) -> Result<PlannedSession, Error> {
    let athlete = tx.viewer()?;
    queries::get(tx, athlete, id).await?.ok_or_else(|| Error::not_found("planned session"))
}

/// Refuses another session on a day that is full, or in a plan that is.
pub(crate) async fn require_room(tx: &mut Tx, day: NaiveDate) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    if queries::count_of_day(tx, athlete, day).await? >= MOST_OF_DAY {
        return Err(Error::problem(ProblemKind::Conflict, format!("A day has at most {MOST_OF_DAY} planned sessions.")));
    }
    if queries::counts(tx, athlete).await?.0 >= MOST {
        return Err(Error::problem(ProblemKind::Conflict, format!("A plan has at most {MOST} sessions. Delete old ones first.")));
    }
    Ok(())
}

/// Plans a session.
pub async fn add(tx: &mut Tx, id: Uuid, fields: PlanFields, today: NaiveDate, now: DateTime<Utc>) -> Result<(), Error> {
    lock(tx).await?;
    PlanFields::check_day(fields.day, today)?;
    require_room(tx, fields.day).await?;
    let PlanFields { day, kind, words, target, steps } = fields;
    let athlete = tx.viewer()?;
    queries::put(tx, athlete, &PlannedSession { id, day, kind, words, target, steps, choice: Choice::ByShape }, None, now).await
}

/// Changes a session: it is what the fields say from then on. What it became stays as the athlete said.
pub async fn edit(tx: &mut Tx, id: Uuid, fields: PlanFields, today: NaiveDate, now: DateTime<Utc>) -> Result<(), Error> {
    lock(tx).await?;
    let before = stored(tx, id).await?;
    if fields.day != before.day {
        PlanFields::check_day(fields.day, today)?;
        require_room(tx, fields.day).await?;
    }
    let PlanFields { day, kind, words, target, steps } = fields;
    let athlete = tx.viewer()?;
    queries::put(tx, athlete, &PlannedSession { id, day, kind, words, target, steps, choice: before.choice }, None, now).await
}

/// Moves a session to another day, and returns the one where it was.
pub async fn move_to(tx: &mut Tx, id: Uuid, day: NaiveDate, today: NaiveDate, now: DateTime<Utc>) -> Result<NaiveDate, Error> {
    lock(tx).await?;
    let before = stored(tx, id).await?;
    if day == before.day {
        return Ok(day);
    }
    PlanFields::check_day(day, today)?;
    require_room(tx, day).await?;
    let (athlete, from) = (tx.viewer()?, before.day);
    queries::put(tx, athlete, &PlannedSession { day, ..before }, None, now).await?;
    Ok(from)
}

/// Says what a session became.
pub async fn match_to(tx: &mut Tx, id: Uuid, choice: Choice, now: DateTime<Utc>) -> Result<NaiveDate, Error> {
    lock(tx).await?;
    let (athlete, before) = (tx.viewer()?, stored(tx, id).await?);
    if let Choice::Chosen(activity) = choice
        && choice != before.choice
    {
        let near = activities::done(tx, before.day - Days::new(NEAR_DAYS), before.day + Days::new(NEAR_DAYS)).await?;
        if !near.iter().any(|one| one.id == activity) {
            return Err(Problem::of_field("activity", format!("There is no such activity within {NEAR_DAYS} days of the session.")).into());
        }
        if !queries::chosen_elsewhere(tx, athlete, &[activity], &[id]).await?.is_empty() {
            return Err(Problem::of_field("activity", "Another session became this activity. Say there that it did not.").into());
        }
    }
    let day = before.day;
    queries::put(tx, athlete, &PlannedSession { choice, ..before }, None, now).await?;
    Ok(day)
}

/// Deletes a session, and returns its day.
pub async fn delete(tx: &mut Tx, id: Uuid) -> Result<NaiveDate, Error> {
    lock(tx).await?;
    let (athlete, day) = (tx.viewer()?, stored(tx, id).await?.day);
    queries::delete(tx, athlete, id).await?;
    Ok(day)
}

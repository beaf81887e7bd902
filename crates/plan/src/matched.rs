//! Sessions with what they come to and what they became.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use domain::ProblemKind;
use domain::plan::{Candidate, Choice, Planned, PlannedSession, SessionView, pair, usual};
use platform::{Error, Tx};
use uuid::Uuid;

use crate::queries::sessions as queries;
use crate::service::{NEAR_DAYS, stored};

/// Sessions that are read at once, at most: two months of ten a day.
const MOST: i64 = 700;
/// Days before today that say what is usual: with today, twelve weeks.
const USUAL_DAYS: u64 = 83;
/// Sessions from today on among which the next one is looked for: those of two days.
const MOST_OPEN: i64 = 20;
/// How far ahead the next session may be: as far as one can be planned, and more.
const AHEAD_DAYS: u64 = 800;
/// Days that loads are asked for at once, at most.
const MOST_DAYS: u64 = 69;

/// The sessions of a span of days, in order.
pub async fn planned(tx: &mut Tx, from: NaiveDate, to: NaiveDate, today: NaiveDate) -> Result<Vec<Planned>, Error> {
    let athlete = tx.viewer()?;
    let sessions = queries::between(tx, athlete, from, to, MOST).await?;
    with_activities(tx, sessions, today).await
}

/// The next session that is not done, from today on.
pub async fn next(tx: &mut Tx, today: NaiveDate) -> Result<Option<Planned>, Error> {
    let athlete = tx.viewer()?;
    let sessions = queries::between(tx, athlete, today, today + Days::new(AHEAD_DAYS), MOST_OPEN).await?;
    Ok(with_activities(tx, sessions, today).await?.into_iter().find(|one| one.activity.is_none()))
}

/// Adds what sessions come to and what they became. They are all those of their days.
async fn with_activities(tx: &mut Tx, sessions: Vec<PlannedSession>, today: NaiveDate) -> Result<Vec<Planned>, Error> {
    if sessions.is_empty() {
        return Ok(Vec::new());
    }
    let sums = activities::sums_by_kind(tx, today - Days::new(USUAL_DAYS), today).await?;
    let mut days: Vec<NaiveDate> = sessions.iter().map(|session| session.day).filter(|day| *day <= today).collect();
    days.dedup();
    let chosen: Vec<Uuid> =
        sessions.iter().filter_map(|session| if let Choice::Chosen(activity) = session.choice { Some(activity) } else { None }).collect();
    let mut done = activities::shapes_on(tx, &days).await?;
    let elsewhere: Vec<Uuid> = chosen.into_iter().filter(|activity| !done.iter().any(|one| one.id == *activity)).collect();
    done.extend(activities::shapes_of(tx, &elsewhere).await?);
    // What sessions of other days have chosen is theirs.
    let (athlete, own): (Uuid, Vec<Uuid>) = (tx.viewer()?, sessions.iter().map(|session| session.id).collect());
    let theirs = queries::chosen_elsewhere(tx, athlete, &done.iter().map(|one| one.id).collect::<Vec<_>>(), &own).await?;
    done.retain(|one| !theirs.contains(&one.id));
    let planned: Vec<_> = sessions.iter().map(|session| (session.shape(), session.choice)).collect();
    let found = pair(&planned, &done);
    let view = |(session, activity): (PlannedSession, Option<Uuid>)| {
        let expected = session.expected(usual(&sums, session.kind));
        Planned { session, expected, activity }
    };
    Ok(sessions.into_iter().zip(found).map(view).collect())
}

/// A session with its activity. The others of its day are read with it: an activity is of one session.
pub(crate) async fn one(tx: &mut Tx, id: Uuid, today: NaiveDate) -> Result<Planned, Error> {
    let day = stored(tx, id).await?.day;
    let of_day = planned(tx, day, day, today).await?;
    of_day.into_iter().find(|one| one.session.id == id).ok_or_else(|| Error::problem(ProblemKind::NotFound, "There is no such planned session."))
}

/// What the page of a session shows, or the one of a new session.
pub async fn session_view(tx: &mut Tx, id: Option<Uuid>, today: NaiveDate) -> Result<SessionView, Error> {
    let Some(id) = id else { return Ok(SessionView { today, planned: None, candidates: Vec::new() }) };
    let planned = one(tx, id, today).await?;
    let day = planned.session.day;
    let done = activities::done(tx, day - Days::new(NEAR_DAYS), day + Days::new(NEAR_DAYS)).await?;
    let candidates = done.into_iter().map(|one| Candidate { id: one.id, title: one.title, day: one.day }).collect();
    Ok(SessionView { today, planned: Some(planned), candidates })
}

/// The load of each day from `from` to `to` by what is planned and not done yet: the load that a session is to have, or the time that it takes, by its
/// target, its steps or the usual pace, with the usual load an hour of its kind. Where nothing is usual yet, a session has no load. Of one sport alone, if
/// one is named.
pub async fn loads(tx: &mut Tx, from: NaiveDate, to: NaiveDate, today: NaiveDate, sport: Option<&str>) -> Result<Vec<(NaiveDate, f64)>, Error> {
    let to = to.min(from + Days::new(MOST_DAYS));
    let mut of_days: BTreeMap<NaiveDate, f64> = BTreeMap::new();
    for one in planned(tx, from.max(today), to, today)
        .await?
        .into_iter()
        .filter(|one| one.activity.is_none() && sport.is_none_or(|sport| one.session.kind.sport() == sport))
    {
        *of_days.entry(one.session.day).or_default() += one.expected.load.unwrap_or_default();
    }
    Ok(of_days.into_iter().filter(|(_, load)| *load > 0.0).collect())
}

//! Goals and availability: what plans are made of.

use chrono::{DateTime, NaiveDate, Utc};
use domain::onboarding::{Availability, Goals, LongRun, Race};
use domain::{Problem, ProblemKind};
use platform::{Error, Ids, Tx};
use uuid::Uuid;

use crate::queries::availability::{self, Row as Week};
use crate::queries::goals as queries;

/// The lock under which an athlete's goals and availability are changed.
pub(crate) const LOCK: &str = "onboarding";
/// The kinds of goals that are no race.
const HEALTHIER: &str = "healthier";
const KNOWING: &str = "knowing";

/// What the viewer runs for; nothing that was said is no goal.
pub async fn goals(tx: &mut Tx) -> Result<Goals, Error> {
    let athlete = tx.viewer()?;
    let rows = queries::list(tx, athlete).await?;
    let has = |kind: &str| rows.iter().any(|row| row.kind == kind);
    let race = |row: &queries::Row| Some(Race { id: Some(row.id), name: row.name.clone()?, day: row.day?, distance_m: row.distance_m? });
    Ok(Goals { healthier: has(HEALTHIER), knowing: has(KNOWING), races: rows.iter().filter_map(race).collect() })
}

/// The viewer's races from one day to another, by their days, and when each changed last.
pub async fn races_between(tx: &mut Tx, from: NaiveDate, to: NaiveDate) -> Result<Vec<(Race, DateTime<Utc>)>, Error> {
    let athlete = tx.viewer()?;
    queries::races_between(tx, athlete, from, to).await
}

/// When the viewer could run; nothing if it is not said.
pub async fn availability(tx: &mut Tx) -> Result<Option<Availability>, Error> {
    let athlete = tx.viewer()?;
    Ok(availability::get(tx, athlete).await?.map(|row| {
        let mut week = Availability { long_run: row.long_run.as_deref().and_then(LongRun::parse), ..Availability::default() };
        for slot in &row.slots {
            week.add(slot);
        }
        week
    }))
}

/// Stores what the viewer runs for, instead of what they ran for before. A race keeps its id as long as anything of it stays. Only races among `shown`,
/// which the form had, are taken away: another device may have added one, or an archive more than a form has.
pub(crate) async fn save_goals(tx: &mut Tx, ids: &Ids, (new, shown): (Goals, &[Uuid]), today: NaiveDate, now: DateTime<Utc>) -> Result<(), Error> {
    tx.lock_own(LOCK).await?;
    let athlete = tx.viewer()?;
    let before = goals(tx).await?;
    let same = |a: &Race, b: &Race| a.name == b.name && a.day == b.day;
    let is_stored = |id: Uuid| before.races.iter().any(|race| race.id == Some(id));
    let mut placed: Vec<(Uuid, Race)> = Vec::new();
    for race in new.races {
        let free = |id: &Uuid| placed.iter().all(|(taken, _)| taken != id);
        let by_content = before.races.iter().find(|stored| same(stored, &race)).and_then(|stored| stored.id).filter(free);
        let by_id = race.id.filter(|id| is_stored(*id)).filter(free);
        if by_content.is_none() && by_id.is_none() && race.day < today {
            // It said that it was stored.
            let sentence = format!("“{}” was taken away on another device meanwhile, and its day is over. A goal is ahead.", race.name);
            return Err(Problem::new(ProblemKind::Conflict, sentence).into());
        }
        placed.push((by_content.or(by_id).unwrap_or_else(|| ids.uuid(now)), race));
    }
    let gone: Vec<Uuid> =
        before.races.iter().filter_map(|race| race.id).filter(|id| shown.contains(id) && placed.iter().all(|(kept, _)| kept != id)).collect();
    queries::remove_races(tx, athlete, &gone).await?;
    for (id, race) in &placed {
        queries::put_race(tx, athlete, *id, race, now).await?;
    }
    for (kind, wanted) in [(HEALTHIER, new.healthier), (KNOWING, new.knowing)] {
        if wanted {
            queries::add(tx, athlete, ids.uuid(now), kind, now).await?;
        } else {
            queries::remove(tx, athlete, kind).await?;
        }
    }
    Ok(())
}

/// Stores when the viewer could run.
pub(crate) async fn save_availability(tx: &mut Tx, week: &Availability, now: DateTime<Utc>) -> Result<(), Error> {
    tx.lock_own(LOCK).await?;
    let athlete = tx.viewer()?;
    let row = Week { slots: week.slots(), long_run: week.long_run.map(|day| day.key().to_owned()) };
    availability::put(tx, athlete, &row, now).await
}

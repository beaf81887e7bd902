//! How far the first questions were answered. It is on the account, so another device goes on where one stopped.

use chrono::{DateTime, NaiveDate, Utc};
use domain::activities::Thresholds;
use domain::measures::count_questions;
use domain::onboarding::{Progress, Stage, Step};
use platform::{Error, Tx};

use crate::queries::progress as queries;
use crate::said::{availability, goals};

/// How far the viewer is.
pub async fn progress(tx: &mut Tx) -> Result<Progress, Error> {
    let athlete = tx.viewer()?;
    let Some(row) = queries::get(tx, athlete).await? else { return Ok(Progress::default()) };
    let steps = |keys: &[String]| keys.iter().filter_map(|key| Step::parse(key)).collect();
    Ok(Progress {
        begun: true,
        done: steps(&row.done),
        skipped: steps(&row.skipped),
        left: row.left_at.is_some(),
        finished: row.finished_at.is_some(),
    })
}

/// What the settings show of it.
pub async fn stage(tx: &mut Tx, today: NaiveDate) -> Result<Stage, Error> {
    let now = Thresholds::on(today, &activities::thresholds(tx).await?);
    let confirmed = [now.threshold_hr, now.threshold_s_per_km, now.hr_max].iter().flatten().count();
    Ok(Stage {
        goals: goals(tx).await?.words(),
        slots: availability(tx).await?.map(|week| week.count()),
        confirmed,
        asked: count_questions(journal::catalogue(tx).await?.asked.iter().map(String::as_str)),
    })
}

/// Where a step leads that was answered or skipped: to the next one, or back to the settings once it is over.
async fn leads_to(tx: &mut Tx, step: Step) -> Result<&'static str, Error> {
    if progress(tx).await?.is_over() {
        return Ok("/settings");
    }
    Ok(step.next().unwrap_or(Step::Done).path())
}

/// Remembers that a step was answered, and returns the page that follows.
pub(crate) async fn answer(tx: &mut Tx, step: Step, now: DateTime<Utc>) -> Result<&'static str, Error> {
    let athlete = tx.viewer()?;
    queries::answered(tx, athlete, step.key(), now).await?;
    leads_to(tx, step).await
}

/// Remembers that a step was skipped, and returns the page that follows.
pub(crate) async fn skip(tx: &mut Tx, step: Step, now: DateTime<Utc>) -> Result<&'static str, Error> {
    let athlete = tx.viewer()?;
    queries::skipped(tx, athlete, step.key(), now).await?;
    leads_to(tx, step).await
}

/// Ends it: finished, or left for good. Nothing asks again.
pub(crate) async fn end(tx: &mut Tx, finished: bool, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    queries::end(tx, athlete, finished, now).await
}

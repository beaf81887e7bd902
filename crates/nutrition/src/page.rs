//! What pages and the API show: entries with what they belong to, and a day with its runs.

use activities::Workout;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::list::{Cursor, Page, PageRequest};
use domain::nutrition::{DayView, Entry, KNOWN_DAYS, MAX_OWN, RunView};
use platform::{Error, Tx};
use uuid::Uuid;

use crate::derived;
use crate::favourites::favourites;
use crate::link::{NEAR, link};
use crate::queries::entries::{self as queries, Eaten, Stored};
use crate::queries::settings::{self, Settings};
use crate::service::stored;

/// Entries on a page of the list.
const PAGE_SIZE: u32 = 100;
/// Nutrients of the athlete's own that a form offers: there is room for one more.
const OFFERED: i64 = MAX_OWN as i64 - 1;

fn view(stored: Stored, workouts: &[Workout]) -> Entry {
    let link = link(stored.at, stored.choice, workouts);
    Entry { id: stored.id, day: stored.day, minute: stored.minute, text: stored.text, content: stored.content, choice: stored.choice, link }
}

/// The activities near some entries.
async fn near(tx: &mut Tx, stored: &[Stored]) -> Result<Vec<Workout>, Error> {
    let times = || stored.iter().map(|stored| stored.at);
    match times().min().zip(times().max()) {
        Some((first, last)) => activities::workouts(tx, first - NEAR, last + NEAR).await,
        None => Ok(Vec::new()),
    }
}

/// One entry, with the moment.
pub(crate) async fn entry_at(tx: &mut Tx, id: Uuid) -> Result<(DateTime<Utc>, Entry), Error> {
    let stored = stored(tx, id).await?;
    let workouts = near(tx, std::slice::from_ref(&stored)).await?;
    Ok((stored.at, view(stored, &workouts)))
}

/// One entry.
pub async fn entry(tx: &mut Tx, id: Uuid) -> Result<Entry, Error> {
    Ok(entry_at(tx, id).await?.1)
}

/// One page of the entries with their moments, latest first.
pub(crate) async fn page(tx: &mut Tx, request: &PageRequest) -> Result<Page<(DateTime<Utc>, Entry)>, Error> {
    let athlete = tx.viewer()?;
    let found = queries::page(tx, athlete, request.before_moment(), request.limit(PAGE_SIZE)).await?;
    let workouts = near(tx, &found).await?;
    let page = Page::of(request, PAGE_SIZE, found, |stored| Cursor::of_moment(stored.at, stored.id));
    Ok(page.map(|stored| (stored.at, view(stored, &workouts))))
}

/// A day: what was eaten, what was trained, and whether to ask. `today` is that of the athlete's time zone.
pub async fn day(tx: &mut Tx, day: NaiveDate, today: NaiveDate) -> Result<DayView, Error> {
    let athlete = tx.viewer()?;
    let noon = noon(day);
    let workouts = activities::workouts(tx, noon - NEAR, noon + NEAR).await?;
    let around = queries::eaten(tx, athlete, noon - NEAR, noon + NEAR).await?;
    let entries: Vec<Entry> = queries::of_day(tx, athlete, day).await?.into_iter().map(|stored| view(stored, &workouts)).collect();
    let is_shown = |workout: &&Workout| workout.day == day || entries.iter().any(|entry| entry.link.is_some_and(|link| link.activity == workout.id));
    let runs: Vec<RunView> = workouts.iter().filter(is_shown).map(|workout| run(workout, &around)).collect();
    let asks = day == today && entries.is_empty() && trained(&workouts, today) && may_ask(tx, today).await?;
    let own = queries::own_since(tx, athlete, noon - TimeDelta::days(KNOWN_DAYS), OFFERED).await?;
    Ok(DayView { day, today, runs, favourites: favourites(tx).await?, own, asks, entries })
}

fn run(workout: &Workout, around: &[Eaten]) -> RunView {
    RunView {
        id: workout.id,
        title: workout.title.clone(),
        local_start: workout.local_start,
        elapsed_s: workout.elapsed_s,
        moving_s: workout.moving_s,
        distance_m: workout.distance_m,
        before_g: derived::before(workout, around),
        per_hour_g: derived::per_hour(&[workout], around),
        after_g: derived::after(workout, around),
    }
}

/// Whether to ask for what was eaten before today's run: on a day with training of which nothing is written down, unless the athlete said not to.
/// Whoever writes something down knows where, and is not asked.
pub async fn asks(tx: &mut Tx, today: NaiveDate) -> Result<bool, Error> {
    let athlete = tx.viewer()?;
    if !may_ask(tx, today).await? || queries::count_of_day(tx, athlete, today).await? > 0 {
        return Ok(false);
    }
    let noon = noon(today);
    Ok(trained(&activities::workouts(tx, noon - NEAR, noon + NEAR).await?, today))
}

/// The middle of a day, in whatever time zone not further from all of it than half a day and some hours.
fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default()).and_utc()
}

fn trained(workouts: &[Workout], day: NaiveDate) -> bool {
    workouts.iter().any(|workout| workout.day == day)
}

/// Whether the athlete lets us ask on a day.
async fn may_ask(tx: &mut Tx, day: NaiveDate) -> Result<bool, Error> {
    let said = prompt(tx).await?;
    Ok(!said.prompt_off && said.dismissed_day != Some(day))
}

/// Whether the question is asked at all, and on which day it is not.
pub(crate) async fn prompt(tx: &mut Tx) -> Result<Settings, Error> {
    let athlete = tx.viewer()?;
    Ok(settings::get(tx, athlete).await?.unwrap_or(Settings { prompt_off: false, dismissed_day: None }))
}

/// Whether the athlete wants to be asked at all; nothing if they never said.
pub async fn wanted(tx: &mut Tx) -> Result<Option<bool>, Error> {
    let athlete = tx.viewer()?;
    Ok(settings::get(tx, athlete).await?.map(|said| !said.prompt_off))
}

/// Says whether to ask at all. A day on which it is not asked stays one.
pub async fn want(tx: &mut Tx, wanted: bool, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let dismissed_day = settings::get(tx, athlete).await?.and_then(|said| said.dismissed_day);
    settings::put(tx, athlete, Settings { prompt_off: !wanted, dismissed_day }, now).await
}

/// Does not ask on a day, or never again; or asks again, if neither is said.
pub async fn dismiss(tx: &mut Tx, day: Option<NaiveDate>, never: bool, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    settings::put(tx, athlete, Settings { prompt_off: never, dismissed_day: day }, now).await
}

//! Adding, changing and deleting entries.

use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};
use chrono_tz::Tz;
use domain::nutrition::{Choice, EntryFields};
use domain::{FieldErrors, Problem, ProblemKind};
use platform::{Error, Tx};
use uuid::Uuid;

use crate::link::CHOSEN;
use crate::queries::entries::{self as queries, Stored};
use crate::queries::favourites;
use crate::reading::read;

/// The lock under which an athlete's entries and favourites are changed.
pub(crate) const LOCK: &str = "nutrition";
/// Entries of a day, at most.
pub(crate) const MOST_OF_DAY: i64 = 100;

/// Lets nobody else change the athlete's entries, or undo an edit of one, until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx) -> Result<(), Error> {
    tx.lock_own(LOCK).await
}

/// An instant, and the same on the athlete's clock.
#[derive(Debug, Clone, Copy, PartialEq)]
struct When {
    at: DateTime<Utc>,
    day: NaiveDate,
    minute: i32,
}

/// When an entry was: as it says, as its text says, and otherwise now, if it is of today, or as before.
async fn when(tx: &mut Tx, fields: &EntryFields, in_text: Option<i32>, before: Option<&Stored>, now: DateTime<Utc>) -> Result<When, Error> {
    let zone: Tz = accounts::time_zone(tx).await?.parse().unwrap_or(Tz::UTC);
    let clock = now.with_timezone(&zone);
    let today = clock.date_naive();
    let day = fields.day.or(before.map(|before| before.day)).unwrap_or(today);
    let mut errors = FieldErrors::default();
    if day > today {
        errors.add("day", "That day has not happened yet.");
    }
    let now_minute = (day == today).then(|| i32::try_from(clock.num_seconds_from_midnight() / 60).unwrap_or_default());
    let minute = fields.minute.or(in_text).or(before.map(|before| before.minute)).or(now_minute);
    if minute.is_none() {
        errors.add("time", "At what time? On another day than today it takes one, such as 8:00.");
    }
    errors.into_result()?;
    let minute = minute.unwrap_or_default();
    if let Some(before) = before.filter(|before| (before.day, before.minute) == (day, minute)) {
        // The clock may be another by now; the moment stays.
        return Ok(When { at: before.at, day, minute });
    }
    let time = NaiveTime::from_num_seconds_from_midnight_opt(u32::try_from(minute * 60).unwrap_or_default(), 0).unwrap_or_default();
    Ok(When { at: activities::moment(day.and_time(time), zone), day, minute })
}

/// Adds an entry.
pub async fn add(tx: &mut Tx, id: Uuid, fields: EntryFields, now: DateTime<Utc>) -> Result<NaiveDate, Error> {
    lock(tx).await?;
    store(tx, id, fields, None, None, now).await
}

/// Adds an entry of a favourite; what the fields say goes before what the favourite says.
pub async fn add_favourite_entry(tx: &mut Tx, id: Uuid, favourite: Uuid, fields: EntryFields, now: DateTime<Utc>) -> Result<NaiveDate, Error> {
    lock(tx).await?;
    let athlete = tx.viewer()?;
    let found = favourites::get(tx, athlete, favourite).await?.ok_or_else(|| Error::not_found("favourite"))?;
    favourites::use_one(tx, athlete, favourite, now).await?;
    let mut amounts = found.content.typed_amounts();
    for (nutrient, amount) in fields.amounts.iter() {
        amounts.set(nutrient, Some(amount));
    }
    let text = if fields.text.is_empty() { found.text } else { fields.text };
    let own = if fields.own.is_empty() { found.content.own } else { fields.own };
    store(tx, id, EntryFields { text, amounts, own, ..fields }, None, Some(favourite), now).await
}

/// Changes an entry: it is what the fields say from then on. Without a day or a time it stays where it was.
pub async fn edit(tx: &mut Tx, id: Uuid, fields: EntryFields, now: DateTime<Utc>) -> Result<NaiveDate, Error> {
    lock(tx).await?;
    let before = stored(tx, id).await?;
    let favourite = before.favourite;
    store(tx, id, fields, Some(before), favourite, now).await
}

async fn store(
    tx: &mut Tx,
    id: Uuid,
    fields: EntryFields,
    before: Option<Stored>,
    favourite: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<NaiveDate, Error> {
    let athlete = tx.viewer()?;
    let reading = read(&fields.text);
    let When { at, day, minute } = when(tx, &fields, reading.minute, before.as_ref(), now).await?;
    let kept = before.as_ref().is_some_and(|before| before.choice == fields.link);
    if let (Choice::Chosen(activity, _), false) = (fields.link, kept) {
        let near = activities::workouts(tx, at - CHOSEN, at + CHOSEN).await?;
        if !near.iter().any(|workout| workout.id == activity) {
            return Err(Problem::of_field("link", "There is no such activity within two days of the entry.").into());
        }
    }
    if before.is_none_or(|before| before.day != day) && queries::count_of_day(tx, athlete, day).await? >= MOST_OF_DAY {
        return Err(Error::problem(ProblemKind::Conflict, format!("A day has at most {MOST_OF_DAY} entries. Put several things into one.")));
    }
    let mut content = reading.content.with_typed(&fields.amounts);
    content.own = fields.own;
    queries::put(tx, athlete, &Stored { id, at, day, minute, text: fields.text, content, favourite, choice: fields.link }, now).await?;
    Ok(day)
}

/// Deletes an entry, and returns its day.
pub async fn delete(tx: &mut Tx, id: Uuid) -> Result<NaiveDate, Error> {
    lock(tx).await?;
    let (athlete, day) = (tx.viewer()?, stored(tx, id).await?.day);
    queries::delete(tx, athlete, id).await?;
    Ok(day)
}

/// An entry as it is stored.
pub(crate) async fn stored(tx: &mut Tx, id: Uuid) -> Result<Stored, Error> {
    let athlete = tx.viewer()?;
    queries::get(tx, athlete, id).await?.ok_or_else(|| Error::not_found("entry"))
}

/// An entry as it was typed, for a change of a part of it.
pub(crate) fn fields_of(stored: &Stored) -> EntryFields {
    EntryFields {
        text: stored.text.clone(),
        day: Some(stored.day),
        minute: Some(stored.minute),
        amounts: stored.content.typed_amounts(),
        own: stored.content.own.clone(),
        link: stored.choice,
    }
}

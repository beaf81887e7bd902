//! Reading and writing journal entries.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::ProblemKind;
use domain::journal::{JournalEntry, QUESTIONS};
use domain::list::{Cursor, Page, PageRequest};
use platform::{Error, Tx};

use crate::queries::{self, Day};

/// A day's entry; empty for a day without one.
pub async fn get(tx: &mut Tx, day: NaiveDate) -> Result<JournalEntry, Error> {
    let days = between(tx, day, day).await?;
    Ok(days.into_iter().next().map_or_else(JournalEntry::default, |(_, entry)| entry))
}

/// Entries of the `days` days up to and including `until`, newest first.
pub async fn recent(tx: &mut Tx, until: NaiveDate, days: u16) -> Result<Vec<Day>, Error> {
    let mut entries = between(tx, until - TimeDelta::days(i64::from(days) - 1), until).await?;
    entries.reverse();
    Ok(entries)
}

/// All entries, in order.
pub async fn all(tx: &mut Tx) -> Result<Vec<Day>, Error> {
    between(tx, NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default(), NaiveDate::from_ymd_opt(2200, 1, 1).unwrap_or_default()).await
}

async fn between(tx: &mut Tx, from: NaiveDate, to: NaiveDate) -> Result<Vec<Day>, Error> {
    let athlete = tx.viewer()?;
    queries::between(tx, athlete, from, to).await
}

/// Whether there is any entry.
pub(crate) async fn any(tx: &mut Tx) -> Result<bool, Error> {
    let athlete = tx.viewer()?;
    queries::any(tx, athlete).await
}

/// Days on a page of the list.
const PAGE_DAYS: u32 = 100;

/// One page of the days with an entry, latest first.
pub(crate) async fn page(tx: &mut Tx, request: &PageRequest) -> Result<Page<Day>, Error> {
    let athlete = tx.viewer()?;
    let days = queries::before(tx, athlete, request.before_day(), request.limit(PAGE_DAYS)).await?;
    Ok(Page::of(request, PAGE_DAYS, days, |(day, _)| Cursor::of_day(*day)))
}

/// The lock under which an athlete's days are read and written. One for all of them: a file may hold thousands.
pub(crate) const LOCK: &str = "journal";

/// Lets nobody else save the athlete's days, or undo an edit of one, until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx) -> Result<(), Error> {
    tx.lock_own(LOCK).await
}

/// Replaces a day's entry; an empty entry deletes it. Future days are refused: `today` is that of the athlete's time zone.
pub async fn save(tx: &mut Tx, day: NaiveDate, entry: &JournalEntry, today: NaiveDate, now: DateTime<Utc>) -> Result<(), Error> {
    if day > today {
        return Err(Error::problem(ProblemKind::Invalid, "That day has not happened yet."));
    }
    lock(tx).await?;
    let athlete = tx.viewer()?;
    if entry.is_empty() {
        return queries::delete(tx, athlete, day).await;
    }
    for question in &QUESTIONS {
        if let Some(value) = entry.get(question.field) {
            question.check(value).map_err(|message| Error::problem(ProblemKind::Invalid, message))?;
        }
    }
    queries::upsert(tx, athlete, day, entry, now).await
}

/// Saves many days, merged into the existing ones. An existing answer is replaced only if the new entry has one: a file never erases.
pub async fn save_days(tx: &mut Tx, days: &[Day], today: NaiveDate, now: DateTime<Utc>) -> Result<(), Error> {
    // Before they are read: what is saved meanwhile would be overwritten by what was there.
    lock(tx).await?;
    let existing: std::collections::BTreeMap<NaiveDate, JournalEntry> = all(tx).await?.into_iter().collect();
    for (day, entry) in days {
        let mut merged = existing.get(day).cloned().unwrap_or_default();
        for question in &QUESTIONS {
            if let Some(value) = entry.get(question.field) {
                merged.set(question.field, Some(value));
            }
        }
        save(tx, *day, &merged, today, now).await?;
    }
    Ok(())
}

/// Changes whenever a day is added, edited or deleted; nothing without any.
pub(crate) async fn fingerprint(tx: &mut Tx) -> Result<Option<String>, Error> {
    let athlete = tx.viewer()?;
    let (count, changed_at) = queries::count_and_change(tx, athlete).await?;
    Ok((count > 0).then(|| format!("{count}-{changed_at}")))
}

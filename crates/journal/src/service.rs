//! Reading and writing journal entries.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::ProblemKind;
use domain::journal::{Field, JournalEntry, QUESTIONS};
use domain::list::{Cursor, Page, PageRequest};
use platform::{Error, Tx};

/// A day with its answers.
pub type Day = (NaiveDate, JournalEntry);

struct Row {
    day: NaiveDate,
    sleep_hours: Option<f64>,
    sleep_quality: Option<f64>,
    resting_hr: Option<f64>,
    hrv: Option<f64>,
    soreness: Option<f64>,
    mood: Option<f64>,
    stress: Option<f64>,
    work_hours: Option<f64>,
    alcohol: Option<f64>,
    caffeine: Option<f64>,
    note: String,
}

impl From<Row> for Day {
    fn from(r: Row) -> Self {
        let mut entry = JournalEntry::default();
        entry.note = r.note;
        let answers = [
            (Field::SleepHours, r.sleep_hours),
            (Field::SleepQuality, r.sleep_quality),
            (Field::RestingHr, r.resting_hr),
            (Field::Hrv, r.hrv),
            (Field::Soreness, r.soreness),
            (Field::Mood, r.mood),
            (Field::Stress, r.stress),
            (Field::WorkHours, r.work_hours),
            (Field::Alcohol, r.alcohol),
            (Field::Caffeine, r.caffeine),
        ];
        for (field, value) in answers {
            entry.set(field, value);
        }
        (r.day, entry)
    }
}

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
    let rows = sqlx::query_as!(
        Row,
        "select day, sleep_hours, sleep_quality, resting_hr, hrv, soreness, mood, stress, work_hours, alcohol, caffeine, note
         from journal_entries where athlete_id = $1 and day between $2 and $3 order by day",
        athlete,
        from,
        to
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(Day::from).collect())
}

/// Days on a page of the list.
const PAGE_DAYS: u32 = 100;

/// One page of the days with an entry, latest first.
pub(crate) async fn page(tx: &mut Tx, request: &PageRequest) -> Result<Page<Day>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        Row,
        "select day, sleep_hours, sleep_quality, resting_hr, hrv, soreness, mood, stress, work_hours, alcohol, caffeine, note
         from journal_entries where athlete_id = $1 and day < $2 order by day desc limit $3",
        athlete,
        request.before_day(),
        request.limit(PAGE_DAYS)
    );
    let days = rows.fetch_all(tx.connection()).await?.into_iter().map(Day::from).collect();
    Ok(Page::of(request, PAGE_DAYS, days, |(day, _)| Cursor::of_day(*day)))
}

/// Lets nobody else save the athlete's days until the transaction ends. One lock for all of them: a file may hold thousands.
pub(crate) async fn lock(tx: &mut Tx) -> Result<(), Error> {
    tx.lock(&format!("journal/{}", tx.viewer()?)).await
}

/// Replaces a day's entry; an empty entry deletes it. Future days are refused: `today` is that of the athlete's time zone.
pub async fn save(tx: &mut Tx, day: NaiveDate, entry: &JournalEntry, today: NaiveDate, now: DateTime<Utc>) -> Result<(), Error> {
    if day > today {
        return Err(Error::problem(ProblemKind::Invalid, "That day has not happened yet."));
    }
    lock(tx).await?;
    let athlete = tx.viewer()?;
    if entry.is_empty() {
        sqlx::query!("delete from journal_entries where athlete_id = $1 and day = $2", athlete, day).execute(tx.connection()).await?;
        return Ok(());
    }
    for question in &QUESTIONS {
        if let Some(value) = entry.get(question.field) {
            question.check(value).map_err(|message| Error::problem(ProblemKind::Invalid, message))?;
        }
    }
    sqlx::query!(
        "insert into journal_entries
           (athlete_id, day, sleep_hours, sleep_quality, resting_hr, hrv, soreness, mood, stress, work_hours, alcohol, caffeine, note, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         on conflict (athlete_id, day) do update set
           sleep_hours = excluded.sleep_hours, sleep_quality = excluded.sleep_quality, resting_hr = excluded.resting_hr, hrv = excluded.hrv,
           soreness = excluded.soreness, mood = excluded.mood, stress = excluded.stress, work_hours = excluded.work_hours,
           alcohol = excluded.alcohol, caffeine = excluded.caffeine, note = excluded.note",
        athlete,
        day,
        entry.get(Field::SleepHours),
        entry.get(Field::SleepQuality),
        entry.get(Field::RestingHr),
        entry.get(Field::Hrv),
        entry.get(Field::Soreness),
        entry.get(Field::Mood),
        entry.get(Field::Stress),
        entry.get(Field::WorkHours),
        entry.get(Field::Alcohol),
        entry.get(Field::Caffeine),
        entry.note,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
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

/// Changes whenever a day is added, edited or deleted.
pub async fn fingerprint(tx: &mut Tx) -> Result<String, Error> {
    let athlete = tx.viewer()?;
    let row = sqlx::query!(
        r#"select count(*) as "n!", coalesce(extract(epoch from max(updated_at)), 0)::float8 as "at!" from journal_entries where athlete_id = $1"#,
        athlete
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(format!("{}-{}", row.n, row.at))
}

//! All SQL of the journal: the table `journal_entries`.

use chrono::{DateTime, NaiveDate, Utc};
use domain::journal::{Field, JournalEntry};
use platform::{Error, Tx};
use uuid::Uuid;

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

/// An athlete's entries of the days from `from` to `to`, in order.
pub(crate) async fn between(tx: &mut Tx, athlete: Uuid, from: NaiveDate, to: NaiveDate) -> Result<Vec<Day>, Error> {
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

/// An athlete's entries before a day, the latest first.
pub(crate) async fn before(tx: &mut Tx, athlete: Uuid, day: NaiveDate, limit: i64) -> Result<Vec<Day>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select day, sleep_hours, sleep_quality, resting_hr, hrv, soreness, mood, stress, work_hours, alcohol, caffeine, note
         from journal_entries where athlete_id = $1 and day < $2 order by day desc limit $3",
        athlete,
        day,
        limit
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(Day::from).collect())
}

/// Whether an athlete has any entry.
pub(crate) async fn any(tx: &mut Tx, athlete: Uuid) -> Result<bool, Error> {
    let any = sqlx::query_scalar!(r#"select exists (select from journal_entries where athlete_id = $1) as "any!""#, athlete);
    Ok(any.fetch_one(tx.connection()).await?)
}

/// How many entries an athlete has, and when the latest change was, in seconds.
pub(crate) async fn count_and_change(tx: &mut Tx, athlete: Uuid) -> Result<(i64, f64), Error> {
    let row = sqlx::query!(
        r#"select count(*) as "n!", coalesce(extract(epoch from max(updated_at)), 0)::float8 as "at!" from journal_entries where athlete_id = $1"#,
        athlete
    )
    .fetch_one(tx.connection())
    .await?;
    Ok((row.n, row.at))
}

/// Inserts or replaces an entry.
pub(crate) async fn upsert(tx: &mut Tx, athlete: Uuid, day: NaiveDate, entry: &JournalEntry, now: DateTime<Utc>) -> Result<(), Error> {
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

/// Deletes an entry, if there is one.
pub(crate) async fn delete(tx: &mut Tx, athlete: Uuid, day: NaiveDate) -> Result<(), Error> {
    sqlx::query!("delete from journal_entries where athlete_id = $1 and day = $2", athlete, day).execute(tx.connection()).await?;
    Ok(())
}

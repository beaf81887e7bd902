//! The tables `daily_values` and `daily_series`.

use chrono::{DateTime, NaiveDate, Utc};
use domain::measures::{Answer, Answers, Source};
use platform::{Error, Tx};
use uuid::Uuid;

/// A day with its answers.
pub type Day = (NaiveDate, Answers);

/// A value that counts, and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// Its day.
    pub day: NaiveDate,
    /// The key of its measure.
    pub measure: String,
    /// What it is.
    pub answer: Answer,
    /// Where it comes from.
    pub source: Source,
    /// When it was typed, or brought.
    pub recorded_at: DateTime<Utc>,
}

struct Row {
    day: NaiveDate,
    measure: String,
    source: String,
    number: Option<f64>,
    text: Option<String>,
    recorded_at: DateTime<Utc>,
}

impl Row {
    fn value(self) -> Option<Value> {
        let answer = self.number.map(Answer::Number).or(self.text.map(Answer::Text))?;
        Some(Value { day: self.day, measure: self.measure, answer, source: Source::parse(&self.source)?, recorded_at: self.recorded_at })
    }
}

/// The values that count of the days from `from` to `to`, by day and measure: of several sources, the first in the athlete's order, of several files
/// of one source, the latest.
pub(crate) async fn between(tx: &mut Tx, athlete: Uuid, from: NaiveDate, to: NaiveDate) -> Result<Vec<Value>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select distinct on (v.day, v.measure) v.day, v.measure, v.source, v.number, v.text, v.recorded_at from daily_values v
           where v.athlete_id = $1 and v.day between $2 and $3
           order by v.day, v.measure,
             array_position(coalesce((select s.source_order from journal_settings s where s.athlete_id = $1), default_source_order()), v.source),
             v.recorded_at desc, v.origin desc",
        athlete,
        from,
        to
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().filter_map(Row::value).collect())
}

/// All values of a day by measure, the one that counts first, as in [`between`].
pub(crate) async fn of_day(tx: &mut Tx, athlete: Uuid, day: NaiveDate) -> Result<Vec<Value>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select v.day, v.measure, v.source, v.number, v.text, v.recorded_at from daily_values v
           where v.athlete_id = $1 and v.day = $2
           order by v.measure,
             array_position(coalesce((select s.source_order from journal_settings s where s.athlete_id = $1), default_source_order()), v.source),
             v.recorded_at desc, v.origin desc",
        athlete,
        day
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().filter_map(Row::value).collect())
}

/// The texts that count, of all days, by day.
pub(crate) async fn texts(tx: &mut Tx, athlete: Uuid) -> Result<Vec<Value>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select distinct on (v.day, v.measure) v.day, v.measure, v.source, v.number, v.text, v.recorded_at from daily_values v
           where v.athlete_id = $1 and v.text is not null
           order by v.day, v.measure,
             array_position(coalesce((select s.source_order from journal_settings s where s.athlete_id = $1), default_source_order()), v.source),
             v.recorded_at desc, v.origin desc",
        athlete
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().filter_map(Row::value).collect())
}

/// The latest days before a day that have a value, newest first.
pub(crate) async fn days_before(tx: &mut Tx, athlete: Uuid, day: NaiveDate, limit: i64) -> Result<Vec<NaiveDate>, Error> {
    let days = sqlx::query_scalar!(
        "select distinct day from daily_values where athlete_id = $1 and day < $2 order by day desc limit $3",
        athlete,
        day,
        limit
    );
    Ok(days.fetch_all(tx.connection()).await?)
}

/// The measures that were typed for a day.
pub(crate) async fn typed(tx: &mut Tx, athlete: Uuid, day: NaiveDate) -> Result<Vec<String>, Error> {
    let measures = sqlx::query_scalar!("select measure from daily_values where athlete_id = $1 and day = $2 and source = 'typed'", athlete, day);
    Ok(measures.fetch_all(tx.connection()).await?)
}

/// Whether an athlete has any value.
pub(crate) async fn any(tx: &mut Tx, athlete: Uuid) -> Result<bool, Error> {
    let any = sqlx::query_scalar!(r#"select exists (select from daily_values where athlete_id = $1) as "any!""#, athlete);
    Ok(any.fetch_one(tx.connection()).await?)
}

/// A year of a measure: a number for each day of the year, nothing where there is none.
pub(crate) struct Series {
    pub(crate) measure: String,
    pub(crate) year: i32,
    pub(crate) numbers: Vec<Option<f64>>,
}

/// The numbers of an athlete, by measure and year.
pub(crate) async fn series(tx: &mut Tx, athlete: Uuid) -> Result<Vec<Series>, Error> {
    let rows = sqlx::query_as!(
        Series,
        r#"select measure, year, numbers as "numbers!: Vec<Option<f64>>" from daily_series where athlete_id = $1 order by measure, year"#,
        athlete
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// The numbers of some measures of an athlete, by measure and year, from one year on.
pub(crate) async fn series_of(tx: &mut Tx, athlete: Uuid, measures: &[&str], from: i32) -> Result<Vec<Series>, Error> {
    let rows = sqlx::query_as!(
        Series,
        r#"select measure, year, numbers as "numbers!: Vec<Option<f64>>" from daily_series
           where athlete_id = $1 and measure = any ($2) and year >= $3 order by measure, year"#,
        athlete,
        measures as &[&str],
        from
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// How many numbers an athlete has, and when one or a measure changed last, in seconds.
pub(crate) async fn count_and_change(tx: &mut Tx, athlete: Uuid) -> Result<(i64, f64), Error> {
    let row = sqlx::query!(
        r#"select coalesce(sum(days), 0) as "n!",
             greatest(coalesce(extract(epoch from max(updated_at)), 0), (select coalesce(extract(epoch from max(m.updated_at)), 0) from measures m where m.athlete_id = $1))::float8 as "at!"
           from daily_series where athlete_id = $1"#,
        athlete
    )
    .fetch_one(tx.connection())
    .await?;
    Ok((row.n, row.at))
}

/// Inserts values of one source, or replaces those that it has of the same days. `origin` is what brought them.
pub(crate) async fn put(
    tx: &mut Tx,
    athlete: Uuid,
    (source, origin): (Source, Option<Uuid>),
    values: &[(NaiveDate, &str, &Answer)],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let days: Vec<NaiveDate> = values.iter().map(|(day, ..)| *day).collect();
    let measures: Vec<String> = values.iter().map(|(_, measure, _)| (*measure).to_owned()).collect();
    let numbers: Vec<Option<f64>> = values.iter().map(|(.., answer)| answer.number()).collect();
    let texts: Vec<Option<String>> = values.iter().map(|(.., answer)| answer.text().map(ToOwned::to_owned)).collect();
    sqlx::query!(
        "insert into daily_values as v (athlete_id, day, measure, source, origin, number, text, recorded_at, created_at)
           select $1, n.day, n.measure, $2, $3, n.number, n.text, $4, $4
             from unnest($5::date[], $6::text[], $7::float8[], $8::text[]) as n (day, measure, number, text)
           on conflict (athlete_id, day, measure, source, origin) do update
             set number = excluded.number, text = excluded.text, recorded_at = excluded.recorded_at
             where (v.number, v.text) is distinct from (excluded.number, excluded.text)",
        athlete,
        source.name(),
        origin,
        now,
        &days,
        &measures,
        &numbers as &[Option<f64>],
        &texts as &[Option<String>]
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Deletes what was typed for measures of a day.
pub(crate) async fn delete_typed(tx: &mut Tx, athlete: Uuid, day: NaiveDate, measures: &[&str]) -> Result<(), Error> {
    sqlx::query!(
        "delete from daily_values where athlete_id = $1 and day = $2 and source = 'typed' and measure = any ($3)",
        athlete,
        day,
        measures as &[&str]
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Deletes what some imports brought, and returns how many values.
pub(crate) async fn delete_of_origins(tx: &mut Tx, athlete: Uuid, origins: &[Uuid]) -> Result<u64, Error> {
    let deleted = sqlx::query!("delete from daily_values where athlete_id = $1 and origin = any ($2)", athlete, origins);
    Ok(deleted.execute(tx.connection()).await?.rows_affected())
}

/// The extremes of a measure's values.
pub(crate) struct Range {
    pub(crate) measure: String,
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    /// A number that is not whole.
    pub(crate) fraction: Option<f64>,
    /// Different texts, a few more than a choice has; of free text, some.
    pub(crate) texts: Vec<String>,
}

/// The extremes of an athlete's values, by measure.
pub(crate) async fn ranges(tx: &mut Tx, athlete: Uuid) -> Result<Vec<Range>, Error> {
    let rows = sqlx::query_as!(
        Range,
        r#"select measure, min(number) as min, max(number) as max, max(number) filter (where number <> trunc(number)) as fraction,
             coalesce((array_agg(distinct text) filter (where text is not null))[:100], '{}') as "texts!: Vec<String>"
           from daily_values where athlete_id = $1 group by measure"#,
        athlete
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// The measures of which an athlete has numbers.
pub(crate) async fn measures_with_numbers(tx: &mut Tx, athlete: Uuid) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!("select distinct measure from daily_series where athlete_id = $1", athlete).fetch_all(tx.connection()).await?)
}

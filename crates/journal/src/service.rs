//! Reading and writing the values of days.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use domain::list::{Cursor, Page, PageRequest};
use domain::measures::{Answer, Answers, Changes, Source};
use domain::{FieldErrors, Problem, ProblemKind};
use platform::{Error, Tx};
use uuid::Uuid;

use crate::catalogue::catalogue;
use crate::lock::lock;
use crate::queries;
use crate::queries::values::{Day, Series, Value};

/// Values that one statement writes.
const BATCH: usize = 5000;

/// The values of a day that count, with where they come from.
pub async fn values(tx: &mut Tx, day: NaiveDate) -> Result<Vec<Value>, Error> {
    let athlete = tx.viewer()?;
    queries::values::between(tx, athlete, day, day).await
}

/// What every source says of a day, by measure: the first value of each measure is the one that counts.
pub async fn said(tx: &mut Tx, day: NaiveDate) -> Result<Vec<Value>, Error> {
    let athlete = tx.viewer()?;
    queries::values::of_day(tx, athlete, day).await
}

/// A day's answers; empty for a day without any.
pub async fn get(tx: &mut Tx, day: NaiveDate) -> Result<Answers, Error> {
    Ok(values(tx, day).await?.into_iter().map(|value| (value.measure, value.answer)).collect())
}

/// The `days` days up to and including `until` that have answers, newest first.
pub async fn recent(tx: &mut Tx, until: NaiveDate, days: u16) -> Result<Vec<Day>, Error> {
    let athlete = tx.viewer()?;
    let from = until - TimeDelta::days(i64::from(days) - 1);
    let mut found = by_day(queries::values::between(tx, athlete, from, until).await?);
    found.reverse();
    Ok(found)
}

/// All days that have answers, in order.
pub async fn all(tx: &mut Tx) -> Result<Vec<Day>, Error> {
    let athlete = tx.viewer()?;
    let mut days: BTreeMap<NaiveDate, Answers> = BTreeMap::new();
    for series in queries::values::series(tx, athlete).await? {
        for (day, number) in numbers(&series) {
            days.entry(day).or_default().set_number(&series.measure, number);
        }
    }
    for text in queries::values::texts(tx, athlete).await? {
        days.entry(text.day).or_default().set(&text.measure, text.answer);
    }
    Ok(days.into_iter().collect())
}

/// The numbers of measures that count, from a day on and in order of days; measures without any are left out.
pub async fn series(tx: &mut Tx, measures: &[&str], from: NaiveDate) -> Result<BTreeMap<String, Vec<(NaiveDate, f64)>>, Error> {
    let athlete = tx.viewer()?;
    let mut found: BTreeMap<String, Vec<(NaiveDate, f64)>> = BTreeMap::new();
    for year in queries::values::series_of(tx, athlete, measures, from.year()).await? {
        let later: Vec<_> = numbers(&year).filter(|(day, _)| *day >= from).collect();
        if !later.is_empty() {
            found.entry(year.measure).or_default().extend(later);
        }
    }
    Ok(found)
}

/// The number of a measure that holds on a day: the last up to it, and before there is any the first; with the day that it is of.
pub async fn number_on(tx: &mut Tx, measure: &str, day: NaiveDate) -> Result<Option<(NaiveDate, f64)>, Error> {
    let numbers = series(tx, &[measure], NaiveDate::MIN).await?.remove(measure).unwrap_or_default();
    let upto = numbers.partition_point(|(of, _)| *of <= day);
    Ok(numbers.get(upto.saturating_sub(1)).copied())
}

/// The keys of the measures that have numbers.
pub async fn measures_with_numbers(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let athlete = tx.viewer()?;
    queries::values::measures_with_numbers(tx, athlete).await
}

/// The numbers of a year with their days.
pub(crate) fn numbers(series: &Series) -> impl Iterator<Item = (NaiveDate, f64)> {
    let first = NaiveDate::from_ymd_opt(series.year, 1, 1);
    let of_year = |day: &NaiveDate| day.year() == series.year;
    let with_day = move |(n, number): (usize, &Option<f64>)| Some((first? + TimeDelta::days(i64::try_from(n).ok()?), (*number)?));
    series.numbers.iter().enumerate().filter_map(with_day).filter(move |(day, _)| of_year(day))
}

fn by_day(values: Vec<Value>) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for value in values {
        match days.last_mut() {
            Some((day, answers)) if *day == value.day => answers.set(&value.measure, value.answer),
            _ => days.push((value.day, Answers::from_iter([(value.measure, value.answer)]))),
        }
    }
    days
}

/// Whether there is any value.
pub(crate) async fn any(tx: &mut Tx) -> Result<bool, Error> {
    let athlete = tx.viewer()?;
    queries::values::any(tx, athlete).await
}

/// Days on a page of the list.
const PAGE_DAYS: u32 = 100;

/// One page of the days with an entry, latest first.
pub(crate) async fn page(tx: &mut Tx, request: &PageRequest) -> Result<Page<(NaiveDate, Vec<Value>)>, Error> {
    let athlete = tx.viewer()?;
    let days = queries::values::days_before(tx, athlete, request.before_day(), request.limit(PAGE_DAYS)).await?;
    let (Some(last), Some(first)) = (days.first(), days.last()) else {
        return Ok(Page::of(request, PAGE_DAYS, Vec::new(), |_| Cursor::of_number(0)));
    };
    let mut of_days: BTreeMap<NaiveDate, Vec<Value>> = BTreeMap::new();
    for value in queries::values::between(tx, athlete, *first, *last).await? {
        of_days.entry(value.day).or_default().push(value);
    }
    let page = days.into_iter().map(|day| (day, of_days.remove(&day).unwrap_or_default())).collect();
    Ok(Page::of(request, PAGE_DAYS, page, |(day, _)| Cursor::of_day(*day)))
}

/// Saves what was typed for a day; what is not among the changes stays. Future days are refused: `today` is that of the athlete's time zone. An answer
/// that is taken back uncovers what a device or a file says of it.
pub async fn save(tx: &mut Tx, day: NaiveDate, changes: &Changes, today: NaiveDate, now: DateTime<Utc>) -> Result<(), Error> {
    refuse_future(day, today)?;
    lock(tx).await?;
    let catalogue = catalogue(tx).await?;
    let mut errors = FieldErrors::default();
    for (key, answer) in changes {
        let checked = catalogue.find(key).and_then(|measure| answer.as_ref().map_or(Ok(()), |answer| measure.check(answer)));
        if let Err(sentence) = checked {
            errors.add(key, sentence);
        }
    }
    errors.into_result()?;
    let athlete = tx.viewer()?;
    let (given, taken_back): (Vec<_>, Vec<_>) = changes.iter().partition(|(_, answer)| answer.is_some());
    let given: Vec<_> = given.into_iter().filter_map(|(key, answer)| Some((day, key.as_str(), answer.as_ref()?))).collect();
    if !given.is_empty() {
        queries::values::put(tx, athlete, (Source::Typed, None), &given, now).await?;
    }
    if !taken_back.is_empty() {
        let keys: Vec<&str> = taken_back.into_iter().map(|(key, _)| key.as_str()).collect();
        queries::values::delete_typed(tx, athlete, day, &keys).await?;
    }
    Ok(())
}

fn refuse_future(day: NaiveDate, today: NaiveDate) -> Result<(), Problem> {
    if day > today { Err(Problem::new(ProblemKind::Invalid, "That day has not happened yet.")) } else { Ok(()) }
}

/// Replaces what was typed for a day: what is not among the answers is taken back.
pub async fn replace(tx: &mut Tx, day: NaiveDate, answers: Answers, today: NaiveDate, now: DateTime<Utc>) -> Result<(), Error> {
    lock(tx).await?;
    let athlete = tx.viewer()?;
    let mut changes: Changes = queries::values::typed(tx, athlete, day).await?.into_iter().map(|key| (key, None)).collect();
    changes.extend(Changes::from(answers));
    save(tx, day, &changes, today, now).await
}

/// Saves days of a file or a device, all or none. Other sources of the same days stay, and what is typed counts before them. `origin` is what
/// [`remove`] takes away.
pub async fn save_days(tx: &mut Tx, days: &[Day], (source, origin): (Source, Uuid), today: NaiveDate, now: DateTime<Utc>) -> Result<(), Error> {
    lock(tx).await?;
    let catalogue = catalogue(tx).await?;
    let mut values: Vec<(NaiveDate, &str, &Answer)> = Vec::new();
    for (day, answers) in days {
        refuse_future(*day, today)?;
        for (key, answer) in answers.iter() {
            catalogue.check(key, answer).map_err(|sentence| Problem::new(ProblemKind::Invalid, sentence))?;
            values.push((*day, key, answer));
        }
    }
    // By measure, so that each batch touches few series.
    values.sort_by(|(day, key, _), (other_day, other_key, _)| (key, day).cmp(&(other_key, other_day)));
    let athlete = tx.viewer()?;
    for batch in values.chunks(BATCH) {
        queries::values::put(tx, athlete, (source, Some(origin)), batch, now).await?;
    }
    Ok(())
}

/// Takes away what an import brought, and returns how many values that was. What other sources say of those days counts again.
pub async fn remove(tx: &mut Tx, origin: Uuid) -> Result<u64, Error> {
    remove_all(tx, &[origin]).await
}

/// [`remove`] for several.
pub async fn remove_all(tx: &mut Tx, origins: &[Uuid]) -> Result<u64, Error> {
    lock(tx).await?;
    let athlete = tx.viewer()?;
    queries::values::delete_of_origins(tx, athlete, origins).await
}

/// Changes whenever a number is added, edited or deleted, or a measure is; nothing without any number.
pub(crate) async fn fingerprint(tx: &mut Tx) -> Result<Option<String>, Error> {
    let athlete = tx.viewer()?;
    let (count, changed_at) = queries::values::count_and_change(tx, athlete).await?;
    Ok((count > 0).then(|| format!("{count}-{changed_at}")))
}

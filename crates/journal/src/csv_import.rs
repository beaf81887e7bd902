//! Reads journal entries from a table of days.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::Problem;
use domain::journal::{ColumnMeaning, Preview};
use domain::measures::{Answer, Answers, Kind, Measure, keys};
use tables::{Row, shown};

use crate::presets::{Preset, Recognised, recognise};
use crate::queries::values::Day;
use crate::sheet::{DateFormat, Dates, SHOWN, Sheet, blank_if_null, number};

/// Rows shown in the preview.
const SAMPLE: usize = 5;
/// Problems that are listed; further ones are only counted.
const MAX_PROBLEMS: usize = 20;

/// A parsed CSV.
pub struct ParsedCsv {
    /// The names of its columns, whole.
    pub headers: Vec<String>,
    /// For the preview page.
    pub preview: Preview,
    /// In order, one per date; several values of a date make one, as their measure says.
    pub days: Vec<Day>,
}

/// Reads `bytes` into values of `measures`; they may also be a list of days as JSON, and gzipped. `mapping` gives the meaning of each column in order; if it is empty, the
/// meanings are guessed from the headers. Days after `today` and values out of range are reported with their line, and everything else is kept. A
/// table beyond the size limits is refused with the line where it exceeds them. Takes a while for a large one: do not call it on a thread that
/// serves requests.
pub fn read_csv(bytes: &[u8], measures: &[Measure], mapping: &[ColumnMeaning], today: NaiveDate) -> Result<ParsedCsv, Problem> {
    let sheet = Sheet::read(bytes)?;
    let headers = &sheet.headers;
    let meanings: Vec<ColumnMeaning> = if mapping.is_empty() {
        guess(headers, measures)
    } else {
        (0..headers.len()).map(|i| mapping.get(i).cloned().unwrap_or(ColumnMeaning::Ignore)).collect()
    };
    let date_column = meanings.iter().position(|m| *m == ColumnMeaning::Date);
    let columns: Vec<(String, ColumnMeaning)> = headers.iter().map(|name| shown(name, SHOWN)).zip(meanings.iter().cloned()).collect();
    let mut preview = Preview {
        columns,
        sample: Vec::new(),
        days: 0,
        first: None,
        last: None,
        problems: Vec::new(),
        date_format: String::new(),
        recognised: false,
        gone: Vec::new(),
    };
    // Two passes over the text instead of one that keeps all rows: the date format is known only at the end.
    let mut dates = Dates::default();
    sheet.for_each(|row| {
        if preview.sample.len() < SAMPLE {
            preview.sample.push(row.cells().map(|cell| shown(cell, SHOWN)).collect());
        }
        dates.add(date_column.map_or("", |column| row.cell(column)));
    })?;
    let Some(date_column) = date_column else {
        preview.problems = vec!["Say which column holds the date.".into()];
        return Ok(ParsedCsv { headers: sheet.headers, preview, days: Vec::new() });
    };
    let format = dates.format();
    format.name().clone_into(&mut preview.date_format);
    let columns = meanings.iter().zip(&preview.columns).enumerate().filter_map(|(cell, (meaning, (header, _)))| match meaning {
        ColumnMeaning::Answer(key) => Some(Column { cell, header, measure: measures.iter().find(|measure| measure.key == *key)? }),
        ColumnMeaning::Date | ColumnMeaning::Ignore => None,
    });
    let mut reading = Reading { columns: columns.collect(), date_column, format, today, days: Days::new(), problems: Problems::default() };
    sheet.for_each(|row| {
        if let Some(day) = reading.day(row) {
            reading.answers(day, row);
        }
    })?;
    let (days, problems) = reading.finish();
    preview.days = u32::try_from(days.len()).unwrap_or(u32::MAX);
    preview.first = days.keys().next().copied();
    preview.last = days.keys().next_back().copied();
    preview.problems = problems;
    Ok(ParsedCsv { headers: sheet.headers.clone(), preview, days: days.into_iter().collect() })
}

/// A column with answers.
struct Column<'t> {
    cell: usize,
    header: &'t str,
    measure: &'t Measure,
}

/// The answers of each day by column: numbers are many until they are aggregated, text is the last.
type Days = BTreeMap<NaiveDate, BTreeMap<usize, (Vec<f64>, Option<String>)>>;

/// [`read_csv`] with the columns mapped as those of an earlier table, if there is one like it.
pub fn read_known_csv(bytes: &[u8], measures: &[Measure], presets: &[Preset], today: NaiveDate) -> Result<ParsedCsv, Problem> {
    let Some(Recognised { mapping, gone }) = recognise(&Sheet::read(bytes)?.headers, presets) else { return read_csv(bytes, measures, &[], today) };
    let mut read = read_csv(bytes, measures, &mapping, today)?;
    (read.preview.recognised, read.preview.gone) = (true, gone);
    Ok(read)
}

/// The state of reading the days of a table.
struct Reading<'t> {
    columns: Vec<Column<'t>>,
    date_column: usize,
    format: DateFormat,
    today: NaiveDate,
    days: Days,
    problems: Problems,
}

impl Reading<'_> {
    /// The day of a row; records a problem if there is none.
    fn day(&mut self, row: Row<'_>) -> Option<NaiveDate> {
        let (line, written) = (row.line, row.cell(self.date_column));
        match self.format.parse(written) {
            Some(day) if day <= self.today => return Some(day),
            Some(day) => self.problems.add(|| format!("Line {line}: {day} has not happened yet.")),
            None if row.cells().all(str::is_empty) => {}
            None => self.problems.add(|| format!("Line {line}: “{}” is not a date that we can read.", shown(written, SHOWN))),
        }
        None
    }

    fn answers(&mut self, day: NaiveDate, row: Row<'_>) {
        for (n, Column { cell, header, measure }) in self.columns.iter().enumerate() {
            let text = row.cell(*cell);
            let hours = minutes_to_hours(measure, header, text);
            match measure.read(blank_if_null(hours.as_deref().unwrap_or(text))) {
                Ok(Some(answer)) => {
                    let (numbers, last) = self.days.entry(day).or_default().entry(n).or_default();
                    match answer {
                        Answer::Number(number) => numbers.push(number),
                        Answer::Text(text) => *last = Some(text),
                    }
                }
                Ok(None) => {}
                Err(sentence) => self.problems.add(|| format!("Line {}: {} It says “{}”.", row.line, sentence, shown(text, SHOWN))),
            }
        }
    }

    /// One answer for each day and measure. Together, several may be more than is possible.
    fn finish(mut self) -> (BTreeMap<NaiveDate, Answers>, Vec<String>) {
        let mut days = BTreeMap::new();
        for (day, columns) in std::mem::take(&mut self.days) {
            let mut answers = Answers::default();
            for (n, (numbers, text)) in columns {
                let Some(Column { measure, .. }) = self.columns.get(n) else { continue };
                let answer = measure.aggregation.of(&numbers).map(Answer::Number).or(text.map(Answer::Text));
                let Some(answer) = answer else { continue };
                match measure.check(&answer) {
                    Ok(()) => answers.set(&measure.key, answer),
                    Err(sentence) => self.problems.add(|| format!("{day}, all rows together: {sentence}")),
                }
            }
            if !answers.is_empty() {
                days.insert(day, answers);
            }
        }
        (days, self.problems.finish())
    }
}

#[derive(Default)]
struct Problems {
    listed: Vec<String>,
    more: usize,
}

impl Problems {
    fn add(&mut self, sentence: impl FnOnce() -> String) {
        if self.listed.len() < MAX_PROBLEMS {
            self.listed.push(sentence());
        } else {
            self.more += 1;
        }
    }

    fn finish(mut self) -> Vec<String> {
        if self.more > 0 {
            self.listed.push(format!("And {} more lines like these.", self.more));
        }
        self.listed
    }
}

/// Hours from a column in minutes.
fn minutes_to_hours(measure: &Measure, header: &str, text: &str) -> Option<String> {
    let in_minutes = matches!(measure.kind, Kind::Duration { .. }) && header.to_lowercase().contains("min");
    let minutes: f64 = number(text).filter(|_| in_minutes)?;
    Some(format!("{:.2}", minutes / 60.0))
}

fn guess(headers: &[String], measures: &[Measure]) -> Vec<ColumnMeaning> {
    let mut taken: Vec<ColumnMeaning> = Vec::new();
    headers
        .iter()
        .map(|header| {
            let meaning = meaning_of(&plain(header), measures);
            if meaning == ColumnMeaning::Ignore || taken.contains(&meaning) {
                return ColumnMeaning::Ignore;
            }
            taken.push(meaning.clone());
            meaning
        })
        .collect()
}

/// The words of a header in lower case, with single spaces.
fn plain(header: &str) -> String {
    let words: String = header.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The measure that a column is called as, by its key or its label.
#[must_use]
pub fn measure_called<'m>(header: &str, measures: &'m [Measure]) -> Option<&'m Measure> {
    let header = plain(header);
    measures.iter().find(|measure| plain(&measure.key) == header || plain(&measure.label) == header)
}

fn meaning_of(header: &str, measures: &[Measure]) -> ColumnMeaning {
    let has = |words: &[&str]| words.iter().any(|w| header.contains(w));
    if let Some(measure) = measure_called(header, measures) {
        return ColumnMeaning::Answer(measure.key.clone());
    }
    let key = match header {
        _ if header == "day" || has(&["date", "datum", "fecha", "effective time"]) => return ColumnMeaning::Date,
        _ if has(&["sleep quality", "schlafqual"]) => keys::SLEEP_QUALITY,
        _ if has(&["sleep duration", "hours slept", "sleep h", "schlaf", "minutesasleep", "minutes asleep"]) || header == "sleep" => {
            keys::SLEEP_HOURS
        }
        _ if has(&["resting", "rhr", "ruhepuls"]) => keys::RESTING_HR,
        _ if has(&["hrv", "rmssd"]) => keys::HRV,
        _ if has(&["sore", "muskelkater"]) => keys::SORENESS,
        _ if has(&["mood", "stimmung"]) => keys::MOOD,
        _ if has(&["stress"]) => keys::STRESS,
        _ if has(&["work", "arbeit"]) => keys::WORK_HOURS,
        _ if has(&["alcohol", "drinks", "alkohol"]) => keys::ALCOHOL,
        _ if has(&["caffeine", "coffee", "kaffee", "koffein"]) => keys::CAFFEINE,
        _ if has(&["weight", "gewicht"]) => "weight_kg",
        _ => return ColumnMeaning::Ignore,
    };
    ColumnMeaning::Answer(key.to_owned())
}

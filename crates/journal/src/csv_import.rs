//! Reads journal entries from a table of days.

use chrono::NaiveDate;
use domain::Problem;
use domain::journal::{ColumnMeaning, Field, JournalEntry, Preview, QUESTIONS};
use tables::{Row, shown};

use crate::queries::Day;
use crate::sheet::{DateFormat, Dates, SHOWN, Sheet, blank_if_null, number};

/// Rows shown in the preview.
const SAMPLE: usize = 5;
/// Problems that are listed; further ones are only counted.
const MAX_PROBLEMS: usize = 20;

/// A parsed CSV.
pub struct ParsedCsv {
    /// For the preview page.
    pub preview: Preview,
    /// In order, one per date; of a repeated date the later answers are kept.
    pub days: Vec<Day>,
}

/// Reads `bytes`, which may also be a list of days as JSON, and gzipped. `mapping` gives the meaning of each column in order; if it is empty, the
/// meanings are guessed from the headers. Days after `today` and values out of range are reported with their line, and everything else is kept. A
/// table beyond the size limits is refused with the line where it exceeds them. Takes a while for a large one: do not call it on a thread that
/// serves requests.
pub fn read_csv(bytes: &[u8], mapping: &[ColumnMeaning], today: NaiveDate) -> Result<ParsedCsv, Problem> {
    let sheet = Sheet::read(bytes)?;
    let headers = &sheet.headers;
    let meanings: Vec<ColumnMeaning> = if mapping.is_empty() {
        guess(headers)
    } else {
        (0..headers.len()).map(|i| mapping.get(i).copied().unwrap_or(ColumnMeaning::Ignore)).collect()
    };
    let date_column = meanings.iter().position(|m| *m == ColumnMeaning::Date);
    let columns: Vec<(String, ColumnMeaning)> = headers.iter().map(|name| shown(name, SHOWN)).zip(meanings.iter().copied()).collect();
    let mut preview = Preview { columns, sample: Vec::new(), days: 0, first: None, last: None, problems: Vec::new(), date_format: String::new() };
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
        return Ok(ParsedCsv { preview, days: Vec::new() });
    };
    let format = dates.format();
    format.name().clone_into(&mut preview.date_format);
    let mut reading = Reading { meanings: &meanings, columns: &preview.columns, date_column, format, today, problems: Problems::default() };
    let mut days: std::collections::BTreeMap<NaiveDate, JournalEntry> = std::collections::BTreeMap::new();
    sheet.for_each(|row| {
        if let Some(day) = reading.day(row) {
            reading.answers(row, days.entry(day).or_default());
        }
    })?;
    let problems = reading.problems.finish();
    days.retain(|_, entry| !entry.is_empty());
    preview.days = u32::try_from(days.len()).unwrap_or(u32::MAX);
    preview.first = days.keys().next().copied();
    preview.last = days.keys().next_back().copied();
    preview.problems = problems;
    Ok(ParsedCsv { preview, days: days.into_iter().collect() })
}

/// The state of reading the days of a table.
struct Reading<'t> {
    meanings: &'t [ColumnMeaning],
    columns: &'t [(String, ColumnMeaning)],
    date_column: usize,
    format: DateFormat,
    today: NaiveDate,
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

    fn answers(&mut self, row: Row<'_>, entry: &mut JournalEntry) {
        for ((meaning, text), (header, _)) in self.meanings.iter().zip(row.cells()).zip(self.columns) {
            if let ColumnMeaning::Answer(field) = meaning {
                let hours = minutes_to_hours(*field, header, text);
                match field.question().read(blank_if_null(hours.as_deref().unwrap_or(text))) {
                    Ok(Some(value)) => entry.set(*field, Some(value)),
                    Ok(None) => {}
                    Err(sentence) => self.problems.add(|| format!("Line {}: {} It says “{}”.", row.line, sentence, shown(text, SHOWN))),
                }
            }
        }
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

/// Hours of sleep from a column in minutes.
fn minutes_to_hours(field: Field, header: &str, text: &str) -> Option<String> {
    let minutes: f64 = number(text).filter(|_| field == Field::SleepHours && header.to_lowercase().contains("minutes"))?;
    Some(format!("{:.2}", minutes / 60.0))
}

fn guess(headers: &[String]) -> Vec<ColumnMeaning> {
    let mut taken: Vec<ColumnMeaning> = Vec::new();
    headers
        .iter()
        .map(|header| {
            let plain: String = header.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
            let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
            let meaning = meaning_of(&plain);
            if meaning == ColumnMeaning::Ignore || taken.contains(&meaning) {
                return ColumnMeaning::Ignore;
            }
            taken.push(meaning);
            meaning
        })
        .collect()
}

fn meaning_of(header: &str) -> ColumnMeaning {
    let has = |words: &[&str]| words.iter().any(|w| header.contains(w));
    if let Some(question) = QUESTIONS.iter().find(|q| q.field.name().replace('_', " ") == header || q.label.to_lowercase() == header) {
        return ColumnMeaning::Answer(question.field);
    }
    let field = match header {
        _ if header == "day" || has(&["date", "datum", "fecha", "effective time"]) => return ColumnMeaning::Date,
        _ if has(&["sleep quality", "schlafqual"]) => Field::SleepQuality,
        _ if has(&["sleep duration", "hours slept", "sleep h", "schlaf", "minutesasleep", "minutes asleep"]) || header == "sleep" => {
            Field::SleepHours
        }
        _ if has(&["resting", "rhr", "ruhepuls"]) => Field::RestingHr,
        _ if has(&["hrv", "rmssd"]) => Field::Hrv,
        _ if has(&["sore", "muskelkater"]) => Field::Soreness,
        _ if has(&["mood", "stimmung"]) => Field::Mood,
        _ if has(&["stress"]) => Field::Stress,
        _ if has(&["work", "arbeit"]) => Field::WorkHours,
        _ if has(&["alcohol", "drinks", "alkohol"]) => Field::Alcohol,
        _ if has(&["caffeine", "coffee", "kaffee", "koffein"]) => Field::Caffeine,
        _ => return ColumnMeaning::Ignore,
    };
    ColumnMeaning::Answer(field)
}

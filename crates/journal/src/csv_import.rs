//! Reads a CSV of days: any delimiter, decimal commas, a BOM, dates as people write them.

use chrono::NaiveDate;
use domain::journal::{ColumnMeaning, Entry, Field, Preview, QUESTIONS};
use domain::{Problem, ProblemKind};

use crate::Day;
use crate::json::table;

/// Rows shown in the preview.
const SAMPLE: usize = 5;
/// Sentences about single lines; more of them are counted, not listed.
const MOST_PROBLEMS: usize = 20;

/// What a CSV gave.
pub struct Days {
    /// For the page.
    pub preview: Preview,
    /// In order, one a date; a date that stands twice keeps its later answers.
    pub days: Vec<Day>,
}

/// Reads `bytes`, which may be a list of days as JSON, and gzipped. `mapping` gives the meaning of each column in order; where it is empty, headers are guessed. Days after `today` and
/// values out of range are told with their line, and everything beside them is kept.
pub fn read_csv(bytes: &[u8], mapping: &[ColumnMeaning], today: NaiveDate) -> Result<Days, Problem> {
    let bytes = table(bytes)?;
    let text = String::from_utf8_lossy(bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(&bytes));
    let invalid = |sentence: &str| Problem::new(ProblemKind::Invalid, sentence);
    if text.trim().is_empty() {
        return Err(invalid("The file is empty."));
    }
    if text.contains('\0') {
        return Err(invalid("This is not a text file. Save the table as CSV first."));
    }
    let delimiter = delimiter(&text);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers: Vec<String> =
        reader.headers().map_err(|e| invalid(&format!("The first line cannot be read: {e}.")))?.iter().map(ToOwned::to_owned).collect();
    let meanings: Vec<ColumnMeaning> = if mapping.is_empty() {
        guess(&headers)
    } else {
        (0..headers.len()).map(|i| mapping.get(i).copied().unwrap_or(ColumnMeaning::Ignore)).collect()
    };
    let mut rows: Vec<(u64, Vec<String>)> = Vec::new();
    let mut problems = Problems::default();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                rows.push((line, record.iter().map(ToOwned::to_owned).collect()));
            }
            Err(error) => problems.add(format!("Line {}: {error}.", error.position().map_or(0, csv::Position::line))),
        }
    }
    let columns: Vec<(String, ColumnMeaning)> = headers.into_iter().zip(meanings.iter().copied()).collect();
    let sample = rows.iter().take(SAMPLE).map(|(_, r)| r.clone()).collect();
    let mut preview = Preview { columns, sample, days: 0, first: None, last: None, problems: Vec::new(), date_format: String::new() };
    let Some(date_column) = meanings.iter().position(|m| *m == ColumnMeaning::Date) else {
        preview.problems = vec!["Say which column holds the date.".into()];
        return Ok(Days { preview, days: Vec::new() });
    };
    let dates = DateFormat::of(rows.iter().filter_map(|(_, r)| r.get(date_column).map(String::as_str)));
    dates.name().clone_into(&mut preview.date_format);
    let mut days: std::collections::BTreeMap<NaiveDate, Entry> = std::collections::BTreeMap::new();
    for (line, row) in &rows {
        let written = row.get(date_column).map_or("", String::as_str);
        let Some(day) = dates.parse(written) else {
            if !row.iter().all(String::is_empty) {
                problems.add(format!("Line {line}: “{written}” is not a date that we can read."));
            }
            continue;
        };
        if day > today {
            problems.add(format!("Line {line}: {day} has not happened yet."));
            continue;
        }
        let entry = days.entry(day).or_default();
        for ((meaning, text), (header, _)) in meanings.iter().zip(row).zip(&preview.columns) {
            if let ColumnMeaning::Answer(field) = meaning {
                let hours = in_hours(*field, header, text);
                match field.question().read(unquoted(hours.as_deref().unwrap_or(text))) {
                    Ok(Some(value)) => entry.set(*field, Some(value)),
                    Ok(None) => {}
                    Err(sentence) => problems.add(format!("Line {line}: {sentence} It says “{text}”.")),
                }
            }
        }
    }
    days.retain(|_, entry| !entry.is_empty());
    preview.days = u32::try_from(days.len()).unwrap_or(u32::MAX);
    preview.first = days.keys().next().copied();
    preview.last = days.keys().next_back().copied();
    preview.problems = problems.finish();
    Ok(Days { preview, days: days.into_iter().collect() })
}

#[derive(Default)]
struct Problems {
    listed: Vec<String>,
    more: usize,
}

impl Problems {
    fn add(&mut self, sentence: String) {
        if self.listed.len() < MOST_PROBLEMS {
            self.listed.push(sentence);
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

/// Sleep that a column counts in minutes.
fn in_hours(field: Field, header: &str, text: &str) -> Option<String> {
    let minutes: f64 = text.parse().ok().filter(|_| field == Field::SleepHours && header.to_lowercase().contains("minutes"))?;
    Some(format!("{:.2}", minutes / 60.0))
}

/// Words that spreadsheets and exports use for no answer.
fn unquoted(text: &str) -> &str {
    if ["na", "n/a", "nan", "null", "-", "–"].contains(&text.to_lowercase().as_str()) { "" } else { text }
}

/// The one of comma, semicolon and tab that the first line has most of, outside quotes.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let mut quoted = false;
    let mut counts = [0; 3];
    for c in first.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => counts[0] += 1,
            ';' if !quoted => counts[1] += 1,
            '\t' if !quoted => counts[2] += 1,
            _ => {}
        }
    }
    let best = (0..3).max_by_key(|&i| (counts[i], 3 - i)).unwrap_or(0);
    [b',', b';', b'\t'][best]
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

/// How the dates of a file are written; one way for the whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DateFormat {
    YearMonthDay,
    DayMonthYear,
    MonthDayYear,
}

impl DateFormat {
    /// The way in which most dates can be read; where day and month could be either, the day comes first, as in most of the world.
    fn of<'a>(written: impl Iterator<Item = &'a str> + Clone) -> Self {
        let readable = |format: Self| written.clone().filter(|w| format.parse(w).is_some()).count();
        [Self::YearMonthDay, Self::DayMonthYear, Self::MonthDayYear].into_iter().rev().max_by_key(|f| readable(*f)).unwrap_or(Self::YearMonthDay)
    }

    fn parse(self, written: &str) -> Option<NaiveDate> {
        // A time behind the date is left out.
        let date = written.split(['T', ' ']).next().unwrap_or_default();
        let parts: Vec<u32> = date.split(['-', '.', '/']).map(str::parse).collect::<Result<_, _>>().ok()?;
        let [a, b, c] = parts[..] else { return None };
        let (year, month, day) = match self {
            Self::YearMonthDay => (a, b, c),
            Self::DayMonthYear => (c, b, a),
            Self::MonthDayYear => (c, a, b),
        };
        let year = if year < 100 && self != Self::YearMonthDay { year + 2000 } else { year };
        (1990..2100).contains(&year).then(|| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day))?
    }

    const fn name(self) -> &'static str {
        match self {
            Self::YearMonthDay => "year-month-day",
            Self::DayMonthYear => "day.month.year",
            Self::MonthDayYear => "month/day/year",
        }
    }
}

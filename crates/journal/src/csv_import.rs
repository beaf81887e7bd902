//! Makes answers of a table of days.

use chrono::NaiveDate;
use domain::Problem;
use domain::journal::{ColumnMeaning, Entry, Field, Preview, QUESTIONS};

use crate::Day;
use crate::sheet::{DateFormat, Sheet, number, unquoted};

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
    let Sheet { headers, rows, problems: unreadable } = Sheet::read(bytes)?;
    let meanings: Vec<ColumnMeaning> = if mapping.is_empty() {
        guess(&headers)
    } else {
        (0..headers.len()).map(|i| mapping.get(i).copied().unwrap_or(ColumnMeaning::Ignore)).collect()
    };
    let mut problems = Problems::default();
    for sentence in unreadable {
        problems.add(sentence);
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

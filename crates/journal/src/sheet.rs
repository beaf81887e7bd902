//! A table of days as people save it: any delimiter, a byte order mark or none, dates as people write them. The journal's import and
//! `legwork discover` read through this one door, so that a file means the same to both.

use chrono::NaiveDate;
use domain::{Problem, ProblemKind};

use crate::json::table;

/// Headers and rows as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The first line.
    pub headers: Vec<String>,
    /// Each with the number of its line, counted from 1.
    pub rows: Vec<(u64, Vec<String>)>,
    /// Lines that are no rows, in words.
    pub problems: Vec<String>,
}

impl Sheet {
    /// Reads a table; it may also be a list of days as JSON, and gzipped. Errors where there is no table at all.
    pub fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let bytes = table(bytes)?;
        let text = String::from_utf8_lossy(bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(&bytes));
        let invalid = |sentence: &str| Problem::new(ProblemKind::Invalid, sentence);
        if text.trim().is_empty() {
            return Err(invalid("The file is empty."));
        }
        if text.contains('\0') {
            return Err(invalid("This is not a text file. Save the table as CSV first."));
        }
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter(&text)).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|e| invalid(&format!("The first line cannot be read: {e}.")))?.iter().map(ToOwned::to_owned).collect();
        let (mut rows, mut problems) = (Vec::new(), Vec::new());
        for record in reader.records() {
            match record {
                Ok(record) => rows.push((record.position().map_or(0, csv::Position::line), record.iter().map(ToOwned::to_owned).collect())),
                Err(error) => problems.push(format!("Line {}: {error}.", error.position().map_or(0, csv::Position::line))),
            }
        }
        Ok(Self { headers, rows, problems })
    }
}

/// A number as people write it, with a decimal point or comma.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    text.replace(',', ".").parse().ok()
}

/// Nothing, in the words that spreadsheets and exports use for no answer.
#[must_use]
pub fn unquoted(text: &str) -> &str {
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

/// How the dates of a file are written; one way for the whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateFormat {
    /// 2026-05-13.
    YearMonthDay,
    /// 13.5.2026.
    DayMonthYear,
    /// 5/13/2026.
    MonthDayYear,
}

impl DateFormat {
    /// The way in which most dates can be read; where day and month could be either, the day comes first, as in most of the world.
    #[must_use]
    pub fn of<'a>(written: impl Iterator<Item = &'a str> + Clone) -> Self {
        let readable = |format: Self| written.clone().filter(|w| format.parse(w).is_some()).count();
        [Self::YearMonthDay, Self::DayMonthYear, Self::MonthDayYear].into_iter().rev().max_by_key(|f| readable(*f)).unwrap_or(Self::YearMonthDay)
    }

    /// The date, where it is one. A time behind it is left out.
    #[must_use]
    pub fn parse(self, written: &str) -> Option<NaiveDate> {
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

    /// The order of its parts, in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::YearMonthDay => "year-month-day",
            Self::DayMonthYear => "day.month.year",
            Self::MonthDayYear => "month/day/year",
        }
    }
}

//! A table of days as people save it: any delimiter, with or without a byte order mark, dates in several formats. The journal's import and
//! `legwork discover` share this reader, so that a file means the same to both.

use chrono::NaiveDate;
use domain::{Problem, ProblemKind};
use tables::{Row, Rows, TooLarge};

use crate::bounds::BOUNDS;
use crate::json::table;

/// Characters of a header or cell that are shown.
pub(crate) const SHOWN: usize = 60;

/// The text of a table. Its rows are parsed on each iteration; none is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The header row.
    pub headers: Vec<String>,
    text: String,
    delimiter: u8,
}

impl Sheet {
    /// Reads a table; it may also be a list of days as JSON, and gzipped. Returns an error if there is no table, or one beyond the size limits.
    /// Takes a while for a large one: do not call it on a thread that serves requests.
    pub fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let bytes = table(bytes)?;
        let text = String::from_utf8_lossy(bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(&bytes)).into_owned();
        let invalid = |sentence: &str| Problem::new(ProblemKind::Invalid, sentence);
        if text.trim().is_empty() {
            return Err(invalid("The file is empty."));
        }
        if text.contains('\0') {
            return Err(invalid("This is not a text file. Save the table as CSV first."));
        }
        let delimiter = delimiter(&text);
        let headers = match Rows::new(&text, delimiter, BOUNDS).next_row() {
            Some(first) => first.map_err(too_large)?.cells().map(str::to_owned).collect(),
            None => return Err(invalid("The file is empty.")),
        };
        Ok(Self { headers, text, delimiter })
    }

    /// Calls `each` with every row after the headers. Returns an error at a row beyond the size limits, with its line.
    pub fn for_each(&self, mut each: impl FnMut(Row<'_>)) -> Result<(), Problem> {
        let mut rows = Rows::new(&self.text, self.delimiter, BOUNDS);
        let _headers = rows.next_row();
        while let Some(row) = rows.next_row() {
            each(row.map_err(too_large)?);
        }
        Ok(())
    }
}

fn too_large(error: TooLarge) -> Problem {
    Problem::new(ProblemKind::TooLarge, error.to_string())
}

/// A number as people write it, with a decimal point or comma.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    text.replace(',', ".").parse().ok()
}

/// The text, or nothing for the words that spreadsheets and exports use for a missing value.
#[must_use]
pub fn blank_if_null(text: &str) -> &str {
    if ["na", "n/a", "nan", "null", "-", "–"].contains(&text.to_lowercase().as_str()) { "" } else { text }
}

/// The most frequent of comma, semicolon and tab in the first line, outside quotes.
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

/// How many dates of a file each format can parse.
#[derive(Debug, Default)]
pub struct Dates([u32; 3]);

impl Dates {
    const FORMATS: [DateFormat; 3] = [DateFormat::YearMonthDay, DateFormat::DayMonthYear, DateFormat::MonthDayYear];

    /// Counts another date.
    pub fn add(&mut self, written: &str) {
        for (count, format) in self.0.iter_mut().zip(Self::FORMATS) {
            *count += u32::from(format.parse(written).is_some());
        }
    }

    /// The format that parses most dates; where day and month are ambiguous, the day comes first, as in most of the world.
    #[must_use]
    pub fn format(&self) -> DateFormat {
        let counts = Self::FORMATS.into_iter().zip(self.0).rev();
        counts.max_by_key(|(_, count)| *count).map_or(DateFormat::YearMonthDay, |(format, _)| format)
    }
}

/// The date format of a file; one for the whole file.
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
    /// Parses a date. A time after it is ignored.
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

    /// The format's name, by the order of its parts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::YearMonthDay => "year-month-day",
            Self::DayMonthYear => "day.month.year",
            Self::MonthDayYear => "month/day/year",
        }
    }
}

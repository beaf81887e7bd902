//! A table of days as people save it: any delimiter, a byte order mark or none, dates as people write them. The journal's import and
//! `legwork discover` read through this one door, so that a file means the same to both.

use chrono::NaiveDate;
use domain::{Problem, ProblemKind};
use tables::{Bounds, Row, Rows, TooLarge};

use crate::json::table;

/// What a table of days may be: a lifetime of days, several lines a day, and more columns than any watch writes.
pub(crate) const BOUNDS: Bounds = Bounds { columns: 500, rows: 100_000, row_bytes: 64 << 10 };
/// Characters of a header or cell that are shown.
pub(crate) const SHOWN: usize = 60;

/// A table as it is written. Its rows are read anew whenever they are looked at: none is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The first line.
    pub headers: Vec<String>,
    text: String,
    delimiter: u8,
}

impl Sheet {
    /// Reads a table; it may also be a list of days as JSON, and gzipped. Errors where there is no table at all, or one that is larger than
    /// a table of days may be. Takes a while for a large one: not for a thread that answers requests.
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
            Some(first) => first.map_err(beyond)?.cells().map(str::to_owned).collect(),
            None => return Err(invalid("The file is empty.")),
        };
        Ok(Self { headers, text, delimiter })
    }

    /// Calls `each` with every row behind the headers. Errors at a row that is beyond what one may be, and names its line.
    pub fn for_each(&self, mut each: impl FnMut(Row<'_>)) -> Result<(), Problem> {
        let mut rows = Rows::new(&self.text, self.delimiter, BOUNDS);
        let _headers = rows.next_row();
        while let Some(row) = rows.next_row() {
            each(row.map_err(beyond)?);
        }
        Ok(())
    }
}

fn beyond(error: TooLarge) -> Problem {
    Problem::new(ProblemKind::TooLarge, error.to_string())
}

/// A number as people write it, with a decimal point or comma.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    text.replace(',', ".").parse().ok()
}

/// Nothing, in the words that spreadsheets and exports use for no answer.
#[must_use]
pub fn blank_if_null(text: &str) -> &str {
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

/// How many dates of a file each way of writing can read.
#[derive(Debug, Default)]
pub struct Dates([u32; 3]);

impl Dates {
    const FORMATS: [DateFormat; 3] = [DateFormat::YearMonthDay, DateFormat::DayMonthYear, DateFormat::MonthDayYear];

    /// Looks at one more.
    pub fn see(&mut self, written: &str) {
        for (count, way) in self.0.iter_mut().zip(Self::FORMATS) {
            *count += u32::from(way.parse(written).is_some());
        }
    }

    /// The way in which most dates can be read; where day and month could be either, the day comes first, as in most of the world.
    #[must_use]
    pub fn format(&self) -> DateFormat {
        let ways = Self::FORMATS.into_iter().zip(self.0).rev();
        ways.max_by_key(|(_, count)| *count).map_or(DateFormat::YearMonthDay, |(way, _)| way)
    }
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

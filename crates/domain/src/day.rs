//! A calendar day within the range that people record.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{Problem, ProblemKind};

/// A date of a human life. `chrono`'s calendar spans 262,000 years in both directions, and counting beyond its ends panics: every day in external
/// input is parsed as one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "NaiveDate", into = "NaiveDate")]
pub struct Day(NaiveDate);

impl Day {
    /// The first year.
    pub const FIRST_YEAR: i32 = 1900;
    /// The last year.
    pub const LAST_YEAR: i32 = 2199;

    /// The date.
    #[must_use]
    pub const fn date(self) -> NaiveDate {
        self.0
    }
}

impl TryFrom<NaiveDate> for Day {
    type Error = Problem;

    fn try_from(date: NaiveDate) -> Result<Self, Problem> {
        use chrono::Datelike;
        if (Self::FIRST_YEAR..=Self::LAST_YEAR).contains(&date.year()) {
            Ok(Self(date))
        } else {
            Err(Problem::new(ProblemKind::Invalid, format!("A day between {} and {}, such as 2026-11-21.", Self::FIRST_YEAR, Self::LAST_YEAR)))
        }
    }
}

impl From<Day> for NaiveDate {
    fn from(day: Day) -> Self {
        day.0
    }
}

impl FromStr for Day {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let date: NaiveDate = text.parse().map_err(|_| Problem::new(ProblemKind::Invalid, "A day, such as 2026-11-21."))?;
        date.try_into()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_outside_the_range_are_refused() {
        for day in ["1900-01-01", "2026-11-21", "2199-12-31"] {
            assert_eq!(day.parse::<Day>().map(|d| d.to_string()).as_deref(), Ok(day));
        }
        for day in ["1899-12-31", "2200-01-01", "+262142-12-31", "-262143-01-01", "0000-01-01", "-0001-06-01", "2026-02-30", "today", ""] {
            assert!(day.parse::<Day>().is_err(), "{day}");
        }
    }
}

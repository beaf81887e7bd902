//! A table of days before it is imported into the journal.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What a column of a table means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnMeaning {
    /// The date of the row.
    Date,
    /// Answers to the measure with this key.
    Answer(String),
    /// Not imported.
    Ignore,
}

impl ColumnMeaning {
    /// The option's value in the form.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Date => "date",
            Self::Answer(key) => key,
            Self::Ignore => "ignore",
        }
    }

    /// From the option's value. What is no measure is ignored when the table is read.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        match name {
            "date" => Self::Date,
            "ignore" | "" => Self::Ignore,
            key => Self::Answer(key.to_owned()),
        }
    }
}

/// A table before it is imported: how it was read, and what would be stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// Each header with the meaning that it was given.
    pub columns: Vec<(String, ColumnMeaning)>,
    /// The first rows, as in the file.
    pub sample: Vec<Vec<String>>,
    /// Days that would be stored.
    pub days: u32,
    /// First day.
    pub first: Option<NaiveDate>,
    /// Last day.
    pub last: Option<NaiveDate>,
    /// Values that cannot be imported, with their line; everything else is imported.
    pub problems: Vec<String>,
    /// How dates were read, such as `day.month.year`.
    pub date_format: String,
    /// Whether the columns were mapped as those of an earlier table.
    #[serde(default)]
    pub recognised: bool,
    /// The names of columns that the earlier table had and this one lacks.
    #[serde(default)]
    pub gone: Vec<String>,
}

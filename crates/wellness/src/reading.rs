//! What reading results in: values, and what a reader has to say, as codes with arguments. Their words are made by the application.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One measure of one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Value {
    /// The local day. A night belongs to the day on which it ends.
    pub day: NaiveDate,
    /// Its key, one of [`crate::measures`].
    pub measure: &'static str,
    /// In the unit of the measure.
    pub value: f64,
}

/// The values of a file or an archive.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// By day, and at most one of each measure and day.
    pub values: Vec<Value>,
    /// What was left out, and why; not more than a hundred.
    pub notes: Vec<Note>,
}

/// A remark about a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The name of the entry without folders, if the file was in an archive and the remark is about one entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What there is to say.
    #[serde(flatten)]
    pub remark: Remark,
}

/// What a reader has to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Remark {
    /// The file ends in the middle; everything before is kept.
    EndedEarly {
        /// Where it ends, in bytes from the beginning.
        at: u64,
    },
    /// Invalid, or larger than any export is, from here on; everything before is kept.
    Unreadable {
        /// Where, in bytes from the beginning.
        at: u64,
    },
    /// Rows of a table that have no usable date or number.
    RowsUnread {
        /// How many.
        rows: u64,
        /// The line of the first one, counted from 1.
        line: u64,
    },
    /// Objects of a list, or records, that have no usable date or number.
    RecordsUnread {
        /// How many.
        records: u64,
        /// The position of the first one, counted from 1.
        first: u64,
    },
    /// Values that cannot be true.
    LeftOut {
        /// The key of the measure.
        measure: String,
        /// How many.
        values: u64,
    },
    /// Values in a unit that is not known, or that nothing says.
    UnknownUnit {
        /// The key of the measure.
        measure: String,
        /// As the file has it; empty if it has none.
        unit: String,
        /// How many.
        values: u64,
    },
    /// Answers of a WHOOP journal, which are not read yet.
    JournalAnswers {
        /// How many.
        answers: u64,
    },
    /// More days and measures than a life has, or more records of sleep; the first ones are kept.
    TooMuch,
    /// The archive unpacks to more than the limit; what came before is kept.
    ArchiveTooLarge,
    /// The archive has more entries than the limit; the first ones were read.
    TooManyEntries {
        /// The limit.
        limit: u64,
    },
    /// An entry of the archive that does not unpack.
    EntryDamaged,
}

/// Why there is no reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Failure {
    /// The caller stopped it.
    #[error("stopped")]
    Stopped,
    /// Not a zip, or one whose directory is damaged.
    #[error("not a sound zip")]
    DamagedArchive,
}

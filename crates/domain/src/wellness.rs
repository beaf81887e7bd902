//! What readers say about files of daily values: codes with arguments, as they are stored; their words for people are made here and nowhere else.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::measures::built_in;
use crate::units::pluralize;

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

/// What a reader has to say. It prints as the sentence for the athlete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Remark {
    /// The file ends in the middle; everything before is kept.
    #[serde(rename = "values_ended_early")]
    EndedEarly {
        /// Where it ends, in bytes from the beginning.
        at: u64,
    },
    /// Invalid, or larger than any export is, from here on; everything before is kept.
    #[serde(rename = "values_unreadable")]
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
    /// Answers of a device's journal, yes or no, to questions that no measure of the athlete asks.
    JournalAnswers {
        /// How many.
        answers: u64,
        /// The questions, as far as they are listed.
        #[serde(default)]
        questions: String,
    },
    /// More days and measures than a life has, or more records of sleep; the first ones are kept.
    #[serde(rename = "values_too_much")]
    TooMuch,
    /// The archive unpacks to more than the limit; what came before is kept.
    #[serde(rename = "values_archive_too_large")]
    ArchiveTooLarge,
    /// The archive ends in the middle, or its directory is damaged; the days that came before are kept, and recordings are not.
    #[serde(rename = "values_archive_ended_early")]
    ArchiveEndedEarly,
    /// The archive has more entries than the limit; the first ones were read.
    #[serde(rename = "values_too_many_entries")]
    TooManyEntries {
        /// The limit.
        limit: u64,
    },
    /// An entry of the archive that does not unpack.
    EntryDamaged,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{file}: {}", self.remark),
            None => self.remark.fmt(f),
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |n: u64, one: &str, many: &str| pluralize(usize::try_from(n).unwrap_or(usize::MAX), one, many);
        let label = |key: &str| built_in().iter().find(|measure| measure.key == key).map_or_else(|| key.to_owned(), |measure| measure.label.clone());
        match self {
            Self::EndedEarly { at } => write!(f, "It ends in the middle, at byte {at}. Every day before that is kept."),
            Self::Unreadable { at } => write!(f, "It is damaged from byte {at} on. Every day before that is kept."),
            Self::RowsUnread { rows, line } => {
                write!(
                    f,
                    "{} without a date or a number that we can read, the first at line {line}. The others are kept.",
                    count(*rows, "row", "rows")
                )
            }
            Self::RecordsUnread { records, first } => {
                let records = count(*records, "record", "records");
                write!(f, "{records} without a date or a number that we can read, the first is number {first}. The others are kept.")
            }
            Self::LeftOut { measure, values } => write!(f, "{}: {} left out that cannot be true.", label(measure), count(*values, "value", "values")),
            Self::UnknownUnit { measure, unit, values } if unit.is_empty() => {
                write!(f, "{}: {} left out, because nothing says their unit.", label(measure), count(*values, "value", "values"))
            }
            Self::UnknownUnit { measure, unit, values } => {
                write!(f, "{}: {} left out in a unit that we do not know, “{unit}”.", label(measure), count(*values, "value", "values"))
            }
            Self::JournalAnswers { answers, questions } if questions.is_empty() => {
                write!(f, "{} of the device's journal left out.", count(*answers, "answer", "answers"))
            }
            Self::JournalAnswers { answers, questions } => {
                let answers = count(*answers, "answer", "answers");
                write!(f, "{answers} left out, to questions that none of your measures asks: {questions}. ")?;
                f.write_str("Make a measure with yes or no and the question as its name, and drop the file again.")
            }
            Self::TooMuch => f.write_str("It holds more days than a life has. What came first is kept."),
            Self::ArchiveTooLarge => f.write_str("The archive unpacks to more than it may. What came before is kept."),
            Self::ArchiveEndedEarly => f.write_str(
                "The archive ends in the middle, or the list of its files is damaged. The days that came before are kept, and no recordings.",
            ),
            Self::TooManyEntries { limit } => write!(f, "The archive holds more than {limit} files. Those were read; drop the rest in a second one."),
            Self::EntryDamaged => f.write_str("It does not unpack, and is left out. The others are kept."),
        }
    }
}

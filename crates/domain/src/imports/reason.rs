//! What there is to say about a file of an import: stored as codes with arguments, and made into words where it is shown.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::activities::{Caveat, Unusable};
use crate::measures::Source;
use crate::recordings::{ReadError, Warning};
use crate::units::pluralize;
use crate::wellness::Note;

/// Why a file has its outcome, or what the athlete should know about it. It prints as the sentence for the athlete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// Larger than a file may be.
    FileTooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The connection broke during the upload.
    ConnectionBroke,
    /// The disk was full when it arrived, so it was not kept.
    DiskWasFull,
    /// It waits: the disk is full.
    DiskFull,
    /// It waits: the disk cannot be read or written.
    DiskUnusable,
    /// It is large, and is being read.
    BeingRead {
        /// How much has been read, in per cent.
        percent: u8,
    },
    /// The bytes that were received cannot be read back.
    NotReadBack,
    /// It made the reader panic.
    ReaderPanicked,
    /// It stopped the process too often.
    StoppedImport,
    /// An entry of an archive that does not unpack.
    NotUnpacked,
    /// An archive without recordings.
    NoRecordings,
    /// A recording with nothing that makes an activity.
    NothingToKeep,
    /// An archive, and how many recordings are in it.
    Files {
        /// How many.
        files: u32,
    },
    /// A recording of several activities.
    Activities {
        /// How many.
        activities: u32,
    },
    /// The same activity was there, from another source.
    SameActivity,
    /// The same recording was there.
    Duplicate,
    /// It brought values of days.
    DailyValues {
        /// How many days.
        days: u32,
        /// Whose export it is.
        source: Source,
    },
    /// It is a table of days, read by the names of its columns.
    Table {
        /// The names of the columns that were read.
        columns: String,
        /// How many values or dates could not be read, as far as they are listed.
        problems: u32,
    },
    /// It is like an earlier table, which had more columns.
    ColumnsGone {
        /// Their names.
        columns: String,
    },
    /// It could not be read.
    #[serde(untagged)]
    Unread(ReadError),
    /// It was read, and cannot become an activity.
    #[serde(untagged)]
    Unusable(Unusable),
    /// Some of its values could not be read.
    #[serde(untagged)]
    Values(Note),
    /// Some of it could not be read.
    #[serde(untagged)]
    Warning(Warning),
    /// Some of its numbers say less than they seem to.
    #[serde(untagged)]
    Caveat(Caveat),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FileTooLarge { limit } => {
                return write!(f, "It is larger than {} MB, which is the most for one file here.", limit / 1_000_000);
            }
            Self::BeingRead { percent } => return write!(f, "It is being read: {percent}\u{a0}% so far."),
            Self::ConnectionBroke => "The connection broke during the upload. Drop it again.",
            Self::DiskWasFull => "The disk of the server was full. Drop it again when there is room.",
            Self::DiskFull => "The disk of the server is full. It goes on by itself when there is room.",
            Self::DiskUnusable => "The disk of the server cannot be used. It goes on by itself when it can.",
            Self::NotReadBack => "The received file cannot be read back. Drop it again.",
            Self::ReaderPanicked => "It confused us badly. We would like to see it.",
            Self::StoppedImport => "It stopped the import three times. We would like to see it.",
            Self::NotUnpacked => "It cannot be unpacked. The archive is damaged there.",
            Self::NoRecordings => "The archive holds no FIT, GPX or TCX files.",
            Self::NothingToKeep => "There is nothing in it to keep.",
            Self::Files { files } => return write!(f, "{} in it.", pluralize(*files as usize, "file", "files")),
            Self::Activities { activities } => return write!(f, "{activities} activities in one file."),
            Self::SameActivity => "The same activity was here from another source. The better of both counts; its page can unmerge them.",
            Self::Duplicate => "Here already. Nothing was added.",
            Self::DailyValues { days, source: Source::File } => return write!(f, "Values of {}.", pluralize(*days as usize, "day", "days")),
            Self::DailyValues { days, source } => {
                return write!(f, "Values of {} from {}.", pluralize(*days as usize, "day", "days"), source.label());
            }
            Self::Table { columns, problems: 0 } => return write!(f, "Read: {columns}. If a column means something else, import it as a table."),
            Self::Table { columns, problems } => {
                let cells = pluralize(*problems as usize, "cell", "cells");
                return write!(f, "Read: {columns}. {cells} could not be read. Import it as a table to see which.");
            }
            Self::ColumnsGone { columns } => return write!(f, "Read as the last table of its kind, which had more columns: {columns}."),
            Self::Values(note) => return note.fmt(f),
            Self::Unread(error) => return error.fmt(f),
            Self::Unusable(unusable) => return unusable.fmt(f),
            Self::Warning(warning) => return warning.fmt(f),
            Self::Caveat(caveat) => return caveat.fmt(f),
        })
    }
}

/// All that there is to say about a file, as one text.
#[must_use]
pub fn in_words(reasons: &[Reason]) -> String {
    reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

impl From<ReadError> for Reason {
    fn from(error: ReadError) -> Self {
        Self::Unread(error)
    }
}

impl From<Unusable> for Reason {
    fn from(unusable: Unusable) -> Self {
        Self::Unusable(unusable)
    }
}

impl From<Warning> for Reason {
    fn from(warning: Warning) -> Self {
        Self::Warning(warning)
    }
}

impl From<Caveat> for Reason {
    fn from(caveat: Caveat) -> Self {
        Self::Caveat(caveat)
    }
}

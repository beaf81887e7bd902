//! Warnings of a reader about a file that it could read only in part.

use std::fmt;

/// Damage that was skipped. The sentence is meant for the runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The file is truncated; with the share of it, in per cent, that could be read.
    EndedEarly {
        /// 0 to 100.
        kept_percent: u8,
    },
    /// Invalid bytes, from this offset on.
    Unreadable {
        /// Where it starts, in bytes from the beginning.
        at: usize,
        /// 0 to 100.
        kept_percent: u8,
    },
    /// Invalid bytes in the middle; what follows them is sound again.
    Gap {
        /// Where they start, in bytes from the beginning.
        at: usize,
        /// How many they are.
        bytes: usize,
        /// Their share of the file in per cent, at least 1.
        percent: u8,
    },
    /// The checksum does not match the content.
    BadChecksum,
    /// The header is damaged; the content was read all the same.
    BadHeader,
    /// An XML entity that is not one of the five standard ones; it was left out, never expanded.
    UnknownEntity(String),
    /// Points without a usable position or time were left out.
    PointsLeftOut(usize),
    /// The date, as year-month-day, is older than any file can be: the clock was never set.
    ClockNotSet(String),
    /// The date, as year-month-day, is after the upload.
    InTheFuture(String),
    /// The file exceeds a limit of recordings; what came first is kept.
    TooMuch,
    /// Something in an archive was skipped.
    Skipped(String),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EndedEarly { kept_percent } => {
                write!(f, "The file ended early. Everything up to there is kept, about {kept_percent} % of it.")
            }
            Self::Unreadable { at, kept_percent } => {
                write!(f, "The file is damaged from byte {at} on. What comes before is kept, about {kept_percent} % of it.")
            }
            Self::Gap { at, bytes, percent } => {
                write!(
                    f,
                    "{bytes} damaged bytes from byte {at} on were left out, about {percent} % of the file. What comes before and behind is kept."
                )
            }
            Self::BadChecksum => f.write_str("The checksum does not fit. The content reads fine and is kept."),
            Self::BadHeader => f.write_str("The header is damaged. The content behind it is kept."),
            Self::UnknownEntity(name) => write!(f, "The text “&{name};” in the file was left out."),
            Self::PointsLeftOut(1) => f.write_str("One point without a usable position was left out."),
            Self::PointsLeftOut(n) => write!(f, "{n} points without a usable position were left out."),
            Self::ClockNotSet(day) => {
                write!(f, "The clock was never set: it says {day}. Everything else is kept; give it its date on its page.")
            }
            Self::InTheFuture(day) => {
                write!(f, "The clock was ahead: it says {day}, which has not come yet. Everything else is kept; give it its date on its page.")
            }
            Self::TooMuch => f.write_str("The file holds more than a recording of twelve days can. What came first is kept."),
            Self::Skipped(what) => f.write_str(what),
        }
    }
}

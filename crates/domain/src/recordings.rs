//! What readers say about recording files: damage that was skipped, and why a file could not be read. Both are codes with arguments, as they are
//! stored; their words for the runner are made here and nowhere else.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Damage that was skipped. It prints as the sentence for the runner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Warning {
    /// The file is truncated; with the share of it, in per cent, that could be read.
    EndedEarly {
        /// 0 to 100.
        kept_percent: u8,
    },
    /// Invalid bytes, from this offset on.
    Unreadable {
        /// Where it starts, in bytes from the beginning.
        at: u64,
        /// 0 to 100.
        kept_percent: u8,
    },
    /// Invalid bytes in the middle; what follows them is sound again.
    Gap {
        /// Where they start, in bytes from the beginning.
        at: u64,
        /// How many they are.
        bytes: u64,
        /// Their share of the file in per cent, at least 1.
        percent: u8,
    },
    /// The checksum does not match the content.
    BadChecksum,
    /// The header is damaged; the content was read all the same.
    BadHeader,
    /// An XML entity that is not one of the five standard ones; it was left out, never expanded.
    UnknownEntity {
        /// Without ampersand and semicolon.
        name: String,
    },
    /// Points without a usable position or time were left out.
    PointsLeftOut {
        /// How many.
        points: u64,
    },
    /// The date is older than any file can be: the clock was never set.
    ClockNotSet {
        /// Year-month-day, whatever the clock said.
        day: String,
    },
    /// The date is after the upload.
    InTheFuture {
        /// Year-month-day.
        day: String,
    },
    /// The file exceeds a limit of recordings; what came first is kept.
    TooMuch,
    /// An archive unpacks to more than the limit.
    ArchiveTooLarge,
    /// An archive has more entries than the limit.
    TooManyEntries {
        /// The limit.
        limit: u64,
    },
    /// An archive's table lists activities without a recording.
    WithoutRecording {
        /// How many.
        activities: u64,
    },
    /// An archive is truncated.
    ArchiveEndedEarly,
    /// A sentence of an older version that none of the codes stands for.
    Earlier {
        /// The sentence.
        text: String,
    },
}

impl Warning {
    /// Whether it is about an impossible date: void once the athlete has said when it was.
    #[must_use]
    pub const fn is_about_date(&self) -> bool {
        matches!(self, Self::ClockNotSet { .. } | Self::InTheFuture { .. })
    }
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
            Self::UnknownEntity { name } => write!(f, "The text “&{name};” in the file was left out."),
            Self::PointsLeftOut { points: 1 } => f.write_str("One point without a usable position was left out."),
            Self::PointsLeftOut { points } => write!(f, "{points} points without a usable position were left out."),
            Self::ClockNotSet { day } => {
                write!(f, "The clock was never set: it says {day}. Everything else is kept; give it its date on its page.")
            }
            Self::InTheFuture { day } => {
                write!(f, "The clock was ahead: it says {day}, which has not come yet. Everything else is kept; give it its date on its page.")
            }
            Self::TooMuch => f.write_str("The file holds more than a recording of twelve days can. What came first is kept."),
            Self::ArchiveTooLarge => f.write_str("The archive unpacks to more than it may. What came before is kept, the rest was not read."),
            Self::TooManyEntries { limit } => {
                write!(f, "The archive holds more than {limit} entries. Those were read; drop the rest in a second one.")
            }
            Self::WithoutRecording { activities } => {
                write!(f, "{activities} of the listed activities have no recording in the archive. Add those by hand.")
            }
            Self::ArchiveEndedEarly => f.write_str("The archive ends in the middle. What came before is kept."),
            Self::Earlier { text } => f.write_str(text),
        }
    }
}

/// Why a file could not be read. It prints as the sentence for the runner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ReadError {
    /// Zero bytes.
    Empty,
    /// None of the formats.
    UnknownFormat,
    /// Larger than the caller allows.
    TooLargeUnpacked {
        /// The limit in bytes.
        limit: u64,
    },
    /// A sound file of another type.
    NotAnActivity {
        /// What it is.
        holds: Content,
    },
    /// A recording without samples.
    NoSamples,
    /// A track without points.
    NoTrackPoints,
    /// A planned route or waypoints, which were never run.
    PlannedRoute,
    /// Too damaged to read.
    Damaged {
        /// Where.
        part: Part,
    },
    /// XML that breaks before anything was read.
    XmlBreaks {
        /// Where, in bytes from the beginning.
        at: u64,
    },
    /// An archive where a recording is expected.
    NestedArchive,
}

/// What a FIT file holds that is not an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Settings of the device.
    Settings,
    /// A workout to follow.
    Workout,
    /// A course to follow.
    Course,
    /// Steps and heart rate of a day.
    Monitoring,
    /// Anything else.
    Other,
}

/// The part of a file that is too damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// It stops inside the header.
    Header,
    /// Nothing follows the header.
    Body,
    /// The gzip stream around it.
    Gzip,
    /// The directory of a zip.
    ZipDirectory,
    /// One entry of a zip.
    ZipEntry,
    /// The tar.
    Tar,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("The file is empty. Export it again from the watch or the service."),
            Self::UnknownFormat => f.write_str("This is not a FIT, GPX or TCX recording. Those are the ones we can read, also gzipped or in a zip."),
            Self::TooLargeUnpacked { limit } => {
                write!(f, "The file is larger than {} MB unpacked. A day of running fits in ten.", limit / 1_000_000)
            }
            Self::NotAnActivity { holds } => {
                let holds = match holds {
                    Content::Settings => "device settings",
                    Content::Workout => "a workout plan",
                    Content::Course => "a course",
                    Content::Monitoring => "daily monitoring",
                    Content::Other => "something else",
                };
                write!(f, "This FIT file holds {holds}, not an activity.")
            }
            Self::NoSamples => f.write_str("There is no recorded track in this file: it has no samples."),
            Self::NoTrackPoints => f.write_str("There is no recorded track in this file: no track points."),
            Self::PlannedRoute => f.write_str("There is no recorded track in this file: it holds a planned route or waypoints."),
            Self::Damaged { part } => {
                let part = match part {
                    Part::Header => "it stops inside the header",
                    Part::Body => "there is nothing behind the header",
                    Part::Gzip => "its gzip wrapper does not unpack",
                    Part::ZipDirectory => "the zip’s directory does not fit",
                    Part::ZipEntry => "its entry in the zip does not fit",
                    Part::Tar => "the tar does not unpack",
                };
                write!(f, "The file is too damaged to read: {part}.")
            }
            Self::XmlBreaks { at } => write!(f, "The file is too damaged to read: the XML breaks at byte {at}."),
            Self::NestedArchive => f.write_str("There is an archive inside the archive. Unpack it once and drop what is in it."),
        }
    }
}

impl std::error::Error for ReadError {}

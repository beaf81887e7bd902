//! What a file can be, what reading it results in, and why it cannot be read.

use thiserror::Error;

use crate::{Recording, Warning};

/// A format that is recognised by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Garmin's Flexible and Interoperable Data Transfer.
    Fit,
    /// GPS Exchange Format.
    Gpx,
    /// Garmin's Training Center XML.
    Tcx,
    /// One gzipped file.
    Gzip,
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
}

impl Format {
    /// The short name, as in `legwork inspect`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::Gpx => "gpx",
            Self::Tcx => "tcx",
            Self::Gzip => "gzip",
            Self::Zip => "zip",
            Self::Tar => "tar",
        }
    }
}

/// The result of reading one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// Its format, unpacked.
    pub format: Format,
    /// At least one.
    pub recordings: Vec<Recording>,
    /// Damage that was skipped.
    pub warnings: Vec<Warning>,
}

/// Why a file could not be read. The sentence is meant for the runner.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// Zero bytes.
    #[error("The file is empty. Export it again from the watch or the service.")]
    Empty,
    /// None of the formats.
    #[error("This is not a FIT, GPX or TCX recording. Those are the ones we can read, also gzipped or in a zip.")]
    Unknown,
    /// Larger than the caller allows.
    #[error("The file is larger than {} MB unpacked. A day of running fits in ten.", .limit / 1_000_000)]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// A sound file of another type.
    #[error("This FIT file holds {0}, not an activity.")]
    NotAnActivity(&'static str),
    /// Nothing recorded in it.
    #[error("There is no recorded track in this file: {0}.")]
    NoTrack(&'static str),
    /// Too damaged to read.
    #[error("The file is too damaged to read: {0}.")]
    Damaged(String),
    /// An archive where a recording is expected.
    #[error("There is an archive inside the archive. Unpack it once and drop what is in it.")]
    NestedArchive,
}

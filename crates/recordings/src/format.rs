//! What a file can be, and what reading it results in.

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

//! Reads FIT, GPX, TCX and archives of them into one type, [`Recording`]: bytes in, recordings out, and FIT bytes back.
//!
//! Pure: no clock, no network, no global state. Every reader keeps what it can: damage gives a [`Warning`] and everything
//! before it, never a panic, and nothing is invented (a gap stays `NaN`).

pub mod archive;
#[cfg(test)]
mod bombs;
mod bounds;
mod clock;
mod crop;
pub mod fit;
mod format;
pub mod gpx;
mod lttb;
mod merge;
#[cfg(test)]
mod overfull;
mod possible;
mod read;
mod recording;
mod samples;
pub mod tcx;
#[cfg(test)]
mod tests;
mod xml;

pub use domain::recordings::{Content, Part, ReadError, Warning};
pub use format::{Format, Read};
pub use lttb::lttb;
pub use merge::{merge, same_activity};
pub use read::{gunzip, read, sniff};
pub use recording::{Lap, Length, Pause, Recording, Sensor, Sport, Stroke, Totals};
pub use samples::{Samples, Stream, StreamError};

//! Reads what people export from their devices and services into values of daily measures: sleep, resting heart rate, heart rate variability,
//! weight, steps, food. Apple Health, WHOOP, Oura, Fitbit, Garmin and Polar; a file, or the archive as it is downloaded.
//!
//! Pure: bytes in, values out; no clock, no network, no global state. Files are read as streams: what is held are the days, and of a file of any
//! size no more than one record of it. A file or an archive that ends in the middle is read as far as it goes. Every reader keeps what it can, and says in codes what it left out ([`Remark`]); nothing is invented.
//!
//! Bounds, whatever the input: 524,288 values, 80,000 periods of sleep, 262,144 days of a source with totals by the hour, a million intervals of
//! sleep, 500 questions without a measure with 131,072 answers to all of them, 32 MB of a table, 1 MB of an XML tag or a JSON token, 60 levels of
//! JSON and 32 of XML.

mod apple;
mod archive;
#[cfg(test)]
mod bombs;
mod cut;
mod days;
mod fitbit;
mod format;
mod garmin;
mod hours;
mod item;
mod json;
#[cfg(test)]
mod laws;
mod measures;
mod moment;
mod nights;
mod oura;
mod polar;
mod read;
mod reading;
#[cfg(test)]
mod samples;
mod source;
mod table;
#[cfg(test)]
mod tests;
mod whoop;

pub use archive::{Limits, read_zip};
pub use format::{Format, HEAD, identify, identify_entry};
pub use measures::measures;
pub use read::read;
pub use reading::{Failure, Note, Reading, Remark, Value};

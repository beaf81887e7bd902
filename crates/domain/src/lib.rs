//! Types, units and validation shared by the browser and the server. No I/O, safe for WebAssembly.

pub mod access;
pub mod accounts;
pub mod activities;
pub mod audit;
mod day;
pub mod discovery;
pub mod history;
pub mod imports;
pub mod journal;
pub mod list;
mod notice;
pub mod organisations;
pub mod permissions;
pub mod privacy;
mod problem;
pub mod recordings;
pub mod sharing;
pub mod units;

pub use day::Day;
pub use notice::Notice;
pub use problem::{FieldErrors, Problem, ProblemKind, RefusedForm};

/// Text as a single line, as names are: without line breaks and other control characters, which would break a line of an email or a list.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')).collect::<String>().trim().to_owned()
}

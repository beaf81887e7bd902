//! Types, units and validation shared by the browser and the server. No I/O, safe for WebAssembly.

pub mod accounts;
pub mod activities;
mod day;
pub mod discovery;
pub mod history;
pub mod imports;
pub mod journal;
pub mod organisations;
pub mod permissions;
pub mod privacy;
mod problem;
pub mod sharing;
pub mod units;

pub use day::Day;
pub use problem::{FieldErrors, Problem, ProblemKind, RefusedForm};

/// A text of one line, as names are: without line ends and other control characters, which would end a line of a letter or a list.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')).collect::<String>().trim().to_owned()
}

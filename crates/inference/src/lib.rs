//! Discovery for one person: a daily table in, findings out.
//!
//! For each pair of an input and an outcome, and each lag in days: does the input explain the outcome, by how much, and does it
//! hold on days that were not used to find it? Deterministic, no I/O, no panic on any input. The method and why each step is
//! there: `docs/discovery.md`.

mod engine;
mod finding;
mod linear;
mod multiplicity;
mod table;
#[cfg(test)]
mod tests;
mod whiten;

pub use engine::{Options, discover};
pub use finding::{Finding, Flag, Point, Tier};
pub use multiplicity::{benjamini_hochberg, effective_tests};
pub use table::{Column, Table};

/// The version of the method; a stored finding carries the version that made it.
pub const ENGINE_VERSION: &str = "1";

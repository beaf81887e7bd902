//! Discovery for one person: a daily table in, findings out.
//!
//! For each pair of an input and an outcome, and each lag in days: does the input explain the outcome, by how much, and does it
//! hold on days that were not used to find it? Deterministic, no I/O, no panic on any input. The method and why each step is
//! there: `docs/discovery.md`.

mod checks;
pub mod classic;
mod distribution;
mod engine;
pub mod evaluation;
mod finding;
mod lagged;
mod linear;
mod multiplicity;
mod pair;
mod screen;
mod shrink;
mod surrogate;
mod table;
#[cfg(test)]
mod tests;
mod whiten;

pub use engine::{Options, discover};
pub use finding::{Family, Finding, Flag, LagEffect, Point, Provenance, Tier};
pub use multiplicity::{benjamini_hochberg, benjamini_yekutieli, effective_tests};
pub use table::{Column, Pair, Table};

/// The version of the method; a stored finding carries the version that made it.
pub const ENGINE_VERSION: &str = "2";

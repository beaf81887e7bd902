//! Discovery for one person: a daily table in, findings out.
//!
//! For each pair of an input and an outcome, and each lag in days: does the input explain the outcome, by how much, and does it
//! hold on days that were not used to find it? Deterministic, no I/O, no panic on any input. The method and the reason for
//! each step: `docs/discovery.md`; whether it keeps its promises: [`evaluation`].
//!
//! ```
//! use chrono::NaiveDate;
//! use inference::{Column, Options, Table, Tier, discover};
//!
//! // Hours of sleep, and a pulse that falls with them on the same day.
//! let sleep: Vec<f64> = (0..200).map(|d| 6.0 + f64::from(d * 7919 % 31) / 10.0).collect();
//! let pulse: Vec<f64> = sleep.iter().enumerate().map(|(d, h)| 60.0 - 1.5 * h + (d * 6007 % 23) as f64 / 10.0).collect();
//! let mut table = Table::new(NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date"), 200);
//! table.inputs.push(Column::new("sleep", sleep));
//! table.outcomes.push(Column::new("pulse", pulse));
//!
//! let found = &discover(&table, &Options::default())[0];
//! assert_eq!((found.tier, found.lag_days), (Tier::Confirmed, Some(0)));
//! // Per interquartile range of the input, with its interval.
//! let (effect, step) = (found.effect.expect("an effect"), found.input_step.expect("a step"));
//! assert!((effect / step + 1.5).abs() < 0.2);
//! ```

pub mod correlation;
mod design_matrix;
mod distribution;
mod engine;
pub mod evaluation;
mod finding;
mod lagged;
mod linear;
mod multiplicity;
mod options;
mod outcome;
mod pair;
mod robustness;
mod shrink;
mod surrogate;
mod table;
#[cfg(test)]
mod tests;
mod whiten;

pub use engine::discover;
pub use finding::{Family, Finding, Flag, LagEffect, Point, Provenance, Tier};
pub use lagged::MIN_DAYS;
pub use multiplicity::{benjamini_hochberg, benjamini_yekutieli, effective_tests};
pub use options::Options;
pub use table::{Column, Pair, Table};

/// The version of the method; a stored finding records the version that computed it.
pub const ENGINE_VERSION: &str = "3";

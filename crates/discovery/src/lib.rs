//! Discovery: builds the daily table of an athlete, runs the engine, keeps the report.

mod chart;
mod explain;
mod questions;
mod report;
mod table;
#[cfg(test)]
mod tests;

pub use report::report;

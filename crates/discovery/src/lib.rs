//! Discovery: builds the daily table of an athlete, runs the engine in the background, keeps the report and its history.

mod chart;
mod explain;
mod history;
mod job;
mod questions;
mod report;
pub mod rest;
mod table;
#[cfg(test)]
mod tests;

pub use job::{ask_outdated, discovery, jobs, status};
pub use report::discover_now;

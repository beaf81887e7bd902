//! Discovery: builds the daily table of an athlete, runs the engine in the background, stores the report and its snapshots.

mod chart;
pub mod http;
mod job;
mod presentation;
mod report;
mod snapshots;
mod table;
#[cfg(test)]
mod tests;
mod variables;

pub use job::{discovery, enqueue_outdated, jobs, status};
pub use report::{discover_now, top_finding};

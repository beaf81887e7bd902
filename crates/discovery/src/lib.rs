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
use platform::feature::{Feature, Owner, Table};
pub use report::{discover_now, top_finding};

/// Findings.
pub const FEATURE: Feature = Feature {
    tables: &[
        Table::exported("finding_snapshots", Owner::Athlete("athlete_id"), "day").formerly("discovery_history").keyed_by_athlete(),
        Table::exported("discovery_reports", Owner::Athlete("athlete_id"), "athlete_id").keyed_by_athlete(),
        Table::omitted("discovery_jobs", Owner::Athlete("athlete_id"), "work that is in progress here"),
    ],
    jobs,
    ..Feature::named("discovery")
};

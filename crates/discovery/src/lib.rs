//! Discovery: builds the daily table of an athlete, runs the engine in the background, stores the report and its snapshots.

mod archive;
mod chart;
mod finding;
pub mod http;
mod job;
mod presentation;
mod queries;
mod report;
mod snapshots;
mod table;
mod testable;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;
mod variables;

pub use job::{discovery, status};
use platform::feature::{Feature, Owner, Table};
use platform::jobs;
pub use report::{discover_now, top_finding};

/// Findings.
pub const FEATURE: Feature = Feature {
    tables: &[
        Table::exported("finding_snapshots", Owner::Athlete("athlete_id"), "day").formerly("discovery_history").keyed_by_athlete(),
        Table::exported("discovery_reports", Owner::Athlete("athlete_id"), "athlete_id").keyed_by_athlete(),
        Table::omitted("discovery_jobs", Owner::Athlete("athlete_id"), "work that is in progress here"),
    ],
    jobs: &[jobs::on_demand::<job::Discover>(), jobs::nightly_and_at_start::<job::DiscoverOutdated>()],
    subscribers: &[job::ON_CHANGE],
    archive: archive::ARCHIVE,
    ..Feature::named("discovery")
};

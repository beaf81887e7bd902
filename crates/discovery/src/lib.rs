//! Discovery: builds the daily table of an athlete, runs the engine in the background, stores the report and its snapshots.

mod archive;
mod chart;
#[cfg(test)]
mod effort_tests;
mod feedback;
#[cfg(test)]
mod feedback_tests;
mod finding;
pub mod http;
mod job;
mod news;
mod picture;
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

pub use feedback::counts as feedback_counts;
use futures::FutureExt;
pub use job::{discovery, status};
pub use news::since as news_since;
use platform::feature::{Feature, Owner, Table, Tracked};
use platform::jobs;
pub use report::{discover_now, top_finding};

/// Findings.
pub const FEATURE: Feature = Feature {
    tables: &[
        Table::exported("finding_snapshots", Owner::Athlete("athlete_id"), "day").formerly("discovery_history").keyed_by_athlete(),
        Table::exported("discovery_reports", Owner::Athlete("athlete_id"), "athlete_id").keyed_by_athlete(),
        Table::exported("finding_feedback", Owner::Athlete("athlete_id"), "created_at, result").keyed_by_athlete().tracked(
            Tracked::by(&["result"], "Feedback").described(|tx, edits, units| feedback::describe(tx, edits, units).boxed()).locked(feedback::LOCK),
        ),
        Table::omitted("discovery_jobs", Owner::Athlete("athlete_id"), "work that is in progress here"),
    ],
    jobs: &[jobs::on_demand::<job::Discover>(), jobs::nightly_and_at_start::<job::DiscoverOutdated>()],
    subscribers: &[job::ON_CHANGE],
    archive: archive::ARCHIVE,
    ..Feature::named("discovery")
};

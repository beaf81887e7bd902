//! All SQL of activities, one file for each matter. A function is one statement, or a few that go together, in the transaction of its caller; it
//! reads and writes what is the viewer's, unless it says otherwise.

pub(crate) mod archive;
pub(crate) mod bulk;
pub(crate) mod calendar;
pub(crate) mod compared;
pub(crate) mod courses;
pub(crate) mod daily;
pub(crate) mod detail;
pub(crate) mod edit;
pub(crate) mod export;
pub(crate) mod filters;
pub(crate) mod gear;
pub(crate) mod ingest;
pub(crate) mod intervals;
pub(crate) mod list;
pub(crate) mod metrics;
pub(crate) mod originals;
pub(crate) mod parts;
pub(crate) mod perception;
pub(crate) mod performance;
pub(crate) mod planning;
pub(crate) mod recompute_tasks;
pub(crate) mod routes;
pub(crate) mod samples;
pub(crate) mod shared;
pub(crate) mod sharing;
pub(crate) mod stale;
pub(crate) mod thresholds;
pub(crate) mod trash;
pub(crate) mod workouts;

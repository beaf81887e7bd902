//! Activities: what was run, with its metrics and streams.

mod analyse;
mod archive;
mod bests;
mod bulk;
mod clock;
mod compared;
#[cfg(test)]
mod compared_tests;
mod courses;
mod daily;
#[cfg(test)]
mod daily_tests;
mod edit;
mod edits;
mod export;
mod filters;
mod found;
mod gear;
mod guess;
pub mod http;
mod ingest;
mod inputs;
mod instants;
mod intervals;
#[cfg(test)]
mod list_tests;
mod listed;
mod lock;
mod originals;
mod perception;
mod performance;
mod queries;
mod read;
mod recompute;
mod recomputer;
mod recording;
mod routes;
mod seasons;
mod series;
mod shared;
mod sharing;
#[cfg(test)]
mod sharing_attacks;
#[cfg(test)]
mod sharing_tests;
mod spreadsheet;
mod stretch;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;
mod thresholds;
mod tiles;
mod trash;

pub use analyse::{AnalysedActivity, analyse_recording};
pub use bulk::{edit_many, undo};
pub use clock::{require_standalone, reset_start, set_start};
pub use courses::{grade_model, recording};
pub use daily::{DayLoad, FIRST_DAY, RunDay, current_form, day_totals, efficiency, form_since, load_days, run_days};
pub use edit::{add_manual, change, crop, merge_into, reject_overlapping_crops, split, uncrop, unmerge, unsplit};
pub use export::{Download, export, original};
pub use filters::{forget_filter, list_csv, save_filter};
pub use found::found_thresholds;
use futures::FutureExt;
pub use gear::{all_gear, forget_gear, save_gear};
pub use guess::analyse_new;
pub use ingest::{IngestOutcome, Source, delete_imported, ingest};
pub use inputs::{LOAD, daily_values};
pub use instants::moment;
pub use intervals::{add_interval, find_intervals, remove_interval};
pub use lock::lock;
pub use originals::{UNUSED_HOURS, collect_originals};
pub use perception::perceive;
pub use performance::{FORECAST_DAYS, balance_ahead, capacity, performance, records_since};
use platform::feature::{Feature, Owner, Spreadsheet, Table, Tracked};
use platform::jobs::{nightly_and_at_start, on_demand};
use platform::retention::Retention;
pub use queries::calendar::{day_sums, done};
pub use queries::courses::{own_route, own_routes};
pub use queries::planning::{shapes_of, shapes_on, sums_by_kind};
pub use queries::workouts::{Workout, workouts};
pub use read::{activities_of_files, count, detail, detail_in, latest, list, list_view, overlapping, select};
pub use recompute::{cancel_recompute, last_recompute, recompute, recompute_stale, start_recompute};
pub use recomputer::run_recompute;
pub use shared::{list_shared_activities, shared_gpx, view_shared_activity};
pub use sharing::{add_privacy_zone, privacy_zones, remove_privacy_zone, save_sharing, sharing};
pub use stretch::stretch;
pub use thresholds::{add_thresholds, delete_thresholds, forget, lock_thresholds, save_thresholds, thresholds};
pub use tiles::route_map;
pub use trash::{delete, list_trash, restore};

/// Activities, the thresholds that their metrics depend on, and who may see them.
pub const FEATURE: Feature = Feature {
    tables: &[
        Table::exported("athlete_thresholds", Owner::Athlete("athlete_id"), "valid_from").formerly("athlete_values").keyed_by_athlete().tracked(
            Tracked::by(&["valid_from"], "Thresholds")
                .described(|tx, edits, units| edits::describe_thresholds(tx, edits, units).boxed())
                .locked(lock::LOCK),
        ),
        Table::exported("visibility_settings", Owner::Athlete("athlete_id"), "athlete_id").formerly("sharing").keyed_by_athlete(),
        Table::exported("privacy_zones", Owner::Athlete("athlete_id"), "id").formerly("home_zones"),
        Table::exported("gear", Owner::Athlete("athlete_id"), "id").tracked(Tracked::by(&["id"], "Gear").locked(lock::LOCK)),
        Table::exported("saved_filters", Owner::Athlete("athlete_id"), "id"),
        Table::omitted("bulk_edits", Owner::Athlete("athlete_id"), "what undoes an edit of several activities, for a day"),
        Table::exported("activities", Owner::Athlete("athlete_id"), "id")
            .tracked(Tracked::by(&["id"], "Activity").described(|tx, edits, _| edits::describe(tx, edits).boxed()).locked(lock::LOCK)),
        Table::omitted("activity_months", Owner::Athlete("athlete_id"), "made of the activities once more"),
        Table::exported("activity_streams", Owner::Athlete("athlete_id"), "activity_id")
            .checked_before_import(archive::RECORDING_ROW_BYTES, archive::check_recordings),
        Table::exported("activity_efforts", Owner::Athlete("athlete_id"), "activity_id, kind, target"),
        Table::omitted("trashed_activities", Owner::Athlete("athlete_id"), "deleted, and kept for thirty days on this server alone"),
        Table::omitted("recompute_tasks", Owner::Athlete("athlete_id"), "work that is in progress here"),
    ],
    spreadsheets: &[Spreadsheet::Made("activities.csv", |tx| spreadsheet::cells(tx).boxed())],
    jobs: &[
        on_demand::<recomputer::Recompute>(),
        on_demand::<recomputer::DateAgain>(),
        nightly_and_at_start::<recomputer::RecomputeOutdated>(),
        on_demand::<trash::PurgeTrash>(),
    ],
    events: &["activities.changed", "activities.marked"],
    subscribers: &[recomputer::ON_MARKED, recomputer::ON_TIME_ZONE],
    retention: &[
        Retention {
            what: "finished recomputations",
            kept: "ninety days",
            delete: "delete from recompute_tasks where finished_at < $1 - interval '90 days'",
        },
        Retention {
            what: "what undoes an edit of several activities",
            kept: "a day",
            delete: "delete from bulk_edits where created_at < $1 - interval '1 day'",
        },
    ],
    archive: archive::ARCHIVE,
    daily: inputs::DAILY,
    files: archive::FILES,
    ..Feature::named("activities")
};

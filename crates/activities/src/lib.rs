//! Activities: what was run, with its metrics and streams.

mod analyse;
mod clock;
mod daily;
mod edit;
mod export;
pub mod http;
mod ingest;
mod originals;
mod performance;
mod read;
mod recompute;
mod recomputer;
mod series;
mod shared;
mod sharing;
#[cfg(test)]
mod sharing_attacks;
#[cfg(test)]
mod sharing_tests;
#[cfg(test)]
mod tests;
mod thresholds;
mod trash;

pub use analyse::{AnalysedActivity, analyse_recording};
pub use clock::{require_standalone, reset_start, set_start};
pub use daily::{DayLoad, RunDay, current_form, day_totals, efficiency, fingerprint, load_days, run_days};
pub use edit::{add_manual, change, crop, merge_into, reject_overlapping_crops, split, uncrop, unmerge, unsplit};
pub use export::{Download, export, original};
pub use ingest::{IngestOutcome, Source, delete_imported, ingest};
pub use originals::{UNUSED_HOURS, collect_originals};
pub use performance::performance;
pub use read::{count, detail, latest, list, overlapping};
pub use recompute::{cancel_recompute, last_recompute, recompute, recompute_local_dates, recompute_stale, start_recompute};
pub use recomputer::{Recomputer, run_recompute};
pub use shared::{list_shared_activities, shared_gpx, view_shared_activity};
pub use sharing::{add_privacy_zone, privacy_zones, remove_privacy_zone, save_sharing, sharing};
pub use thresholds::{delete_thresholds, lock_thresholds, save_thresholds, thresholds};
pub use trash::{delete, jobs, list_trash, restore};

//! Activities: what was run, with its metrics and streams.

mod bin;
mod clock;
mod edit;
mod export;
mod originals;
mod performance;
mod prepare;
mod read;
mod recompute;
mod recomputer;
pub mod rest;
mod series;
mod shared;
mod sharing;
#[cfg(test)]
mod sharing_attacks;
#[cfg(test)]
mod sharing_tests;
mod store;
#[cfg(test)]
mod tests;
mod trend;
mod values;

pub use bin::{bin, delete, jobs, restore};
pub use clock::{alone, reset_start, set_start};
pub use edit::{add_manual, change, crop, merge_into, nothing_twice, split, uncrop, unmerge, unsplit};
pub use export::{Download, export, original};
pub use originals::{UNUSED_HOURS, collect_originals};
pub use performance::performance;
pub use prepare::{Prepared, prepare};
pub use read::{count, detail, latest, list, overlapping};
pub use recompute::{cancel_recompute, date_anew, last_recompute, recompute, settle, start_recompute};
pub use recomputer::{Recomputer, work_off_recompute};
pub use shared::{shared, shared_by, shared_gpx};
pub use sharing::{add_home_zone, home_zones, remove_home_zone, save_sharing, sharing};
pub use store::{Source, Stored, delete_of_import, store};
pub use trend::{DayLoad, RunDay, day_totals, efficiency, fingerprint, form, load_days, run_days};
pub use values::{delete_values, hold_values, save_values, values};

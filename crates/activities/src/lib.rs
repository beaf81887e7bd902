//! Activities: what was run, with its metrics and streams.

mod prepare;
mod read;
mod series;
mod store;
mod trend;

pub use prepare::{Prepared, prepare};
pub use read::{detail, latest, list};
pub use store::{Source, Stored, delete_of_import, source_is_used, store};
pub use trend::{DayLoad, RunDay, day_totals, efficiency, fingerprint, form, load_days, run_days};

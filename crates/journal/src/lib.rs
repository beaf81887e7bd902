//! The journal: daily answers in fifteen seconds, and the CSV import.

mod archive;
#[cfg(test)]
mod bombs;
mod bounds;
mod csv_import;
mod daily;
pub mod http;
mod json;
mod queries;
mod service;
mod sheet;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;

pub use csv_import::{ParsedCsv, read_csv};
pub use daily::daily_values;
use platform::feature::{Feature, Owner, Table, Tracked};
pub use queries::Day;
pub use service::{all, get, recent, save, save_days};
pub use sheet::{DateFormat, Dates, Sheet, blank_if_null, number};

/// The daily log.
pub const FEATURE: Feature = Feature {
    tables: &[Table::exported("journal_entries", Owner::Athlete("athlete_id"), "day").tracked(Tracked::by("day", "Journal").locked(service::LOCK))],
    spreadsheets: &[(
        "journal.csv",
        "select day, sleep_hours, sleep_quality, resting_hr, hrv, soreness, mood, stress, work_hours, alcohol, caffeine, note
         from journal_entries where athlete_id = $1 order by day",
    )],
    events: &["journal.changed"],
    archive: archive::ARCHIVE,
    daily: daily::DAILY,
    ..Feature::named("journal")
};

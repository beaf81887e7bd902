//! The journal: what is known of a day, asked in fifteen seconds or read from files.

mod archive;
#[cfg(test)]
mod bombs;
mod bounds;
mod catalogue;
mod csv_import;
mod daily;
mod edits;
pub mod http;
mod json;
mod lock;
mod presets;
mod queries;
mod service;
mod sheet;
mod spreadsheet;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;

pub use catalogue::{Catalogue, catalogue, choose, edit, make, move_source, order_sources, retire};
pub use csv_import::{ParsedCsv, measure_called, read_csv, read_known_csv};
pub use daily::daily_values;
use futures::FutureExt;
use platform::feature::{Feature, Owner, Spreadsheet, Table, Tracked};
pub use presets::{Preset, Recognised, presets, recognise};
pub use queries::values::{Day, Value};
pub use service::{all, get, measures_with_numbers, number_on, recent, remove, remove_all, replace, said, save, save_days, series, values};
pub use sheet::{DateFormat, Dates, Sheet, blank_if_null, number};

/// What is known of a day.
pub const FEATURE: Feature = Feature {
    tables: &[
        Table::exported("measures", Owner::Athlete("athlete_id"), "key")
            .tracked(Tracked::by(&["key"], "Measure").described(|tx, edits, _| edits::describe_measures(tx, edits).boxed()).locked(lock::LOCK)),
        Table::exported("journal_settings", Owner::Athlete("athlete_id"), "athlete_id").keyed_by_athlete(),
        Table::exported("daily_values", Owner::Athlete("athlete_id"), "day, measure, source, recorded_at, origin")
            .formerly("journal_entries")
            .tracked(
                Tracked::by(&["day", "measure", "source"], "Journal")
                    .described(|tx, edits, units| edits::describe_values(tx, edits, units).boxed())
                    .one_line_a_day()
                    .locked(lock::LOCK),
            ),
        Table::exported("table_presets", Owner::Athlete("athlete_id"), "used_at, id"),
        Table::omitted("daily_series", Owner::Athlete("athlete_id"), "made of the daily values once more"),
    ],
    spreadsheets: &[Spreadsheet::Made("journal.csv", |tx| spreadsheet::cells(tx).boxed())],
    events: &["journal.changed"],
    archive: archive::ARCHIVE,
    daily: daily::DAILY,
    ..Feature::named("journal")
};

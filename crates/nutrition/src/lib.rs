//! Nutrition: what was eaten and when, as quick as a line of text, around which runs, and what discovery reads of it. Nothing to reach, nothing in red.

mod archive;
#[cfg(test)]
mod archive_tests;
mod daily;
mod derived;
mod edits;
mod favourites;
pub mod http;
mod link;
mod page;
mod queries;
mod reading;
mod service;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;

pub use daily::known_days;
pub use favourites::{add_favourite, delete_favourite, favourites};
use futures::FutureExt;
pub use page::{asks, day, dismiss, entry, want, wanted};
use platform::feature::{Feature, Owner, Spreadsheet, Table, Tracked};
pub use reading::{foods_called, read};
pub use service::{add, add_favourite_entry, delete, edit};

/// What was eaten and drunk.
pub const FEATURE: Feature = Feature {
    tables: &[
        Table::exported("nutrition_favourites", Owner::Athlete("athlete_id"), "id")
            .tracked(Tracked::by(&["id"], "Favourite").described(|tx, edits, units| edits::describe(tx, edits, units).boxed()).locked(service::LOCK)),
        Table::exported("nutrition_entries", Owner::Athlete("athlete_id"), "at, id")
            .tracked(Tracked::by(&["id"], "Food").described(|tx, edits, units| edits::describe(tx, edits, units).boxed()).locked(service::LOCK)),
        Table::exported("nutrition_settings", Owner::Athlete("athlete_id"), "athlete_id").keyed_by_athlete(),
    ],
    spreadsheets: &[Spreadsheet::Query("nutrition.csv", queries::entries::SPREADSHEET)],
    events: &["nutrition.changed"],
    archive: archive::ARCHIVE,
    daily: daily::DAILY,
    ..Feature::named("nutrition")
};

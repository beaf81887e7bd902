//! Plans for races: courses that an athlete keeps, and a target time along one of them or over a distance.

mod archive;
#[cfg(test)]
mod archive_tests;
mod courses;
mod edits;
pub mod http;
mod packed;
mod page;
mod queries;
mod read;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;

use futures::FutureExt;
pub use page::view;
use platform::feature::{Feature, Owner, Spreadsheet, Table, Tracked};

/// The courses of athletes.
pub const FEATURE: Feature = Feature {
    tables: &[Table::exported("courses", Owner::Athlete("athlete_id"), "created_at, id")
        .tracked(Tracked::by(&["id"], "Course").described(|tx, edits, units| edits::describe(tx, edits, units).boxed()).locked(courses::LOCK))],
    spreadsheets: &[Spreadsheet::Query("courses.csv", queries::SPREADSHEET)],
    archive: archive::ARCHIVE,
    ..Feature::named("race")
};

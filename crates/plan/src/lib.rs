//! The plan: sessions on days, beside what was done. Whoever did something else did something else; nothing is late here.

mod archive;
#[cfg(test)]
mod archive_tests;
mod copy;
mod edits;
mod feed;
pub mod http;
mod ics;
mod matched;
mod page;
mod queries;
mod service;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;
mod workout;

pub use copy::copied;
pub use feed::has_feed;
use futures::FutureExt;
pub use matched::{loads, next, planned, session_view};
use platform::feature::{Feature, Owner, Spreadsheet, Table, Tracked};
pub use service::{add, delete, edit, match_to, move_to};

/// What is planned.
pub const FEATURE: Feature = Feature {
    tables: &[
        Table::exported("planned_sessions", Owner::Athlete("athlete_id"), "day, id").tracked(
            Tracked::by(&["id"], "Planned session").described(|tx, edits, units| edits::describe(tx, edits, units).boxed()).locked(service::LOCK),
        ),
        Table::omitted("calendar_feeds", Owner::Athlete("athlete_id"), "opens the plan, here and nowhere else"),
    ],
    spreadsheets: &[Spreadsheet::Query("plan.csv", queries::sessions::SPREADSHEET)],
    archive: archive::ARCHIVE,
    ..Feature::named("plan")
};

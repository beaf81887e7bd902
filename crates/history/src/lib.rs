//! The change log and the trash: undo and restore.

mod changes;
pub mod http;
mod queries;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod walk;

pub use changes::{list_changes, undo};
use platform::feature::{Feature, Owner, Table};
use platform::retention::Retention;

/// Edits and how to undo them.
pub const FEATURE: Feature = Feature {
    tables: &[Table::omitted("change_log", Owner::Athlete("athlete_id"), "what happened here did not happen there")],
    retention: &[
        Retention { what: "edits, for undo", kept: "a year", delete: "delete from change_log where at < $1 - interval '1 year'" },
        Retention {
            what: "edits of something that was deleted",
            kept: "thirty days after that",
            delete: "delete from change_log c using change_log d
               where d.after is null and d.at < $1 - interval '30 days' and c.athlete_id = d.athlete_id and c.table_name = d.table_name
                 and c.row_key = d.row_key and c.id <= d.id",
        },
    ],
    ..Feature::named("history")
};

//! The change log and the trash: undo and restore.

mod changes;
pub mod http;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod walk;

pub use changes::{list_changes, undo};
use platform::feature::{Feature, Owner, Table};

/// Edits and how to undo them.
pub const FEATURE: Feature = Feature {
    tables: &[Table::omitted("change_log", Owner::Athlete("athlete_id"), "what happened here did not happen there")],
    ..Feature::named("history")
};

//! Getting to know an athlete: what they run for, when they could, and how far the first questions were answered. [`goals`] and [`availability`] are
//! for whoever makes plans; nothing that is asked here is needed for anything else to work.

mod answers;
mod archive;
#[cfg(test)]
mod archive_tests;
mod edits;
pub mod http;
mod progress;
mod queries;
mod said;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;

pub use answers::{body, questions};
use futures::FutureExt;
use platform::feature::{Feature, Owner, Table, Tracked};
pub use progress::{progress, stage};
pub use said::{availability, goals, races_between};

/// What an athlete said at first, and may change at any time.
pub const FEATURE: Feature = Feature {
    tables: &[
        Table::exported("goals", Owner::Athlete("athlete_id"), "kind, day, name")
            .keyed_by_athlete()
            .tracked(Tracked::by(&["id"], "Goal").described(|tx, edits, units| edits::describe_goals(tx, edits, units).boxed()).locked(said::LOCK)),
        Table::exported("availability", Owner::Athlete("athlete_id"), "athlete_id").keyed_by_athlete().tracked(
            Tracked::by(&["athlete_id"], "Availability").described(|tx, edits, _| edits::describe_weeks(tx, edits).boxed()).locked(said::LOCK),
        ),
        Table::exported("onboarding", Owner::Athlete("athlete_id"), "athlete_id").keyed_by_athlete(),
    ],
    archive: archive::ARCHIVE,
    ..Feature::named("onboarding")
};

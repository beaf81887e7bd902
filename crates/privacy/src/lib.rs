//! All data of an account: export, import and deletion.

mod archive;
#[cfg(test)]
mod bombs;
mod deletion;
mod export;
pub mod http;
mod import;
mod queries;
mod reader;
mod spreadsheet;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;
mod unconfirmed;
mod validation;

pub use deletion::{cancel_deletion, request_deletion};
pub use export::{EXPORT_DAYS, cancel_export, exports, request_export};
pub use import::import_archive;

use platform::feature::{Feature, Owner, Table};
use platform::jobs::{nightly, on_demand};
use platform::retention::Retention;

/// Export, import and deletion of accounts.
pub const FEATURE: Feature = Feature {
    tables: &[Table::omitted("data_exports", Owner::Athlete("athlete_id"), "what happened here did not happen there")],
    jobs: &[
        on_demand::<export::Export>(),
        on_demand::<export::ExpireExports>(),
        on_demand::<deletion::DeleteAccount>(),
        nightly::<deletion::DeleteOverdue>(),
        nightly::<unconfirmed::ExpireUnconfirmed>(),
    ],
    retention: &[Retention {
        what: "cancelled exports",
        kept: "a week",
        delete: "delete from data_exports where cancelled_at < $1 - interval '7 days'",
    }],
    ..Feature::named("privacy")
};

//! The whole of an account: out as an archive, in again, and gone.

mod agreed;
mod archive;
#[cfg(test)]
mod bombs;
mod contents;
mod deletion;
mod export;
mod import;
mod reader;
pub mod rest;
mod spreadsheet;
#[cfg(test)]
mod tests;
mod unconfirmed;
mod validation;

pub use agreed::{agree, agreed};
pub use deletion::{keep, request_deletion};
pub use export::{EXPORT_DAYS, cancel_export, exports, request_export};
pub use import::bring_back;

use graphile_worker::WorkerOptions;
use platform::jobs::nightly;

/// Adds what this feature does in the background.
#[must_use]
pub fn jobs(options: WorkerOptions) -> WorkerOptions {
    let options = options.define_job::<export::Export>().define_job::<export::ExpireExports>().define_job::<deletion::DeleteAccount>();
    nightly::<unconfirmed::ExpireUnconfirmed>(nightly::<deletion::DeleteOverdue>(options))
}

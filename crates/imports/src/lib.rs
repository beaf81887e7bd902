//! Imports: files in, one outcome per file, undo.
//!
//! A received file is `queued` as an import file as soon as it is durable on disk; workers lease import files one by one, and a file's outcome
//! and its activities are one transaction. So a server that dies midway leaves no half activity: what was done is done, the rest is still
//! queued. What a full disk or an unreachable database stops continues when they are back.

mod archive;
mod collect;
mod daily;
pub mod http;
mod jobs;
mod lease;
mod process;
mod progress;
mod queries;
mod queue;
mod receive;
mod service;
mod step;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;
mod unpack;

pub use collect::collect;
pub use jobs::run_to_end;
use platform::feature::{Feature, Owner, Table};
use platform::jobs::{nightly, nightly_and_at_start, on_demand};
use platform::retention::Retention;
pub use receive::receive;
pub use service::{counts, get, recent, retry, start, undo};

/// Files that athletes bring.
pub const FEATURE: Feature = Feature {
    tables: &[
        Table::exported("imports", Owner::Athlete("athlete_id"), "id"),
        // The file of a queued entry is not in an export, and a key in an archive must not name another account's upload.
        Table::exported("import_files", Owner::Athlete("athlete_id"), "id").overridden_on_import(
            "jsonb_build_object('upload_key', null, 'metadata', null, 'held_by', null, 'held_until', null,
               'outcome', case x ->> 'outcome' when 'queued' then 'failed' else x ->> 'outcome' end,
               'reasons', case x ->> 'outcome' when 'queued' then '[]' else coalesce(x -> 'reasons', '[]') end)",
        ),
    ],
    jobs: &[
        on_demand::<queue::ReadRecordings>(),
        on_demand::<queue::UnpackArchives>(),
        nightly_and_at_start::<jobs::ImportLeftOver>(),
        nightly::<collect::CollectFiles>(),
    ],
    retention: &[Retention {
        what: "files that could not be imported, for another try",
        kept: "thirty days",
        delete: "update import_files set upload_key = null where outcome = 'failed' and upload_key is not null and finished_at < $1 - interval '30 days'",
    }],
    archive: archive::ARCHIVE,
    files: archive::FILES,
    ..Feature::named("imports")
};

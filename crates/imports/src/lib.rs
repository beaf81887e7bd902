//! Imports: files in, one outcome per file, undo.
//!
//! A received file is `queued` as an import file as soon as it is durable on disk; workers lease import files one by one, and a file's outcome
//! and its activities are one transaction. So a server that dies midway leaves no half activity: what was done is done, the rest is still
//! queued. What a full disk or an unreachable database stops continues when they are back.

mod collect;
pub mod http;
mod lease;
mod process;
mod receive;
mod service;
mod step;
#[cfg(test)]
mod tests;
mod unpack;
mod worker;

pub use collect::{collect, jobs};
use platform::feature::{Feature, Owner, Table};
pub use receive::{UploadWriter, receive, reject};
pub use service::{counts, get, recent, retry, start, undo};
pub use worker::{Worker, run_to_end};

/// Files that athletes bring.
pub const FEATURE: Feature = Feature {
    tables: &[
        Table::exported("imports", Owner::Athlete("athlete_id"), "id"),
        // The file of a queued entry is not in an export, and a key in an archive must not name another account's upload.
        Table::exported("import_files", Owner::Athlete("athlete_id"), "id").overridden_on_import(
            "jsonb_build_object('upload_key', null, 'metadata', null, 'held_by', null, 'held_until', null,
               'outcome', case x ->> 'outcome' when 'queued' then 'failed' else x ->> 'outcome' end)",
        ),
    ],
    jobs,
    ..Feature::named("imports")
};

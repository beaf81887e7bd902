//! Imports: files in, one outcome per file, undo.
//!
//! A received file is `queued` as an import file as soon as it is durable on disk; workers lease import files one by one, and a file's outcome
//! and its activities are one transaction. So a server that dies midway leaves no half activity: what was done is done, the rest is still
//! queued. What a full disk or an unreachable database stops continues when they are back.

mod collect;
mod http;
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
pub use http::router;
pub use receive::{UploadWriter, receive, reject};
pub use service::{counts, get, recent, retry, start, undo};
pub use worker::{Worker, run_to_end};

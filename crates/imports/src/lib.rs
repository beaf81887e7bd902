//! Imports: files in, one line of outcome per file, undo.
//!
//! A received file becomes a line `queued` in the same moment as it is durable on disk; workers hold lines one by one, and a line's
//! outcome and its activities are one transaction. So a server that dies in the middle leaves no half activity: what was done is
//! done, the rest is still queued. What a full disk or an absent database stops goes on when they are back.

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

//! Imports: files in, one line of outcome per file, undo.
//!
//! A received file becomes a line `queued` in the same moment as it is durable on disk; workers hold lines one by one, and a line's
//! outcome and its activities are one transaction. So a server that dies in the middle leaves no half activity: what was done is
//! done, the rest is still queued. What a full disk or an absent database stops goes on when they are back.

mod collect;
mod hold;
mod process;
mod receive;
mod rest;
mod service;
mod step;
#[cfg(test)]
mod tests;
mod unpack;
mod worker;

pub use collect::{collect, jobs};
pub use receive::{Incoming, receive, reject};
pub use rest::router;
pub use service::{counts, get, recent, retry, start, undo};
pub use worker::{Worker, work_off};

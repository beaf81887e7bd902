//! Imports: files in, one line of outcome per file, undo.
//!
//! A received file becomes a line `queued` in the same moment as it is durable on disk; a worker takes lines one by one, and a line's
//! outcome and its activities are one transaction. So a server that dies in the middle leaves no half activity: what was done is
//! done, the rest is still queued.

mod process;
mod receive;
mod rest;
mod service;
#[cfg(test)]
mod tests;
mod worker;

pub use receive::{Incoming, receive, reject};
pub use rest::router;
pub use service::{get, recent, retry, start, undo};
pub use worker::{Worker, work_off};

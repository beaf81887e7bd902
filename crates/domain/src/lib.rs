//! Types, units and validation shared by the browser and the server. No I/O, safe for WebAssembly.

pub mod accounts;
pub mod activities;
pub mod discovery;
pub mod history;
pub mod imports;
pub mod journal;
pub mod organisations;
pub mod permissions;
pub mod privacy;
mod problem;
pub mod sharing;
pub mod units;

pub use problem::{FieldErrors, Problem, ProblemKind};

//! What was changed and deleted, and how it is taken back.

mod changes;
pub mod rest;
#[cfg(test)]
mod tests;

pub use changes::{history, undo};

//! What was changed and deleted, and how it is taken back.

mod changes;
pub mod rest;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod walk;

pub use changes::{history, undo};

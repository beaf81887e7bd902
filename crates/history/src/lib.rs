//! What was changed and deleted, and how it is taken back.

mod changes;
pub mod http;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod walk;

pub use changes::{list_changes, undo};

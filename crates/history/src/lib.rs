//! The change log and the trash: undo and restore.

mod changes;
pub mod http;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod walk;

pub use changes::{list_changes, undo};

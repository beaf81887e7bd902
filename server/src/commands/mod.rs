//! The subcommands, one file each.

pub(crate) mod admin;
pub(crate) mod demo;
pub(crate) mod discover;
pub(crate) mod import;
pub(crate) mod inspect;
mod progress;

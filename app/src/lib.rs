//! Legwork's pages, compiled twice: on the server they render HTML, in the browser they hydrate it.

#![recursion_limit = "256"]
#![expect(missing_docs, reason = "server functions and components become structs whose fields the macros leave without documentation")]
#![expect(unreachable_pub, reason = "the component macro needs `pub` to make props usable in sibling modules")]

pub mod accounts;
pub mod activities;
pub mod admin;
pub mod calendar;
pub mod demo;
pub mod discovery;
pub mod document;
pub mod home;
pub mod imports;
pub mod journal;
pub mod json;
pub mod nutrition;
pub mod onboarding;
pub mod organisations;
pub mod plan;
mod problem;
pub mod race;
pub mod routes;
#[cfg(feature = "ssr")]
pub mod server;
pub mod settings;
pub mod ui;

pub use problem::AppError;
pub use ui::shell::App;

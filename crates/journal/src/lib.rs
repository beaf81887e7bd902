//! The journal: fifteen seconds a day, and its CSV import.

#[cfg(test)]
mod bombs;
mod csv_import;
mod json;
pub mod rest;
mod service;
mod sheet;
#[cfg(test)]
mod tests;

pub use csv_import::{Days, read_csv};
pub use service::{Day, all, fingerprint, get, recent, save, save_days};
pub use sheet::{DateFormat, Dates, Sheet, number, unquoted};

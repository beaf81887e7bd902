//! The journal: daily answers in fifteen seconds, and the CSV import.

#[cfg(test)]
mod bombs;
mod csv_import;
pub mod http;
mod json;
mod service;
mod sheet;
#[cfg(test)]
mod tests;

pub use csv_import::{ParsedCsv, read_csv};
pub use service::{Day, all, fingerprint, get, recent, save, save_days};
pub use sheet::{DateFormat, Dates, Sheet, blank_if_null, number};

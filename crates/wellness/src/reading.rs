//! What reading results in: values, and what a reader has to say, as codes with arguments ([`domain::wellness`] has their words).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::measures::Source;
pub use domain::wellness::{Note, Remark};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One measure of one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Value {
    /// The local day. A night belongs to the day on which it ends.
    pub day: NaiveDate,
    /// Its key, one of [`crate::measures`].
    pub measure: &'static str,
    /// In the unit of the measure.
    pub value: f64,
}

/// The values of a file or an archive.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// Whose export it is; of an archive, that of its first file which is known.
    pub source: Option<Source>,
    /// By day, and at most one of each measure and day.
    pub values: Vec<Value>,
    /// Answers, yes or no, to questions that none of the measures answers, by question and day.
    pub answers: BTreeMap<String, BTreeMap<NaiveDate, bool>>,
    /// What was left out, and why; not more than a hundred.
    pub notes: Vec<Note>,
}

/// Why there is no reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Failure {
    /// The caller stopped it.
    #[error("stopped")]
    Stopped,
    /// Not a zip, or one whose directory is damaged.
    #[error("not a sound zip")]
    DamagedArchive,
}

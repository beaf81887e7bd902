//! Imports: files in, an outcome for each.

mod reason;

pub use reason::{Reason, in_words};

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::list::Page;
use crate::units::pluralize;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Waiting for its turn, or for a restart to continue.
    Queued,
    /// An archive; the files in it are listed separately.
    Unpacked,
    /// One or more activities.
    Imported,
    /// The same activity as an existing one, from another source: the better of both was kept.
    Merged,
    /// Already imported.
    Duplicate,
    /// Imported as far as the damage allowed.
    Recovered,
    /// A valid file in an archive that is not an activity.
    Skipped,
    /// Nothing could be imported from it.
    Failed,
    /// The import was undone.
    Undone,
}

impl Outcome {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Unpacked => "unpacked",
            Self::Imported => "imported",
            Self::Merged => "merged",
            Self::Duplicate => "duplicate",
            Self::Recovered => "recovered",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
            Self::Undone => "undone",
        }
    }

    /// From the stored form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Queued, Self::Unpacked, Self::Imported, Self::Merged, Self::Duplicate, Self::Recovered, Self::Skipped, Self::Failed, Self::Undone]
            .into_iter()
            .find(|o| o.as_str() == text)
    }
}

/// One file of an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportFile {
    /// The import file.
    pub id: Uuid,
    /// As the athlete knows the file.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, where there is something to add: for API clients. Pages read the words.
    #[serde(default, skip_deserializing)]
    pub reasons: Vec<Reason>,
    /// The reasons in words.
    pub message: String,
    /// The first activity that came from it.
    pub activity: Option<Uuid>,
    /// Whether its bytes are still stored, so that it can be retried.
    pub can_retry: bool,
}

/// How many files of an import have each outcome; polling clients get these rather than the files.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Those that any file has.
    pub files: BTreeMap<Outcome, u32>,
    /// How much has been read of the file that is being read, in per cent, if it is a large one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<u8>,
}

impl Counts {
    /// How many files have this outcome.
    #[must_use]
    pub fn of(&self, outcome: Outcome) -> u32 {
        self.files.get(&outcome).copied().unwrap_or(0)
    }

    /// How many files there are in all, archives included.
    #[must_use]
    pub fn lines(&self) -> u32 {
        self.files.values().sum()
    }

    /// Whether nothing is waiting any more.
    #[must_use]
    pub fn finished(&self) -> bool {
        self.of(Outcome::Queued) == 0
    }
}

/// Files of an import on one page.
pub const FILES_PER_PAGE: u32 = 200;

/// The totals of an import. Five numbers, because they differ: a file may hold several activities, or none, or one that was already here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Recordings and other files, without archives and what was skipped in them.
    pub files: u32,
    /// Activities that came from it and still exist as activities of their own.
    pub activities: u32,
    /// Files that were merged into an activity from another source.
    pub merged: u32,
    /// Files that had already been imported.
    pub duplicates: u32,
    /// Files that failed.
    pub failed: u32,
    /// Days of which files brought values; a day counts for each file.
    #[serde(default)]
    pub days: u32,
}

impl Totals {
    /// `3 new activities out of 5 files, 1 merged, 1 failed`, as two parts: what came, and the rest.
    #[must_use]
    pub fn describe(&self) -> (String, String) {
        let some = |n: u32, word: &str| if n > 0 { format!(", {n} {word}") } else { String::new() };
        // An archive of days has no files of its own.
        let files = if self.files == 0 && self.days > 0 { "an archive".to_owned() } else { pluralize(self.files as usize, "file", "files") };
        let days = pluralize(self.days as usize, "day", "days");
        let came = match (self.activities, self.days) {
            (0, 1..) => format!("{days} of values"),
            (activities, 0) => pluralize(activities as usize, "new activity", "new activities"),
            (activities, _) => format!("{} and {days} of values", pluralize(activities as usize, "new activity", "new activities")),
        };
        (came, format!(" out of {files}{}{}{}.", some(self.merged, "merged"), some(self.duplicates, "here already"), some(self.failed, "failed")))
    }
}

/// An import with a page of its files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// The import.
    pub id: Uuid,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// Whether it was undone.
    pub undone: bool,
    /// What became of all its files.
    pub counts: Counts,
    /// Its totals.
    pub totals: Totals,
    /// A page of its files, of [`FILES_PER_PAGE`], in the order in which they arrived.
    pub files: Page<ImportFile>,
    /// Whether only failed files are listed.
    pub failed: bool,
}

impl Import {
    /// How many files have this outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> u32 {
        self.counts.of(outcome)
    }

    /// Whether nothing is waiting any more.
    #[must_use]
    pub fn finished(&self) -> bool {
        self.counts.finished()
    }
}

/// An entry in the list of previous imports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportSummary {
    /// The import.
    pub id: Uuid,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// Whether it was undone.
    pub undone: bool,
    /// Its totals.
    pub totals: Totals,
}

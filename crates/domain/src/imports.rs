//! Imports: files in, a line of outcome for each.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::units::pluralize;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Waiting for its turn, or for a restart to go on.
    Queued,
    /// An archive; the files in it have their own lines.
    Unpacked,
    /// One or more activities.
    Imported,
    /// The same activity as one that is here, from another source: the better of both was kept.
    Merged,
    /// Here already.
    Duplicate,
    /// Imported as far as the damage allowed.
    Recovered,
    /// A sound file that is no activity, found in an archive.
    Skipped,
    /// Nothing came of it.
    Failed,
    /// Taken back.
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

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportFile {
    /// The line.
    pub id: Uuid,
    /// As the athlete knows the file.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, where there is something to say.
    pub message: String,
    /// The first activity that came of it.
    pub activity: Option<Uuid>,
    /// Whether the bytes are still here to be tried again.
    pub can_retry: bool,
}

/// How many lines of an import have each outcome; what asks again and again gets these, not the lines.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts(pub BTreeMap<Outcome, u32>);

impl Counts {
    /// How many lines have this outcome.
    #[must_use]
    pub fn of(&self, outcome: Outcome) -> u32 {
        self.0.get(&outcome).copied().unwrap_or(0)
    }

    /// All lines.
    #[must_use]
    pub fn lines(&self) -> u32 {
        self.0.values().sum()
    }

    /// Whether nothing is waiting any more.
    #[must_use]
    pub fn finished(&self) -> bool {
        self.of(Outcome::Queued) == 0
    }
}

/// The most lines of an import on one page.
pub const FILES_PER_PAGE: u32 = 200;

/// What an import came to. Five numbers, because they differ: a file may hold several activities, or none, or one that was here already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Recordings and other files, without archives and what was passed over in them.
    pub files: u32,
    /// Activities of their own that came of it and are still there.
    pub activities: u32,
    /// Files whose activity was here from another source, and made it better.
    pub merged: u32,
    /// Files that were here already.
    pub duplicates: u32,
    /// Files that gave nothing.
    pub failed: u32,
}

impl Totals {
    /// `3 new activities out of 5 files, 1 merged, 1 failed`: the activities, and the rest.
    #[must_use]
    pub fn describe(&self) -> (String, String) {
        let some = |n: u32, word: &str| if n > 0 { format!(", {n} {word}") } else { String::new() };
        let files = pluralize(self.files as usize, "file", "files");
        (
            pluralize(self.activities as usize, "new activity", "new activities"),
            format!(" out of {files}{}{}{}.", some(self.merged, "merged"), some(self.duplicates, "here already"), some(self.failed, "failed")),
        )
    }
}

/// An import with a page of its lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// The import.
    pub id: Uuid,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// Whether it was taken back.
    pub undone: bool,
    /// What became of all its files.
    pub counts: Counts,
    /// What it came to.
    pub totals: Totals,
    /// Some of its files, in the order in which they came.
    pub lines: Vec<ImportFile>,
    /// Which page of them, from 1.
    pub page: u32,
    /// Whether only those are meant that nothing came of.
    pub failed: bool,
}

impl Import {
    /// How many lines have this outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> u32 {
        self.counts.of(outcome)
    }

    /// Whether nothing is waiting any more.
    #[must_use]
    pub fn finished(&self) -> bool {
        self.counts.finished()
    }

    /// How many pages of lines there are.
    #[must_use]
    pub fn pages(&self) -> u32 {
        let lines = if self.failed { self.count(Outcome::Failed) } else { self.counts.lines() };
        lines.div_ceil(FILES_PER_PAGE).max(1)
    }
}

/// A line of the list of earlier imports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportSummary {
    /// The import.
    pub id: Uuid,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// Whether it was taken back.
    pub undone: bool,
    /// What it came to.
    pub totals: Totals,
}

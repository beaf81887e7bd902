//! The change log and the trash: edits that can be undone, deletions that can be restored.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::list::Page;

/// How long a deleted activity can be restored, in days.
pub const TRASH_RETENTION_DAYS: i64 = 30;

/// An activity in the trash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashedActivity {
    /// Identifies it for restoring.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// The day it took place.
    pub day: NaiveDate,
    /// When it was deleted.
    pub deleted_at: DateTime<Utc>,
}

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLogEntry {
    /// Identifies it for undoing.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether another user made it.
    pub by_other: bool,
    /// What was edited, such as "Journal, 5 January 2026".
    pub what: String,
    /// Field, before, after.
    pub fields: Vec<(String, String, String)>,
}

/// The trash and the change log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLog {
    /// What can be restored.
    pub trash: Vec<TrashedActivity>,
    /// A page of what can be undone, newest first.
    pub changes: Page<ChangeLogEntry>,
}

//! What was changed and deleted, so that it can be taken back.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a deleted thing can be restored, in days.
pub const TRASH_RETENTION_DAYS: i64 = 30;

/// Something in the bin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashedActivity {
    /// For restoring it.
    pub id: Uuid,
    /// What it was called.
    pub title: String,
    /// The day that it was of.
    pub day: NaiveDate,
    /// When it was deleted.
    pub deleted_at: DateTime<Utc>,
}

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLogEntry {
    /// For undoing it.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether somebody else did it.
    pub by_other: bool,
    /// What was edited, such as "Journal, 5 January 2026".
    pub what: String,
    /// Field, before, after.
    pub fields: Vec<(String, String, String)>,
}

/// Everything on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLog {
    /// What can be restored.
    pub bin: Vec<TrashedActivity>,
    /// What can be undone.
    pub changes: Vec<ChangeLogEntry>,
}

//! What somebody does with the whole of their account.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::sharing::{PrivacyZone, Sharing};

/// How long one can change one's mind about deleting an account, in days.
pub const DELETION_DAYS: i64 = 30;

/// How long an account lasts whose address nobody confirms, in days.
pub const UNCONFIRMED_DAYS: i64 = 14;
/// How many days before that its owner is told, at least.
pub const UNCONFIRMED_NOTICE_DAYS: i64 = 3;

/// The version of the privacy notice that new accounts are made under. A change of its words is a new version.
pub const NOTICE_VERSION: &str = "2026-11-26";

/// Something that was agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// What, such as `privacy notice`.
    pub what: String,
    /// In which words.
    pub version: String,
    /// When.
    pub given_at: DateTime<Utc>,
}

/// An archive of everything, made or being made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportInfo {
    /// For the download.
    pub id: Uuid,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When it was ready.
    pub finished_at: Option<DateTime<Utc>>,
    /// Until when it can be downloaded.
    pub expires_at: Option<DateTime<Utc>>,
    /// Rows and files that are in it so far.
    pub done: i32,
    /// Of so many.
    pub total: i32,
    /// Size of the file.
    pub bytes: Option<i64>,
    /// What went wrong, when it is tried again.
    pub error: Option<String>,
}

/// Everything on the page of one's data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Privacy {
    /// Who sees which part of an activity.
    pub sharing: Sharing,
    /// Places around which nobody else sees a route.
    pub zones: Vec<PrivacyZone>,
    /// Archives, the newest first.
    pub exports: Vec<ExportInfo>,
    /// Whether dangerous acts need no new proof.
    pub proven: bool,
    /// What was agreed to.
    pub agreed: Vec<Consent>,
    /// When the account goes, if that was asked for.
    pub deletion_on: Option<DateTime<Utc>>,
}

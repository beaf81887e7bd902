//! Export, import and deletion of a whole account, and consents.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::sharing::{PrivacyZone, Sharing};

/// Grace period in which the deletion of an account can be cancelled, in days.
pub const DELETION_DAYS: i64 = 30;

/// How long an account lasts whose address is not confirmed, in days.
pub const UNCONFIRMED_DAYS: i64 = 14;
/// How many days before that its owner is warned, at least.
pub const UNCONFIRMED_NOTICE_DAYS: i64 = 3;

/// The version of the privacy notice that new accounts agree to. Any change of its text is a new version.
pub const NOTICE_VERSION: &str = "2026-11-28";

/// The privacy notice, as consents to it are stored.
pub const PRIVACY_NOTICE: &str = "privacy_notice";

/// A consent that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// What, such as `privacy_notice`.
    pub what: String,
    /// Version of its text.
    pub version: String,
    /// When.
    pub given_at: DateTime<Utc>,
}

impl Consent {
    /// What, in words.
    #[must_use]
    pub fn label(&self) -> &str {
        if self.what == PRIVACY_NOTICE { "privacy notice" } else { &self.what }
    }
}

/// An export of all of an account's data, finished or in progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportInfo {
    /// Identifies it for the download.
    pub id: Uuid,
    /// When it was requested.
    pub requested_at: DateTime<Utc>,
    /// When it was ready.
    pub finished_at: Option<DateTime<Utc>>,
    /// Until when it can be downloaded.
    pub expires_at: Option<DateTime<Utc>>,
    /// Rows and files exported so far.
    pub done: i32,
    /// Rows and files in all.
    pub total: i32,
    /// Size of the file.
    pub bytes: Option<i64>,
    /// Whether it failed, and is attempted again.
    pub retrying: bool,
}

/// Everything on the data and privacy page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Privacy {
    /// Who sees which part of an activity.
    pub sharing: Sharing,
    /// Privacy zones, around which nobody else sees a route.
    pub zones: Vec<PrivacyZone>,
    /// Exports, newest first.
    pub exports: Vec<ExportInfo>,
    /// Whether the login is recent enough for sensitive actions.
    pub proven: bool,
    /// Consents.
    pub agreed: Vec<Consent>,
    /// When the account will be deleted, if that was requested.
    pub deletion_on: Option<DateTime<Utc>>,
}

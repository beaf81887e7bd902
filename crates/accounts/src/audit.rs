//! The audit log: what was done to accounts, by whom.

use domain::audit::{AuditAction, AuditEntry};
use domain::list::{Cursor, Page, PageRequest};
use platform::{Error, Tx};
use uuid::Uuid;

use crate::queries::audit_log as queries;

/// Entries of the audit log on a page.
const AUDIT_PAGE: u32 = 100;

/// Adds an entry to the audit log, in the transaction of the action.
pub async fn audit(tx: &mut Tx, subject: Uuid, action: AuditAction, details: serde_json::Value) -> Result<(), Error> {
    queries::insert(tx, subject, action.key(), details).await
}

/// The whole audit log, newest first, for those who may see it; row-level security shows everyone else only their own rows.
pub async fn audit_log(tx: &mut Tx, request: &PageRequest) -> Result<Page<AuditEntry>, Error> {
    let entries = queries::list(tx, request.before_number(), request.limit(AUDIT_PAGE)).await?;
    Ok(Page::of(request, AUDIT_PAGE, entries, |entry| Cursor::of_number(entry.id)))
}

/// Recent entries about the viewer's own account, newest first.
pub async fn own_audit_log(tx: &mut Tx) -> Result<Vec<AuditEntry>, Error> {
    let viewer = tx.viewer()?;
    queries::list_about(tx, viewer).await
}

//! The table `audit_log`.

use chrono::{DateTime, Utc};
use domain::audit::AuditEntry;
use platform::{Error, Tx};
use serde_json::Value;
use uuid::Uuid;

/// A row.
struct Row {
    id: i64,
    at: DateTime<Utc>,
    actor_id: Option<Uuid>,
    subject_id: Option<Uuid>,
    action: String,
    details: Value,
}

impl From<Row> for AuditEntry {
    fn from(row: Row) -> Self {
        let Row { id, at, actor_id, subject_id, action, details } = row;
        Self { id, at, actor_id, subject_id, action, details: details.to_string() }
    }
}

/// Adds an entry, by the viewer.
pub(crate) async fn insert(tx: &mut Tx, subject: Uuid, action: &str, details: Value) -> Result<(), Error> {
    sqlx::query!("select audit($1, $2, $3)", subject, action, details).execute(tx.connection()).await?;
    Ok(())
}

/// Entries that the viewer may see, newest first, before the one with this id.
pub(crate) async fn list(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<AuditEntry>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, at, actor_id, subject_id, action, details from audit_log where id < $1 order by id desc limit $2",
        before,
        limit
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(AuditEntry::from).collect())
}

/// Recent entries about an account, newest first. A separate query, so that it can use its index.
pub(crate) async fn list_about(tx: &mut Tx, account: Uuid) -> Result<Vec<AuditEntry>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, at, actor_id, subject_id, action, details from audit_log where subject_id = $1 order by id desc limit 20",
        account
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(AuditEntry::from).collect())
}

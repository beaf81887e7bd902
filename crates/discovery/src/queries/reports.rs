//! The table `discovery_reports`: at most one row of an athlete.

use chrono::{DateTime, Utc};
use platform::{Error, Tx};
use serde_json::Value;
use uuid::Uuid;

/// A stored report.
pub(crate) struct ReportRow {
    /// Of the data and the version that it was computed from.
    pub(crate) fingerprint: String,
    /// JSON, perhaps of an older format.
    pub(crate) report: String,
}

/// A report to store.
pub(crate) struct NewReport<'a> {
    pub(crate) fingerprint: &'a str,
    pub(crate) computed_at: DateTime<Utc>,
    /// JSON.
    pub(crate) report: String,
    /// The surest finding that holds, without its chart.
    pub(crate) top: Option<Value>,
}

/// The report of an athlete.
pub(crate) async fn find(tx: &mut Tx, athlete: Uuid) -> Result<Option<ReportRow>, Error> {
    let row = sqlx::query_as!(ReportRow, r#"select fingerprint, report::text as "report!" from discovery_reports where athlete_id = $1"#, athlete);
    Ok(row.fetch_optional(tx.connection()).await?)
}

/// The surest finding of an athlete that holds.
pub(crate) async fn top(tx: &mut Tx, athlete: Uuid) -> Result<Option<Value>, Error> {
    let top = sqlx::query_scalar!("select top from discovery_reports where athlete_id = $1", athlete);
    Ok(top.fetch_optional(tx.connection()).await?.flatten())
}

/// Inserts the report of an athlete, or replaces it.
pub(crate) async fn upsert(tx: &mut Tx, athlete: Uuid, new: NewReport<'_>) -> Result<(), Error> {
    sqlx::query!(
        "insert into discovery_reports (athlete_id, fingerprint, computed_at, report, top) values ($1, $2, $3, $4::text::json, $5)
         on conflict (athlete_id) do update set
           fingerprint = excluded.fingerprint, computed_at = excluded.computed_at, report = excluded.report, top = excluded.top",
        athlete,
        new.fingerprint,
        new.computed_at,
        new.report,
        new.top
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The athletes with data whose report is missing, or of another version.
pub(crate) async fn outdated(tx: &mut Tx, version: &str) -> Result<Vec<Uuid>, Error> {
    let athletes = sqlx::query_scalar!(r#"select athletes_with_outdated_reports as "id!" from athletes_with_outdated_reports($1)"#, version);
    Ok(athletes.fetch_all(tx.connection()).await?)
}

/// Deletes the report of an athlete.
pub(crate) async fn delete(tx: &mut Tx, athlete: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from discovery_reports where athlete_id = $1", athlete).execute(tx.connection()).await?;
    Ok(())
}

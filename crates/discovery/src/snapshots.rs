//! A summary of each report: one row a day, and one a month of what is older.

use chrono::{DateTime, Days, Months, Utc};
use domain::discovery::FindingSnapshot;
use platform::{Error, Tx};

use crate::queries::snapshots::{self, NewSnapshot};

/// Days of which each keeps its summary; more than any page looks back.
const EACH_DAY: Days = Days::new(62);
/// Months of which one summary each is kept.
const EACH_MONTH: Months = Months::new(24);

/// Saves the summary of a report by an engine, replacing an earlier one of the same day.
pub(crate) async fn save_snapshot(
    tx: &mut Tx,
    (engine, summary): (&str, &[FindingSnapshot]),
    fingerprint: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let (athlete, today) = (tx.viewer()?, now.date_naive());
    let findings = serde_json::to_value(summary)?;
    snapshots::upsert(tx, athlete, NewSnapshot { day: today, computed_at: now, fingerprint, engine, findings }).await?;
    snapshots::thin_out(tx, athlete, today - EACH_DAY, today - EACH_MONTH).await
}

//! What an archive's findings must be like.

use domain::discovery::{FindingSnapshot, StoredReport};
use futures::FutureExt;
use platform::feature::archive::Archive;
use platform::{Error, Tx};

use crate::queries::{reports, snapshots};

pub(crate) const ARCHIVE: Archive = Archive { check: |tx, _| delete_unreadable(tx).boxed(), ..Archive::UNCHECKED };

/// Findings that cannot be read are dropped, like those of an older format: they are computed again.
async fn delete_unreadable(tx: &mut Tx) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    if reports::find(tx, athlete).await?.is_some_and(|row| serde_json::from_str::<StoredReport>(&row.report).is_err()) {
        reports::delete(tx, athlete).await?;
    }
    snapshots::delete_unless(tx, athlete, |findings| serde_json::from_str::<Vec<FindingSnapshot>>(findings).is_ok()).await
}

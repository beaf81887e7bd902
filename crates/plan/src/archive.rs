//! What the import of an archive asks of the plan.

use domain::plan::read;
use futures::FutureExt;
use platform::feature::archive::{Archive, Contents, invalid};
use platform::{Error, Tx};

use crate::queries::sessions as queries;
use crate::service::{MOST, MOST_OF_DAY};

/// A plan keeps an archive out, and so do more sessions than pages can show. The bounds of numbers are the table's own.
pub(crate) const ARCHIVE: Archive = Archive { contents: |tx| contents(tx).boxed(), check: |tx, _| check(tx).boxed() };

async fn contents(tx: &mut Tx) -> Result<Contents, Error> {
    let athlete = tx.viewer()?;
    let (all, _) = queries::counts(tx, athlete).await?;
    Ok(if all > 0 { Contents::Training } else { Contents::Nothing })
}

async fn check(tx: &mut Tx) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let (all, fullest) = queries::counts(tx, athlete).await?;
    if all > MOST || fullest > MOST_OF_DAY {
        return Err(invalid(&format!("data/planned_sessions.jsonl: more than {MOST} sessions, or {MOST_OF_DAY} of a day")));
    }
    let is_valid = |(words, steps): &(String, String)| domain::one_line(words) == *words && read(steps).is_ok();
    if !queries::texts(tx, athlete).await?.iter().all(is_valid) {
        return Err(invalid(&"data/planned_sessions.jsonl: words or steps in it are none"));
    }
    Ok(())
}

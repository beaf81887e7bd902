//! What the import of an archive asks of the journal.

use domain::measures::{Answer, MAX_OWN};
use futures::FutureExt;
use platform::feature::archive::{Archive, Contents, invalid};
use platform::{Error, Tx};

use crate::catalogue::catalogue;
use crate::queries;
use crate::service::any;

/// A journal with days or with own measures keeps an archive out, and values that nobody could type are refused.
pub(crate) const ARCHIVE: Archive = Archive { contents: |tx| contents(tx).boxed(), check: |tx, _| check(tx).boxed() };

async fn contents(tx: &mut Tx) -> Result<Contents, Error> {
    let athlete = tx.viewer()?;
    if any(tx).await? || !queries::measures::list(tx, athlete).await?.is_empty() {
        return Ok(Contents::Training);
    }
    let chosen = queries::measures::settings(tx, athlete).await?.is_some();
    Ok(if chosen { Contents::Settings } else { Contents::Nothing })
}

async fn check(tx: &mut Tx) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let catalogue = catalogue(tx).await?;
    if catalogue.measures.iter().filter(|measure| measure.is_own()).count() > MAX_OWN {
        return Err(invalid(&format!("data/measures.jsonl: more than {MAX_OWN} measures")));
    }
    let wrong = |what: &str| invalid(&format!("data/daily_values.jsonl: {what}"));
    for range in queries::values::ranges(tx, athlete).await? {
        let measure = catalogue.find(&range.measure).map_err(|_| wrong(&format!("there is no measure “{}”", range.measure)))?;
        // The smallest and the largest, and one that is not whole, if there is any: all others lie between.
        for number in [range.min, range.max, range.fraction].into_iter().flatten() {
            measure.check(&Answer::Number(number)).map_err(|sentence| wrong(&sentence))?;
        }
        for text in range.texts {
            measure.check(&Answer::Text(text)).map_err(|sentence| wrong(&sentence))?;
        }
    }
    Ok(())
}

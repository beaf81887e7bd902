//! What the import of an archive asks of onboarding.

use futures::FutureExt;
use platform::feature::archive::{Archive, Contents, invalid};
use platform::{Error, Tx};

use crate::queries;
use crate::said::{availability, goals};

/// Races of an account, at most: far more than a form has, because an archive adds to what is there, and undoing brings back old ones.
const MOST_RACES: usize = 1000;

/// What was said at first is no training: it stays, and an archive adds to it.
pub(crate) const ARCHIVE: Archive = Archive { contents: |tx| contents(tx).boxed(), check: |tx, _| check(tx).boxed() };

async fn contents(tx: &mut Tx) -> Result<Contents, Error> {
    let athlete = tx.viewer()?;
    let said = !goals(tx).await?.is_empty() || availability(tx).await?.is_some() || queries::progress::get(tx, athlete).await?.is_some();
    Ok(if said { Contents::Settings } else { Contents::Nothing })
}

async fn check(tx: &mut Tx) -> Result<(), Error> {
    let goals = goals(tx).await?;
    if goals.races.len() > MOST_RACES {
        return Err(invalid(&format!("data/goals.jsonl: more than {MOST_RACES} races")));
    }
    if !goals.races.iter().all(|race| domain::one_line(&race.name) == race.name) {
        return Err(invalid(&"data/goals.jsonl: a name in it is none"));
    }
    Ok(())
}

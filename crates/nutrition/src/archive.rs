//! What the import of an archive asks of nutrition.

use domain::nutrition::OwnNutrient;
use futures::FutureExt;
use platform::feature::archive::{Archive, Contents, invalid};
use platform::{Error, Tx};

use crate::favourites::{MOST, favourites};
use crate::queries;
use crate::service::MOST_OF_DAY;

/// A log with anything in it keeps an archive out, and so do more rows than pages can show. The bounds of values are the tables' own.
pub(crate) const ARCHIVE: Archive = Archive { contents: |tx| contents(tx).boxed(), check: |tx, _| check(tx).boxed() };

async fn contents(tx: &mut Tx) -> Result<Contents, Error> {
    let athlete = tx.viewer()?;
    let (entries, _) = queries::entries::count_and_change(tx, athlete).await?;
    if entries > 0 || !favourites(tx).await?.is_empty() {
        return Ok(Contents::Training);
    }
    let said = queries::settings::get(tx, athlete).await?.is_some();
    Ok(if said { Contents::Settings } else { Contents::Nothing })
}

async fn check(tx: &mut Tx) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    if queries::entries::fullest_day(tx, athlete).await? > MOST_OF_DAY {
        return Err(invalid(&format!("data/nutrition_entries.jsonl: more than {MOST_OF_DAY} entries of a day")));
    }
    let favourites = favourites(tx).await?;
    if favourites.len() > MOST {
        return Err(invalid(&format!("data/nutrition_favourites.jsonl: more than {MOST} favourites")));
    }
    let is_valid = |text: &str, own: &[OwnNutrient]| domain::one_line(text) == text && own.iter().all(OwnNutrient::is_valid);
    if !favourites.iter().all(|favourite| is_valid(&favourite.text, &favourite.content.own) && domain::one_line(&favourite.name) == favourite.name) {
        return Err(invalid(&"data/nutrition_favourites.jsonl: a text or a nutrient in it is none"));
    }
    if !queries::entries::all(tx, athlete).await?.iter().all(|entry| is_valid(&entry.text, &entry.content.own)) {
        return Err(invalid(&"data/nutrition_entries.jsonl: a text or a nutrient in it is none"));
    }
    Ok(())
}

//! What is eaten often.

use chrono::{DateTime, Utc};
use domain::nutrition::{Favourite, NewFavourite};
use domain::{Problem, ProblemKind};
use platform::{Error, Tx};
use uuid::Uuid;

use crate::queries::favourites as queries;
use crate::reading::read;
use crate::service::{lock, stored};

/// Favourites, at most.
pub(crate) const MOST: usize = 100;

/// All of them, the last used first.
pub async fn favourites(tx: &mut Tx) -> Result<Vec<Favourite>, Error> {
    let athlete = tx.viewer()?;
    queries::list(tx, athlete).await
}

/// One of them.
pub(crate) async fn favourite(tx: &mut Tx, id: Uuid) -> Result<Favourite, Error> {
    let athlete = tx.viewer()?;
    queries::get(tx, athlete, id).await?.ok_or_else(|| Error::not_found("favourite"))
}

/// Adds a favourite, or changes the one with this id. Two have no name in common.
pub async fn add_favourite(tx: &mut Tx, id: Uuid, new: NewFavourite, now: DateTime<Utc>) -> Result<(), Error> {
    lock(tx).await?;
    let others: Vec<Favourite> = favourites(tx).await?.into_iter().filter(|favourite| favourite.id != id).collect();
    if others.len() >= MOST {
        return Err(Error::problem(ProblemKind::Conflict, format!("{MOST} favourites are the most. Remove one that you no longer eat.")));
    }
    if others.iter().any(|favourite| favourite.name.to_lowercase() == new.name.to_lowercase()) {
        return Err(Problem::of_field("name", "Another favourite has that name.").into());
    }
    let mut content = read(&new.text).content.with_typed(&new.amounts);
    content.own = new.own;
    let athlete = tx.viewer()?;
    queries::put(tx, athlete, &Favourite { id, name: new.name, text: new.text, content }, now).await
}

/// The fields of a favourite that is to be what an entry is.
pub(crate) async fn of_entry(tx: &mut Tx, entry: Uuid, name: String) -> Result<NewFavourite, Error> {
    let stored = stored(tx, entry).await?;
    Ok(NewFavourite { name, amounts: stored.content.typed_amounts(), text: stored.text, own: stored.content.own })
}

/// Deletes a favourite. What was eaten stays.
pub async fn delete_favourite(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    lock(tx).await?;
    let athlete = tx.viewer()?;
    if queries::delete(tx, athlete, id).await? { Ok(()) } else { Err(Error::not_found("favourite")) }
}

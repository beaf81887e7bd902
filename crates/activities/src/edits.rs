//! Edits of activities in the change log.

use platform::feature::{Described, Edit};
use platform::{Error, Tx};
use uuid::Uuid;

use crate::queries;

/// The titles and days of the activities, as they are now.
pub(crate) async fn describe(tx: &mut Tx, edits: &[Edit]) -> Result<Vec<Described>, Error> {
    let athlete = tx.viewer()?;
    let ids: Vec<Uuid> = edits.iter().filter_map(|edit| edit.key.parse().ok()).collect();
    let titles = queries::export::titles(tx, athlete, &ids).await?;
    let of = |edit: &Edit| match titles.iter().find(|(id, ..)| edit.key.parse() == Ok(*id)) {
        Some((_, title, day)) => Described { title: Some(title.clone()), day: *day, fields: None },
        None => Described::default(),
    };
    Ok(edits.iter().map(of).collect())
}

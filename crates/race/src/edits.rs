//! Edits of courses in the change log.

use domain::units::Units;
use platform::feature::{Described, Edit};
use platform::{Error, Tx};
use serde_json::{Map, Value};

/// The name of the course, and what changed of it: the points are nothing to read.
#[expect(clippy::unused_async, reason = "a description may ask the database")]
pub(crate) async fn describe(_tx: &mut Tx, edits: &[Edit], units: Units) -> Result<Vec<Described>, Error> {
    Ok(edits.iter().map(|edit| described(edit, units)).collect())
}

fn described(edit: &Edit, units: Units) -> Described {
    let name = |row: &Map<String, Value>| row.get("name")?.as_str().map(str::to_owned);
    let distance = |row: &Map<String, Value>| Some(units.distance(row.get("distance_m")?.as_f64()?));
    let title = edit.after.as_ref().or(edit.before.as_ref()).and_then(name);
    let fields = [edit.field("name", name), edit.field("distance", distance)];
    Described { title, day: None, fields: Some(fields.into_iter().flatten().collect()) }
}

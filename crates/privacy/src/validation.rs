//! Checks of an archive's rows that hold for any table, beyond the tables' own constraints. Features check theirs.

use platform::feature::Features;
use platform::feature::archive::invalid;
use platform::{Error, Tx};
use uuid::Uuid;

use crate::queries::bounds::{self, Bounds};

/// Characters of a text: the longest that a form accepts.
const TEXT: usize = domain::activities::MAX_DESCRIPTION;
/// Characters of an array of texts; and elements of an array of numbers, such as the zones.
const LIST: i32 = 100_000;
const NUMBERS: i32 = 100;

/// Refuses dates that no page can show, numbers that are not finite or out of range, and texts that are too long.
pub(crate) async fn check_column_bounds(tx: &mut Tx, viewer: Uuid, features: Features) -> Result<(), Error> {
    let tables: Vec<&str> = features.exported().map(|table| table.name).collect();
    let bounds = Bounds { text: TEXT as i32, list: LIST, numbers: NUMBERS };
    match bounds::out_of_range(tx, viewer, &tables, bounds).await? {
        Some(table) => Err(invalid(&format!("data/{table}.jsonl: a date, a number or a text in it is out of range"))),
        None => Ok(()),
    }
}

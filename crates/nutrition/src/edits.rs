//! Edits of entries and favourites in the change log.

use domain::nutrition::Nutrient;
use platform::feature::{Described, Edit};
use platform::{Error, Tx};
use serde_json::{Map, Value};

use crate::service::moment_text;

/// The name or the text of the row, its day, and what people would call the fields that changed.
#[expect(clippy::unused_async, reason = "a description may ask the database")]
pub(crate) async fn describe(_tx: &mut Tx, edits: &[Edit]) -> Result<Vec<Described>, Error> {
    Ok(edits.iter().map(described).collect())
}

type Row = Map<String, Value>;

fn described(edit: &Edit) -> Described {
    let row = edit.after.as_ref().or(edit.before.as_ref());
    let text = |field: &str| row.and_then(|row| row.get(field)?.as_str());
    let title = text("name").or_else(|| text("text")).map(|title| title.chars().take(80).collect());
    let day = text("day").and_then(|day| day.parse().ok());
    let of = |row: &Option<Row>, show: &dyn Fn(&Row) -> Option<String>| row.as_ref().and_then(show).unwrap_or_else(|| "–".to_owned());
    let mut fields = Vec::new();
    let mut compare = |name: &str, show: &dyn Fn(&Row) -> Option<String>| {
        let (before, after) = (of(&edit.before, show), of(&edit.after, show));
        if before != after {
            fields.push((name.to_owned(), before, after));
        }
    };
    compare("text", &|row| Some(row.get("text")?.as_str()?.chars().take(80).collect()));
    compare("name", &|row| Some(row.get("name")?.as_str()?.to_owned()));
    compare("time", &|row| Some(moment_text(row.get("day")?.as_str()?.parse().ok()?, i32::try_from(row.get("minute")?.as_i64()?).ok()?)));
    for nutrient in Nutrient::ALL {
        compare(&nutrient.label().to_lowercase(), &|row| Some(nutrient.show(row.get(nutrient.key())?.as_f64()?)));
    }
    compare("belongs to", &|row| match (row.get("relation")?.as_str(), row.get("unlinked")?.as_bool()?) {
        (_, true) => Some("no activity".to_owned()),
        (Some(relation), _) => Some(format!("{relation} an activity")),
        (None, _) => Some("by the time".to_owned()),
    });
    Described { title, day, fields: Some(fields) }
}

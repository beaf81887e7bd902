//! Edits of entries and favourites in the change log.

use chrono::NaiveDate;
use domain::nutrition::Nutrient;
use domain::units::Units;
use platform::feature::{Described, Edit};
use platform::{Error, Tx};
use serde_json::{Map, Value};

/// The name or the text of the row, its day, and what people would call the fields that changed, in these units.
#[expect(clippy::unused_async, reason = "a description may ask the database")]
pub(crate) async fn describe(_tx: &mut Tx, edits: &[Edit], units: Units) -> Result<Vec<Described>, Error> {
    Ok(edits.iter().map(|edit| described(edit, units)).collect())
}

type Row = Map<String, Value>;

fn described(edit: &Edit, units: Units) -> Described {
    let row = edit.after.as_ref().or(edit.before.as_ref());
    let text = |field: &str| row.and_then(|row| row.get(field)?.as_str());
    let title = text("name").or_else(|| text("text")).map(|title| title.chars().take(80).collect());
    let day = text("day").and_then(|day| day.parse().ok());
    let mut fields = Vec::new();
    let mut compare = |name: &str, show: &dyn Fn(&Row) -> Option<String>| fields.extend(edit.field(name, show));
    compare("text", &|row| Some(row.get("text")?.as_str()?.chars().take(80).collect()));
    compare("name", &|row| Some(row.get("name")?.as_str()?.to_owned()));
    compare("time", &|row| moment(row, units));
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

/// `15 November 2026, 06:33`.
fn moment(row: &Row, units: Units) -> Option<String> {
    let day: NaiveDate = row.get("day")?.as_str()?.parse().ok()?;
    let minute = u32::try_from(row.get("minute")?.as_i64()?).ok()?;
    Some(units.moment(day.and_hms_opt(minute / 60, minute % 60, 0)?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_time_of_an_entry_is_read_as_its_athlete_reads_the_clock() {
        let row = json!({"day": "2026-11-15", "minute": 993}).as_object().cloned().expect("a row");
        assert_eq!(moment(&row, Units::default()).as_deref(), Some("15 November 2026, 16:33"));
        assert_eq!(moment(&row, Units::AMERICAN).as_deref(), Some("November 15, 2026, 4:33\u{a0}pm"));
    }
}

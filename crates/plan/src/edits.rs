//! Edits of planned sessions in the change log.

use domain::activities::Kind;
use domain::plan::{Target, read, write, write_time};
use domain::units::Units;
use platform::feature::{Described, Edit};
use platform::{Error, Tx};
use serde_json::{Map, Value};

type Row = Map<String, Value>;

/// The words or the sport, the day, and what people would call the fields that changed, in these units.
#[expect(clippy::unused_async, reason = "a description may ask the database")]
pub(crate) async fn describe(_tx: &mut Tx, edits: &[Edit], units: Units) -> Result<Vec<Described>, Error> {
    Ok(edits.iter().map(|edit| described(edit, units)).collect())
}

fn described(edit: &Edit, units: Units) -> Described {
    let row = edit.after.as_ref().or(edit.before.as_ref());
    let text = |field: &str| row.and_then(|row| row.get(field)?.as_str());
    let title = text("words").filter(|words| !words.is_empty()).map(|words| words.chars().take(80).collect());
    let title = title.or_else(|| Some(Kind::parse(text("kind")?)?.name().to_owned()));
    let day = text("day").and_then(|day| day.parse().ok());
    let mut fields = Vec::new();
    let mut compare = |name: &str, show: &dyn Fn(&Row) -> Option<String>| fields.extend(edit.field(name, show));
    compare("day", &|row| Some(units.date(row.get("day")?.as_str()?.parse().ok()?)));
    compare("sport", &|row| Some(Kind::parse(row.get("kind")?.as_str()?)?.name().to_owned()));
    compare("words", &|row| Some(row.get("words")?.as_str()?.to_owned()).filter(|words| !words.is_empty()));
    compare("target", &|row| target(row, units));
    compare("steps", &|row| Some(write(&read(row.get("steps")?.as_str()?).ok()?, units)).filter(|steps| !steps.is_empty()));
    compare("became", &|row| match (row.get("matched_activity_id")?.is_string(), row.get("unmatched")?.as_bool()?) {
        (_, true) => Some("no activity".to_owned()),
        (true, _) => Some("an activity".to_owned()),
        _ => None,
    });
    Described { title, day, fields: Some(fields) }
}

fn target(row: &Row, units: Units) -> Option<String> {
    let amount = row.get("amount")?.as_u64().and_then(|amount| u32::try_from(amount).ok());
    Some(match Target::of(row.get("target")?.as_str()?, amount)? {
        Target::None => return None,
        Target::Distance(metres) => units.distance(f64::from(metres)),
        Target::Duration(seconds) => write_time(seconds),
        Target::Load(load) => format!("load {load}"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_session_is_read_in_the_units_of_its_athlete() {
        let row = |day: &str, amount: u32, off: bool| {
            let row = json!({"day": day, "kind": "run", "words": "", "target": "distance", "amount": amount, "steps": "4 x (1km 4:35/km, 90s jog)",
                "matched_activity_id": null, "unmatched": off});
            row.as_object().cloned()
        };
        let edit = Edit { key: String::new(), before: row("2026-11-26", 8000, false), after: row("2026-11-27", 10_000, true) };
        let shown = described(&edit, Units::default());
        let field = |name: &str, before: &str, after: &str| (name.to_owned(), before.to_owned(), after.to_owned());
        assert_eq!((shown.title.as_deref(), shown.day.map(|day| day.to_string()).as_deref()), (Some("Run"), Some("2026-11-27")));
        let expected = [
            field("day", "26 November 2026", "27 November 2026"),
            field("target", "8.00\u{a0}km", "10.00\u{a0}km"),
            field("became", "–", "no activity"),
        ];
        assert_eq!(shown.fields.as_deref(), Some(expected.as_slice()));
    }
}

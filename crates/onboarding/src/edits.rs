//! Edits of goals and availability in the change log.

use std::collections::BTreeSet;

use domain::onboarding::{Availability, DAYS, DISTANCES_M, LongRun, Part, show_distance};
use domain::units::{NBSP, Units, distance_name};
use platform::feature::{Described, Edit};
use platform::{Error, Tx};
use serde_json::{Map, Value};

type Row = Map<String, Value>;

/// The race or the goal, its day, and what changed of it, in these units.
#[expect(clippy::unused_async, reason = "a description may ask the database")]
pub(crate) async fn describe_goals(_tx: &mut Tx, edits: &[Edit], units: Units) -> Result<Vec<Described>, Error> {
    Ok(edits.iter().map(|edit| goal(edit, units)).collect())
}

fn goal(edit: &Edit, units: Units) -> Described {
    let row = edit.after.as_ref().or(edit.before.as_ref());
    let text = |field: &str| row.and_then(|row| row.get(field)?.as_str());
    let title = match text("kind") {
        Some("healthier") => Some("Run healthier".to_owned()),
        Some("knowing") => Some("Know what works".to_owned()),
        _ => text("name").map(ToOwned::to_owned),
    };
    let day = text("day").and_then(|day| day.parse().ok());
    let name = |row: &Row| Some(row.get("name")?.as_str()?.to_owned());
    let date = |row: &Row| Some(units.date(row.get("day")?.as_str()?.parse().ok()?));
    let distance = |row: &Row| Some(how_far(row.get("distance_m")?.as_f64()?, units));
    let fields = [differs(edit, "name", name), differs(edit, "day", date), differs(edit, "distance", distance)];
    Described { title, day, fields: Some(fields.into_iter().flatten().collect()) }
}

/// A usual distance by its name, any other one as it was typed.
fn how_far(metres: f64, units: Units) -> String {
    let usual = DISTANCES_M.iter().any(|usual| (usual - metres).abs() < 0.5);
    if usual { distance_name(metres) } else { format!("{}{NBSP}{}", show_distance(metres, units), units.distance_unit()) }
}

/// Which parts of the week came and went, and the long run.
#[expect(clippy::unused_async, reason = "a description may ask the database")]
pub(crate) async fn describe_weeks(_tx: &mut Tx, edits: &[Edit]) -> Result<Vec<Described>, Error> {
    Ok(edits.iter().map(week).collect())
}

fn week(edit: &Edit) -> Described {
    let slots = |row: &Row| -> BTreeSet<String> {
        row.get("slots").and_then(Value::as_array).into_iter().flatten().filter_map(|slot| Some(slot.as_str()?.to_owned())).collect()
    };
    let (before, after) = (edit.before.as_ref().map(slots).unwrap_or_default(), edit.after.as_ref().map(slots).unwrap_or_default());
    let day = |at: usize| {
        let of = |slots: &BTreeSet<String>| {
            let mut week = Availability::default();
            for slot in slots {
                week.add(slot);
            }
            let parts: Vec<&str> = Part::ALL.into_iter().filter(|part| week.is_free(at, *part)).map(Part::word).collect();
            if parts.is_empty() { "–".to_owned() } else { parts.join(", ") }
        };
        let (was, is) = (of(&before), of(&after));
        (was != is).then(|| (DAYS[at].1.to_owned(), was, is))
    };
    let long_run = |row: &Row| {
        Some(match LongRun::parse(row.get("long_run")?.as_str()?)? {
            LongRun::On(day) => DAYS[usize::from(day) % DAYS.len()].1.to_owned(),
            LongRun::Never => "none".to_owned(),
        })
    };
    let fields = (0..DAYS.len()).map(day).chain([differs(edit, "long run", long_run)]).flatten().collect();
    Described { fields: Some(fields), ..Described::default() }
}

/// A field before and after, if it differs.
fn differs(edit: &Edit, name: &str, show: impl Fn(&Row) -> Option<String>) -> Option<(String, String, String)> {
    let of = |row: &Option<Row>| row.as_ref().and_then(&show).unwrap_or_else(|| "–".to_owned());
    let (before, after) = (of(&edit.before), of(&edit.after));
    (before != after).then(|| (name.to_owned(), before, after))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_race_is_read_in_the_units_of_its_athlete() {
        let row = |day: &str, metres: f64| json!({"kind": "race", "name": "Berlin", "day": day, "distance_m": metres}).as_object().cloned();
        let edit = Edit { key: String::new(), before: row("2026-09-27", 42_195.0), after: row("2026-10-04", 8046.72) };
        let shown = |units: Units| goal(&edit, units).fields.unwrap_or_default();
        let field = |name: &str, before: &str, after: &str| (name.to_owned(), before.to_owned(), after.to_owned());
        assert_eq!(shown(Units::default()), [field("day", "27 September 2026", "4 October 2026"), field("distance", "marathon", "8.047\u{a0}km")]);
        assert_eq!(shown(Units::AMERICAN), [field("day", "September 27, 2026", "October 4, 2026"), field("distance", "marathon", "5\u{a0}mi")]);
    }
}

//! Edits of activities and thresholds in the change log.

use domain::units::{NBSP, Units};
use platform::feature::{Described, Edit};
use platform::{Error, Tx};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::queries;

/// The titles and days of the activities, as they are now.
pub(crate) async fn describe(tx: &mut Tx, edits: &[Edit]) -> Result<Vec<Described>, Error> {
    let athlete = tx.viewer()?;
    let ids: Vec<Uuid> = edits.iter().filter_map(|edit| edit.key.parse().ok()).collect();
    let titles = queries::export::titles(tx, athlete, &ids).await?;
    let of = |edit: &Edit| match titles.iter().find(|(id, ..)| edit.key.parse() == Ok(*id)) {
        Some((_, title, day)) => Described { title: Some(title.clone()), day: *day, fields: intervals(edit) },
        None => Described::default(),
    };
    Ok(edits.iter().map(of).collect())
}

/// That intervals were corrected, which the columns alone do not tell anybody. An edit of them is one of nothing else.
fn intervals(edit: &Edit) -> Option<Vec<(String, String, String)>> {
    let shown = |row: &Map<String, Value>| match row.get("own_intervals")? {
        Value::Array(times) => Some(format!("{} of your own", times.len() / 2)),
        _ => Some("as found".to_owned()),
    };
    edit.field("intervals", shown).map(|field| vec![field])
}

/// The day that thresholds hold from, and what changed of them, in these units.
#[expect(clippy::unused_async, reason = "a description may ask the database")]
pub(crate) async fn describe_thresholds(_tx: &mut Tx, edits: &[Edit], units: Units) -> Result<Vec<Described>, Error> {
    Ok(edits.iter().map(|edit| thresholds(edit, units)).collect())
}

fn thresholds(edit: &Edit, units: Units) -> Described {
    type Row = Map<String, Value>;
    let number = |key: &'static str, show: fn(f64) -> String| move |row: &Row| row.get(key)?.as_f64().map(show);
    let word = |key: &'static str| move |row: &Row| Some(row.get(key)?.as_str()?.replace('_', " "));
    let beats = |beats: f64| format!("{beats:.0}{NBSP}bpm");
    let fields = [
        edit.field("resting heart rate", number("resting_hr", beats)),
        edit.field("maximum heart rate", number("hr_max", beats)),
        edit.field("threshold heart rate", number("threshold_hr", beats)),
        edit.field("threshold pace", |row| Some(units.pace(row.get("threshold_s_per_km")?.as_f64()?))),
        edit.field("sex", word("sex")),
        edit.field("year of birth", number("birth_year", |year| format!("{year:.0}"))),
        edit.field("zones by", word("zone_model")),
        edit.field("hills by", word("grade_model")),
    ];
    Described { title: None, day: edit.key.parse().ok(), fields: Some(fields.into_iter().flatten().collect()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn corrected_intervals_are_counted() {
        let row = |value: Value| json!({"id": "a", "title": "Run", "own_intervals": value}).as_object().cloned();
        let edit = |before, after| Edit { key: "a".to_owned(), before: row(before), after: row(after) };
        assert_eq!(
            intervals(&edit(Value::Null, json!([0, 60_000, 90_000, 120_000]))),
            Some(vec![("intervals".into(), "as found".into(), "2 of your own".into())])
        );
        assert_eq!(intervals(&edit(Value::Null, Value::Null)), None);
    }

    #[test]
    fn thresholds_are_described_in_the_words_and_units_of_their_page() {
        let row = |row: Value| row.as_object().cloned();
        let before = row(json!({"valid_from": "2026-02-27", "threshold_s_per_km": 274.0, "zone_model": null, "hr_max": 186}));
        let after = row(json!({"valid_from": "2026-02-27", "threshold_s_per_km": 270.0, "zone_model": "reserve", "hr_max": 186}));
        let edit = Edit { key: "2026-02-27".to_owned(), before, after };
        let described = thresholds(&edit, Units::default());
        assert_eq!(described.day, edit.key.parse().ok());
        let fields = described.fields.expect("fields");
        let shown: Vec<_> = fields.iter().map(|(name, before, after)| format!("{name}: {before} → {after}")).collect();
        assert_eq!(shown, ["threshold pace: 4:34\u{a0}/km → 4:30\u{a0}/km", "zones by: – → reserve"]);
        let (_, pace, _) = &thresholds(&edit, Units::AMERICAN).fields.expect("fields")[0];
        assert!(pace.starts_with("7:2") && pace.ends_with("/mi"), "{pace}");
    }
}

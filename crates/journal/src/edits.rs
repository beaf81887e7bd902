//! Edits of values and of own measures in the change log.

use domain::measures::Answer;
use domain::units::Units;
use platform::feature::{Described, Edit};
use platform::{Error, Tx};
use serde_json::{Map, Value};

use crate::catalogue::{Catalogue, catalogue};

/// The measure and the day of each edit, with the answers as people read them in these units.
pub(crate) async fn describe_values(tx: &mut Tx, edits: &[Edit], units: Units) -> Result<Vec<Described>, Error> {
    let mut catalogue = catalogue(tx).await?;
    catalogue.measures = catalogue.measures.into_iter().map(|measure| measure.in_units(units)).collect();
    Ok(edits.iter().map(|edit| value(&catalogue, edit)).collect())
}

fn value(catalogue: &Catalogue, edit: &Edit) -> Described {
    let mut key = edit.key.split(' ');
    let (day, measure) = (key.next().and_then(|day| day.parse().ok()), key.next().unwrap_or_default());
    let shown =
        |row: &Option<Map<String, Value>>| row.as_ref().and_then(answer).map_or_else(|| "–".to_owned(), |answer| show(catalogue, measure, &answer));
    let title = catalogue.get(measure).map_or_else(|| measure.to_owned(), |measure| measure.label.clone());
    Described { title: Some(title), day, fields: Some(vec![("answer".to_owned(), shown(&edit.before), shown(&edit.after))]) }
}

fn answer(row: &Map<String, Value>) -> Option<Answer> {
    let text = || row.get("text")?.as_str().map(|text| Answer::Text(text.chars().take(80).collect()));
    row.get("number").and_then(Value::as_f64).map(Answer::Number).or_else(text)
}

fn show(catalogue: &Catalogue, measure: &str, answer: &Answer) -> String {
    match (catalogue.get(measure), answer) {
        (Some(measure), answer) => measure.show(answer),
        (None, Answer::Number(number)) => number.to_string(),
        (None, Answer::Text(text)) => text.clone(),
    }
}

/// The labels of own measures, as they are now, and what changed of them.
pub(crate) async fn describe_measures(tx: &mut Tx, edits: &[Edit]) -> Result<Vec<Described>, Error> {
    let catalogue = catalogue(tx).await?;
    let title = |edit: &Edit| catalogue.get(&edit.key).map(|measure| format!("Measure “{}”", measure.label));
    Ok(edits.iter().map(|edit| Described { title: title(edit), fields: Some(measure(edit)), ..Described::default() }).collect())
}

/// What an edit changed of a measure. How it is answered never changes.
fn measure(edit: &Edit) -> Vec<(String, String, String)> {
    type Row = Map<String, Value>;
    let text = |key: &'static str| move |row: &Row| Some(row.get(key)?.as_str()?.replace('_', " ")).filter(|text| !text.is_empty());
    let words = |row: &Row| {
        let words: Vec<&str> = row.get("words")?.as_array()?.iter().filter_map(Value::as_str).collect();
        (!words.is_empty()).then(|| words.join(", "))
    };
    let fields = [
        edit.field("name", text("label")),
        edit.field("kind", text("kind")),
        edit.field("unit", text("unit")),
        edit.field("steps", words),
        edit.field("known", text("known")),
        edit.field("better", text("better")),
        edit.field("asked", |row| Some(if row.get("retired_at")?.is_null() { "can be" } else { "retired" }.to_owned())),
    ];
    fields.into_iter().flatten().collect()
}

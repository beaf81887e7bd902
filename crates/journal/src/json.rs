//! JSON exports of days, made into the table that the CSV importer reads: one way from there on, with the same preview and the same
//! sentences about lines.

use std::collections::BTreeMap;
use std::io::Read;

use domain::{Problem, ProblemKind};
use serde_json::{Map, Value};

/// Most bytes that a compressed file may become.
const MOST_BYTES: u64 = 64 << 20;
/// Minutes in an hour, for exports that count sleep in minutes.
const MINUTES: f64 = 60.0;

/// The text of a table: JSON made into one, gzip unpacked, anything else as it is.
pub(crate) fn table(bytes: &[u8]) -> Result<Vec<u8>, Problem> {
    let invalid = |sentence: String| Problem::new(ProblemKind::Invalid, sentence);
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut inside = Vec::new();
        let read = flate2::read::MultiGzDecoder::new(bytes).take(MOST_BYTES + 1).read_to_end(&mut inside);
        read.map_err(|e| invalid(format!("The compressed file is damaged: {e}.")))?;
        if inside.len() as u64 > MOST_BYTES {
            return Err(Problem::new(ProblemKind::TooLarge, "The file holds more than 64\u{a0}MB. Split it."));
        }
        return if inside.starts_with(&[0x1f, 0x8b]) { Err(invalid("The file is compressed twice.".into())) } else { table(&inside) };
    }
    if !bytes.trim_ascii_start().starts_with(b"[") {
        return Ok(bytes.to_vec());
    }
    let rows: Vec<Map<String, Value>> =
        serde_json::from_slice(bytes).map_err(|e| invalid(format!("This is not a list of days: {e}. Export it once more.")))?;
    let rows = if rows.iter().any(|r| r.contains_key("dateOfSleep")) {
        nights(&rows)
    } else if rows.iter().any(|r| r.get("value").is_some_and(|v| v.get("error").is_some())) {
        resting(&rows)
    } else {
        rows.iter().map(flat).collect()
    };
    written(&rows).map_err(|e| invalid(format!("The table cannot be read: {e}.")))
}

type Row = BTreeMap<String, String>;

/// Fitbit's nights: all sleep that ends on a date counts for it, naps too.
fn nights(rows: &[Map<String, Value>]) -> Vec<Row> {
    let mut hours: BTreeMap<&str, f64> = BTreeMap::new();
    for row in rows {
        if let (Some(day), Some(minutes)) = (row.get("dateOfSleep").and_then(Value::as_str), row.get("minutesAsleep").and_then(Value::as_f64)) {
            *hours.entry(day).or_default() += minutes / MINUTES;
        }
    }
    let row = |(day, hours): (&str, f64)| Row::from([("date".into(), day.to_owned()), ("sleep hours".into(), format!("{hours:.2}"))]);
    hours.into_iter().map(row).collect()
}

/// Fitbit's resting heart rate: zero with an error of zero is a day without one.
fn resting(rows: &[Map<String, Value>]) -> Vec<Row> {
    let row = |row: &Map<String, Value>| {
        let beats = row.get("value")?.get("value")?.as_f64().filter(|v| *v > 0.0)?;
        Some(Row::from([("date".into(), row.get("dateTime")?.as_str()?.to_owned()), ("resting heart rate".into(), format!("{beats:.1}"))]))
    };
    rows.iter().filter_map(row).collect()
}

/// Any other list: what stands directly in each object, and one level below it.
fn flat(row: &Map<String, Value>) -> Row {
    let mut out = Row::new();
    for (name, value) in row {
        if let Value::Object(inner) = value {
            for (below, value) in inner {
                out.extend(cell(value).map(|text| (format!("{name} {below}"), text)));
            }
        } else {
            out.extend(cell(value).map(|text| (name.clone(), text)));
        }
    }
    out
}

fn cell(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(u8::from(*yes).to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn written(rows: &[Row]) -> Result<Vec<u8>, csv::Error> {
    let mut names: Vec<&String> = Vec::new();
    for name in rows.iter().flat_map(BTreeMap::keys) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&names)?;
    for row in rows {
        writer.write_record(names.iter().map(|name| row.get(*name).map_or("", String::as_str)))?;
    }
    writer.into_inner().map_err(|e| csv::Error::from(e.into_error()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> String {
        String::from_utf8(table(json.as_bytes()).expect("a table")).expect("text")
    }

    #[test]
    fn nights_count_for_the_date_on_which_they_end() {
        let json = r#"[{"dateOfSleep": "2026-11-02", "minutesAsleep": 450}, {"dateOfSleep": "2026-11-02", "minutesAsleep": 30}]"#;
        assert_eq!(text(json), "date,sleep hours\n2026-11-02,8.00\n");
    }

    #[test]
    fn a_resting_heart_rate_of_zero_is_none() {
        let json = r#"[{"dateTime": "2026-11-01 00:00:00", "value": {"date": null, "value": 0.0, "error": 0.0}},
                       {"dateTime": "2026-11-02 00:00:00", "value": {"date": "11/02/26", "value": 47.23, "error": 6.8}}]"#;
        assert_eq!(text(json), "date,resting heart rate\n2026-11-02 00:00:00,47.2\n");
    }

    #[test]
    fn any_list_of_days_becomes_a_table() {
        let json = r#"[{"date": "2026-11-01", "mood": 4}, {"date": "2026-11-02", "mood": null, "drinks": 2, "night": {"hrv": 61.5}}]"#;
        assert_eq!(text(json), "date,mood,drinks,night hrv\n2026-11-01,4,,\n2026-11-02,,2,61.5\n");
    }

    #[test]
    fn what_is_no_list_of_days_says_so() {
        assert!(table(b"[1, 2]").is_err());
        assert!(table(&[0x1f, 0x8b, 1, 2]).is_err());
        assert_eq!(table(b"date,mood\n").expect("as it is"), b"date,mood\n");
    }
}

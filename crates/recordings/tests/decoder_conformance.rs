//! Our decoding of real FIT files against the published output of other decoders, field by field.
//!
//! Needs `LEGWORK_RECORDINGS`, and is counted as skipped without.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use recordings::fit::{self, Field, Message, Value};

fn folder() -> PathBuf {
    std::env::var_os("LEGWORK_RECORDINGS").expect("LEGWORK_RECORDINGS").into()
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).expect("expected output")).read_to_string(&mut text).expect("gzip");
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|r| r.expect("row").iter().map(str::to_owned).collect()).collect()
}

/// What is compared and what differs: "message.field" with the number of equal and of different values.
#[derive(Default, Debug)]
struct Tally(BTreeMap<String, (usize, usize)>, Vec<String>);

impl Tally {
    fn note(&mut self, field: &str, equal: bool, what: impl Fn() -> String) {
        let entry = self.0.entry(field.to_owned()).or_default();
        if equal {
            entry.0 += 1;
        } else {
            entry.1 += 1;
            if entry.1 <= 2 {
                self.1.push(format!("{field}: {}", what()));
            }
        }
    }

    fn equal(&self) -> usize {
        self.0.values().map(|v| v.0).sum()
    }

    fn different(&self) -> Vec<(&str, usize)> {
        self.0.iter().filter(|(_, v)| v.1 > 0).map(|(k, v)| (k.as_str(), v.1)).collect()
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Number(n) => n.to_string(),
        Value::Numbers(all) => all.iter().map(|v| v.map_or_else(|| "-".into(), |n| n.to_string())).collect::<Vec<_>>().join("|"),
        Value::Text(t) => t.clone(),
        Value::Texts(all) => all.join("|"),
    }
}

/// Equal as numbers (the tool prints 32-bit floats with few digits), element by element; a missing element is the type's invalid number.
fn same(ours: &str, theirs: &str) -> bool {
    let (a, b): (Vec<_>, Vec<_>) = (ours.split('|').collect(), theirs.split('|').collect());
    a.len() == b.len()
        && a.iter().zip(&b).all(|(a, b)| match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(a), Ok(b)) if a.fract() == 0.0 && b.fract() == 0.0 => (a - b).abs() < 0.5,
            (Ok(a), Ok(b)) => (a - b).abs() <= 1e-6 * b.abs().max(1.0),
            _ => a == b || *a == "-",
        })
}

/// The SDK's own tool: `Data,<local>,<message>,<field>,<value>,<unit>,…`.
fn compare_with_tool(name: &str, folder: &Path) -> Tally {
    let bytes = std::fs::read(folder.join("fit").join(format!("{name}.fit"))).expect("recording");
    let (messages, _) = fit::messages(&bytes).expect("readable");
    let expected = rows(&folder.join("expected").join(format!("{name}.csv.gz")));
    let data: Vec<&Vec<String>> = expected.iter().filter(|r| r[0] == "Data").collect();
    assert_eq!(messages.len(), data.len(), "{name}: messages");
    let mut tally = Tally::default();
    for (ours, row) in messages.iter().zip(data) {
        compare_message(&mut tally, ours, row);
    }
    tally
}

fn compare_message(tally: &mut Tally, ours: &Message, row: &[String]) {
    let mut left: Vec<&Field> = ours.fields.iter().collect();
    tally.note(&format!("{}.(name)", row[2]), ours.name.unwrap_or("unknown") == row[2], || format!("{:?}", ours.name));
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for cell in row[3..].chunks(3).filter(|c| c.len() > 1 && !c[0].is_empty()) {
        if cell[0] == "unknown" { unknown.push(cell) } else { known.push(cell) }
    }
    for cell in known {
        let name = format!("{}.{}", row[2], cell[0]);
        match left.iter().position(|f| f.name.as_deref() == Some(cell[0].as_str())) {
            Some(at) => {
                let field = left.remove(at);
                let ours = text(&field.value);
                tally.note(&name, same(&ours, &cell[1]), || format!("{ours} | {}", cell[1]));
                let unit = cell.get(2).map_or("", String::as_str);
                if !unit.is_empty() && field.unit != unit {
                    tally.note(&format!("{name} [unit]"), false, || format!("{} | {unit}", field.unit));
                }
            }
            None => tally.note(&name, false, || format!("missing | {}", cell[1])),
        }
    }
    // The tool does not number unknown fields: each of its values must be one that we have under a number.
    for cell in unknown {
        match left.iter().position(|f| same(&text(&f.value), &cell[1])) {
            Some(at) => {
                left.remove(at);
                tally.note(&format!("{}.unknown", row[2]), true, String::new);
            }
            None => tally.note(&format!("{}.unknown", row[2]), false, || {
                format!("{} not among {:?}", cell[1], left.iter().map(|f| text(&f.value)).collect::<Vec<_>>())
            }),
        }
    }
    for field in left {
        tally.note(&format!("{}.{} [only ours]", row[2], field.name.as_deref().unwrap_or("unknown")), false, || text(&field.value));
    }
}

/// Everything that differs from the SDK's tool, and why. Anything else fails the test.
const EXPLAINED: [(&str, &str); 8] = [
    ("enhanced_avg_speed", "the tool lists a value twice that is both a component of another field and a field of its own"),
    ("enhanced_max_speed", "as above"),
    ("device_type", "the tool's older profile lacks the reading local_device_type for local sources"),
    ("total_cycles", "the tool's older profile lacks the reading total_strokes for swimming"),
    ("avg_cadence", "the tool's older profile lacks the reading avg_swimming_cadence for swimming"),
    ("total_strides [unit]", "our profile is newer and says strides, not cycles"),
    ("session.null", "a developer field without a name: the tool prints null, we name it after its numbers"),
    ("session.message field [unit]", "the tool prints null for an empty unit"),
];

#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn the_sdk_tool_agrees_field_by_field() {
    let folder = folder();
    let mut equal = 0;
    for name in [
        "sdk-Activity",
        "sdk-ActivityDevFields",
        "sdk-HrmPluginTestActivity",
        "sdk-activity_developerdata",
        "sdk-activity_lowbattery",
        "sdk-activity_multisport",
        "sdk-activity_poolswim_with_hr",
    ] {
        let tally = compare_with_tool(name, &folder);
        equal += tally.equal();
        println!("{name}: {} values equal; different: {:?}\n  {}", tally.equal(), tally.different(), tally.1.join("\n  "));
        let unexplained: Vec<_> = tally
            .different()
            .into_iter()
            // A newer name differs on both sides: the old one is theirs, the new one ours. Messages that the tool calls unknown and our newer
            // profile names are recognised by their name.
            .filter(|(field, _)| {
                !field.starts_with("unknown.") && !field.ends_with("[only ours]") && !EXPLAINED.iter().any(|(known, _)| field.ends_with(known))
            })
            .collect();
        assert!(unexplained.is_empty(), "{name}: {unexplained:?}");
        let ours: usize = tally.different().iter().filter(|(f, _)| f.ends_with("[only ours]")).map(|(_, n)| n).sum();
        let theirs: usize = tally.different().iter().filter(|(f, _)| !f.ends_with("[only ours]")).map(|(_, n)| n).sum();
        assert!(ours <= theirs, "{name}: every field of ours alone must be another name of one of theirs");
    }
    assert!(equal > 226_000, "{equal}");
}

/// The record lists of python-fitparse's own tests: one row per record, in the profile's units.
#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn the_record_lists_agree_column_by_column() {
    let folder = folder();
    for name in ["compressed-speed-distance", "garmin-edge-500-activity", "garmin-fenix-5-run"] {
        let bytes = std::fs::read(folder.join("fit").join(format!("{name}.fit"))).expect("recording");
        let (messages, _) = fit::messages(&bytes).expect("readable");
        let records: Vec<&Message> = messages.iter().filter(|m| m.number == 20 && m.fields.len() > 1).collect(); // theirs omit records with only a time
        let expected = rows(&folder.join("expected").join(format!("{name}-records.csv.gz")));
        let columns: Vec<String> =
            expected[0].iter().map(|c| c.split('[').next().unwrap_or_default().trim().to_lowercase().replace(' ', "_")).collect();
        assert_eq!(records.len(), expected.len() - 1, "{name}");
        let mut tally = Tally::default();
        for (at, (record, row)) in records.iter().zip(&expected[1..]).enumerate() {
            for (k, (column, theirs)) in columns.iter().zip(row).enumerate() {
                let enhanced = format!("enhanced_{column}");
                let ours = record.field(column).or_else(|| record.field(&enhanced)).map(|f| text(&f.value));
                let ours = ours.as_deref().unwrap_or("null");
                // The list of the Edge 500 repeats the previous row where the file has no value. Ours keeps the gap.
                if ours == "null" && *theirs == expected[at][k] {
                    tally.note(&format!("{column} (a gap, theirs repeats)"), true, String::new);
                    continue;
                }
                let equal = match zoned(theirs) {
                    Some(seconds) => same(ours, &seconds.to_string()),
                    None => same(ours, theirs),
                };
                tally.note(column, equal, || format!("{ours} | {theirs}"));
            }
        }
        println!("{name}: {:?}", tally.0);
        assert!(tally.different().is_empty(), "{name}");
    }
}

/// "Sun Sep 25 06:00:22 PDT 2011" as seconds since FIT's epoch.
fn zoned(text: &str) -> Option<i64> {
    let utc = chrono::NaiveDateTime::parse_from_str(text, "%a %b %d %H:%M:%S PDT %Y").ok()? + chrono::TimeDelta::hours(7);
    Some(utc.and_utc().timestamp() - 631_065_600)
}

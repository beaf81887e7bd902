//! JSON exports of days, converted to the table that the CSV importer reads: one path from there on, with the same preview and the same
//! messages about lines. What a device exports is read by the reader of its format ([`wellness`]), and any other list object by object: of all that an
//! object may contain, only table cells are ever kept.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use std::ops::ControlFlow;

use domain::measures::{Answer, Measure, built_in};
use domain::{Problem, ProblemKind};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use tables::shown;
use wellness::{Note, Reading, Remark, Value};

use crate::bounds::BOUNDS;

/// Most bytes that a compressed file may expand to.
const MAX_BYTES: u64 = 32 << 20;
/// Characters of a name or value that are read at most.
const MAX_CELL_CHARS: usize = 200;

/// The text of a table: JSON converted, gzip decompressed, anything else unchanged.
pub(crate) fn table(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Problem> {
    let bytes = decompress(bytes)?;
    if !bytes.trim_ascii_start().starts_with(b"[") {
        return Ok(bytes);
    }
    let mut out = csv::Writer::from_writer(Vec::new());
    match of_device(&bytes) {
        Some(reading) => write_values(&reading.values, &mut out).map_err(invalid)?,
        None => flatten(&bytes, &columns(&bytes)?, &mut out)?,
    }
    out.into_inner().map(Cow::Owned).map_err(|e| invalid(format!("The table cannot be read: {e}.")))
}

/// The values of a device's export, if it is one and whole.
fn of_device(bytes: &[u8]) -> Option<Reading> {
    let reading = wellness::read(wellness::identify(bytes)?, bytes, &mut |_| ControlFlow::Continue(())).ok()?;
    let damaged = |note: &Note| matches!(note.remark, Remark::EndedEarly { .. } | Remark::Unreadable { .. });
    (!reading.values.is_empty() && !reading.notes.iter().any(damaged)).then_some(reading)
}

/// A row for each day, with the measures by their keys, each as a person would write it.
fn write_values(values: &[Value], out: &mut Table) -> Result<(), String> {
    let measures: Vec<&Measure> = built_in().iter().filter(|measure| values.iter().any(|value| value.measure == measure.key)).collect();
    write(out, std::iter::once("date").chain(measures.iter().map(|measure| measure.key.as_str())))?;
    for day in values.chunk_by(|a, b| a.day == b.day) {
        let cell = |measure: &&Measure| {
            let value = day.iter().find(|value| value.measure == measure.key);
            value.map_or_else(String::new, |value| measure.write(&Answer::Number(value.value)))
        };
        let cells: Vec<String> = day.first().map(|value| value.day.to_string()).into_iter().chain(measures.iter().map(cell)).collect();
        write(out, cells.iter().map(String::as_str))?;
    }
    Ok(())
}

fn invalid(message: String) -> Problem {
    Problem::new(ProblemKind::Invalid, message)
}

fn decompress(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Problem> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut out = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(bytes).take(MAX_BYTES + 1).read_to_end(&mut out);
    read.map_err(|e| invalid(format!("The compressed file is damaged: {e}.")))?;
    if out.len() as u64 > MAX_BYTES {
        return Err(Problem::new(ProblemKind::TooLarge, format!("The file holds more than {}\u{a0}MB. Split it.", MAX_BYTES >> 20)));
    }
    if out.starts_with(&[0x1f, 0x8b]) { Err(invalid("The file is compressed twice.".into())) } else { Ok(Cow::Owned(out)) }
}

/// Name and text of a value of an object, or of an object nested in it.
type Named = (String, String);

/// The columns of a list, in the order of their first occurrence.
fn columns(bytes: &[u8]) -> Result<HashMap<String, usize>, Problem> {
    let mut columns = HashMap::new();
    for_each(bytes, |cells| {
        for (name, _) in cells {
            if !columns.contains_key(name) {
                columns.insert(name.clone(), columns.len());
            }
        }
        if columns.len() > BOUNDS.columns { Err(format!("more than {} different names", BOUNDS.columns)) } else { Ok(()) }
    })?;
    Ok(columns)
}

type Table = csv::Writer<Vec<u8>>;

fn write<'t>(out: &mut Table, row: impl IntoIterator<Item = &'t str>) -> Result<(), String> {
    out.write_record(row).map_err(|e| e.to_string())
}

/// A list of objects of any kind.
fn flatten(bytes: &[u8], columns: &HashMap<String, usize>, out: &mut Table) -> Result<(), Problem> {
    let mut names = vec![""; columns.len()];
    for (name, column) in columns {
        names[*column] = name;
    }
    write(out, names).map_err(invalid)?;
    for_each(bytes, |cells| {
        let mut row = vec![""; columns.len()];
        for (name, text) in cells {
            if let Some(cell) = columns.get(name).and_then(|column| row.get_mut(*column)) {
                *cell = text;
            }
        }
        write(out, row)
    })
}

/// Calls `each` with the cells of every object of a list.
fn for_each(bytes: &[u8], each: impl FnMut(&[Named]) -> Result<(), String>) -> Result<(), Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = json.deserialize_seq(List(each)).and_then(|()| json.end());
    read.map_err(|e| invalid(format!("This is not a list of days: {}. Export it once more.", shown(&e.to_string(), MAX_CELL_CHARS))))
}

struct List<F>(F);

impl<'de, F: FnMut(&[Named]) -> Result<(), String>> Visitor<'de> for List<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of days")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        let (mut cells, mut rows) = (Vec::new(), 0);
        while list.next_element_seed(Object(&mut cells))?.is_some() {
            rows += 1;
            if rows >= BOUNDS.rows {
                return Err(A::Error::custom(format!("more than {} of them", BOUNDS.rows)));
            }
            (self.0)(&cells).map_err(A::Error::custom)?;
            cells.clear();
        }
        Ok(())
    }
}

/// One object of the list.
struct Object<'c>(&'c mut Vec<Named>);

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a day")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            map.next_value_seed(Cell { cells: &mut *self.0, name: &shown(&name, MAX_CELL_CHARS), direct: true })?;
        }
        Ok(())
    }
}

/// A value of an object, or of an object nested in it.
struct Cell<'c> {
    cells: &'c mut Vec<Named>,
    name: &'c str,
    direct: bool,
}

impl Cell<'_> {
    fn push<E: serde::de::Error>(self, text: String) -> Result<(), E> {
        if self.cells.len() >= BOUNDS.columns {
            return Err(E::custom(format!("more than {} values in one day", BOUNDS.columns)));
        }
        self.cells.push((self.name.to_owned(), text));
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Cell<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Cell<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: serde::de::Error>(self, yes: bool) -> Result<(), E> {
        self.push(u8::from(yes).to_string())
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<(), E> {
        self.push(number.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<(), E> {
        self.push(number.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<(), E> {
        self.push(number.to_string())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.push(shown(text, MAX_CELL_CHARS))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if !self.direct {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        while let Some(inner) = map.next_key::<String>()? {
            let name = format!("{} {}", self.name, shown(&inner, MAX_CELL_CHARS));
            map.next_value_seed(Cell { cells: &mut *self.cells, name: &name, direct: false })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> String {
        String::from_utf8(table(json.as_bytes()).expect("a table").into_owned()).expect("text")
    }

    #[test]
    fn sleep_counts_for_the_date_on_which_it_ends() {
        let json = r#"[{"dateOfSleep": "2026-11-02", "startTime": "2026-11-01T22:20:00.000", "endTime": "2026-11-02T06:10:00.000", "minutesAsleep": 450},
                       {"dateOfSleep": "2026-11-02", "startTime": "2026-11-02T14:00:00.000", "endTime": "2026-11-02T14:35:00.000", "minutesAsleep": 30}]"#;
        assert_eq!(text(json), "date,sleep_hours,bed_time,wake_time,nap_hours\n2026-11-02,7.5,22:20,06:10,0.5\n");
    }

    #[test]
    fn a_resting_heart_rate_of_zero_is_none() {
        let json = r#"[{"dateTime": "2026-11-01 00:00:00", "value": {"date": null, "value": 0.0, "error": 0.0}},
                       {"dateTime": "2026-11-02 00:00:00", "value": {"date": "11/02/26", "value": 47.23, "error": 6.8}}]"#;
        assert_eq!(text(json), "date,resting_hr\n2026-11-02,47.23\n");
    }

    #[test]
    fn every_export_of_a_device_is_read_by_its_reader() {
        let json = r#"[{"calendarDate": "2026-11-02", "totalSteps": 9421, "activeKilocalories": 612.0}, {"calendarDate": "2026-11-03", "totalSteps": 8000}]"#;
        assert_eq!(text(json), "date,steps,active_energy_kcal\n2026-11-02,9421,612\n2026-11-03,8000,\n");
        // Cut off, it is refused like any list.
        assert!(table(&json.as_bytes()[..json.len() - 20]).is_err());
    }

    #[test]
    fn any_list_of_days_becomes_a_table() {
        let json = r#"[{"date": "2026-11-01", "mood": 4}, {"date": "2026-11-02", "mood": null, "drinks": 2, "night": {"hrv": 61.5}}]"#;
        assert_eq!(text(json), "date,mood,drinks,night hrv\n2026-11-01,4,,\n2026-11-02,,2,61.5\n");
    }

    #[test]
    fn anything_but_a_list_of_days_is_refused() {
        assert!(table(b"[1, 2]").is_err());
        assert!(table(&[0x1f, 0x8b, 1, 2]).is_err());
        assert_eq!(table(b"date,mood\n").expect("unchanged"), &b"date,mood\n"[..]);
    }

    #[test]
    fn too_large_a_list_is_refused_with_a_short_message() {
        let wide: String = (0..=BOUNDS.columns).map(|i| format!("\"c{i}\": 1,")).collect::<Vec<_>>().concat();
        let names: String = (0..=BOUNDS.columns).map(|i| format!("{{\"c{i}\": 1}},")).collect::<Vec<_>>().concat();
        for json in [
            format!("[{{{wide} \"date\": \"2026-01-01\"}}]"),
            format!("[{names} {{}}]"),
            format!("[{}{{}}]", "{},".repeat(usize::try_from(BOUNDS.rows).expect("fits"))),
            format!("[\"{}\"]", "x".repeat(10_000)),
            format!("[{{\"a\": {}", "[".repeat(10_000)),
        ] {
            let message = table(json.as_bytes()).expect_err("too large").message;
            assert!(message.len() < 300, "{message}");
        }
        let deep = format!("[{{\"date\": \"2026-01-01\", \"levels\": {{\"data\": {}0{}, \"x\": {{\"y\": 1}}}}}}]", "[".repeat(50), "]".repeat(50));
        assert_eq!(text(&deep), "date\n2026-01-01\n");
    }
}

//! A table of days as the journal's import reads it, with the catalogue of measures: each column becomes numbers.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::measures::{Aggregation, Known, Measure, NewMeasure, built_in};
use inference::{Column, Table};
use journal::{DateFormat, Dates, Sheet, blank_if_null, measure_called, number};

/// Longest span of one table, in days; a wrong year must not become an allocation.
const MAX_DAYS: i64 = 40_000;

/// A column that was said to be a measure.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    /// The name of the column.
    name: String,
    measure: Measure,
}

/// Reads `Legs=scale:dead|so so|fresh,before` with the checks of the form that makes a measure.
pub(super) fn declared(written: &str) -> Result<Declared, String> {
    let (name, rest) = written.split_once('=').ok_or("a column and what it is, such as Water=number,after")?;
    let (kind, known) = match rest.rsplit_once(',') {
        Some((kind, "before")) => (kind, "before_run"),
        Some((kind, "after")) => (kind, "after_run"),
        Some((_, when)) => return Err(format!("“{when}” is neither before nor after")),
        None => (rest, "after_run"),
    };
    let (kind, words) = kind.split_once(':').unwrap_or((kind, ""));
    let words = words.replace('|', ",");
    // A number of anything has no bounds, and a name is as long as its column's.
    let form = |field: &str| match field {
        "label" => Some("column"),
        "measure_kind" => Some(kind),
        "words" => Some(words.as_str()),
        "known" => Some(known),
        "min" => Some("-1000000000"),
        "max" => Some("1000000000"),
        _ => None,
    };
    let new = NewMeasure::parse(form).map_err(|problem| {
        problem.fields.names().next().and_then(|field| problem.fields.get(field)).map_or_else(|| problem.message.clone(), str::to_owned)
    })?;
    let name = name.trim().to_owned();
    let measure = Measure { label: name.clone(), ..new.with_key(format!("{}column", domain::measures::OWN_PREFIX)) };
    if measure.is_text() {
        return Err("text has no numbers to test".into());
    }
    Ok(Declared { name, measure })
}

/// Reads a table; all columns with numbers are returned as inputs, and the names of those with words beside it. The error for a cell that cannot be read
/// names its line and column.
pub(super) fn read(bytes: &[u8], own: &[Declared]) -> Result<(Table, Vec<String>), String> {
    let sheet = Sheet::read(bytes).map_err(|p| p.message)?;
    let (mut rows, mut dates): (Vec<Row>, _) = (Vec::new(), Dates::default());
    let read = sheet.for_each(|row| {
        rows.push(Row { line: row.line, cells: row.cells().map(str::to_owned).collect() });
        dates.add(row.cell(0));
    });
    read.map_err(|p| p.message)?;
    if let Some(missing) = own.iter().find(|own| !sheet.headers.iter().skip(1).any(|name| *name == own.name)) {
        return Err(format!("there is no column “{}”", missing.name));
    }
    let days = days(&rows, dates.format())?;
    let first = *days.keys().next().ok_or("there is no line with a day in it")?;
    let last = days.keys().next_back().copied().unwrap_or(first);
    let span = (last - first).num_days() + 1;
    if span > MAX_DAYS {
        return Err(format!("it spans {span} days, from {first} to {last}; one of these dates is wrong"));
    }
    let mut table = Table::new(first, span as usize);
    let mut words = Vec::new();
    for (i, name) in sheet.headers.iter().enumerate().skip(1) {
        let declared = own.iter().find(|own| own.name == *name).map(|own| &own.measure);
        let called = measure_called(name, built_in());
        let Some((numbers, measure)) = numbers(&rows, i, declared, called).map_err(|error| error.in_column(name))? else {
            words.push(name.clone());
            continue;
        };
        let aggregation = measure.map_or(Aggregation::Mean, |measure| measure.aggregation);
        let mut values = vec![f64::NAN; table.days];
        for (day, rows) in &days {
            let of_day: Vec<f64> = rows.iter().map(|row| numbers[*row]).filter(|number| number.is_finite()).collect();
            if let Some(value) = aggregation.of(&of_day) {
                values[(*day - first).num_days() as usize] = value;
            }
        }
        let first_lag = usize::from(measure.is_some_and(|measure| measure.known == Known::AfterRun));
        table.inputs.push(Column { first_lag, ..Column::new(name, values) });
    }
    Ok((table, words))
}

struct Row {
    line: u64,
    cells: Vec<String>,
}

impl Row {
    /// The text of a cell, which may be beyond the last one; nothing for the words of a missing value.
    fn cell(&self, column: usize) -> &str {
        blank_if_null(self.cells.get(column).map_or("", String::as_str))
    }
}

/// The rows of each day.
fn days(rows: &[Row], format: DateFormat) -> Result<BTreeMap<NaiveDate, Vec<usize>>, String> {
    let mut days: BTreeMap<NaiveDate, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| !row.cells.iter().all(String::is_empty)) {
        let written = row.cells.first().map_or("", String::as_str);
        let day = format.parse(written).or_else(|| iso(written));
        let day = day.ok_or_else(|| format!("line {}: “{written}” is not a date such as 2026-05-13", row.line))?;
        days.entry(day).or_default().push(at);
    }
    Ok(days)
}

/// A cell that cannot be read.
struct Wrong {
    line: u64,
    text: String,
    /// What it should be.
    expected: String,
}

impl Wrong {
    fn in_column(&self, name: &str) -> String {
        format!("line {}, column {name}: “{}” {}", self.line, self.text, self.expected)
    }
}

/// Those of a column, one for each row, and the measure that it is.
type Numbers<'m> = (Vec<f64>, Option<&'m Measure>);

/// The numbers of a column, `NaN` where there is none, and the measure that it is. `None` if it holds words.
///
/// What a column was said to be, it must be. One that is only called as a measure is read as it if all its cells are answers to it, and otherwise as
/// numbers: software calls many a thing stress.
fn numbers<'m>(rows: &[Row], column: usize, declared: Option<&'m Measure>, called: Option<&'m Measure>) -> Result<Option<Numbers<'m>>, Wrong> {
    if let Some(measure) = declared {
        return answers(rows, column, measure).map(|numbers| Some((numbers, Some(measure))));
    }
    let as_called = called.map(|measure| (measure, answers(rows, column, measure)));
    if let Some((measure, Ok(numbers))) = as_called {
        return Ok((!measure.is_text()).then_some((numbers, Some(measure))));
    }
    let plain = rows.iter().map(|row| {
        plain_number(row.cell(column)).ok_or_else(|| Wrong {
            line: row.line,
            text: row.cell(column).to_owned(),
            expected: "is not a number, true or false".into(),
        })
    });
    match plain.collect() {
        Ok(numbers) => Ok(Some((numbers, None))),
        Err(wrong) => Err(as_called.and_then(|(_, answers)| answers.err()).unwrap_or(wrong)),
    }
}

/// The answers of a column to a measure; words are no numbers.
fn answers(rows: &[Row], column: usize, measure: &Measure) -> Result<Vec<f64>, Wrong> {
    let answer = |row: &Row| match measure.read(row.cell(column)) {
        Ok(answer) => Ok(answer.and_then(|answer| answer.number()).unwrap_or(f64::NAN)),
        Err(sentence) => Err(Wrong { line: row.line, text: row.cell(column).to_owned(), expected: format!("cannot be read. {sentence}") }),
    };
    rows.iter().map(answer).collect()
}

/// A date of any year: synthetic tables may lie outside a journal's range.
fn iso(written: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(written.get(..10)?, "%Y-%m-%d").ok()
}

fn plain_number(text: &str) -> Option<f64> {
    match text.to_ascii_lowercase().as_str() {
        "" => Some(f64::NAN),
        "true" => Some(1.0),
        "false" => Some(0.0),
        other => number(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(bytes: &[u8]) -> Table {
        read(bytes, &[]).expect("readable").0
    }

    #[test]
    fn days_without_a_line_are_missing_and_not_zero() {
        let table = plain(b"\xef\xbb\xbfdate,a,b\n2026-01-03,1.5,true\n2026-01-01,,false\n");
        assert_eq!((table.days, table.inputs.len()), (3, 2));
        assert!(table.inputs[0].values[0].is_nan() && table.inputs[0].values[1].is_nan());
        assert_eq!((table.inputs[0].values[2], table.inputs[1].values[0]), (1.5, 0.0));
    }

    #[test]
    fn a_synthetic_table_may_lie_in_any_year() {
        assert_eq!(plain(b"date,a\n1970-01-01,1\n1970-01-03,2\n").days, 3);
        assert_eq!(plain(b"date,a\n2119-12-31T00:00:00,1\n2120-01-01,2\n").days, 2);
    }

    #[test]
    fn a_table_saved_by_other_software_is_the_same_table() {
        let bits = |bytes: &[u8]| {
            let table = plain(bytes);
            (table.days, table.inputs.iter().map(|c| (c.name.clone(), c.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>())).collect::<Vec<_>>())
        };
        let one = bits(b"date,sleep,coffee,run\n2026-01-13,7.5,2,true\n2026-01-14,,3,false\n2026-02-01,8.25,,true\n");
        for other in [
            "\u{feff}date;sleep;coffee;run\r\n2026-01-13;7,5;2;true\r\n2026-01-14;;3;false\r\n2026-02-01;8,25;;true\r\n",
            "date\tsleep\tcoffee\trun\n13.01.2026\t7,5\t2\ttrue\n14.01.2026\tNA\t3\tfalse\n01.02.2026\t8,25\t-\ttrue\n",
            "date,sleep,coffee,run\n1/13/2026,\"7,5\",2,true\n1/14/2026,n/a,3,false\n2/1/2026,8.25,,true\n",
        ] {
            assert_eq!(bits(other.as_bytes()), one, "{other}");
        }
    }

    #[test]
    fn a_wrong_cell_is_named() {
        let refused = |bytes: &[u8]| read(bytes, &[]).expect_err("wrong");
        assert_eq!(refused(b"date,a\n2026-01-01,much\n"), "line 2, column a: “much” is not a number, true or false");
        let mood = refused(b"date,mood\n2026-01-01,fine\n");
        assert_eq!(mood, "line 2, column mood: “fine” cannot be read. Mood: one of low, meh, ok, good, great.");
        assert!(read(b"date,a\nyesterday,1\n", &[]).is_err());
        assert!(read(b"", &[]).is_err());
        assert!(read(b"date,a\n0001-01-01,1\n2026-01-01,1\n", &[]).is_err());
    }

    #[test]
    fn columns_that_are_called_as_measures_are_read_as_the_import_reads_them() {
        let days = "date;Weight;mood;bed_time;shift;caffeine;Sleep;stress;own\n\
                    2026-01-01;70,5;good;22:20;night;2;7:30;3.7;1\n2026-01-02;71;meh;0:30;off;;8;-1;2\n2026-01-02;73;ok;;day;3;1;0;4\n";
        let (table, words) = read(days.as_bytes(), &[]).expect("readable");
        let column = |name: &str| table.inputs.iter().find(|column| column.name == name).expect("a column");
        assert_eq!((words, column("Weight").values.clone(), column("Weight").first_lag), (vec!["shift".to_owned()], vec![70.5, 72.0], 0));
        // The last of a day, the night that follows, the sum: as their measures say.
        assert_eq!((column("mood").values.clone(), column("mood").first_lag), (vec![4.0, 3.0], 1));
        assert_eq!(column("bed_time").values, [-100.0, 30.0]);
        assert_eq!((column("caffeine").values.clone(), column("caffeine").first_lag), (vec![2.0, 3.0], 1));
        assert_eq!(column("Sleep").values, [7.5, 9.0]);
        // No answers to our question, so it is somebody else's.
        assert_eq!((column("stress").values.clone(), column("stress").first_lag), (vec![3.7, -0.5], 0));
        assert_eq!((column("own").values.clone(), column("own").first_lag), (vec![1.0, 3.0], 0));
    }

    #[test]
    fn what_a_column_was_said_to_be_it_must_be() {
        let own = |written: &str| declared(written).expect("valid");
        let days = "date,Legs,Shower,Water\n2026-01-01,so so,yes,1200\n2026-01-02,fresh,no,-3\n";
        let measures = [own("Legs=scale:dead|so so|fresh,before"), own("Shower=yes_no"), own("Water=number,after")];
        let (table, _) = read(days.as_bytes(), &measures).expect("readable");
        let columns: Vec<_> = table.inputs.iter().map(|column| (column.values.clone(), column.first_lag)).collect();
        assert_eq!(columns, [(vec![2.0, 3.0], 0), (vec![1.0, 0.0], 1), (vec![1200.0, -3.0], 1)]);
        assert!(read(days.as_bytes(), &[own("Legs=number")]).is_err_and(|e| e.starts_with("line 2, column Legs: “so so” cannot be read.")));
        assert!(read(days.as_bytes(), &[own("Arms=number")]).is_err_and(|e| e == "there is no column “Arms”"));
        for wrong in ["Legs", "Legs=scale:one", "Legs=words", "Legs=text", "Legs=number,soon"] {
            assert!(declared(wrong).is_err(), "{wrong}");
        }
    }
}

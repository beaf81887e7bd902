//! `legwork discover`: the engine on daily CSV tables, without a database.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use chrono::NaiveDate;
use clap::Args;
use inference::{Column, Finding, Options, Table, discover};
use journal::{Dates, Sheet, blank_if_null, number};
use serde_json::{Value, json};

/// Longest span of one table, in days; a wrong year must not become an allocation.
const MAX_DAYS: i64 = 40_000;

/// What to test.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Wide daily tables: `date` first, then one column per variable; empty means missing, values are numbers or true/false.
    #[arg(required = true, value_name = "CSV")]
    files: Vec<PathBuf>,
    /// Columns that might be affected.
    #[arg(long, required = true, num_args = 1.., value_name = "NAME")]
    outcome: Vec<String>,
    /// Columns that might have an effect; by default every column that is not an outcome.
    #[arg(long, num_args = 1.., value_name = "NAME")]
    inputs: Vec<String>,
    /// The largest lag in days.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(0..=60))]
    max_lag: u16,
    /// The smallest effect of interest, in standard deviations of the outcome.
    #[arg(long, default_value_t = 0.1, value_name = "SD")]
    smallest_effect: f64,
    /// Seed of the surrogates: the same data and seed give the same result.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// One JSON object per line (without it, indented).
    #[arg(long)]
    json: bool,
}

/// Prints an object per table. Success if every table could be read.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut all_read = true;
    let mut out = std::io::stdout().lock();
    for file in &arguments.files {
        let value = match results(file, arguments) {
            Ok(value) => value,
            Err(message) => {
                all_read = false;
                eprintln!("{}: {message}", file.display());
                continue;
            }
        };
        let written = if arguments.json { writeln!(out, "{value}") } else { writeln!(out, "{value:#}") };
        if written.is_err() {
            return ExitCode::FAILURE; // the pipe is closed
        }
    }
    if all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn results(file: &Path, arguments: &Arguments) -> Result<Value, String> {
    let bytes = std::fs::read(file).map_err(|e| format!("it cannot be read: {e}"))?;
    let mut table = read(&bytes)?;
    let all = std::mem::take(&mut table.inputs);
    let find = |name: &String| all.iter().find(|c| c.name == *name).cloned().ok_or_else(|| format!("there is no column “{name}”"));
    table.outcomes = arguments.outcome.iter().map(find).collect::<Result<_, _>>()?;
    table.inputs = if arguments.inputs.is_empty() {
        all.iter().filter(|c| !arguments.outcome.contains(&c.name)).cloned().collect()
    } else {
        arguments.inputs.iter().map(find).collect::<Result<_, _>>()?
    };
    if !(arguments.smallest_effect.is_finite() && arguments.smallest_effect >= 0.0) {
        return Err("the smallest effect must be a number from 0".into());
    }
    let options = Options {
        max_lag: usize::from(arguments.max_lag),
        smallest_effect_sd: arguments.smallest_effect,
        seed: arguments.seed,
        ..Options::default()
    };
    let begun = Instant::now();
    let findings: Vec<Value> = discover(&table, &options).iter().map(finding).collect();
    let elapsed_ms = begun.elapsed().as_secs_f64() * 1000.0;
    Ok(
        json!({ "file": file.display().to_string(), "n_days": table.days, "findings": findings, "elapsed_ms": (elapsed_ms * 1000.0).round() / 1000.0 }),
    )
}

fn finding(f: &Finding) -> Value {
    let unit = match (f.binary, f.input_step) {
        (true, _) => format!("{} (no to yes in {})", f.outcome, f.input),
        (false, Some(step)) => format!("{} per {} of {}", f.outcome, domain::units::format_significant(step), f.input),
        (false, None) => f.outcome.clone(),
    };
    json!({
        "input": f.input,
        "outcome": f.outcome,
        "lag_days": f.lag_days,
        "lag_set": f.lag_set,
        "effect": f.effect,
        "effect_unit": unit,
        "effect_step": f.input_step,
        "ci_low": f.ci_low,
        "ci_high": f.ci_high,
        "r": f.r,
        "p": f.p,
        "q": f.q,
        "q_strict": f.q_strict,
        "expected": f.expected,
        "n": f.n,
        "n_eff": f.n_eff,
        "tier": f.tier,
        "days_needed": f.days_needed,
        "flags": f.flags,
        "profile": f.profile,
        "how": f.provenance,
    })
}

/// Reads a table like the journal's import; all columns are returned as inputs. The error for a cell that is no number names its line and column.
fn read(bytes: &[u8]) -> Result<Table, String> {
    let sheet = Sheet::read(bytes).map_err(|p| p.message)?;
    let (mut written, mut dates): (Vec<(u64, Vec<String>)>, _) = (Vec::new(), Dates::default());
    let read = sheet.for_each(|row| {
        written.push((row.line, row.cells().map(str::to_owned).collect()));
        dates.add(row.cell(0));
    });
    read.map_err(|p| p.message)?;
    let names: Vec<String> = sheet.headers.into_iter().skip(1).collect();
    let text = |row: &[String], i: usize| row.get(i).cloned().unwrap_or_default();
    let dates = dates.format();
    let mut rows: Vec<(NaiveDate, Vec<f64>)> = Vec::new();
    for (line, row) in written.iter().filter(|(_, row)| !row.iter().all(String::is_empty)) {
        let day = dates.parse(&text(row, 0)).or_else(|| iso(&text(row, 0)));
        let day = day.ok_or_else(|| format!("line {line}: “{}” is not a date such as 2026-05-13", text(row, 0)))?;
        let cells = names.iter().enumerate().map(|(i, name)| {
            cell(&text(row, i + 1)).ok_or_else(|| format!("line {line}, column {name}: “{}” is not a number, true or false", text(row, i + 1)))
        });
        rows.push((day, cells.collect::<Result<_, _>>()?));
    }
    let first_day = rows.iter().map(|r| r.0).min().ok_or("there is no line with a day in it")?;
    let last_day = rows.iter().map(|r| r.0).max().unwrap_or(first_day);
    let span = (last_day - first_day).num_days() + 1;
    if span > MAX_DAYS {
        return Err(format!("it spans {span} days, from {first_day} to {last_day}; one of these dates is wrong"));
    }
    let days = span as usize;
    let mut values = vec![vec![f64::NAN; days]; names.len()];
    for (day, cells) in rows {
        let i = (day - first_day).num_days() as usize;
        for (column, value) in values.iter_mut().zip(cells) {
            if value.is_finite() {
                column[i] = value;
            }
        }
    }
    let inputs = names.into_iter().zip(values).map(|(name, values)| Column::new(name, values)).collect();
    Ok(Table { inputs, ..Table::new(first_day, days) })
}

/// A date of any year: synthetic tables may lie outside a journal's range.
fn iso(written: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(written.get(..10)?, "%Y-%m-%d").ok()
}

fn cell(text: &str) -> Option<f64> {
    match blank_if_null(text).to_ascii_lowercase().as_str() {
        "" => Some(f64::NAN),
        "true" => Some(1.0),
        "false" => Some(0.0),
        other => number(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_without_a_line_are_missing_and_not_zero() {
        let table = read(b"\xef\xbb\xbfdate,a,b\n2026-01-03,1.5,true\n2026-01-01,,false\n").expect("readable");
        assert_eq!((table.days, table.inputs.len()), (3, 2));
        assert!(table.inputs[0].values[0].is_nan() && table.inputs[0].values[1].is_nan());
        assert_eq!((table.inputs[0].values[2], table.inputs[1].values[0]), (1.5, 0.0));
    }

    #[test]
    fn a_synthetic_table_may_lie_in_any_year() {
        assert_eq!(read(b"date,a\n1970-01-01,1\n1970-01-03,2\n").expect("readable").days, 3);
        assert_eq!(read(b"date,a\n2119-12-31T00:00:00,1\n2120-01-01,2\n").expect("readable").days, 2);
    }

    #[test]
    fn a_table_saved_by_other_software_is_the_same_table() {
        let bits = |bytes: &[u8]| {
            let table = read(bytes).expect("readable");
            (table.days, table.inputs.iter().map(|c| (c.name.clone(), c.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>())).collect::<Vec<_>>())
        };
        let plain = bits(b"date,sleep,coffee,run\n2026-01-13,7.5,2,true\n2026-01-14,,3,false\n2026-02-01,8.25,,true\n");
        for other in [
            "\u{feff}date;sleep;coffee;run\r\n2026-01-13;7,5;2;true\r\n2026-01-14;;3;false\r\n2026-02-01;8,25;;true\r\n",
            "date\tsleep\tcoffee\trun\n13.01.2026\t7,5\t2\ttrue\n14.01.2026\tNA\t3\tfalse\n01.02.2026\t8,25\t-\ttrue\n",
            "date,sleep,coffee,run\n1/13/2026,\"7,5\",2,true\n1/14/2026,n/a,3,false\n2/1/2026,8.25,,true\n",
        ] {
            assert_eq!(bits(other.as_bytes()), plain, "{other}");
        }
    }

    #[test]
    fn a_wrong_cell_is_named() {
        assert_eq!(read(b"date,a\n2026-01-01,much\n").expect_err("wrong"), "line 2, column a: “much” is not a number, true or false");
        assert!(read(b"date,a\nyesterday,1\n").is_err());
        assert!(read(b"").is_err());
        assert!(read(b"date,a\n0001-01-01,1\n2026-01-01,1\n").is_err());
    }
}

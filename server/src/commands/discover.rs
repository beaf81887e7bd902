//! `legwork discover`: the engine on daily CSV tables, without a database.

mod table;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use inference::{Finding, Options, discover};
use serde_json::{Value, json};

use self::table::{Declared, declared, read};

/// What to test.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Wide daily tables: `date` first, then one column per variable; empty means missing. A column that is called as a measure of the journal is read
    /// as one: `weight`, `mood` with its words, `bed_time` with times. Any other has numbers or true/false, and may act the same day.
    #[arg(required = true, value_name = "CSV")]
    files: Vec<PathBuf>,
    /// Columns that might be affected.
    #[arg(long, required = true, num_args = 1.., value_name = "NAME")]
    outcome: Vec<String>,
    /// Columns that might have an effect; by default every column that is not an outcome.
    #[arg(long, num_args = 1.., value_name = "NAME")]
    inputs: Vec<String>,
    /// What a column of your own is: a number, count, duration or clock, `yes_no`, or a scale with its words from the lowest; and whether it is known
    /// before or after a run of the same day. For example `Legs=scale:dead|so so|fresh,before` or `Water=number,after`.
    #[arg(long = "measure", num_args = 1.., value_name = "NAME=KIND[,WHEN]", value_parser = declared)]
    measures: Vec<Declared>,
    /// Columns that are known only after a run of the same day, so that they may explain the next one at the earliest.
    #[arg(long, num_args = 1.., value_name = "NAME")]
    known_after_run: Vec<String>,
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
    let (mut table, words) = read(&bytes, &arguments.measures)?;
    let mut all = std::mem::take(&mut table.inputs);
    for name in &arguments.known_after_run {
        all.iter_mut().find(|column| column.name == *name).ok_or_else(|| format!("there is no column “{name}”"))?.first_lag = 1;
    }
    let find = |name: &String| match all.iter().find(|column| column.name == *name) {
        Some(column) => Ok(column.clone()),
        None if words.contains(name) => Err(format!("the column “{name}” holds words, which have no direction")),
        None => Err(format!("there is no column “{name}”")),
    };
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
    let mut printed = json!({ "file": file.display().to_string(), "n_days": table.days, "findings": findings, "elapsed_ms": (elapsed_ms * 1000.0).round() / 1000.0 });
    if !words.is_empty() {
        printed["left_out"] = words.into();
    }
    Ok(printed)
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

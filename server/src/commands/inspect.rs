//! `legwork inspect`: what is in a recording, without a database.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use physiology::{Athlete, analyse};
use recordings::archive::{self, Limits};
use recordings::{Format, Read, ReadError, read, sniff};
use serde_json::{Value, json};

/// Bytes of one recording, unpacked.
const LIMIT: u64 = 512_000_000;
const ARCHIVE: Limits = Limits { entry_bytes: LIMIT, total_bytes: 16_000_000_000, entries: 100_000 };

/// What to look at.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Recordings: FIT, GPX, TCX, each also gzipped, or a zip of them.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// One JSON object a line (the default form is the same; the flag says that a program reads it).
    #[arg(long)]
    json: bool,
}

/// Prints a line a file. Success when every file gave something.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut all = true;
    let mut out = std::io::stdout().lock();
    for file in &arguments.files {
        for (value, gave) in look(file) {
            all &= gave;
            let written = if arguments.json { writeln!(out, "{value}") } else { writeln!(out, "{value:#}") };
            if written.is_err() {
                return ExitCode::FAILURE; // nobody reads on
            }
        }
    }
    if all { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn look(path: &Path) -> Vec<(Value, bool)> {
    let name = path.display().to_string();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) => return vec![failed(&name, None, &format!("The file cannot be read: {e}."))],
    };
    if sniff(&bytes) != Some(Format::Zip) {
        return vec![told(&name, sniff(&bytes), read(&bytes, LIMIT))];
    }
    let mut out = Vec::new();
    let result = archive::for_each(std::io::Cursor::new(bytes), ARCHIVE, |(entry, content)| {
        let name = format!("{name}/{entry}");
        out.push(match content {
            Ok(bytes) => told(&name, sniff(&bytes), read(&bytes, LIMIT)),
            Err(e) => failed(&name, None, &e.to_string()),
        });
    });
    match result {
        Err(e) => out.push(failed(&name, Some(Format::Zip), &e.to_string())),
        Ok(_) if out.is_empty() => out.push(failed(&name, Some(Format::Zip), "The zip holds no FIT, GPX or TCX files.")),
        Ok(_) => {}
    }
    out
}

fn failed(name: &str, format: Option<Format>, error: &str) -> (Value, bool) {
    let value = json!({ "file": name, "format": format.map(Format::as_str), "status": "failed", "warnings": [], "error": error, "activities": [] });
    (value, false)
}

fn told(name: &str, format: Option<Format>, result: Result<Read, ReadError>) -> (Value, bool) {
    let read = match result {
        Ok(read) => read,
        Err(e) => return failed(name, format, &e.to_string()),
    };
    let warnings: Vec<String> = read.warnings.iter().map(ToString::to_string).collect();
    let activities: Vec<Value> = read.recordings.iter().map(activity).collect();
    let status = if warnings.is_empty() { "ok" } else { "recovered" };
    (json!({ "file": name, "format": read.format.as_str(), "status": status, "warnings": warnings, "error": null, "activities": activities }), true)
}

fn activity(recording: &recordings::Recording) -> Value {
    let a = analyse(recording, &Athlete::default());
    let started =
        recording.started_at_ms.and_then(chrono::DateTime::from_timestamp_millis).map(|t| t.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true));
    // Six digits are far more than any device measures, and keep the lines short.
    let number = |v: Option<f64>| v.filter(|v| v.is_finite()).map(|v| (v * 1e6).round() / 1e6);
    json!({
        "sport": recording.sport.as_str(),
        "started_at": started,
        "elapsed_s": number(a.elapsed_s),
        "moving_s": number(a.moving_s),
        "distance_m": number(a.distance_m),
        "records": recording.samples.len(),
        "laps": recording.laps.len(),
        "ascent_m": number(a.ascent_m),
        "avg_hr_bpm": number(a.avg_hr_bpm),
        "max_hr_bpm": number(a.max_hr_bpm),
        "avg_pace_s_per_km": number(a.avg_pace_s_per_km),
        "gap_s_per_km": number(a.gap_s_per_km),
        "ngp_s_per_km": number(a.ngp_s_per_km),
        "efficiency_factor": number(a.efficiency_factor),
        "decoupling_pct": number(a.decoupling_pct),
        "hr_lag_s": number(a.hr_lag_s),
        "trimp": number(a.trimp),
        "repairs": a.repairs,
    })
}

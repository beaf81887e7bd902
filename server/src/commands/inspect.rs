//! `legwork inspect`: what is in a recording, without a database.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use physiology::{Analysis, Athlete, analyse};
use recordings::archive::{self, Entry, Limits};
use recordings::fit::{self, Value as FitValue};
use recordings::{Format, Read, ReadError, Sport, gunzip, read, sniff};
use serde_json::{Value, json};

/// Bytes of one recording, unpacked.
const LIMIT: u64 = 512_000_000;
const ARCHIVE: Limits = Limits { entry_bytes: LIMIT, total_bytes: 16_000_000_000, entries: 100_000, nested: false };

/// What to inspect.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Recordings: FIT, GPX, TCX, each also gzipped, and zips and tars of them.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// One JSON object per line (without it, indented).
    #[arg(long)]
    json: bool,
    /// Every message of FIT files instead, one JSON object per line, with unknown messages and developer fields.
    #[arg(long)]
    messages: bool,
}

/// Prints an object per file. Success if every file could be read.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut all_read = true;
    let mut out = std::io::stdout().lock();
    for file in &arguments.files {
        if arguments.messages {
            all_read &= messages(file, &mut out);
            continue;
        }
        for (value, was_read) in inspect(file) {
            all_read &= was_read;
            let written = if arguments.json { writeln!(out, "{value}") } else { writeln!(out, "{value:#}") };
            if written.is_err() {
                return ExitCode::FAILURE; // the pipe is closed
            }
        }
    }
    if all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn inspect(path: &Path) -> Vec<(Value, bool)> {
    let name = path.display().to_string();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) => return vec![failed(&name, None, &format!("The file cannot be read: {e}."))],
    };
    let format = sniff(&bytes);
    // A gzipped tar is an archive; any other gzipped file is a recording.
    let tar = match format {
        Some(Format::Tar) => Some(bytes.clone()),
        Some(Format::Gzip) => gunzip(&bytes, LIMIT).ok().map(|(inner, _)| inner).filter(|inner| sniff(inner) == Some(Format::Tar)),
        _ => None,
    };
    let mut out = Vec::new();
    let each = |entry: Entry<'_>| {
        let name = format!("{name}/{}", entry.name);
        let mut bytes = Vec::new();
        out.push(match entry.content.map(|content| std::io::Read::read_to_end(content, &mut bytes)) {
            Ok(Ok(_)) => file_report(&name, sniff(&bytes), read(&bytes, LIMIT)),
            Ok(Err(e)) => failed(&name, None, &e.to_string()),
            Err(e) => failed(&name, None, &e.to_string()),
        });
    };
    let result = match (format, tar) {
        (Some(Format::Zip), _) => archive::for_each_in_zip(std::io::Cursor::new(bytes), ARCHIVE, each),
        (_, Some(tar)) => archive::for_each_in_tar(&tar[..], ARCHIVE, each),
        _ => return vec![file_report(&name, format, read(&bytes, LIMIT))],
    };
    match result {
        Err(e) => out.push(failed(&name, format, &e.to_string())),
        Ok(_) if out.is_empty() => out.push(failed(&name, format, "The archive holds no FIT, GPX or TCX files.")),
        Ok(_) => {}
    }
    out
}

/// Prints every message of a FIT file; `false` if it could not be read or the pipe is closed.
fn messages(path: &Path, out: &mut impl Write) -> bool {
    let name = path.display().to_string();
    let read = std::fs::read(path).map_err(|e| e.to_string()).and_then(|bytes| fit::messages(&bytes).map_err(|e| e.to_string()));
    let (messages, warnings) = match read {
        Ok(read) => read,
        Err(error) => {
            let _ = writeln!(out, "{}", json!({ "file": name, "error": error }));
            return false;
        }
    };
    for message in messages {
        let fields: Vec<Value> = message
            .fields
            .iter()
            .map(|f| {
                let value = match &f.value {
                    FitValue::Number(n) => json!(n),
                    FitValue::Numbers(all) => json!(all),
                    FitValue::Text(text) => json!(text),
                    FitValue::Texts(all) => json!(all),
                };
                json!({ "number": f.number, "name": f.name, "unit": f.unit, "value": value, "developer": f.developer })
            })
            .collect();
        if writeln!(out, "{}", json!({ "number": message.number, "name": message.name, "fields": fields })).is_err() {
            return false;
        }
    }
    warnings.iter().all(|w| writeln!(out, "{}", json!({ "warning": w.to_string() })).is_ok())
}

fn failed(name: &str, format: Option<Format>, error: &str) -> (Value, bool) {
    let value = json!({ "file": name, "format": format.map(Format::as_str), "status": "failed", "warnings": [], "error": error, "activities": [] });
    (value, false)
}

fn file_report(name: &str, format: Option<Format>, result: Result<Read, ReadError>) -> (Value, bool) {
    let read = match result {
        Ok(read) => read,
        Err(e) => return failed(name, format, &e.to_string()),
    };
    let mut warnings: Vec<String> = read.warnings.iter().map(ToString::to_string).collect();
    let now = platform::Clock::System.now().timestamp_millis();
    let impossible = read.recordings.iter().filter_map(|r| r.impossible_date(Some(now))).map(|w| w.to_string());
    for sentence in impossible.collect::<Vec<_>>() {
        if !warnings.contains(&sentence) {
            warnings.push(sentence);
        }
    }
    let mut activities = Vec::with_capacity(read.recordings.len());
    for recording in &read.recordings {
        let analysis = analyse(recording, &Athlete::default());
        warnings.extend(analysis.caveats.iter().map(ToString::to_string));
        activities.push(activity(recording, &analysis));
    }
    let status = if warnings.is_empty() { "ok" } else { "recovered" };
    (json!({ "file": name, "format": read.format.as_str(), "status": status, "warnings": warnings, "error": null, "activities": activities }), true)
}

fn activity(recording: &recordings::Recording, a: &Analysis) -> Value {
    let shift_ms = (a.start_s * 1000.0) as i64;
    let start_ms = recording.started_at_ms.map(|ms| ms.saturating_add(shift_ms));
    let started = start_ms.and_then(chrono::DateTime::from_timestamp_millis).map(|t| t.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true));
    // Six decimals are far more than any device measures, and keep the output short.
    let number = |v: Option<f64>| v.filter(|v| v.is_finite()).map(|v| (v * 1e6).round() / 1e6);
    json!({
        "sport": recording.sport.as_str(),
        "started_at": started,
        "elapsed_s": number(a.elapsed_s),
        "timer_s": number(a.timer_s),
        "moving_s": number(a.moving_s),
        "distance_m": number(a.distance_m),
        "records": recording.samples.len(),
        "laps": recording.laps.len(),
        "elevation_gain_m": number(a.elevation_gain_m),
        "avg_hr_bpm": number(a.avg_hr_bpm),
        "max_hr_bpm": number(a.max_hr_bpm),
        "avg_pace_s_per_km": number(a.avg_pace_s_per_km),
        "gap_s_per_km": number(a.gap_s_per_km),
        "ngp_s_per_km": number(a.ngp_s_per_km),
        "efficiency_factor": number(a.efficiency_factor),
        "decoupling_pct": number(a.decoupling_pct),
        "hr_lag_s": number(a.hr_lag.map(|l| l.tau_s)),
        "cadence_rpm": number(a.cadence_rpm),
        "steps_per_min": number(a.cadence_rpm.filter(|_| !matches!(recording.sport, Sport::Cycling | Sport::Swimming)).map(|c| 2.0 * c)),
        "trimp": number(a.trimp),
        "repairs": a.repairs,
    })
}

//! What is recovered from files that are truncated, damaged, or break a rule that real devices break: one snapshot each.
//!
//! Needs `LEGWORK_RECORDINGS`, and is counted as skipped without.

use std::fmt::Write as _;

use recordings::{Recording, fit};

#[test]
#[ignore = "needs LEGWORK_RECORDINGS"]
fn each_broken_file_yields_what_is_sound() {
    let folder = std::path::PathBuf::from(std::env::var_os("LEGWORK_RECORDINGS").expect("LEGWORK_RECORDINGS"));
    let mut files: Vec<_> = std::fs::read_dir(folder.join("fit-broken")).expect("folder").map(|f| f.expect("entry").path()).collect();
    files.sort();
    assert_eq!(files.len(), 14);
    for path in files {
        let bytes = std::fs::read(&path).expect("file");
        insta::with_settings!({ snapshot_suffix => path.file_stem().expect("name").to_string_lossy().into_owned(), omit_expression => true }, {
            insta::assert_snapshot!("recovered", recovered(&bytes));
        });
    }
}

fn recovered(bytes: &[u8]) -> String {
    let mut out = String::new();
    match fit::messages(bytes) {
        Ok((messages, _)) => {
            let mut kinds = std::collections::BTreeMap::<String, usize>::new();
            for m in &messages {
                *kinds.entry(m.name.map_or_else(|| format!("unknown {}", m.number), str::to_owned)).or_default() += 1;
            }
            let _ = writeln!(out, "{} bytes, {} messages: {kinds:?}", bytes.len(), messages.len());
        }
        Err(error) => {
            let _ = writeln!(out, "{} bytes, no messages: {error}", bytes.len());
        }
    }
    match recordings::read(bytes, 1 << 26) {
        Ok(read) => {
            for warning in &read.warnings {
                let _ = writeln!(out, "warning: {warning}");
            }
            for recording in &read.recordings {
                describe(&mut out, recording);
            }
        }
        Err(error) => {
            let _ = writeln!(out, "no activity: {error}");
        }
    }
    out
}

fn describe(out: &mut String, r: &Recording) {
    let s = &r.samples;
    let known = |column: &[f64]| column.iter().filter(|v| v.is_finite()).count();
    let last = |column: &[f64]| column.iter().rev().copied().find(|v| v.is_finite());
    let at = r.started_at_ms.and_then(chrono::DateTime::from_timestamp_millis).map(|t| t.to_rfc3339());
    let _ = writeln!(out, "{} of {:?} at {}", r.sport.as_str(), r.device.as_deref().unwrap_or("?"), at.as_deref().unwrap_or("?"));
    let _ = writeln!(
        out,
        "  {} samples over {:?} s, {:?} m; with heart rate {}, position {}, altitude {}; {} laps, {} pauses",
        s.len(),
        last(&s.time_s),
        last(&s.distance_m),
        known(&s.heart_rate_bpm),
        known(&s.latitude_deg),
        known(&s.altitude_m),
        r.laps.len(),
        r.pauses.len()
    );
    for stream in &s.extra {
        let _ = writeln!(out, "  also {} [{}]: {} values", stream.name, stream.unit, known(&stream.values));
    }
}

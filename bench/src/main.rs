//! Decodes every FIT file of a folder with our decoder, the `fitparser` crate, and, if they are installed, the Python decoders; prints one
//! line per file and the ratios that the project promises.
//!
//! Argument: the folder. Ours is measured twice: into typed columns, which is what an import does, and into every message with names
//! and units, which is what the others do.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const READERS: usize = 6;
const NAMES: [&str; READERS] = ["ours, columns", "ours, messages", "fitparser", "garmin-fit-sdk", "fitdecode", "fitparse"];

/// Seconds of each decoder for one file; `None` if it rejected the file or is not installed.
struct Row {
    name: String,
    bytes: usize,
    seconds: [Option<f64>; READERS],
}

fn main() {
    let Some(folder) = std::env::args().nth(1).map(PathBuf::from) else {
        eprintln!("usage: bench FOLDER (of FIT files)");
        std::process::exit(1);
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).expect("folder").flatten().map(|f| f.path()).collect();
    files.sort();
    let python = python(&files);
    let rows: Vec<Row> = files
        .iter()
        .map(|path| {
            let bytes = std::fs::read(path).expect("file");
            let mut seconds = [None; READERS];
            seconds[0] = best(30, || recordings::fit::decode(&bytes).is_ok());
            seconds[1] = best(15, || {
                let mut fields = 0;
                let read = recordings::fit::for_each_message(&bytes, |message| fields += black_box(message).fields.len());
                read.is_ok() && fields > 0
            });
            seconds[2] = best(5, || fitparser::from_bytes(&bytes).is_ok());
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            for (reader, file, s) in &python {
                if let Some(at) = NAMES.iter().position(|n| n == reader).filter(|_| *file == name) {
                    seconds[at] = Some(*s);
                }
            }
            Row { name, bytes: bytes.len(), seconds }
        })
        .collect();
    print(&rows);
}

/// The fastest of several rounds, as the machine is not idle; `None` if the file was rejected.
fn best(rounds: usize, mut read: impl FnMut() -> bool) -> Option<f64> {
    let mut best = f64::MAX;
    for _ in 0..rounds {
        let begun = Instant::now();
        if !black_box(read()) {
            return None;
        }
        best = best.min(begun.elapsed().as_secs_f64());
    }
    Some(best)
}

/// Decoder, file and seconds, from the Python script; empty without Python.
fn python(files: &[PathBuf]) -> Vec<(String, String, f64)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("readers.py");
    let Ok(output) = Command::new("python3").arg(script).args(files).output() else { return Vec::new() };
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| {
            let mut parts = line.split('\t');
            Some((parts.next()?.to_owned(), parts.next()?.to_owned(), parts.next()?.parse().ok()?))
        })
        .collect()
}

fn print(rows: &[Row]) {
    println!("MB/s{:>40}{}", "kB", NAMES.map(|n| format!("{n:>16}")).concat());
    for row in rows {
        let cells = row.seconds.map(|s| s.map_or_else(|| format!("{:>16}", "-"), |s| format!("{:>16.1}", row.bytes as f64 / 1e6 / s)));
        println!("{:<36}{:>8.1}{}", row.name, row.bytes as f64 / 1e3, cells.concat());
    }
    for (at, name) in NAMES.iter().enumerate().skip(2) {
        // Only files that both could read.
        for (ours, words) in [(0, "into columns"), (1, "every message")] {
            let both = rows.iter().filter_map(|r| Some((r.seconds[ours]?, r.seconds[at]?)));
            let (own, other) = both.fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
            if own > 0.0 {
                println!("{words}: {:.1} times {name} over all files that it reads", other / own);
            }
        }
    }
    for row in rows.iter().filter(|r| r.name == "big_activity.fit") {
        let ms = row.seconds.map(|s| s.map_or_else(|| "-".to_owned(), |s| format!("{:.1} ms", s * 1e3)));
        println!("big_activity.fit: {}", NAMES.iter().zip(ms).map(|(n, t)| format!("{n} {t}")).collect::<Vec<_>>().join(", "));
    }
}

//! Fuzzing every reader, with the real recordings as initial corpus, and discovery, with an empty one.

use std::path::Path;

use crate::run::{Outcome, program, root, step};

/// Every target, with the folders of recordings of its initial corpus.
const TARGETS: [(&str, &[&str]); 7] = [
    ("discover", &[]),
    ("fit", &["fit", "fit-broken"]),
    ("xml", &["gpx", "tcx"]),
    ("full_pipeline", &["fit", "fit-broken", "gpx", "tcx"]),
    ("archive", &["tcx"]),
    ("blob_roundtrip", &["fit-broken"]),
    ("wellness", &[]),
];

/// Runs each target for its share of `minutes`. A finding ends it with the file that caused it.
pub(crate) fn run(minutes: u64) -> Outcome {
    if program("cargo").args(["+nightly", "fuzz", "--version"]).output().is_ok_and(|o| !o.status.success()) {
        return Err("Fuzzing needs a nightly compiler and cargo-fuzz. Run: rustup toolchain install nightly && cargo install cargo-fuzz".into());
    }
    let fuzz = root().join("fuzz");
    let seconds = (minutes * 60 / TARGETS.len() as u64).max(1);
    for (target, folders) in TARGETS {
        let corpus = fuzz.join("corpus").join(target);
        std::fs::create_dir_all(&corpus).map_err(|e| e.to_string())?;
        if let Some(recordings) = std::env::var_os("LEGWORK_RECORDINGS") {
            for folder in folders {
                seed(&Path::new(&recordings).join(folder), &corpus)?;
            }
        }
        let limit = format!("-max_total_time={seconds}");
        // A whole day's recording finds no more bugs than a short one, and is a hundred times slower.
        let options = ["--", &limit, "-max_len=65536", "-timeout=10", "-rss_limit_mb=3000", "-print_final_stats=1"];
        let mut command = program("cargo");
        command.current_dir(root()).args(["+nightly", "fuzz", "run", "--sanitizer", "none", target]).args(options);
        step(&format!("fuzzing {target} for {seconds} s"), &mut command)?;
    }
    Ok(())
}

/// Copies the recordings into the corpus, under their own names; existing files stay.
fn seed(from: &Path, corpus: &Path) -> Outcome {
    let Ok(files) = std::fs::read_dir(from) else { return Ok(()) };
    for file in files.flatten() {
        let to = corpus.join(file.file_name());
        if !to.exists() {
            std::fs::copy(file.path(), to).map_err(|e| e.to_string())?;
        }
    }
    Ok(())
}

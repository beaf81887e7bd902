//! Decoding speed: `cargo xtask bench recordings`. With `LEGWORK_RECORDINGS` set, the real FIT files are decoded too.

use std::hint::black_box;
use std::time::Instant;

use recordings::{Recording, Samples, Sport, fit};

/// One hour at a sample a second.
fn hour() -> Vec<u8> {
    let mut samples = Samples::default();
    for i in 0..3600_u32 {
        samples.push(f64::from(i));
        let k = samples.len() - 1;
        samples.distance_m[k] = f64::from(i) * 3.0;
        samples.heart_rate_bpm[k] = 140.0 + f64::from(i % 7);
        samples.altitude_m[k] = 100.0 + f64::from(i % 50) / 5.0;
        samples.latitude_deg[k] = 50.0 + f64::from(i) * 2e-5;
        samples.longitude_deg[k] = 8.0;
    }
    fit::encode(&Recording { sport: Sport::Running, started_at_ms: Some(1_780_000_000_000), samples, ..Recording::default() })
}

fn measure(name: &str, bytes: &[u8]) {
    let mut best = f64::MAX;
    for _ in 0..7 {
        let begun = Instant::now();
        let _ = black_box(recordings::read(black_box(bytes), u64::MAX));
        best = best.min(begun.elapsed().as_secs_f64());
    }
    println!("{name:<44} {:>9.1} kB {:>9.2} ms {:>8.1} MB/s", bytes.len() as f64 / 1e3, best * 1e3, bytes.len() as f64 / 1e6 / best);
}

fn main() {
    measure("one hour, synthetic", &hour());
    let Some(folder) = std::env::var_os("LEGWORK_RECORDINGS") else { return };
    let Ok(files) = std::fs::read_dir(std::path::Path::new(&folder).join("fit")) else { return };
    let mut files: Vec<_> = files.flatten().map(|f| f.path()).collect();
    files.sort();
    for path in files {
        if let Ok(bytes) = std::fs::read(&path) {
            measure(&path.file_name().unwrap_or_default().to_string_lossy(), &bytes);
        }
    }
}

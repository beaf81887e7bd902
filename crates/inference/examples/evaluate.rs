//! The whole evaluation: `cargo run --release -p inference --example evaluate -- 500`.

fn main() {
    let runs = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(500);
    inference::evaluation::markdown(&inference::Options::default(), runs, 1, |line| println!("{line}"));
}

//! The whole evaluation: `cargo run --release -p inference --example evaluate -- 500`. With part of a name after it, the cells that have it in theirs.

fn main() {
    let mut arguments = std::env::args().skip(1);
    let runs = arguments.next().and_then(|a| a.parse().ok()).unwrap_or(500);
    let part = arguments.next().unwrap_or_default();
    inference::evaluation::markdown(&inference::Options::default(), (runs, 1), &part, |line| println!("{line}"));
}

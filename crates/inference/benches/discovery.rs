//! The engine's speed: `cargo xtask bench discovery`. 15 inputs, 4 outcomes, 8 lags, 365 days: 480 lagged tests.

use std::hint::black_box;
use std::time::Instant;

use chrono::NaiveDate;
use inference::{Column, Options, Table, discover};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

fn main() {
    let mut rng = StdRng::seed_from_u64(1);
    let mut column = |name: String| Column::new(name, (0..365).map(|_| (0..6).map(|_| rng.random::<f64>()).sum()).collect());
    let table = Table {
        first_day: NaiveDate::from_ymd_opt(2025, 1, 1).unwrap_or_default(),
        days: 365,
        inputs: (0..15).map(|k| column(format!("x{k}"))).collect(),
        outcomes: (0..4).map(|k| column(format!("y{k}"))).collect(),
        covariates: Vec::new(),
        excluded: Vec::new(),
        priority: Vec::new(),
    };
    let mut best = f64::MAX;
    for _ in 0..7 {
        let begun = Instant::now();
        black_box(discover(black_box(&table), &Options::default()));
        best = best.min(begun.elapsed().as_secs_f64());
    }
    println!("480 lagged tests, with intervals, flags and confirmation: {:.1} ms", best * 1e3);
}

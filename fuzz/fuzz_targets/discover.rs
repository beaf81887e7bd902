//! Discovery on any table: no bytes may make it panic, and its results must be sound.

#![no_main]

use inference::{Column, Options, Pair, Table, discover};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((head, rest)) = bytes.split_at_checked(6) else { return };
    let days = usize::from(u16::from_le_bytes([head[0], head[1]])) % 400;
    let columns = usize::from(head[2] % 5) + 1;
    let mut table = Table::new(chrono::NaiveDate::from_ymd_opt(2025, 1, 1).unwrap_or_default(), days);
    // Mostly small values, and arbitrary bits where a byte selects them.
    let value = |i: usize| match rest.get(i).copied() {
        None | Some(0) => f64::NAN,
        Some(255) => rest.get(i..i + 8).and_then(|b| b.try_into().ok()).map_or(f64::INFINITY, f64::from_le_bytes),
        Some(b) => f64::from(b),
    };
    let column =
        |k: usize| Column { first_lag: usize::from(head[3]) % 9, ..Column::new(format!("c{k}"), (0..days).map(|d| value(k * days + d)).collect()) };
    table.inputs = (0..columns).map(column).collect();
    table.outcomes = (1..=2).map(column).collect();
    table.covariates = vec![column(columns)];
    table.excluded = vec![Pair::new("c0", "c1")];
    table.priority = vec![Pair::new("c0", "c2")];
    let options = Options { max_lag: usize::from(head[4]) % 12, surrogates: usize::from(head[5] % 3) * 40, ..Options::default() };
    for f in discover(&table, &options) {
        for p in [f.p, f.q, f.q_strict].into_iter().flatten() {
            assert!((0.0..=1.0).contains(&p), "{f:?}");
        }
        assert!(f.n_eff <= f.n as f64 + 1e-9, "{f:?}");
    }
});

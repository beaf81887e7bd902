//! Plants known effects among noise and counts what the engine finds: `cargo run --release -p inference --example simulate -- 200`.
//!
//! Each cell: days, memory φ of inputs and outcomes, planted r, share of missing answers, inputs. Outcomes exist on four days in
//! seven, carry a trend, a season and a weekday, and one pair in ten is planted at a random lag of 0 to 3 days.

use chrono::NaiveDate;
use inference::{Column, Options, Table, Tier, discover};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

struct Cell {
    days: usize,
    phi: f64,
    r: f64,
    missing: f64,
    inputs: usize,
    outcomes: usize,
    coarse: bool,
}

#[derive(Default)]
struct Tally {
    any_supported: usize,
    any_confirmed: usize,
    false_share: f64,
    found: usize,
    planted: usize,
    exact_lag: usize,
    near_lag: usize,
    sign: usize,
    covered: usize,
    declared_absent: usize,
}

fn normal(rng: &mut StdRng) -> f64 {
    let (u, v): (f64, f64) = (rng.random::<f64>().max(1e-300), rng.random());
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

fn series(rng: &mut StdRng, n: usize, phi: f64) -> Vec<f64> {
    let mut state = normal(rng);
    (0..n)
        .map(|_| {
            let now = state;
            state = phi * state + (1.0 - phi * phi).sqrt() * normal(rng);
            now
        })
        .collect()
}

fn run(cell: &Cell, seed: u64, tally: &mut Tally) {
    let mut rng = StdRng::seed_from_u64(seed);
    let n = cell.days;
    let mut inputs: Vec<Vec<f64>> = (0..cell.inputs)
        .map(|k| {
            let mut x = series(&mut rng, n, cell.phi);
            for (t, v) in x.iter_mut().enumerate() {
                *v += 0.4 * f64::from(u8::from((t + k) % 7 >= 5)) + 0.5 * (t as f64 / 90.0 + k as f64).sin();
            }
            if cell.coarse && k % 3 == 0 {
                for v in &mut x {
                    *v = f64::from(u8::from(*v > 0.8));
                }
            } else if cell.coarse && k % 3 == 1 {
                for v in &mut x {
                    *v = v.round().clamp(-2.0, 2.0);
                }
            }
            x
        })
        .collect();
    let mut planted = Vec::new();
    let outcomes: Vec<Vec<f64>> = (0..cell.outcomes)
        .map(|o| {
            let mut y = series(&mut rng, n, cell.phi);
            if cell.r > 0.0 {
                for _ in 0..(cell.inputs / 10).max(1) {
                    let i = rng.random_range(0..cell.inputs);
                    if planted.iter().any(|&(a, b, _, _)| a == i && b == o) {
                        continue;
                    }
                    let lag = rng.random_range(0..4);
                    let sign = if rng.random() { 1.0 } else { -1.0 };
                    let x = &inputs[i];
                    let mean = x.iter().sum::<f64>() / n as f64;
                    let sd = (x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n as f64).sqrt();
                    let slope = sign * cell.r / (1.0 - cell.r * cell.r).sqrt() / sd;
                    for t in lag..n {
                        y[t] += slope * x[t - lag];
                    }
                    planted.push((i, o, lag, slope));
                }
            }
            for (t, v) in y.iter_mut().enumerate() {
                *v += 0.8 * t as f64 / n as f64 + 0.4 * (t as f64 / 58.0).sin() + 0.3 * f64::from(u8::from(t % 7 == 6));
                if rng.random::<f64>() > 4.0 / 7.0 {
                    *v = f64::NAN;
                }
            }
            y
        })
        .collect();
    for x in &mut inputs {
        for v in x.iter_mut() {
            if rng.random::<f64>() < cell.missing {
                *v = f64::NAN;
            }
        }
    }
    let name = |prefix: &str, k: usize| format!("{prefix}{k}");
    let table = Table {
        first_day: NaiveDate::from_ymd_opt(2024, 1, 1).expect("a date"),
        days: n,
        inputs: inputs.into_iter().enumerate().map(|(k, v)| Column::new(name("x", k), v)).collect(),
        outcomes: outcomes.into_iter().enumerate().map(|(k, v)| Column::new(name("y", k), v)).collect(),
        covariates: Vec::new(),
    };
    let findings = discover(&table, &Options::default());
    let (mut found, mut wrong) = (0, 0);
    let mut confirmed = false;
    for f in &findings {
        let truth = planted.iter().find(|(i, o, _, _)| f.input == name("x", *i) && f.outcome == name("y", *o));
        let supported = matches!(f.tier, Tier::Supported | Tier::Confirmed);
        confirmed |= f.tier == Tier::Confirmed;
        if let Some(&(_, _, lag, slope)) = truth {
            tally.planted += 1;
            tally.declared_absent += usize::from(f.tier == Tier::NoEffect);
            if supported {
                found += 1;
                let got = f.lag_days.unwrap_or(99);
                tally.exact_lag += usize::from(got == lag);
                tally.near_lag += usize::from(got.abs_diff(lag) <= 1);
                tally.sign += usize::from(f.effect.unwrap_or(0.0) * slope > 0.0);
                let truth = slope * f.input_step.unwrap_or(1.0);
                tally.covered += usize::from(f.ci_low <= Some(truth) && Some(truth) <= f.ci_high);
            }
        } else if supported {
            wrong += 1;
        }
    }
    tally.found += found;
    tally.any_supported += usize::from(found + wrong > 0);
    tally.any_confirmed += usize::from(confirmed);
    tally.false_share += if found + wrong > 0 { wrong as f64 / (found + wrong) as f64 } else { 0.0 };
}

fn main() {
    let runs: usize = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(100);
    let base = Cell { days: 365, phi: 0.5, r: 0.3, missing: 0.0, inputs: 15, outcomes: 4, coarse: false };
    let cells = [
        ("null phi=.5", Cell { r: 0.0, ..base }),
        ("null phi=.9", Cell { r: 0.0, phi: 0.9, ..base }),
        ("null phi=.9 n=180", Cell { r: 0.0, phi: 0.9, days: 180, ..base }),
        ("null coarse 50% missing", Cell { r: 0.0, coarse: true, missing: 0.5, ..base }),
        ("n=180 r=.4", Cell { days: 180, r: 0.4, ..base }),
        ("n=365 r=.3", Cell { ..base }),
        ("n=365 r=.4", Cell { r: 0.4, ..base }),
        ("n=730 r=.2", Cell { days: 730, r: 0.2, ..base }),
        ("n=180 r=.5, 10 pairs", Cell { days: 180, r: 0.5, inputs: 10, outcomes: 1, ..base }),
        ("n=365 r=.3 phi=.8", Cell { phi: 0.8, ..base }),
        ("n=365 r=.3 phi=.9", Cell { phi: 0.9, ..base }),
        ("n=365 r=.3 coarse", Cell { coarse: true, ..base }),
        ("n=365 r=.3 25% missing", Cell { missing: 0.25, ..base }),
    ];
    println!("| cell | any supported | any confirmed | FDR | power | lag exact | lag ±1 | sign | covered | called absent |");
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for (name, cell) in cells {
        let mut t = Tally::default();
        for seed in 0..runs {
            run(&cell, seed as u64, &mut t);
        }
        let of = |a: usize, b: usize| if b == 0 { "–".to_owned() } else { format!("{:.3}", a as f64 / b as f64) };
        println!(
            "| {name} | {} | {} | {:.3} | {} | {} | {} | {} | {} | {} |",
            of(t.any_supported, runs),
            of(t.any_confirmed, runs),
            t.false_share / runs as f64,
            of(t.found, t.planted),
            of(t.exact_lag, t.found),
            of(t.near_lag, t.found),
            of(t.sign, t.found),
            of(t.covered, t.found),
            of(t.declared_absent, t.planted)
        );
    }
}

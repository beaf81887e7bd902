//! A simulated athlete.

use chrono::NaiveDate;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::{Cell, Kind, Stress};
use crate::{Column, Pair, Table};

/// What was planted.
pub(super) struct Planted {
    pub(super) input: usize,
    pub(super) outcome: usize,
    pub(super) lag: usize,
    pub(super) slope: f64,
}

/// The table of a simulated athlete, for benchmarks and inspection.
#[must_use]
pub fn table(cell: &Cell, seed: u64) -> Table {
    athlete(cell, &mut Pcg64Mcg::seed_from_u64(seed)).0
}

pub(super) fn athlete(cell: &Cell, rng: &mut Pcg64Mcg) -> (Table, Vec<Planted>) {
    let n = cell.days;
    let hidden = series(rng, n, cell.phi.max(0.7));
    let confounded = |v: &mut Vec<f64>| v.iter_mut().zip(&hidden).for_each(|(v, h)| *v += 0.7 * h);
    let mut inputs: Vec<Vec<f64>> = (0..cell.inputs)
        .map(|k| {
            let mut x = series(rng, n, cell.phi);
            if cell.stress == Stress::Confounder && k % 2 == 0 {
                confounded(&mut x);
            }
            for (t, v) in x.iter_mut().enumerate() {
                *v += cell.habits * (0.4 * f64::from(u8::from((t + k) % 7 >= 5)) + 0.5 * (t as f64 / 90.0 + k as f64).sin());
            }
            coarsen(&mut x, cell.kind, k);
            x
        })
        .collect();
    let mut planted: Vec<Planted> = Vec::new();
    let mut outcomes: Vec<Vec<f64>> = Vec::with_capacity(cell.outcomes);
    for o in 0..cell.outcomes {
        let mut y = series(rng, n, cell.phi);
        if cell.stress == Stress::Confounder {
            confounded(&mut y);
        }
        if cell.r > 0.0 {
            for _ in 0..(cell.inputs / 10).max(1) {
                plant(cell, rng, &inputs, o, &mut y, &mut planted);
            }
        }
        for (t, v) in y.iter_mut().enumerate() {
            *v += cell.habits * (0.8 * t as f64 / n as f64 + 0.4 * (t as f64 / 58.0).sin() + 0.3 * f64::from(u8::from(t % 7 == 6)));
            if cell.stress == Stress::Break && t * 2 > n {
                *v += 1.5;
            }
            if rng.random::<f64>() > 4.0 / 7.0 {
                *v = f64::NAN;
            }
        }
        outcomes.push(y);
    }
    for x in &mut inputs {
        for v in x.iter_mut() {
            if rng.random::<f64>() < cell.missing {
                *v = f64::NAN;
            }
        }
    }
    if cell.stress == Stress::Gaps {
        for _ in 0..(n / 120).max(1) {
            let (from, length) = (rng.random_range(0..n), rng.random_range(14..42));
            for v in inputs.iter_mut().chain(&mut outcomes) {
                v[from..(from + length).min(n)].fill(f64::NAN);
            }
        }
    }
    let mut table = Table::new(NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default(), n);
    let input = |(k, v)| Column { first_lag: first_lag(cell.kind, k), ..Column::new(format!("x{k}"), v) };
    table.inputs = inputs.into_iter().enumerate().map(input).collect();
    table.outcomes = outcomes.into_iter().enumerate().map(|(k, v)| Column::new(format!("y{k}"), v)).collect();
    table.priority = (0..cell.declared).map(|i| Pair::new(format!("x{}", i % cell.inputs), format!("y{}", i % cell.outcomes))).collect();
    (table, planted)
}

fn plant(cell: &Cell, rng: &mut Pcg64Mcg, inputs: &[Vec<f64>], outcome: usize, y: &mut [f64], planted: &mut Vec<Planted>) {
    let input = rng.random_range(0..inputs.len());
    if planted.iter().any(|p| (p.input, p.outcome) == (input, outcome)) {
        return;
    }
    let lag = rng.random_range(first_lag(cell.kind, input)..4);
    let sign = if rng.random() { 1.0 } else { -1.0 };
    let x = &inputs[input];
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    let sd = (x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / x.len() as f64).sqrt();
    let slope = sign * cell.r / (1.0 - cell.r * cell.r).sqrt() / sd;
    for t in lag..y.len() {
        let weaker = if cell.stress == Stress::Break && t * 2 > y.len() { 0.5 } else { 1.0 };
        y[t] += weaker * slope * x[t - lag];
    }
    planted.push(Planted { input, outcome, lag, slope });
}

/// The earliest lag of an input.
fn first_lag(kind: Kind, k: usize) -> usize {
    if kind == Kind::Own { k / 6 % 2 } else { 0 }
}

fn coarsen(x: &mut [f64], kind: Kind, k: usize) {
    let kind = match (kind, k % 3) {
        (Kind::Mixed, 0) => Kind::Binary,
        (Kind::Mixed, 1) => Kind::Ordinal,
        (Kind::Mixed, _) => Kind::Continuous,
        (kind, _) => kind,
    };
    for v in x {
        *v = match kind {
            Kind::Own => own(*v, k),
            Kind::Binary => f64::from(u8::from(*v > 0.8)),
            Kind::Ordinal => v.round().clamp(-2.0, 2.0),
            Kind::Continuous | Kind::Mixed => *v,
        };
    }
}

/// An answer to a measure of one's own, of a standard normal deviate.
fn own(v: f64, k: usize) -> f64 {
    match k % 6 {
        0 => f64::from(u8::from(v > 0.8)),
        1 => (2.0 + v).round().clamp(1.0, 3.0),
        2 => (4.0 * (0.6 * v).exp()).round(),
        3 => (1350.0 + 40.0 * v).round(),
        4 => ((1.5 + 0.8 * v).max(0.0) * 2.0).round() / 2.0,
        _ => (700.0 + 30.0 * v).round() / 10.0,
    }
}

fn normal(rng: &mut Pcg64Mcg) -> f64 {
    let (u, v): (f64, f64) = (rng.random::<f64>().max(1e-300), rng.random());
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

fn series(rng: &mut Pcg64Mcg, n: usize, phi: f64) -> Vec<f64> {
    let mut state = normal(rng);
    let step = |_| {
        let now = state;
        state = phi * state + (1.0 - phi * phi).sqrt() * normal(rng);
        now
    };
    (0..n).map(step).collect()
}

//! The cells, and their table.

use super::{Cell, Kind, Stress, Tally, evaluate};
use crate::Options;

/// The evaluation as a Markdown table, row by row as they are completed: the cells whose names have `part` in them. A row is the same, whichever are with it.
pub fn markdown(options: &Options, (runs, seed): (usize, u64), part: &str, mut line: impl FnMut(&str)) {
    line(
        "| cell | any supported | any confirmed | FDR | FDR ≤ | power | confirmed | lag exact | lag ±1 | sign | covered | denied | effect | expected |",
    );
    line("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (name, cell) in cells().into_iter().filter(|(name, _)| name.contains(part)) {
        line(&format!("| {name} {}", row(&evaluate(&cell, options, runs, seed))));
    }
}

/// Every cell with its name: the null, power, factors of the false-discovery rate, and violations of the method's assumptions.
#[must_use]
pub fn cells() -> Vec<(String, Cell)> {
    let year = Cell::year();
    let mut cells = Vec::new();
    let mut add = |name: &str, cell: Cell| cells.push((name.to_owned(), cell));
    for phi in [0.0, 0.5, 0.8, 0.9] {
        add(&format!("null, φ = {phi}"), Cell { phi, ..year });
    }
    add("null, φ = 0.9, n = 180", Cell { phi: 0.9, days: 180, ..year });
    add("null, φ = 0.5, n = 90", Cell { days: 90, ..year });
    add("null, φ = 0.5, n = 60", Cell { days: 60, ..year });
    for days in [60, 90, 120] {
        add(&format!("null, φ = 0.8, n = {days}, strong habits"), Cell { phi: 0.8, days, habits: 3.0, ..year });
    }
    add("null, φ = 0.9, n = 90", Cell { phi: 0.9, days: 90, ..year });
    add("null, n = 90, ten declared", Cell { days: 90, declared: 10, ..year });
    add("null, ten declared", Cell { declared: 10, ..year });
    add("null, φ = 0.5, n = 730", Cell { days: 730, ..year });
    add("null, mixed inputs, half missing", Cell { kind: Kind::Mixed, missing: 0.5, ..year });
    add("null, own measures of every kind", Cell { kind: Kind::Own, ..year });
    add("power, n = 180, r = .4", Cell { days: 180, r: 0.4, ..year });
    add("power, n = 365, r = .3", Cell { r: 0.3, ..year });
    add("power, n = 365, r = .4", Cell { r: 0.4, ..year });
    add("power, n = 730, r = .2", Cell { days: 730, r: 0.2, ..year });
    add("power, n = 180, r = .5, 10 pairs", Cell { days: 180, r: 0.5, inputs: 10, outcomes: 1, ..year });
    let planted = Cell { r: 0.3, ..year };
    for phi in [0.0, 0.8, 0.9] {
        add(&format!("planted, φ = {phi}"), Cell { phi, ..planted });
    }
    for kind in [Kind::Binary, Kind::Ordinal, Kind::Mixed] {
        add(&format!("planted, {kind:?} inputs").to_lowercase(), Cell { kind, ..planted });
    }
    add("planted, own measures of every kind", Cell { kind: Kind::Own, ..planted });
    add("planted, ten declared", Cell { declared: 10, ..planted });
    add("planted, a quarter missing", Cell { missing: 0.25, ..planted });
    add("planted, half missing", Cell { missing: 0.5, ..planted });
    add("planted, mixed, half missing, φ = 0.8", Cell { missing: 0.5, kind: Kind::Mixed, phi: 0.8, ..planted });
    add("stress, φ = 0.97", Cell { phi: 0.97, ..planted });
    add("stress, null, φ = 0.97", Cell { phi: 0.97, ..year });
    add("stress, unmeasured confounder", Cell { stress: Stress::Confounder, ..planted });
    add("stress, structural break", Cell { stress: Stress::Break, ..planted });
    add("stress, gaps of weeks", Cell { stress: Stress::Gaps, ..planted });
    cells
}

fn row(t: &Tally) -> String {
    let of = |a: usize, b: usize| if b == 0 { String::new() } else { format!("{:.3}", a as f64 / b as f64) };
    let mean = |sum: f64, n: usize| if n == 0 { String::new() } else { format!("{:.3}", sum / n as f64) };
    let values = [
        of(t.any_supported, t.runs),
        of(t.any_confirmed, t.runs),
        format!("{:.3}", t.false_discovery_rate()),
        format!("{:.3}", t.false_discovery_rate_upper()),
        of(t.found, t.planted),
        of(t.confirmed, t.planted),
        of(t.exact_lag, t.found),
        of(t.near_lag, t.found),
        of(t.sign, t.found),
        of(t.covered, t.intervals),
        of(t.denied, t.planted),
        mean(t.raw_ratio, t.found),
        mean(t.expected_ratio, t.found),
    ]
    .join(" | ");
    format!("| {values} |")
}

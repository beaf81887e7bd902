//! Caveats for significant findings.

use std::collections::BTreeMap;

use crate::correlation::spearman;
use crate::design_matrix::{Rows, Screen};
use crate::finding::Flag;
use crate::lagged::{Input, Test, coordinates, lagged};
use crate::linear::dot;
use crate::table::Table;

/// Andrews' 5 % point for one changing coefficient anywhere in the middle 70 % (1993, doi:10.2307/2951764, table I).
const CHANGE: f64 = 8.85;
/// Share of the information before the first and after the last day at which a change is searched.
const EDGE: f64 = 0.15;
/// How far ahead the reverse direction is searched, in days.
const AHEAD: [i32; 3] = [-1, -2, -3];

/// All caveats about the input's effect at its best lag.
pub(crate) fn flags(table: &Table, screen: &Screen, input: &Input, best: &Test, holds: bool) -> Vec<Flag> {
    let mut flags = Vec::new();
    // Watched pairs are checked only one day ahead; each further day needs coordinates of its own.
    let ahead = if holds { &AHEAD[..] } else { &AHEAD[..1] };
    let backwards = lagged(screen, &screen.tested, input, input.tested(), ahead);
    if backwards.tests.iter().any(|t| t.fit.t.abs() > best.fit.t.abs()) {
        flags.push(Flag::Reverse);
    }
    let rows = Rows::new(screen, input.tested(), best.lag);
    let Some(coordinates) = coordinates(screen, &screen.tested, &rows) else { return flags };
    let white = coordinates.white();
    let (x, _) = white.residual(&rows.x);
    let products: Vec<f64> = x.iter().zip(&white.y).map(|(x, y)| x * y).collect();
    if !stable_without_any_month(table, &rows.pick(&screen.days), &products) {
        flags.push(Flag::UnstableSign);
    }
    if best.fit.slope * rank_direction(screen, &rows) < 0.0 {
        flags.push(Flag::RankDisagrees);
    }
    if change(&x, &white.y, best.fit.slope) > CHANGE {
        flags.push(Flag::ChangePoint);
    }
    flags
}

/// Whether the sign of the slope, which is the sign of the sum, survives leaving out any single month.
fn stable_without_any_month(table: &Table, days: &[usize], products: &[f64]) -> bool {
    let total: f64 = products.iter().sum();
    let mut months: BTreeMap<i32, f64> = BTreeMap::new();
    for (&day, product) in days.iter().zip(products) {
        *months.entry(table.month(day)).or_default() += product;
    }
    months.len() < 2 || months.values().all(|month| (total - month) * total > 0.0)
}

/// Rank correlation with the block regressed out of both sides.
fn rank_direction(screen: &Screen, rows: &Rows) -> f64 {
    let without = |mut values: Vec<f64>| {
        screen.remove_plainly(rows, &mut values);
        values
    };
    spearman(&without(rows.x.clone()), &without(rows.pick(&screen.tested.values)))
}

/// The largest Lagrange multiplier statistic against a slope that changes once.
fn change(x: &[f64], y: &[f64], slope: f64) -> f64 {
    let rest: Vec<f64> = y.iter().zip(x).map(|(y, x)| y - slope * x).collect();
    let variance = dot(&rest, &rest) / (rest.len() as f64 - 1.0).max(1.0);
    let total = dot(x, x);
    let (mut score, mut seen, mut largest) = (0.0, 0.0, 0.0_f64);
    for (x, rest) in x.iter().zip(&rest) {
        score += x * rest;
        seen += x * x;
        let share = seen / total;
        if (EDGE..=1.0 - EDGE).contains(&share) {
            largest = largest.max(score * score / (variance * total * share * (1.0 - share)));
        }
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_that_reverses_is_a_change_and_a_steady_one_is_not() {
        let x: Vec<f64> = (0..200).map(|i| f64::from(i * 7919 % 101) - 50.0).collect();
        let noise = |i: usize| ((i * 6007 % 97) as f64 - 48.0) * 0.5;
        let steady: Vec<f64> = x.iter().enumerate().map(|(i, x)| x + noise(i)).collect();
        let turning: Vec<f64> = x.iter().enumerate().map(|(i, x)| if i < 100 { *x } else { -0.5 * x } + noise(i)).collect();
        let slope = |y: &[f64]| dot(&x, y) / dot(&x, &x);
        assert!(change(&x, &steady, slope(&steady)) < CHANGE);
        assert!(change(&x, &turning, slope(&turning)) > CHANGE);
    }

    #[test]
    fn one_month_that_determines_everything_is_flagged() {
        let table = Table::new(chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date"), 90);
        let days: Vec<usize> = (0..90).collect();
        let even = vec![1.0; 90];
        assert!(stable_without_any_month(&table, &days, &even));
        let carried: Vec<f64> = days.iter().map(|&d| if d < 31 { 10.0 } else { -1.0 }).collect();
        assert!(!stable_without_any_month(&table, &days, &carried));
    }
}

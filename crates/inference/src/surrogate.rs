//! Surrogate inputs: like the real one, but independent of the outcome.

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use crate::design_matrix::{Rows, Screen, White, trend_terms};
use crate::lagged::{Coordinates, Input, coordinates};
use crate::linear::{Basis, dot};
use crate::table::Table;

/// Surrogates computed in parallel.
const LANES: usize = 8;
/// Maximum order of a surrogate, in days.
const MOST_ORDER: usize = 7;
/// Warm-up days of a surrogate.
const WARM_UP: usize = 60;
/// This many stronger surrogates are enough to stop (Besag and Clifford 1991).
const ENOUGH: usize = 25;

/// How many surrogates were drawn, and how many of them fitted as well at their best lag.
pub(crate) fn surrogates(table: &Table, screen: &Screen, input: &Input, lags: &[i32], most: usize, seed: u64) -> (usize, usize) {
    let x = input.tested();
    let Some(sieve) = Sieve::fit(table, x) else { return (0, 0) };
    let targets: Vec<Target> = lags.iter().filter_map(|&lag| Target::new(screen, input, x, lag)).collect();
    let reached = targets.iter().map(|t| t.observed).fold(0.0, f64::max);
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let (mut drawn, mut stronger) = (0, 0);
    let (mut panel, mut rows, mut shares) = (Vec::new(), Vec::new(), Vec::new());
    while drawn < most && stronger < ENOUGH {
        sieve.draw(&mut rng, x.len(), &mut panel);
        let mut best = [0.0_f64; LANES];
        for target in &targets {
            for (best, t) in best.iter_mut().zip(target.strengths(&panel[panel.len() - x.len()..], &mut rows, &mut shares)) {
                *best = best.max(t);
            }
        }
        let lanes = LANES.min(most - drawn);
        stronger += best[..lanes].iter().filter(|b| **b >= reached).count();
        drawn += lanes;
    }
    (drawn, stronger)
}

/// A lag, prepared for many surrogates.
struct Target<'a> {
    /// The day of the input for each row.
    days: Vec<usize>,
    coordinates: Coordinates<'a>,
    df: f64,
    observed: f64,
}

impl<'a> Target<'a> {
    fn new(screen: &'a Screen, input: &Input, x: &[f64], lag: i32) -> Option<Self> {
        let rows = Rows::new(screen, x, lag);
        if lag < 0 || input.days_needed(&rows) > 0 {
            return None;
        }
        let coordinates = coordinates(screen, &screen.tested, &rows)?;
        let white = coordinates.white();
        let days = rows.pick(&screen.days).into_iter().map(|d| d - lag.unsigned_abs() as usize).collect();
        let df = rows.x.len() as f64 - white.basis.rank() as f64 - 1.0;
        let (column, _) = white.residual(&rows.x);
        let observed = strength(white, dot(&column, &column), dot(&column, &white.y), df);
        Some(Self { days, coordinates, df, observed })
    }

    /// |t| of each surrogate; `rows` and `shares` are scratch buffers.
    fn strengths(&self, panel: &[[f64; LANES]], rows: &mut Vec<[f64; LANES]>, shares: &mut Vec<[f64; LANES]>) -> [f64; LANES] {
        let white = self.coordinates.white();
        rows.clear();
        rows.extend(self.days.iter().map(|&d| panel[d]));
        white.filter.apply_lanes(rows);
        let (mut xx, mut xy) = ([0.0; LANES], [0.0; LANES]);
        for (x, y) in rows.iter().zip(&white.y) {
            for lane in 0..LANES {
                xx[lane] += x[lane] * x[lane];
                xy[lane] += x[lane] * y;
            }
        }
        white.basis.shares(rows, shares);
        for share in shares.iter() {
            for (xx, share) in xx.iter_mut().zip(share) {
                *xx -= share * share;
            }
        }
        std::array::from_fn(|lane| strength(white, xx[lane], xy[lane], self.df))
    }
}

fn strength(white: &White, xx: f64, xy: f64, df: f64) -> f64 {
    if xx <= 0.0 {
        return 0.0;
    }
    let r2 = (xy * xy / (xx * white.yy)).min(1.0 - 1e-12);
    (r2 * df / (1.0 - r2)).sqrt()
}

/// An autoregression with resampled innovations (Bühlmann 1997, doi:10.2307/3318584): it keeps the autocorrelation of the
/// input and the shape of its jumps. Trend and weekday need not be kept: every test controls for them.
struct Sieve {
    coefficients: Vec<f64>,
    surprises: Vec<f64>,
}

impl Sieve {
    fn fit(table: &Table, x: &[f64]) -> Option<Self> {
        let rest = without_calendar(table, x);
        let known = rest.iter().filter(|v| v.is_finite()).count();
        let covariance: Vec<f64> = (0..=MOST_ORDER).map(|k| autocovariance(&rest, k)).collect();
        if known < 20 || covariance[0] <= 0.0 {
            return None;
        }
        let coefficients = levinson(&covariance, known);
        let order = coefficients.len();
        let mut surprises: Vec<f64> = (order..rest.len())
            .map(|d| rest[d] - coefficients.iter().enumerate().map(|(k, c)| c * rest[d - k - 1]).sum::<f64>())
            .filter(|v| v.is_finite())
            .collect();
        if surprises.len() < 20 {
            // Hardly two known days in a row: days are resampled as they are.
            return Some(Self { coefficients: Vec::new(), surprises: rest.into_iter().filter(|v| v.is_finite()).collect() });
        }
        let centre = crate::linear::mean(surprises.iter().copied());
        for v in &mut surprises {
            *v -= centre;
        }
        Some(Self { coefficients, surprises })
    }

    /// Fills the panel with the warm-up and then a row for each day.
    fn draw(&self, rng: &mut Pcg64Mcg, days: usize, panel: &mut Vec<[f64; LANES]>) {
        use rand::Rng;
        let warm_up = if self.coefficients.is_empty() { 0 } else { WARM_UP };
        let count = self.surprises.len() as u64;
        panel.clear();
        for d in 0..days + warm_up {
            // One multiplication maps 32 random bits to an index; its bias is below one in ten million here.
            let mut row: [f64; LANES] = std::array::from_fn(|_| self.surprises[((u64::from(rng.random::<u32>()) * count) >> 32) as usize]);
            for (k, c) in self.coefficients.iter().enumerate().take(d) {
                for (v, before) in row.iter_mut().zip(&panel[d - k - 1]) {
                    *v += c * before;
                }
            }
            panel.push(row);
        }
    }
}

/// The input without trend, season and weekday, `NaN` where it is unknown.
fn without_calendar(table: &Table, x: &[f64]) -> Vec<f64> {
    let days: Vec<usize> = (0..x.len()).filter(|&d| x[d].is_finite()).collect();
    let mut known: Vec<f64> = days.iter().map(|&d| x[d]).collect();
    let span = x.len().max(1) as f64;
    let terms = trend_terms(x.len());
    let mut columns = vec![vec![1.0; days.len()]];
    for k in 1..=terms {
        columns.push(days.iter().map(|&d| (std::f64::consts::PI * k as f64 * (d as f64 + 0.5) / span).cos()).collect());
    }
    columns.extend((1..7).map(|w| days.iter().map(|&d| f64::from(u8::from(table.weekday(d) == w))).collect()));
    Basis::new(columns).remove(&mut known);
    let mut out = vec![f64::NAN; x.len()];
    for (&d, v) in days.iter().zip(known) {
        out[d] = v;
    }
    out
}

/// Mean product of days `k` apart, over the pairs that are known; shrunk like the usual estimate, so that it stays a covariance.
fn autocovariance(x: &[f64], k: usize) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    for (a, b) in x.iter().skip(k).zip(x) {
        let product = a * b;
        if product.is_finite() {
            sum += product;
            n += 1.0;
        }
    }
    if n > 0.0 { sum / n * (1.0 - k as f64 / x.len() as f64) } else { 0.0 }
}

/// Autoregressions of every order (Durbin 1960); the one with the lowest AIC. Partial correlations are kept inside ±0.98, so that it
/// always settles.
fn levinson(covariance: &[f64], n: usize) -> Vec<f64> {
    let mut current: Vec<f64> = Vec::new();
    let mut variance = covariance[0];
    let mut best = (n as f64 * variance.ln(), Vec::new());
    for order in 1..covariance.len() {
        let predicted: f64 = current.iter().enumerate().map(|(k, c)| c * covariance[order - k - 1]).sum();
        let partial = ((covariance[order] - predicted) / variance).clamp(-0.98, 0.98);
        let mut next: Vec<f64> = current.iter().zip(current.iter().rev()).map(|(c, mirrored)| c - partial * mirrored).collect();
        next.push(partial);
        current = next;
        variance *= 1.0 - partial * partial;
        let aic = n as f64 * variance.ln() + 2.0 * order as f64;
        if aic < best.0 {
            best = (aic, current.clone());
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levinson_finds_the_autoregression_behind_a_covariance() {
        // An AR(2) with 0.5 and 0.3: ρ₁ = 0.5 / 0.7, ρ₂ = 0.5 ρ₁ + 0.3, and so on.
        let mut rho = vec![1.0, 0.5 / 0.7];
        for k in 2..=MOST_ORDER {
            rho.push(0.5 * rho[k - 1] + 0.3 * rho[k - 2]);
        }
        let found = levinson(&rho, 400);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!((found[0] - 0.5).abs() < 1e-9 && (found[1] - 0.3).abs() < 1e-9);
    }

    #[test]
    fn a_surrogate_has_the_memory_of_its_input() {
        let sieve = Sieve { coefficients: vec![0.8], surprises: vec![-1.0, 1.0, 0.0, 2.0, -2.0] };
        let mut panel = Vec::new();
        sieve.draw(&mut Pcg64Mcg::seed_from_u64(3), 4000, &mut panel);
        let lane: Vec<f64> = panel.iter().map(|row| row[0]).collect();
        assert!((autocovariance(&lane, 1) / autocovariance(&lane, 0) - 0.8).abs() < 0.05);
    }
}

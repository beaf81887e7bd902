//! Textbook statistics, equal to the reference libraries' within rounding (`reference/fixtures.py`): to verify a finding with known tools,
//! and for the engine's own checks.

use crate::linear::{Basis, dot, mean, ranks};

fn centred(values: &[f64]) -> Vec<f64> {
    let centre = mean(values.iter().copied());
    values.iter().map(|v| v - centre).collect()
}

/// Pearson's correlation; `NaN` if one side does not vary. As `scipy.stats.pearsonr`.
#[must_use]
pub fn pearson(x: &[f64], y: &[f64]) -> f64 {
    let (x, y) = (centred(x), centred(y));
    (dot(&x, &y) / (dot(&x, &x).sqrt() * dot(&y, &y).sqrt())).clamp(-1.0, 1.0)
}

/// Spearman's rank correlation, ties at their mean rank. As `scipy.stats.spearmanr`.
#[must_use]
pub fn spearman(x: &[f64], y: &[f64]) -> f64 {
    pearson(&ranks(x), &ranks(y))
}

/// Kendall's τ-b, over every pair. As `scipy.stats.kendalltau`.
#[must_use]
pub fn kendall(x: &[f64], y: &[f64]) -> f64 {
    let direction = |a: f64, b: f64| if a > b { 1.0 } else { -f64::from(u8::from(a < b)) };
    let (mut together, mut in_x, mut in_y) = (0.0, 0.0, 0.0);
    for i in 0..x.len().min(y.len()) {
        for j in 0..i {
            let (a, b): (f64, f64) = (direction(x[i], x[j]), direction(y[i], y[j]));
            together += a * b;
            in_x += a * a;
            in_y += b * b;
        }
    }
    together / f64::sqrt(in_x * in_y)
}

/// Autocorrelation at lags 0…`most`. As `statsmodels.tsa.stattools.acf(adjusted=False)`.
#[must_use]
pub fn autocorrelation(x: &[f64], most: usize) -> Vec<f64> {
    std::iter::once(1.0).chain(crate::linear::autocorrelation(&centred(x), most)).collect()
}

/// Correlation of both sides after regressing out `given` and an intercept. As `pingouin.partial_corr` and tigramite's `ParCorr`.
#[must_use]
pub fn partial_correlation(x: &[f64], y: &[f64], given: &[&[f64]]) -> f64 {
    let basis = Basis::new(std::iter::once(vec![1.0; x.len()]).chain(given.iter().map(|z| centred(z))));
    let without = |v: &[f64]| {
        let mut v = v.to_vec();
        basis.remove(&mut v);
        v
    };
    pearson(&without(x), &without(y))
}

/// A least-squares slope.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope {
    /// Change of the outcome for one unit of the input.
    pub slope: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// Slope of `y` on `x` with `given` and an intercept, and its Newey–West standard error with `lags` lags (Bartlett kernel, no
/// small-sample factor). As `statsmodels.OLS.fit(cov_type="HAC", cov_kwds={"maxlags": lags})`. `None` if `x` adds nothing.
#[must_use]
pub fn newey_west(x: &[f64], y: &[f64], given: &[&[f64]], lags: usize) -> Option<Slope> {
    let basis = Basis::new(std::iter::once(vec![1.0; x.len()]).chain(given.iter().map(|z| centred(z))));
    let (mut x, mut y) = (x.to_vec(), y.to_vec());
    let before = dot(&x, &x);
    basis.remove(&mut x);
    basis.remove(&mut y);
    let xx = dot(&x, &x);
    if xx <= 1e-12 * before || before <= 0.0 {
        return None;
    }
    let slope = dot(&x, &y) / xx;
    let scores: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x * (y - slope * x)).collect();
    let mut sum = dot(&scores, &scores);
    for k in 1..=lags.min(scores.len().saturating_sub(1)) {
        let weight = 1.0 - k as f64 / (lags + 1) as f64;
        sum += 2.0 * weight * dot(&scores[k..], &scores[..scores.len() - k]);
    }
    Some(Slope { slope, standard_error: sum.max(0.0).sqrt() / xx })
}

/// The block length for a stationary bootstrap of a series' mean (Politis and White 2004, corrected by Patton, Politis and White
/// 2009, doi:10.1080/07474930802459016). As `arch.bootstrap.optimal_block_length`. `None` for fewer than 10 values or a constant.
#[must_use]
pub fn block_length(x: &[f64]) -> Option<f64> {
    let n = x.len();
    if n < 10 {
        return None;
    }
    let eps = centred(x);
    let longest = (3.0 * (n as f64).sqrt()).min(n as f64 / 3.0).ceil();
    let quiet = 5.0_f64.max((n as f64).log10()) as usize;
    let most = (n as f64).sqrt().ceil() as usize + quiet;
    // Covariances, and correlations of the overlapping parts only.
    let (mut covariance, mut correlation) = (Vec::with_capacity(most + 1), Vec::with_capacity(most + 1));
    for k in 0..=most.min(n - 2) {
        let product = dot(&eps[k..], &eps[..n - k]);
        let lengths = dot(&eps[k + 1..], &eps[k + 1..]) * dot(&eps[..n - k - 1], &eps[..n - k - 1]);
        covariance.push(product / n as f64);
        correlation.push(dot(&eps[k..], &eps[..n - k]) / lengths.sqrt());
    }
    if covariance[0] <= 0.0 {
        return None;
    }
    let bound = 2.0 * ((n as f64).log10() / n as f64).sqrt();
    let calm = |k: usize| correlation.get(k).is_none_or(|r| r.abs() < bound);
    let last = covariance.len() - 1;
    // The first lag from which `quiet` correlations in a row are no more than noise.
    let chosen = (0..=last.saturating_sub(quiet)).find(|&k| (k..k + quiet).all(calm));
    let reach = chosen.map_or(last, |k| (2 * k.max(1)).min(last));
    let (mut g, mut long_run) = (0.0, covariance[0]);
    for k in 1..=reach {
        let weight = if (k as f64) <= 0.5 * reach as f64 { 1.0 } else { 2.0 * (1.0 - k as f64 / reach as f64) };
        g += 2.0 * weight * k as f64 * covariance[k];
        long_run += 2.0 * weight * covariance[k];
    }
    let d = 2.0 * long_run * long_run;
    Some((((2.0 * g * g) / d).cbrt() * (n as f64).cbrt()).min(longest))
}

//! How heart rate follows the pace.

/// Default if the lag cannot be fitted, in seconds.
pub const DEFAULT_LAG_S: f64 = 30.0;

/// A heart-rate lag: the time constant of a first-order response, with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lag {
    /// Seconds.
    pub tau_s: f64,
    /// 95 % interval in seconds; `None` if nothing could be fitted and the default is used.
    pub interval_s: Option<(f64, f64)>,
}

/// Fits `τ·dHR/dt = HR₀ + k·v − HR` (Hunt et al. 2015, doi:10.1186/s12938-015-0112-7): the τ in 10…120 s whose low-passed speed
/// explains most of the heart rate. One value per second of each; heart rates may be `NaN`. If it explains less than a fifth, or
/// the best is at an end of the range, the default is used.
#[must_use]
pub fn fit(speed: &[f64], heart_rate: &[f64]) -> Lag {
    fitted(speed, heart_rate).unwrap_or(Lag { tau_s: DEFAULT_LAG_S, interval_s: None })
}

fn fitted(speed: &[f64], heart_rate: &[f64]) -> Option<Lag> {
    let taus: Vec<f64> = (10..=120).step_by(2).map(f64::from).collect();
    let unexplained: Vec<f64> = taus.iter().map(|&t| unexplained_share(speed, heart_rate, t).unwrap_or(f64::INFINITY)).collect();
    let best = (0..taus.len()).min_by(|&a, &b| unexplained[a].total_cmp(&unexplained[b]))?;
    if unexplained[best] > 0.8 || best == 0 || best + 1 == taus.len() {
        return None;
    }
    // Residuals of consecutive seconds are nearly the same: what counts is the number of independent ones (Bartlett 1935 for a first-order
    // autoregression).
    let rho = residual_autocorrelation(speed, heart_rate, taus[best]).clamp(0.0, 0.999);
    let known = heart_rate.iter().filter(|h| h.is_finite()).count() as f64;
    let effective = (known * (1.0 - rho) / (1.0 + rho)).max(4.0);
    let most = unexplained[best] * (1.0 + 3.84 / effective);
    let inside = |i: &usize| unexplained[*i] <= most;
    let low = (0..=best).rev().take_while(inside).last().unwrap_or(best);
    let high = (best..taus.len()).take_while(inside).last().unwrap_or(best);
    Some(Lag { tau_s: taus[best], interval_s: Some((taus[low], taus[high])) })
}

/// First-order low-pass of speed, one value per second.
#[must_use]
pub fn low_pass(speed: &[f64], tau_s: f64) -> Vec<f64> {
    let step = 1.0 - (-1.0 / tau_s).exp();
    let mut low = speed.first().copied().unwrap_or(0.0);
    speed
        .iter()
        .map(|v| {
            low += (v - low) * step;
            low
        })
        .collect()
}

/// Slope, intercept and unexplained share of heart rate over low-passed speed.
struct Line {
    slope: f64,
    intercept: f64,
    unexplained: f64,
}

fn line(low: &[f64], heart_rate: &[f64]) -> Option<Line> {
    let (mut n, mut sx, mut sy, mut sxx, mut syy, mut sxy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for (v, hr) in low.iter().zip(heart_rate).filter(|(_, hr)| hr.is_finite()) {
        n += 1.0;
        sx += v;
        sy += hr;
        sxx += v * v;
        syy += hr * hr;
        sxy += v * hr;
    }
    let (vx, vy, cov) = (sxx - sx * sx / n, syy - sy * sy / n, sxy - sx * sy / n);
    (n >= 300.0 && vx > 1e-9 && vy > 1e-9 && cov > 0.0).then(|| {
        let slope = cov / vx;
        Line { slope, intercept: (sy - slope * sx) / n, unexplained: 1.0 - cov * cov / (vx * vy) }
    })
}

fn unexplained_share(speed: &[f64], heart_rate: &[f64], tau_s: f64) -> Option<f64> {
    line(&low_pass(speed, tau_s), heart_rate).map(|l| l.unexplained)
}

fn residual_autocorrelation(speed: &[f64], heart_rate: &[f64], tau_s: f64) -> f64 {
    let low = low_pass(speed, tau_s);
    let Some(line) = line(&low, heart_rate) else { return 0.0 };
    let residual: Vec<f64> = low.iter().zip(heart_rate).map(|(v, hr)| hr - line.intercept - line.slope * v).collect();
    let (mut product, mut square) = (0.0, 0.0);
    for pair in residual.windows(2).filter(|w| w[0].is_finite() && w[1].is_finite()) {
        product += pair[0] * pair[1];
        square += pair[0] * pair[0];
    }
    if square > 0.0 { product / square } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four minutes slow, four minutes fast, and a heart rate that follows with the given lag and some noise.
    fn run(tau: f64) -> (Vec<f64>, Vec<f64>) {
        let speed: Vec<f64> = (0..3600).map(|i| if i / 240 % 2 == 0 { 2.5 } else { 4.0 }).collect();
        let mut heart = vec![130.0];
        for i in 1..speed.len() {
            let last = heart[i - 1];
            heart.push(last + (70.0 + 24.2 * speed[i] - last) / tau);
        }
        let noisy = heart.iter().enumerate().map(|(i, h)| h + ((i * 7919 % 101) as f64 / 50.0 - 1.0)).collect();
        (speed, noisy)
    }

    #[test]
    fn a_planted_lag_is_found_inside_its_interval() {
        for tau in [25.0, 57.6, 90.0] {
            let (speed, heart) = run(tau);
            let lag = fit(&speed, &heart);
            let (low, high) = lag.interval_s.expect("a fit");
            assert!((lag.tau_s - tau).abs() <= 3.0, "{tau}: {lag:?}");
            assert!(low <= tau + 1.0 && tau - 1.0 <= high, "{tau}: {lag:?}");
        }
    }

    #[test]
    fn a_heart_that_ignores_the_pace_gets_the_default() {
        let speed: Vec<f64> = (0..1200).map(|i| 3.0 + f64::from(i % 7) / 10.0).collect();
        let heart: Vec<f64> = (0..1200).map(|i| 140.0 + f64::from(i * 31 % 17)).collect();
        assert_eq!(fit(&speed, &heart), Lag { tau_s: DEFAULT_LAG_S, interval_s: None });
        assert_eq!(fit(&[], &[]).interval_s, None);
    }
}

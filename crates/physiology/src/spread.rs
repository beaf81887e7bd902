//! The middle and the spread of a few numbers, of which some may be odd, and Student's t.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// The quantile of Student's t at `p`.
pub(crate) fn t_quantile(p: f64, df: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or(f64::INFINITY, |d| d.inverse_cdf(p))
}

/// The median; `NaN` of nothing.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    if n == 0 { f64::NAN } else { f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2]) }
}

/// `Qₙ`, a robust standard deviation: the quarter-quantile of the distances between all pairs (Rousseeuw and Croux 1993,
/// doi:10.1080/01621459.1993.10476408, with their factors for small samples, 1992). Half of the values may be anything; on normal ones it is as
/// precise as the standard deviation of 82 % of them. 0 of less than two values.
pub(crate) fn spread(values: &[f64]) -> f64 {
    const SMALL: [f64; 8] = [0.399, 0.994, 0.512, 0.844, 0.611, 0.857, 0.669, 0.872];
    let n = values.len();
    if n < 2 {
        return 0.0;
    }
    let mut distances: Vec<f64> = (0..n).flat_map(|i| (i + 1..n).map(move |k| (values[i] - values[k]).abs())).collect();
    let half = n / 2 + 1;
    let at = half * (half - 1) / 2 - 1;
    let quarter = *distances.select_nth_unstable_by(at, f64::total_cmp).1;
    let few = n as f64;
    let factor = SMALL.get(n - 2).copied().unwrap_or(if n % 2 == 1 { few / (few + 1.4) } else { few / (few + 3.8) });
    2.2219 * factor * quarter
}

/// The middle of values and half the width of an interval for one more of them, each end of which is exceeded with a probability of 1 − `end`:
/// `t·s·√(1 + π/2n)`, with the median and `Qₙ`. The median of n normal values has the variance `π/2n` times theirs; `Qₙ` has its efficiency, 0.82,
/// times the degrees of freedom of a standard deviation. A spread below `least` is not believed.
pub(crate) fn one_more(values: &[f64], end: f64, least: f64) -> (f64, f64) {
    let n = values.len() as f64;
    let df = (0.82 * (n - 1.0)).max(1.0);
    (median(values), t_quantile(end, df) * spread(values).max(least) * (1.0 + std::f64::consts::FRAC_PI_2 / n).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middle_and_spread_are_known_and_odd_values_do_not_count() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-12 && (median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-12);
        assert!(median(&[]).is_nan() && spread(&[1.0]).abs() < 1e-12);
        // 1 to 10: 45 distances; the 15th smallest (six choose two) is 2, times 2.2219 times 10/13.8.
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        assert!((spread(&ten) - 2.2219 * 10.0 / 13.8 * 2.0).abs() < 1e-12);
        let mut odd = ten.clone();
        odd[9] = 1e9;
        assert!(spread(&odd) < 2.0 * spread(&ten));
        // Student's t, from tables.
        assert!((t_quantile(0.95, 10.0) - 1.8125).abs() < 1e-4 && (t_quantile(0.975, 4.0) - 2.7764).abs() < 1e-4);
    }
}

//! Multiple testing.

/// Benjamini–Hochberg adjusted p values (Benjamini and Hochberg 1995), in the order given.
#[must_use]
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    adjusted(p, 1.0)
}

fn adjusted(p: &[f64], factor: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[b].total_cmp(&p[a]));
    let m = p.len() as f64;
    let mut out = vec![1.0; p.len()];
    let mut lowest = 1.0_f64;
    for (from_top, &i) in order.iter().enumerate() {
        let rank = m - from_top as f64;
        lowest = lowest.min(p[i] * m / rank * factor);
        out[i] = lowest;
    }
    out
}

/// Benjamini–Yekutieli adjusted p values (2001, doi:10.1214/aos/1013699998): Benjamini–Hochberg's times `Σ 1/i`, which holds
/// however the tests depend on each other.
#[must_use]
pub fn benjamini_yekutieli(p: &[f64]) -> Vec<f64> {
    let harmonic: f64 = (1..=p.len()).map(|i| 1.0 / i as f64).sum();
    // Multiplied before the running minimum is cut at one: cutting first would make large values smaller than they are.
    adjusted(p, harmonic)
}

/// Galwey's effective number of tests (2009, doi:10.1002/gepi.20408) from the eigenvalues of their correlation matrix:
/// `(Σ√λ)² / Σλ` over the positive ones.
#[must_use]
pub fn effective_tests(correlation: &[Vec<f64>]) -> f64 {
    let values = eigenvalues(correlation);
    let positive: Vec<f64> = values.into_iter().filter(|v| *v > 1e-10).collect();
    let (roots, sum): (f64, f64) = (positive.iter().map(|v| v.sqrt()).sum(), positive.iter().sum());
    if sum > 0.0 { (roots * roots / sum).clamp(1.0, correlation.len() as f64) } else { correlation.len().max(1) as f64 }
}

/// One p for the best of several tests with an effective number of `effective` (Šidák 1967).
pub(crate) fn sidak(p: f64, effective: f64) -> f64 {
    // 1 − (1 − p)^m, without losing small p to rounding.
    (-(effective * (-p).ln_1p()).exp_m1()).clamp(0.0, 1.0)
}

/// The inverse: the p that one test must reach so that the best of them has this p.
pub(crate) fn per_test(p: f64, effective: f64) -> f64 {
    (-((-p).ln_1p() / effective.max(1.0)).exp_m1()).clamp(1e-300, 1.0)
}

/// Eigenvalues of a symmetric matrix by Jacobi rotations.
fn eigenvalues(matrix: &[Vec<f64>]) -> Vec<f64> {
    let n = matrix.len();
    let mut a = matrix.to_vec();
    for _ in 0..50 {
        let off: f64 = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i][j] * a[i][j]).sum();
        // Eigenvalues are off by about the square root of the remainder: far below what a count of tests needs.
        if off < 1e-12 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q].abs() < 1e-10 {
                    continue;
                }
                let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let t = if theta == 0.0 { 1.0 } else { t };
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for row in &mut a {
                    let (x, y) = (row[p], row[q]);
                    row[p] = c * x - s * y;
                    row[q] = s * x + c * y;
                }
                for k in 0..n {
                    let (x, y) = (a[p][k], a[q][k]);
                    a[p][k] = c * x - s * y;
                    a[q][k] = s * x + c * y;
                }
            }
        }
    }
    (0..n).map(|i| a[i][i]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn benjamini_hochberg_matches_a_worked_example() {
        // The first five p values of Benjamini and Hochberg's table 1, adjusted by hand.
        let q = benjamini_hochberg(&[0.01, 0.04, 0.03, 0.005, 0.5]);
        for (got, want) in q.iter().zip([0.025, 0.05, 0.05, 0.025, 0.5]) {
            assert!((got - want).abs() < 1e-12, "{q:?}");
        }
    }

    #[test]
    fn eigenvalues_of_a_known_matrix() {
        let mut values = eigenvalues(&[vec![2.0, 1.0], vec![1.0, 2.0]]);
        values.sort_by(f64::total_cmp);
        assert!((values[0] - 1.0).abs() < 1e-12 && (values[1] - 3.0).abs() < 1e-12);
    }

    #[test]
    fn independent_tests_count_each_and_equal_ones_once() {
        let eye: Vec<Vec<f64>> = (0..4).map(|i| (0..4).map(|j| f64::from(u8::from(i == j))).collect()).collect();
        assert!((effective_tests(&eye) - 4.0).abs() < 1e-9);
        assert!((effective_tests(&vec![vec![1.0; 4]; 4]) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn sidak_keeps_small_p() {
        assert!((sidak(1e-18, 4.0) - 4e-18).abs() < 1e-30);
    }
}

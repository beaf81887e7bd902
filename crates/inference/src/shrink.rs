//! The winner's curse: the strongest of many is so partly by luck.

use statrs::distribution::{ContinuousCDF, Normal};

/// Step of the integral, in standard errors.
const STEP: f64 = 0.02;

/// The expected share of an effect, given that it had to pass `threshold` to be found; both in standard errors.
///
/// Halfway between the estimate and the mean of the likelihood under that condition (Zhong and Prentice 2008,
/// doi:10.1093/biostatistics/kxn001). The estimate is a tenth too large in the evaluation, the conditional mean a tenth too small.
pub(crate) fn expected_share(strength: f64, threshold: f64) -> f64 {
    let (z, c) = (strength.abs(), threshold.abs().min(strength.abs()));
    // This far above the threshold luck plays no role, and a threshold of zero selects nothing.
    if z <= 0.0 || z - c > 6.0 {
        return 1.0;
    }
    let normal = Normal::standard();
    let (from, to) = (-(c + 4.0), z + 6.0);
    let (mut weights, mut sum) = (0.0, 0.0);
    let steps = ((to - from) / STEP) as usize;
    for i in 0..=steps {
        let mu = from + i as f64 * STEP;
        let passed = normal.cdf(mu - c) + normal.cdf(-mu - c);
        let weight = (-0.5 * (z - mu).powi(2)).exp() / passed;
        weights += weight;
        sum += weight * mu;
    }
    f64::midpoint((sum / weights / z).clamp(0.0, 1.0), 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_just_passed_shrinks_most() {
        let shares: Vec<f64> = [3.0, 3.5, 4.5, 6.0, 12.0].map(|z| expected_share(z, 3.0)).to_vec();
        assert!(shares.windows(2).all(|w| w[0] < w[1]), "{shares:?}");
        assert!(shares[0] < 0.8 && shares[3] > 0.9 && shares[4] > 0.999, "{shares:?}");
    }
}

//! Student's t.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Probability of a t at least as far from zero.
pub(crate) fn two_sided(t: f64, df: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or(1.0, |d| (2.0 * d.cdf(-t.abs())).clamp(0.0, 1.0))
}

/// The quantile of t at `p`.
pub(crate) fn t_quantile(p: f64, df: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or(f64::INFINITY, |d| d.inverse_cdf(p))
}

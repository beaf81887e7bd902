//! Training load.

/// Sex as far as formulas fitted on men and women need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sex {
    /// The formula fitted on men.
    Male,
    /// The formula fitted on women.
    Female,
    /// Not said: the mean of both.
    #[default]
    Unknown,
}

/// Banister's training impulse of `minutes` at a heart-rate-reserve fraction `x` (Banister 1991; weights after Morton et al. 1990,
/// doi:10.1152/jappl.1990.69.3.1171).
#[must_use]
pub fn trimp(minutes: f64, x: f64, sex: Sex) -> f64 {
    let x = x.clamp(0.0, 1.2);
    let men = minutes * x * 0.64 * (1.92 * x).exp();
    let women = minutes * x * 0.86 * (1.67 * x).exp();
    match sex {
        Sex::Male => men,
        Sex::Female => women,
        Sex::Unknown => f64::midpoint(men, women),
    }
}

/// One day of an exponentially weighted load: `L += (S − L)(1 − e^{−1/τ})`, τ in days.
#[must_use]
pub fn next_day(load: f64, stress: f64, tau_days: f64) -> f64 {
    load + (stress - load) * (1.0 - (-1.0 / tau_days).exp())
}

/// Running stress of `hours` at a normalised graded speed: an hour at threshold speed is 100.
#[must_use]
pub fn running_stress(hours: f64, ngp_mps: f64, threshold_mps: f64) -> f64 {
    hours * (ngp_mps / threshold_mps).powi(2) * 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trimp_meets_its_vectors() {
        let x = (150.0 - 50.0) / (190.0 - 50.0);
        assert!((trimp(60.0, x, Sex::Male) - 108.095).abs() < 5e-4);
        assert!((trimp(60.0, x, Sex::Female) - 121.499).abs() < 5e-4);
    }

    #[test]
    fn forty_two_days_at_a_hundred_give_63_212() {
        let fitness = (0..42).fold(0.0, |l, _| next_day(l, 100.0, 42.0));
        assert!((fitness - 63.212).abs() < 5e-4);
    }

    #[test]
    fn an_hour_at_threshold_is_a_hundred() {
        assert!((running_stress(1.0, 4.0, 4.0) - 100.0).abs() < 1e-12);
    }
}

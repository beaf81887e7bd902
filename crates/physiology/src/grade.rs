//! The cost of hills: grade-adjusted speed.

/// The grade model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Model {
    /// Equal heart rate, after the public table of Strava's 2017 model (Robb, "An Improved GAP Model").
    #[default]
    HeartRate,
    /// Equal metabolic cost (Minetti et al. 2002, doi:10.1152/japplphysiol.01177.2001).
    Minetti,
}

/// Grade in per cent and the factor from actual speed to its equivalent on the flat.
const TABLE: [(f64, f64); 10] = [
    (-30.0, 1.495),
    (-20.0, 1.081),
    (-10.0, 0.876),
    (-8.0, 0.876),
    (-4.0, 0.918),
    (0.0, 1.0),
    (4.0, 1.135),
    (10.0, 1.459),
    (20.0, 2.297),
    (30.0, 3.158),
];

/// The factor for a `grade` (rise over run, 0.05 is 5 %): flat-equivalent speed is speed times factor. Clamped at ±30 %.
#[must_use]
pub fn factor(model: Model, grade: f64) -> f64 {
    let grade = grade.clamp(-0.30, 0.30);
    match model {
        Model::Minetti => minetti(grade) / 3.6,
        Model::HeartRate => monotone_cubic(&TABLE, grade * 100.0),
    }
}

/// Energy cost of running in J/kg/m at a `grade`; the published range is |grade| ≤ 0.45.
#[must_use]
pub fn minetti(grade: f64) -> f64 {
    let i = grade.clamp(-0.45, 0.45);
    ((((155.4 * i - 30.4) * i - 43.3) * i + 46.3) * i + 19.5) * i + 3.6
}

/// Monotone cubic interpolation (Fritsch and Carlson 1980, doi:10.1137/0717021): smooth, and no overshoot between the points
/// of the table.
fn monotone_cubic(points: &[(f64, f64)], x: f64) -> f64 {
    let n = points.len();
    let k = points.partition_point(|p| p.0 <= x).clamp(1, n - 1) - 1;
    let secant = |i: usize| (points[i + 1].1 - points[i].1) / (points[i + 1].0 - points[i].0);
    let slope = |i: usize| {
        if i == 0 {
            return secant(0);
        }
        if i == n - 1 {
            return secant(n - 2);
        }
        let (a, b) = (secant(i - 1), secant(i));
        if a * b <= 0.0 { 0.0 } else { 2.0 * a * b / (a + b) }
    };
    let h = points[k + 1].0 - points[k].0;
    let t = (x - points[k].0) / h;
    let (t2, t3) = (t * t, t * t * t);
    (2.0 * t3 - 3.0 * t2 + 1.0) * points[k].1
        + (t3 - 2.0 * t2 + t) * h * slope(k)
        + (-2.0 * t3 + 3.0 * t2) * points[k + 1].1
        + (t3 - t2) * h * slope(k + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn minetti_matches_the_published_factors() {
        for (grade, expected) in [(0.05, 1.3014), (0.10, 1.6578), (0.20, 2.5019), (-0.05, 0.7628), (-0.10, 0.5977)] {
            assert!((factor(Model::Minetti, grade) - expected).abs() < 1e-4, "{grade}");
        }
        // 4:30 /km at +3 %: 1.1738 by the polynomial, so 3:50 on the flat.
        assert!((270.0 / factor(Model::Minetti, 0.03) - 230.03).abs() < 0.01);
    }

    #[test]
    fn the_heart_rate_model_matches_its_table() {
        for (percent, expected) in TABLE {
            assert!((factor(Model::HeartRate, percent / 100.0) - expected).abs() < 1e-9, "{percent}");
        }
    }

    proptest! {
        #[test]
        fn steeper_up_never_costs_less(a in 0.0..0.3f64, b in 0.0..0.3f64) {
            let (low, high) = if a < b { (a, b) } else { (b, a) };
            for model in [Model::HeartRate, Model::Minetti] {
                prop_assert!(factor(model, low) <= factor(model, high) + 1e-12);
            }
        }
    }
}

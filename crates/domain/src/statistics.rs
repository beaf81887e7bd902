//! Statistics that pages and the server both take of a few numbers. Those of discovery are in `inference`.

/// By linear interpolation between neighbours, as most programs do it (R's type 7); of sorted numbers, zero of none.
#[must_use]
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let at = q * (sorted.len().max(1) - 1) as f64;
    let (below, above) = (at.floor() as usize, at.ceil() as usize);
    let of = |i: usize| sorted.get(i).copied().unwrap_or_default();
    of(below) + (of(above) - of(below)) * at.fract()
}

/// The 97.5 % point of t by its expansion at the normal one (Abramowitz and Stegun 26.7.5), within 0.01 from 3 degrees of freedom on.
#[must_use]
pub fn t_975(df: f64) -> f64 {
    let z = 1.959_963_984_540_054_f64;
    let (z2, d) = (z * z, 1.0 / df);
    let terms = [
        (z2 + 1.0) * z / 4.0,
        ((5.0 * z2 + 16.0) * z2 + 3.0) * z / 96.0,
        (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) * z / 384.0,
        ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) * z / 92_160.0,
    ];
    z + d * (terms[0] + d * (terms[1] + d * (terms[2] + d * terms[3])))
}

#[cfg(test)]
mod tests {
    use super::{quantile, t_975};

    #[test]
    fn quantiles_lie_between_neighbours() {
        let numbers = [1.0, 2.0, 4.0, 8.0];
        for (q, expected) in [(0.0, 1.0), (0.25, 1.75), (0.5, 3.0), (1.0, 8.0)] {
            assert!((quantile(&numbers, q) - expected).abs() < 1e-12, "{q}");
        }
        assert!(quantile(&[], 0.5).abs() < 1e-12 && (quantile(&[3.0], 0.9) - 3.0).abs() < 1e-12);
    }

    #[test]
    fn the_quantile_is_that_of_the_tables() {
        for (df, expected) in [(3.0, 3.182), (8.0, 2.306), (38.0, 2.024), (1000.0, 1.962)] {
            assert!((t_975(df) - expected).abs() < 0.01, "{df}: {}", t_975(df));
        }
    }
}

//! Statistics that pages and the server both take of a few numbers. Those of discovery are in `inference`.

/// By linear interpolation between neighbours, as most programs do it (R's type 7); of sorted numbers, zero of none.
#[must_use]
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let at = q * (sorted.len().max(1) - 1) as f64;
    let (below, above) = (at.floor() as usize, at.ceil() as usize);
    let of = |i: usize| sorted.get(i).copied().unwrap_or_default();
    of(below) + (of(above) - of(below)) * at.fract()
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn quantiles_lie_between_neighbours() {
        let numbers = [1.0, 2.0, 4.0, 8.0];
        for (q, expected) in [(0.0, 1.0), (0.25, 1.75), (0.5, 3.0), (1.0, 8.0)] {
            assert!((quantile(&numbers, q) - expected).abs() < 1e-12, "{q}");
        }
        assert!(quantile(&[], 0.5).abs() < 1e-12 && (quantile(&[3.0], 0.9) - 3.0).abs() < 1e-12);
    }
}

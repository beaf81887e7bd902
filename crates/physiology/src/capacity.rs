//! What an athlete could do: critical speed and VDOT.

/// Critical speed in m/s and D′ in metres from two efforts of (metres, seconds): `d = CS·t + D′` (Monod and Scherrer 1965).
#[must_use]
pub fn critical_speed(a: (f64, f64), b: (f64, f64)) -> Option<(f64, f64)> {
    let speed = (b.0 - a.0) / (b.1 - a.1);
    let reserve = a.0 - speed * a.1;
    (speed.is_finite() && speed > 0.0 && reserve >= 0.0).then_some((speed, reserve))
}

/// VDOT of a race of `metres` in `seconds` (Daniels and Gilbert 1979, "Oxygen Power").
#[must_use]
pub fn vdot(metres: f64, seconds: f64) -> f64 {
    let t = seconds / 60.0;
    let v = metres / t;
    (-4.6 + 0.182_258 * v + 0.000_104 * v * v) / (0.8 + 0.189_439_3 * (-0.012_778 * t).exp() + 0.298_955_8 * (-0.193_260_5 * t).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn critical_speed_meets_its_vector() {
        let (speed, reserve) = critical_speed((1500.0, 240.0), (5000.0, 900.0)).expect("two efforts");
        assert!((speed - 5.3030).abs() < 5e-5 && (reserve - 227.27).abs() < 5e-3);
    }

    #[test]
    fn vdot_meets_its_vectors() {
        for (metres, seconds, expected) in [(5000.0, 1200.0, 49.806), (10_000.0, 2400.0, 51.944), (42_195.0, 10_800.0, 53.528)] {
            assert!((vdot(metres, seconds) - expected).abs() < 5e-4);
        }
    }
}

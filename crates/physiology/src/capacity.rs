//! What an athlete could do: critical speed, VDOT, predictions, and an estimate of `VO₂max`.

use crate::spread::t_quantile;

/// A critical speed with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CriticalSpeed {
    /// The speed that can be held for long, in m/s.
    pub speed_mps: f64,
    /// D′, the distance that can be covered above it, in metres.
    pub d_prime_m: f64,
    /// Standard errors of both; `None` from two efforts, which fit a line exactly.
    pub standard_error: Option<(f64, f64)>,
}

/// The two-parameter model `d = CS·t + D′` (Monod and Scherrer 1965, doi:10.1080/00140136508930810) by least squares over efforts
/// of (metres, seconds). `None` with fewer than two durations, or if the line is not physiological: falling, or with a negative D′.
#[must_use]
pub fn critical_speed(efforts: &[(f64, f64)]) -> Option<CriticalSpeed> {
    let n = efforts.len() as f64;
    let (mean_t, mean_d) = (efforts.iter().map(|e| e.1).sum::<f64>() / n, efforts.iter().map(|e| e.0).sum::<f64>() / n);
    let spread: f64 = efforts.iter().map(|e| (e.1 - mean_t).powi(2)).sum();
    if efforts.len() < 2 || spread <= 0.0 {
        return None;
    }
    let speed_mps = efforts.iter().map(|e| (e.1 - mean_t) * (e.0 - mean_d)).sum::<f64>() / spread;
    let d_prime_m = mean_d - speed_mps * mean_t;
    let standard_error = (efforts.len() > 2).then(|| {
        let variance = efforts.iter().map(|e| (e.0 - d_prime_m - speed_mps * e.1).powi(2)).sum::<f64>() / (n - 2.0);
        ((variance / spread).sqrt(), (variance * (1.0 / n + mean_t * mean_t / spread)).sqrt())
    });
    (speed_mps.is_finite() && speed_mps > 0.0 && d_prime_m >= 0.0).then_some(CriticalSpeed { speed_mps, d_prime_m, standard_error })
}

/// The 90 % interval of a critical speed that was fitted to so many efforts, in m/s, by Student's t; `None` for two, which fit a line exactly.
#[must_use]
pub fn critical_speed_interval(found: &CriticalSpeed, efforts: usize) -> Option<(f64, f64)> {
    let df = efforts.checked_sub(2).filter(|df| *df > 0)? as f64;
    let half = t_quantile(0.95, df) * found.standard_error?.0;
    Some((found.speed_mps - half, found.speed_mps + half))
}

/// The three-parameter model (Morton 1996, doi:10.1080/00140139608964484): the speed that can be held for `seconds`,
/// `v = CS + D′/(t + D′/(v_max − CS))`. At zero seconds it is `v_max`, and for long ones it approaches the two-parameter model.
#[must_use]
pub fn speed_for(seconds: f64, speed_mps: f64, d_prime_m: f64, v_max_mps: f64) -> f64 {
    speed_mps + d_prime_m / (seconds + d_prime_m / (v_max_mps - speed_mps))
}

/// Fits the three-parameter model to at least four efforts of (metres, seconds): CS, D′ and `v_max`, by least squares on the speeds
/// (Gauss–Newton from the two-parameter fit, steps halved until they improve the fit). `None` if it does not converge to physiological values.
#[must_use]
pub fn critical_speed_3(efforts: &[(f64, f64)]) -> Option<(f64, f64, f64)> {
    if efforts.len() < 4 {
        return None;
    }
    let start = critical_speed(efforts)?;
    let fastest = efforts.iter().map(|(d, t)| d / t).fold(0.0, f64::max);
    let mut p = [start.speed_mps, start.d_prime_m.max(10.0), fastest * 1.3];
    let model = |p: &[f64; 3], t: f64| speed_for(t, p[0], p[1], p[2]);
    let error = |p: &[f64; 3]| efforts.iter().map(|(d, t)| (d / t - model(p, *t)).powi(2)).sum::<f64>();
    let sound = |p: &[f64; 3]| p[0] > 0.0 && p[1] > 0.0 && p[2] > p[0] && p.iter().all(|v| v.is_finite());
    for _ in 0..200 {
        let mut normal = [[0.0; 4]; 3];
        for (d, t) in efforts {
            let base = model(&p, *t);
            let slopes: [f64; 3] = std::array::from_fn(|k| {
                let mut moved = p;
                let h = p[k] * 1e-6;
                moved[k] += h;
                (model(&moved, *t) - base) / h
            });
            for r in 0..3 {
                for c in 0..3 {
                    normal[r][c] += slopes[r] * slopes[c];
                }
                normal[r][3] += slopes[r] * (d / t - base);
            }
        }
        let step = solve_3(normal)?;
        let before = error(&p);
        let mut share = 1.0;
        let next = loop {
            let tried: [f64; 3] = std::array::from_fn(|k| p[k] + share * step[k]);
            if sound(&tried) && error(&tried) <= before {
                break Some(tried);
            }
            share /= 2.0;
            if share < 1e-9 {
                break None;
            }
        };
        let Some(next) = next else { break };
        let moved = (0..3).map(|k| ((next[k] - p[k]) / p[k]).abs()).fold(0.0, f64::max);
        p = next;
        if moved < 1e-10 {
            break;
        }
    }
    sound(&p).then_some((p[0], p[1], p[2]))
}

/// Gauss–Jordan with pivots on three equations; `None` if they do not determine a solution.
fn solve_3(mut m: [[f64; 4]; 3]) -> Option<[f64; 3]> {
    for k in 0..3 {
        let pivot = (k..3).max_by(|a, b| m[*a][k].abs().total_cmp(&m[*b][k].abs()))?;
        m.swap(k, pivot);
        if m[k][k].abs() < 1e-300 {
            return None;
        }
        let row = m[k];
        for (r, other) in m.iter_mut().enumerate() {
            if r != k {
                let share = other[k] / row[k];
                for (o, v) in other.iter_mut().zip(row) {
                    *o -= share * v;
                }
            }
        }
    }
    Some(std::array::from_fn(|k| m[k][3] / m[k][k]))
}

/// VDOT of a race of `metres` in `seconds` (Daniels and Gilbert 1979, "Oxygen Power").
#[must_use]
pub fn vdot(metres: f64, seconds: f64) -> f64 {
    let t = seconds / 60.0;
    let v = metres / t;
    (-4.6 + 0.182_258 * v + 0.000_104 * v * v) / (0.8 + 0.189_439_3 * (-0.012_778 * t).exp() + 0.298_955_8 * (-0.193_260_5 * t).exp())
}

/// The time in seconds in which a runner of this VDOT covers `metres`: [`vdot`] inverted by bisection.
#[must_use]
pub fn time_for(metres: f64, wanted_vdot: f64) -> f64 {
    // VDOT falls as the time for a distance grows; these bounds include everything from a car to a stroll.
    let (mut fast, mut slow) = (metres / 12.0, metres / 0.8);
    for _ in 0..60 {
        let middle = f64::midpoint(fast, slow);
        if vdot(metres, middle) > wanted_vdot {
            fast = middle;
        } else {
            slow = middle;
        }
    }
    f64::midpoint(fast, slow)
}

/// A predicted time and its range, all in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// The race's distance in metres.
    pub distance_m: f64,
    /// By equal VDOT.
    pub seconds: f64,
    /// The fast end of the 90 % range.
    pub low_s: f64,
    /// The slow end of the 90 % range.
    pub high_s: f64,
}

/// How differently runners slow down with distance: the spread of the personal exponent of time over distance around the common one.
/// Blythe and Király 2016 (doi:10.1371/journal.pone.0157257) find personal exponents from about 1.05 to 1.15.
pub(crate) const EXPONENT_SPREAD: f64 = 0.03;
/// A runner's own spread from race to race at one distance: a coefficient of variation of about 2 % (Hopkins and Hewson 2001,
/// doi:10.1097/00005768-200109000-00023).
pub(crate) const RACE_SPREAD: f64 = 0.02;

/// Predicts a race over `metres` from an effort of (metres, seconds): the time of equal VDOT, with a 90 % range that widens with the
/// ratio of the distances.
#[must_use]
pub fn predict(metres: f64, effort: (f64, f64)) -> Prediction {
    let seconds = time_for(metres, vdot(effort.0, effort.1));
    let spread = RACE_SPREAD.hypot(EXPONENT_SPREAD * (metres / effort.0).ln());
    let factor = (1.645 * spread).exp();
    Prediction { distance_m: metres, seconds, low_s: seconds / factor, high_s: seconds * factor }
}

/// The share of `VO₂max` that corresponds to a share of the maximum heart rate: `exp((%HRmax − 1.00466)/0.68725)`, both as fractions.
#[must_use]
pub fn vo2_share(hr_max_share: f64) -> f64 {
    ((hr_max_share - 1.004_66) / 0.687_25).exp()
}

/// An estimate of `VO₂max` in ml/kg/min from a steady run: the oxygen cost of its graded speed (Daniels and Gilbert 1979) over the share
/// of `VO₂max` that corresponds to its heart rate. Its error is large, about 5 ml/kg/min: heart rates differ by day and by runner.
/// `None` outside 60 to 97 % of the maximum heart rate, where the relation was not fitted.
#[must_use]
pub fn vo2max_estimate(speed_mps: f64, hr_bpm: f64, hr_max_bpm: f64) -> Option<f64> {
    let share = hr_bpm / hr_max_bpm;
    let v = speed_mps * 60.0;
    let cost = -4.6 + 0.182_258 * v + 0.000_104 * v * v;
    ((0.6..=0.97).contains(&share) && cost > 0.0).then(|| cost / vo2_share(share))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn critical_speed_matches_its_test_vector() {
        let found = critical_speed(&[(1500.0, 240.0), (5000.0, 900.0)]).expect("two efforts");
        assert!((found.speed_mps - 5.3030).abs() < 5e-5 && (found.d_prime_m - 227.27).abs() < 5e-3);
        assert!(found.standard_error.is_none());
        assert!(critical_speed(&[(5000.0, 900.0), (1500.0, 240.0)]).is_some_and(|o| (o.speed_mps - found.speed_mps).abs() < 1e-12));
    }

    #[test]
    fn efforts_that_contradict_each_other_give_no_line() {
        assert!(critical_speed(&[(3000.0, 600.0), (2900.0, 700.0)]).is_none());
        assert!(critical_speed(&[(3000.0, 600.0)]).is_none());
        let scattered = critical_speed(&[(900.0, 180.0), (1600.0, 300.0), (3300.0, 720.0), (5600.0, 1200.0)]).expect("a line");
        assert!(scattered.standard_error.is_some_and(|(speed, reserve)| speed > 0.0 && reserve > 0.0));
    }

    #[test]
    fn the_third_parameter_is_found_again() {
        let efforts: Vec<(f64, f64)> = [60.0, 120.0, 300.0, 720.0, 1200.0, 1800.0].iter().map(|&t| (t * speed_for(t, 4.2, 210.0, 7.8), t)).collect();
        let (speed, reserve, top) = critical_speed_3(&efforts).expect("a fit");
        assert!((speed - 4.2).abs() < 1e-4 && (reserve - 210.0).abs() < 0.1 && (top - 7.8).abs() < 1e-2, "{speed} {reserve} {top}");
        assert!((speed_for(0.0, 4.2, 210.0, 7.8) - 7.8).abs() < 1e-12);
    }

    #[test]
    fn vdot_matches_its_test_vectors() {
        for (metres, seconds, expected) in [(5000.0, 1200.0, 49.806), (10_000.0, 2400.0, 51.944), (42_195.0, 10_800.0, 53.528)] {
            assert!((vdot(metres, seconds) - expected).abs() < 5e-4);
        }
    }

    /// Rows of the printed table (Daniels, "Running Formula", 2nd edition, table 3.1): VDOT and the times for 5 km, 10 km and marathon.
    #[test]
    fn the_printed_table_comes_out_within_its_rounding() {
        for (level, five, ten, marathon) in [(40.0, 1448.0, 3003.0, 13_785.0), (50.0, 1197.0, 2481.0, 11_449.0), (60.0, 1023.0, 2122.0, 9_805.0)] {
            for (metres, seconds) in [(5000.0, five), (10_000.0, ten), (42_195.0, marathon)] {
                assert!((vdot(metres, seconds) - level).abs() < 0.07, "{level} {metres}: {}", vdot(metres, seconds));
            }
        }
    }

    #[test]
    fn a_submaximal_run_gives_vo2max_of_its_race() {
        // science.md: 10 km in 2481 s is VDOT 50; the relation to heart rate is exact at the share that the race was run at.
        assert!((vdot(10_000.0, 2481.0) - 50.0).abs() < 0.1);
        assert!((vo2_share(1.004_66) - 1.0).abs() < 1e-12);
        let v = 10_000.0_f64 / 2481.0;
        let cost = -4.6 + 0.182_258 * v * 60.0 + 0.000_104 * (v * 60.0).powi(2);
        let share = 1.004_66 + 0.687_25 * (cost / 50.0_f64).ln();
        assert!((vo2max_estimate(v, share * 185.0, 185.0).expect("in range") - 50.0).abs() < 0.1);
        assert!(vo2max_estimate(3.0, 90.0, 190.0).is_none());
    }

    proptest! {
        #[test]
        fn critical_speed_knows_neither_order_nor_unit(noise in prop::collection::vec(-20.0..20.0f64, 4), turn in 0..4usize, unit in 0.5..4.0f64) {
            let efforts: Vec<(f64, f64)> =
                [180.0, 300.0, 720.0, 1200.0].iter().zip(&noise).map(|(t, e)| (4.2 * t + 180.0 + e, *t)).collect();
            let found = critical_speed(&efforts).expect("a line");
            let mut turned: Vec<(f64, f64)> = efforts.iter().map(|(d, t)| (d * unit, *t)).collect();
            turned.rotate_left(turn);
            let other = critical_speed(&turned).expect("a line");
            prop_assert!((other.speed_mps - found.speed_mps * unit).abs() < 1e-9);
            prop_assert!((other.d_prime_m - found.d_prime_m * unit).abs() < 1e-6);
        }

        #[test]
        fn time_for_inverts_vdot(metres in 1500.0..42_195.0f64, level in 30.0..80.0f64) {
            prop_assert!((vdot(metres, time_for(metres, level)) - level).abs() < 1e-6);
        }

        #[test]
        fn a_prediction_lies_in_its_range_and_is_exact_at_its_own_distance(seconds in 900.0..2400.0f64, metres in 1500.0..42_195.0f64) {
            let own = predict(5000.0, (5000.0, seconds));
            prop_assert!((own.seconds - seconds).abs() < 1e-3);
            let other = predict(metres, (5000.0, seconds));
            prop_assert!(other.low_s < other.seconds && other.seconds < other.high_s);
            prop_assert!(other.high_s / other.low_s >= own.high_s / own.low_s - 1e-9);
        }
    }
}

//! What an athlete could run today over a racing distance, with the range of the doubt, from several efforts.
//!
//! A runner's times over distances follow the curve of one VDOT, tilted: runners differ in how much they slow down with distance (Riegel 1981,
//! "Athletic Records and Human Endurance", gives one exponent for all; Blythe and Király 2016, doi:10.1371/journal.pone.0157257, find a spread of
//! about 0.03). Level and tilt are estimated from the efforts, the tilt with that spread as the prior: one effort leaves it open, several over
//! different distances tell it. Over races of up to 40 minutes critical speed says the same independently; the prediction is then the mixture of
//! both, so that the range widens where they disagree.

use crate::capacity::{CriticalSpeed, EXPONENT_SPREAD, Prediction, RACE_SPREAD, time_for, vdot};

/// The races that are predicted, in metres: 5 km, 10 km, half marathon and marathon.
pub const RACES_M: [f64; 4] = [5000.0, 10_000.0, 21_097.5, 42_195.0];
/// Efforts that say what a race would be, in metres.
const EFFORTS_M: (f64, f64) = (1500.0, 100_000.0);
/// What efforts inside runs say less exactly than races do: nobody says that they were all-out. Half of its variance is each effort's own, half is
/// the runner's habit, and more efforts do not make that better.
const EFFORT_DOUBT: f64 = 0.02;
/// An effort that is slower than the best by more than this was not all-out…
const NEAR: f64 = 0.04;
/// The level is known to be that of some human.
const LEVEL_SPREAD: f64 = 0.5;
/// 5 % of a normal distribution lie beyond so many standard deviations, at either end.
const NORMAL_95: f64 = 1.645;
/// Critical speed holds for half an hour or so, in seconds.
const CRITICAL_S: f64 = 2400.0;
/// What the model of critical speed is off by beside its standard errors, as a share of a time.
const CRITICAL_DOUBT: f64 = 0.02;

/// Predicts a race over `metres` from efforts of (metres, seconds), and from critical speed with its standard errors and the mean seconds of the
/// efforts that it was fitted to, if known. The range is that of 90 %. `None` without an effort of 1500 m or more.
#[must_use]
pub fn predict_from(metres: f64, efforts: &[(f64, f64)], critical: Option<(&CriticalSpeed, f64)>) -> Option<Prediction> {
    let (mean, variance) = by_efforts(metres, efforts)?;
    let (mean, variance) = match critical.and_then(|(speed, mean_s)| by_critical_speed(metres, speed, mean_s)) {
        Some((other, doubt)) if mean.exp() <= CRITICAL_S && other.exp() <= CRITICAL_S => {
            // A mixture of two normal distributions, weighted by how exact they are.
            let share = doubt / (variance + doubt);
            (share * mean + (1.0 - share) * other, share * variance + (1.0 - share) * doubt + share * (1.0 - share) * (mean - other).powi(2))
        }
        _ => (mean, variance),
    };
    let half = NORMAL_95 * variance.sqrt();
    Some(Prediction { distance_m: metres, seconds: mean.exp(), low_s: (mean - half).exp(), high_s: (mean + half).exp() })
}

/// The efforts of (metres, seconds) that a prediction rests on.
#[must_use]
pub fn efforts_used(efforts: &[(f64, f64)]) -> Vec<(f64, f64)> {
    counted(efforts).map_or_else(Vec::new, |c| c.efforts)
}

/// The efforts that count: for each, the logarithm of its distance over that of the best, and of its time over the best's VDOT's.
struct Counted {
    best_m: f64,
    best_vdot: f64,
    points: Vec<(f64, f64)>,
    efforts: Vec<(f64, f64)>,
}

fn counted(efforts: &[(f64, f64)]) -> Option<Counted> {
    let sound = |e: &&(f64, f64)| (EFFORTS_M.0..=EFFORTS_M.1).contains(&e.0) && (0.8..12.0).contains(&(e.0 / e.1));
    let level = |e: &(f64, f64)| vdot(e.0, e.1);
    let best = efforts.iter().filter(sound).max_by(|a, b| level(a).total_cmp(&level(b)))?;
    let best_vdot = level(best);
    let (points, efforts) = efforts
        .iter()
        .filter(sound)
        .map(|e| (((e.0 / best.0).ln(), (e.1 / time_for(e.0, best_vdot)).ln()), *e))
        // … unless it is the tilt that makes it slower.
        .filter(|((x, late), _)| *late <= NEAR + EXPONENT_SPREAD * x.abs())
        .unzip();
    Some(Counted { best_m: best.0, best_vdot, points, efforts })
}

/// The logarithm of the time and its variance by level and tilt: a Bayesian line through the efforts.
fn by_efforts(metres: f64, efforts: &[(f64, f64)]) -> Option<(f64, f64)> {
    let Counted { best_m, best_vdot, points, .. } = counted(efforts)?;
    let doubt = EFFORT_DOUBT.powi(2) / 2.0;
    let weight = 1.0 / (RACE_SPREAD.powi(2) + doubt);
    // Normal equations of level and tilt, with their priors.
    let (mut ll, mut lt, mut tt) = (LEVEL_SPREAD.powi(-2), 0.0, EXPONENT_SPREAD.powi(-2));
    let (mut l, mut t) = (0.0, 0.0);
    for (x, late) in points {
        ll += weight;
        lt += weight * x;
        tt += weight * x * x;
        l += weight * late;
        t += weight * x * late;
    }
    let whole = ll * tt - lt * lt;
    let (level, tilt) = ((l * tt - t * lt) / whole, (t * ll - l * lt) / whole);
    let x = (metres / best_m).ln();
    let variance = (tt - 2.0 * x * lt + x * x * ll) / whole;
    Some((time_for(metres, best_vdot).ln() + level + tilt * x, variance + doubt + RACE_SPREAD.powi(2)))
}

/// The same by critical speed, `t = (d − D′)/CS`. Its two errors are opposed: the line is known best at the mean time of its efforts.
fn by_critical_speed(metres: f64, critical: &CriticalSpeed, mean_s: f64) -> Option<(f64, f64)> {
    let (speed_error, _) = critical.standard_error?;
    let seconds = (metres - critical.d_prime_m) / critical.speed_mps;
    if seconds.is_nan() || seconds <= 0.0 {
        return None;
    }
    let metres_error = speed_error * (seconds - mean_s);
    let share = metres_error / critical.speed_mps / seconds;
    Some((seconds.ln(), share.powi(2) + CRITICAL_DOUBT.powi(2) + RACE_SPREAD.powi(2)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{Rng, SeedableRng};
    use rand_pcg::Pcg64Mcg;

    use super::*;
    use crate::capacity::{critical_speed, critical_speed_interval};

    #[test]
    fn one_effort_is_its_vdot_and_the_longer_the_race_the_wider_the_range() {
        let five = [(5000.0, 1241.0)];
        let all = RACES_M.map(|m| predict_from(m, &five, None).expect("an effort"));
        assert!((all[0].seconds - 1241.0).abs() < 3.0, "{:?}", all[0]);
        for p in all {
            assert!((p.seconds / time_for(p.distance_m, vdot(5000.0, 1241.0)) - 1.0).abs() < 0.002);
            assert!(p.low_s < p.seconds && p.seconds < p.high_s);
        }
        let width = |p: &Prediction| p.high_s / p.low_s;
        assert!(all.windows(2).all(|w| width(&w[1]) > width(&w[0])));
        // At its own distance: the effort's own doubt, and that of the next race. exp(2·1.645·√(0.0008 + 0.0004)).
        assert!((width(&all[0]) - 1.1207).abs() < 0.001, "{}", width(&all[0]));
    }

    #[test]
    fn several_efforts_tell_the_tilt_and_an_easy_one_does_not_count() {
        // Ten kilometres and a half that are each slower than the five by 3 % of exponent.
        let at = |m: f64| time_for(m, 50.0) * (m / 5000.0_f64).powf(0.03);
        let efforts: Vec<(f64, f64)> = [3000.0, 5000.0, 10_000.0, 21_097.5].iter().map(|m| (*m, at(*m))).collect();
        let (one, several) = (predict_from(42_195.0, &efforts[1..2], None).expect("one"), predict_from(42_195.0, &efforts, None).expect("four"));
        assert!((several.seconds / at(42_195.0) - 1.0).abs() < (one.seconds / at(42_195.0) - 1.0).abs());
        assert!(several.high_s / several.low_s < one.high_s / one.low_s);
        let easy = [efforts[1], (15_000.0, 1.15 * at(15_000.0))];
        assert_eq!((efforts_used(&easy).len(), efforts_used(&efforts).len(), efforts_used(&[]).len()), (1, 4, 0));
        assert!(predict_from(5000.0, &[(1000.0, 200.0), (5000.0, 0.0), (f64::NAN, 10.0)], None).is_none());
    }

    #[test]
    fn critical_speed_that_disagrees_widens_the_range_of_short_races_only() {
        let efforts = [(5000.0, 1241.0)];
        let critical = |mps: f64| CriticalSpeed { speed_mps: mps, d_prime_m: 200.0, standard_error: Some((0.02, 15.0)) };
        let with = |mps: f64, metres: f64| predict_from(metres, &efforts, Some((&critical(mps), 500.0))).expect("an effort");
        let width = |p: Prediction| p.high_s / p.low_s;
        let alone = predict_from(5000.0, &efforts, None).expect("an effort");
        // 4800 m in 1241 s is 3.868 m/s.
        assert!(width(with(3.6, 5000.0)) > width(with(3.868, 5000.0)) && width(with(3.868, 5000.0)) < width(alone));
        assert!(with(3.6, 5000.0).seconds > alone.seconds);
        assert_eq!(Some(with(3.6, 42_195.0)), predict_from(42_195.0, &efforts, None));
    }

    #[test]
    fn critical_speed_has_students_interval() {
        let efforts = [(900.0, 180.0), (1600.0, 300.0), (3300.0, 720.0), (5600.0, 1200.0)];
        let found = critical_speed(&efforts).expect("a line");
        let (low, high) = critical_speed_interval(&found, efforts.len()).expect("four efforts");
        // t at 95 % with two degrees of freedom is 2.91999.
        let (error, _) = found.standard_error.expect("four efforts");
        assert!((high - found.speed_mps - 2.919_99 * error).abs() < 1e-4 && (found.speed_mps - low - 2.919_99 * error).abs() < 1e-4);
        assert!(critical_speed_interval(&found, 2).is_none());
    }

    /// How often a race of a made runner lies in the range. Printed with `--nocapture`.
    #[test]
    fn nine_of_ten_races_lie_in_the_range() {
        let mut rng = Pcg64Mcg::seed_from_u64(11);
        let mut normal = move || (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
        for distances in [&[5000.0][..], &[3000.0, 5000.0, 10_000.0], &[1609.344, 3000.0, 5000.0, 10_000.0, 15_000.0, 21_097.5]] {
            for race in RACES_M {
                let trials = 2000;
                let mut inside = 0;
                for _ in 0..trials {
                    let (level, tilt) = (48.0 + 6.0 * normal(), EXPONENT_SPREAD * normal());
                    let truth = |m: f64| time_for(m, level) * (m / 7000.0_f64).powf(tilt);
                    // Each effort has a race's spread, and was not quite all-out.
                    let efforts: Vec<(f64, f64)> =
                        distances.iter().map(|m| (*m, truth(*m) * (RACE_SPREAD * normal() + EFFORT_DOUBT * normal().abs()).exp())).collect();
                    let run = truth(race) * (RACE_SPREAD * normal()).exp();
                    inside += i32::from(predict_from(race, &efforts, None).is_some_and(|p| (p.low_s..=p.high_s).contains(&run)));
                }
                let share = f64::from(inside) / f64::from(trials);
                println!("{} efforts, race of {race} m: {share:.3}", distances.len());
                assert!((0.86..=0.96).contains(&share), "{} efforts, {race} m: {share}", distances.len());
            }
        }
    }

    proptest! {
        #[test]
        fn the_range_holds_the_prediction_whatever_the_efforts(
            efforts in prop::collection::vec((500.0..50_000.0f64, 100.0..20_000.0f64), 0..12),
            metres in 3000.0..50_000.0f64,
            mps in 2.0..6.0f64,
        ) {
            let critical = CriticalSpeed { speed_mps: mps, d_prime_m: 150.0, standard_error: Some((0.05, 20.0)) };
            if let Some(p) = predict_from(metres, &efforts, Some((&critical, 400.0))) {
                prop_assert!(p.low_s > 0.0 && p.low_s < p.seconds && p.seconds < p.high_s && p.high_s.is_finite(), "{p:?}");
                let mut turned = efforts.clone();
                turned.reverse();
                let again = predict_from(metres, &turned, Some((&critical, 400.0))).expect("the same efforts");
                prop_assert!((again.seconds - p.seconds).abs() < 1e-6 * p.seconds);
            }
        }
    }
}

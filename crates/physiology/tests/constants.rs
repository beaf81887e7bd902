//! Planted time constants: how often they are told, and how often their interval holds them.
//!
//! `cargo test -p physiology --test constants -- --include-ignored --nocapture` prints the rates that docs/physiology.md states.

use physiology::constants::{Constants, Fit, LEAST_RUNS, fit};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// A made athlete.
#[derive(Clone, Copy)]
struct Made {
    days: usize,
    fitness_days: f64,
    fatigue_days: f64,
    /// What a load of 100 a day, for ever, adds to and takes from the logarithm of efficiency.
    gain: f64,
    cost: f64,
    /// The scatter from run to run, and its correlation from day to day.
    scatter: f64,
    correlation: f64,
    /// Half of what a season adds and takes that has nothing to do with load.
    season: f64,
}

const BOOK: Made = Made { days: 730, fitness_days: 42.0, fatigue_days: 7.0, gain: 0.25, cost: 0.15, scatter: 0.02, correlation: 0.0, season: 0.0 };

/// Loads and outcomes: blocks of three to six weeks with their own level, hard and easy days, rest, and a week off now and then.
fn made(athlete: Made, seed: u64) -> (Vec<f64>, Vec<(usize, f64)>) {
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let mut normal_rng = Pcg64Mcg::seed_from_u64(seed + 1_000_000);
    let mut normal = move || (0..12).map(|_| normal_rng.random::<f64>()).sum::<f64>() - 6.0;
    let (mut load, mut outcomes) = (Vec::new(), Vec::new());
    let (mut level, mut left) = (50.0, 0);
    let (mut fitness, mut fatigue) = (50.0, 50.0);
    let mut error = athlete.scatter * normal();
    for day in 0..athlete.days {
        if left == 0 {
            left = rng.random_range(14..45);
            level = if rng.random::<f64>() < 0.15 { 5.0 } else { rng.random_range(30.0..90.0) };
        }
        left -= 1;
        let runs = rng.random::<f64>() < 0.65;
        let stress = if runs { level * rng.random_range(0.5..2.5) } else { 0.0 };
        error = athlete.correlation * error + (1.0 - athlete.correlation.powi(2)).sqrt() * athlete.scatter * normal();
        if runs {
            outcomes.push((
                day,
                0.3 + athlete.gain * fitness / 100.0 - athlete.cost * fatigue / 100.0 + athlete.season * (day as f64 / 58.1).sin() + error,
            ));
        }
        fitness += (stress - fitness) * (1.0 - (-1.0 / athlete.fitness_days).exp());
        fatigue += (stress - fatigue) * (1.0 - (-1.0 / athlete.fatigue_days).exp());
        load.push(stress);
    }
    (load, outcomes)
}

fn fitted(athlete: Made, seed: u64) -> Constants {
    let (load, outcomes) = made(athlete, seed);
    match fit(&load, &outcomes) {
        Fit::Fitted(found) => found,
        Fit::TooFew { wanted } => panic!("{wanted} more wanted"),
    }
}

#[test]
fn planted_constants_are_found_where_there_is_hardly_any_noise() {
    for (fitness_days, fatigue_days) in [(42.0, 7.0), (30.0, 4.0), (60.0, 12.0)] {
        let found = fitted(Made { fitness_days, fatigue_days, scatter: 0.001, ..BOOK }, 5);
        let (fitness, fatigue) = (found.fitness.expect("told"), found.fatigue.expect("told"));
        assert!((fitness.days / fitness_days).ln().abs() < 0.1 && (fatigue.days / fatigue_days).ln().abs() < 0.1, "{found:?}");
        assert!(fitness.interval.0 <= fitness.days && fitness.days <= fitness.interval.1);
    }
}

#[test]
fn too_few_runs_or_no_effect_tell_nothing() {
    let (load, outcomes) = made(BOOK, 1);
    assert_eq!(fit(&load, &outcomes[..10]), Fit::TooFew { wanted: LEAST_RUNS }, "the first weeks do not count");
    assert_eq!(fit(&[], &[]), Fit::TooFew { wanted: LEAST_RUNS });
    let none = fitted(Made { gain: 0.0, cost: 0.0, ..BOOK }, 2);
    assert!(none.fitness.is_none() && none.fatigue.is_none(), "{none:?}");
    // The same load every day says nothing of how it fades.
    let even = vec![60.0; 400];
    let days: Vec<(usize, f64)> = (0..400).map(|d| (d, 0.3 + f64::from(u8::try_from(d * 7919 % 11).expect("small")) / 500.0)).collect();
    let Fit::Fitted(found) = fit(&even, &days) else { panic!("enough runs") };
    assert!(found.fitness.is_none() && found.fatigue.is_none(), "{found:?}");
}

#[test]
fn order_of_a_day_and_unit_of_load_do_not_matter() {
    let (load, outcomes) = made(BOOK, 3);
    let one = fit(&load, &outcomes);
    let scaled: Vec<f64> = load.iter().map(|l| l * 7.0).collect();
    let shifted: Vec<(usize, f64)> = outcomes.iter().flat_map(|(d, y)| [(*d, y + 1.01), (*d, y + 0.99)]).collect();
    let (Fit::Fitted(one), Fit::Fitted(other)) = (one, fit(&scaled, &shifted)) else { panic!("enough runs") };
    let near = |a: Option<physiology::constants::Constant>, b: Option<physiology::constants::Constant>| match (a, b) {
        (Some(a), Some(b)) => (a.interval.0 - b.interval.0).abs() < 1e-6 && (a.interval.1 - b.interval.1).abs() < 1e-6,
        (None, None) => true,
        _ => false,
    };
    assert!(near(one.fitness, other.fitness) && near(one.fatigue, other.fatigue), "{one:?} {other:?}");
}

/// Told, and held by the interval, of each constant.
fn rates(name: &str, athlete: Made, trials: u64) -> [(f64, f64); 2] {
    let mut counts = [(0, 0); 2];
    for seed in 0..trials {
        let found = fitted(athlete, 100 + seed);
        for (k, (constant, truth)) in [(found.fitness, athlete.fitness_days), (found.fatigue, athlete.fatigue_days)].into_iter().enumerate() {
            if let Some(c) = constant {
                counts[k].0 += 1;
                counts[k].1 += i32::from(c.interval.0 <= truth && truth <= c.interval.1);
            }
        }
    }
    let rates = counts.map(|(told, held)| (f64::from(told) / trials as f64, f64::from(held) / f64::from(told.max(1))));
    println!("{name}: fitness told {:.2}, held {:.3}; fatigue told {:.2}, held {:.3}", rates[0].0, rates[0].1, rates[1].0, rates[1].1);
    rates
}

#[test]
fn intervals_hold_what_was_planted() {
    for rates in rates("42 and 7 days, two years", BOOK, 60) {
        assert!(rates.0 > 0.5 && rates.1 > 0.85, "{rates:?}");
    }
    for rates in rates("no effect", Made { gain: 0.0, cost: 0.0, ..BOOK }, 60) {
        assert!(rates.0 <= 0.05, "{rates:?}");
    }
}

#[test]
#[ignore = "two minutes; prints the table in docs/physiology.md"]
fn rates_of_intervals() {
    for (name, athlete) in [
        ("42 and 7, two years", BOOK),
        ("42 and 7, two years, correlated", Made { correlation: 0.5, ..BOOK }),
        ("42 and 7, one year", Made { days: 365, ..BOOK }),
        ("42 and 7, two years, half the effect", Made { gain: 0.125, cost: 0.075, ..BOOK }),
        ("25 and 4, two years", Made { fitness_days: 25.0, fatigue_days: 4.0, ..BOOK }),
        ("60 and 12, three years", Made { days: 1095, fitness_days: 60.0, fatigue_days: 12.0, ..BOOK }),
        ("no effect, two years", Made { gain: 0.0, cost: 0.0, ..BOOK }),
        ("42 and 7, two years, a season of 3 %", Made { season: 0.03, ..BOOK }),
        ("42 and 7, one year, a season of 3 %", Made { days: 365, season: 0.03, ..BOOK }),
        ("no effect, one year, a season of 3 %", Made { days: 365, gain: 0.0, cost: 0.0, season: 0.03, ..BOOK }),
        ("42 and 7, 270 days, a season of 3 %", Made { days: 270, season: 0.03, ..BOOK }),
        ("no effect, 270 days, a season of 3 %", Made { days: 270, gain: 0.0, cost: 0.0, season: 0.03, ..BOOK }),
        ("no effect, two years, a season of 3 %", Made { gain: 0.0, cost: 0.0, season: 0.03, ..BOOK }),
        ("no effect, two years, correlation .97", Made { gain: 0.0, cost: 0.0, correlation: 0.97, ..BOOK }),
        ("no effect, two years, correlated", Made { gain: 0.0, cost: 0.0, correlation: 0.5, ..BOOK }),
    ] {
        rates(name, athlete, 400);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_numbers_an_interval_is_in_order(
        load in prop::collection::vec(prop_oneof![20 => 0.0..300.0f64, 1 => any::<f64>()], 100..300),
        outcomes in prop::collection::vec((0..400_usize, prop_oneof![20 => -1.0..1.0f64, 1 => any::<f64>()]), 0..400),
    ) {
        let found = fit(&load, &outcomes);
        let mut turned = outcomes;
        turned.reverse();
        prop_assert_eq!(found, fit(&load, &turned));
        if let Fit::Fitted(c) = found {
            prop_assert!(c.runs >= LEAST_RUNS && (0.0..1.0).contains(&c.correlation));
            for constant in [c.fitness, c.fatigue].into_iter().flatten() {
                prop_assert!(constant.interval.0 <= constant.days && constant.days <= constant.interval.1, "{constant:?}");
            }
        }
    }
}

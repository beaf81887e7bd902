//! A quick version of the evaluation: fails if calibration is lost by more than the uncertainty of so few simulations. The whole one:
//! `cargo xtask evaluate`.

use inference::evaluation::{Cell, Kind, evaluate};
use inference::{Column, Options, Table, Tier, discover};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

const RUNS: usize = 80;

/// Three standard errors of a rate.
fn blur(rate: f64, n: usize) -> f64 {
    3.0 * (rate * (1.0 - rate) / n as f64).sqrt()
}

#[test]
fn noise_is_seldom_supported_and_hardly_ever_confirmed() {
    let year = Cell::year();
    for cell in [year, Cell { phi: 0.9, days: 180, ..year }, Cell { kind: Kind::Mixed, missing: 0.5, ..year }, Cell { kind: Kind::Own, ..year }] {
        let t = evaluate(&cell, &Options::default(), RUNS, 900);
        assert!(t.any_supported as f64 / RUNS as f64 <= 0.10 + blur(0.10, RUNS), "{cell:?}: {t:?}");
        assert!(t.any_confirmed as f64 / RUNS as f64 <= 0.03 + blur(0.03, RUNS), "{cell:?}: {t:?}");
    }
}

/// A record of two or three months with strong weekends, trend and season: if these were left out because the record is short, they would look
/// like effects of everything else with a weekly pattern.
#[test]
fn short_records_with_strong_habits_promise_no_more() {
    for days in [60, 90, 120] {
        let t = evaluate(&Cell { days, phi: 0.8, habits: 3.0, ..Cell::year() }, &Options::default(), RUNS, 902);
        assert!(t.any_supported as f64 / RUNS as f64 <= 0.07 + blur(0.07, RUNS), "{days}: {t:?}");
    }
}

/// Pairs declared beforehand share the error budget with all others.
#[test]
fn declared_pairs_do_not_double_the_false_findings() {
    for days in [90, 365] {
        let t = evaluate(&Cell { days, declared: 10, ..Cell::year() }, &Options::default(), 2 * RUNS, 903);
        assert!(t.any_supported as f64 / t.runs as f64 <= 0.07 + blur(0.07, t.runs) / 2.0, "{days}: {t:?}");
    }
}

#[test]
fn what_is_planted_is_found_and_little_else() {
    let t = evaluate(&Cell { r: 0.4, ..Cell::year() }, &Options::default(), RUNS, 901);
    let of = |part: usize, whole: usize| part as f64 / whole as f64;
    assert!(of(t.found, t.planted) >= 0.93 - blur(0.93, t.planted), "{t:?}");
    assert!(t.false_discovery_rate() <= 0.10 + blur(0.10, RUNS), "{t:?}");
    assert!(of(t.exact_lag, t.found) >= 0.90 && of(t.sign, t.found) >= 0.98 && t.denied == 0, "{t:?}");
    assert!((of(t.covered, t.intervals) - 0.95).abs() <= blur(0.95, t.intervals), "{t:?}");
    let expected = t.expected_ratio / t.found as f64;
    assert!((0.85..1.1).contains(&expected), "{t:?}");
}

/// Measures that athletes make, of every kind, keep the same promises; what is known only after a run never explains that run.
#[test]
fn own_measures_of_every_kind_meet_the_same_table() {
    let cell = Cell { r: 0.4, kind: Kind::Own, ..Cell::year() };
    let t = evaluate(&cell, &Options::default(), RUNS, 904);
    let of = |part: usize, whole: usize| part as f64 / whole as f64;
    assert!(of(t.found, t.planted) >= 0.93 - blur(0.93, t.planted), "{t:?}");
    assert!(t.false_discovery_rate() <= 0.10 + blur(0.10, RUNS), "{t:?}");
    assert!(of(t.exact_lag, t.found) >= 0.90 && of(t.sign, t.found) >= 0.98 && t.denied == 0, "{t:?}");
    assert!((of(t.covered, t.intervals) - 0.95).abs() <= blur(0.95, t.intervals), "{t:?}");
    let table = inference::evaluation::table(&cell, 6);
    let first_lag = |input: &str| table.inputs.iter().find(|column| column.name == input).map(|column| column.first_lag);
    let findings = discover(&table, &Options::default());
    assert!(findings.iter().any(|finding| first_lag(&finding.input) == Some(1) && finding.lag_days.is_some()));
    for finding in findings {
        let lags = finding.lag_days.iter().chain(&finding.provenance.lags).chain(finding.profile.iter().map(|effect| &effect.lag_days));
        assert!(lags.copied().min() >= first_lag(&finding.input) || finding.lag_days.is_none(), "{finding:?}");
    }
}

/// Shuffled answers are independent of the outcome: whatever the outcome is, their p must be uniform.
#[test]
fn shuffled_answers_give_uniform_p() {
    let options = Options { surrogates: 0, ..Options::default() };
    let original = inference::evaluation::table(&Cell { r: 0.4, inputs: 10, outcomes: 1, ..Cell::year() }, 5);
    let mut rng = Pcg64Mcg::seed_from_u64(17);
    let mut p: Vec<f64> = Vec::new();
    for _ in 0..60 {
        let mut table = original.clone();
        for input in &mut table.inputs {
            for i in (1..input.values.len()).rev() {
                input.values.swap(i, rng.random_range(0..=i));
            }
        }
        p.extend(discover(&table, &options).iter().filter_map(|f| f.p));
    }
    p.sort_by(f64::total_cmp);
    let n = p.len() as f64;
    let distance = p.iter().enumerate().map(|(i, p)| (p - (i as f64 + 0.5) / n).abs()).fold(0.0, f64::max);
    // Kolmogorov's 1 % point.
    assert!(distance < 1.63 / n.sqrt(), "{distance} of {n}");
}

/// An input of pure noise, added to a table in which something is planted.
#[test]
fn a_noise_input_is_no_finding_more_often_than_promised() {
    let (mut tested, mut found) = (0_u32, 0_u32);
    for seed in 0..60 {
        let mut table: Table = inference::evaluation::table(&Cell { r: 0.4, inputs: 10, outcomes: 1, ..Cell::year() }, 300 + seed);
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        table.inputs.push(Column::new("noise", (0..table.days).map(|_| rng.random::<f64>()).collect()));
        let findings = discover(&table, &Options::default());
        let noise = findings.iter().find(|f| f.input == "noise").expect("tested");
        tested += 1;
        found += u32::from(matches!(noise.tier, Tier::Supported | Tier::Confirmed));
    }
    assert!(f64::from(found) / f64::from(tested) <= 0.08 + blur(0.08, 60), "{found} of {tested}");
}

//! Invariants for every table.

use chrono::NaiveDate;
use proptest::prelude::*;

use crate::{Column, Family, Finding, Options, Pair, Table, Tier, discover};

fn table(days: usize, inputs: Vec<Vec<f64>>, outcomes: Vec<Vec<f64>>) -> Table {
    let named = |prefix: &str, columns: Vec<Vec<f64>>| columns.into_iter().enumerate().map(|(k, v)| Column::new(format!("{prefix}{k}"), v)).collect();
    Table {
        first_day: NaiveDate::from_ymd_opt(2025, 3, 1).expect("a date"),
        days,
        inputs: named("x", inputs),
        outcomes: named("y", outcomes),
        covariates: Vec::new(),
        excluded: Vec::new(),
        priority: Vec::new(),
    }
}

/// Anything that a column may contain, sane or not.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -5.0..5.0f64,
        1 => Just(f64::NAN),
        1 => prop::sample::select(vec![0.0, 1.0, -0.0, 1e300, -1e300, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE]),
    ]
}

fn sound(f: &Finding) -> bool {
    let unit = |v: Option<f64>| v.is_none_or(|v| (0.0..=1.0).contains(&v));
    let ordered = f.ci_low.zip(f.effect).is_none_or(|(l, e)| l <= e) && f.ci_high.zip(f.effect).is_none_or(|(h, e)| h >= e);
    let needed = (f.tier == Tier::NotEnoughData) == f.days_needed.is_some_and(|d| d > 0);
    let zero_fits = f.ci_low.zip(f.ci_high).is_some_and(|(l, h)| l <= 0.0 && 0.0 <= h);
    let honest = f.tier != Tier::NoEffect || zero_fits;
    unit(f.p) && unit(f.q) && ordered && needed && honest && f.n_eff <= f.n as f64 + 1e-9 && f.lag_days.is_none_or(|l| f.lag_set.contains(&l))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_table_makes_it_panic_and_every_finding_is_sound(
        days in 0..160usize,
        columns in prop::collection::vec(prop::collection::vec(value(), 0..170), 0..5),
        outcome in prop::collection::vec(value(), 0..170),
    ) {
        let table = table(days, columns, vec![outcome]);
        let findings = discover(&table, &Options::default());
        prop_assert_eq!(findings.len(), table.inputs.len());
        for f in &findings {
            prop_assert!(sound(f), "{:?}", f);
        }
        prop_assert_eq!(format!("{:?}", discover(&table, &Options::default())), format!("{:?}", findings));
    }

    #[test]
    fn units_do_not_change_the_result(seed in 0..1000u64, scale in prop::sample::select(vec![0.001, 60.0, 1e4]), shift in -100.0..100.0f64) {
        let mut state = seed.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(3);
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 33) as f64 / f64::from(1_u32 << 31)) - 0.5
        };
        let x: Vec<f64> = (0..120).map(|_| next() + next() + next()).collect();
        let y: Vec<f64> = x.iter().map(|x| 0.3 * x + next() + next()).collect();
        let stretched: Vec<f64> = x.iter().map(|x| x * scale + shift).collect();
        let c = &discover(&table(120, vec![stretched], vec![y.clone()]), &Options::default())[0];
        let other: Vec<f64> = y.iter().map(|y| y * scale + shift).collect();
        let (a, b) = (&discover(&table(120, vec![x.clone()], vec![y]), &Options::default())[0], &discover(&table(120, vec![x], vec![other]), &Options::default())[0]);
        prop_assert_eq!((a.tier, a.lag_days), (b.tier, b.lag_days));
        // Another unit of the input: the same result, over a proportionally larger range.
        prop_assert_eq!((a.tier, a.lag_days), (c.tier, c.lag_days));
        prop_assert!((a.p.unwrap_or(1.0) - c.p.unwrap_or(1.0)).abs() < 1e-6);
        prop_assert!((a.effect.unwrap_or(0.0) - c.effect.unwrap_or(0.0)).abs() <= 1e-6);
        prop_assert!((a.input_step.unwrap_or(0.0) * scale - c.input_step.unwrap_or(0.0)).abs() <= 1e-6 * scale);
        prop_assert!((a.p.unwrap_or(1.0) - b.p.unwrap_or(1.0)).abs() < 1e-6);
        prop_assert!((a.effect.unwrap_or(0.0) * scale - b.effect.unwrap_or(0.0)).abs() <= 1e-6 * scale);
    }
}

#[test]
fn constant_and_empty_columns_are_not_enough_or_unknown() {
    let y: Vec<f64> = (0..200).map(|i| f64::from(i * 7919 % 101)).collect();
    let findings = discover(&table(200, vec![vec![3.0; 200], vec![f64::NAN; 200], Vec::new(), vec![1.0; 200]], vec![y]), &Options::default());
    for f in findings {
        assert_eq!(f.tier, Tier::NotEnoughData, "{f:?}");
    }
}

#[test]
fn an_input_that_is_known_only_later_is_not_tested_on_its_day() {
    let y: Vec<f64> = (0..200).map(|i| f64::from(i * 7919 % 101)).collect();
    let mut table = table(200, vec![y.clone()], vec![y]);
    table.inputs[0].first_lag = 1;
    let findings = discover(&table, &Options::default());
    assert_ne!(findings[0].lag_days, Some(0));
}

fn hash(i: usize, k: usize) -> f64 {
    let x = (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add((k as u64).wrapping_mul(0xd1b5_4a32_d192_ed03));
    let x = (x ^ (x >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((x ^ (x >> 32)) >> 11) as f64 / (1_u64 << 53) as f64
}

#[test]
fn one_row_ten_thousand_rows_and_two_hundred_inputs() {
    let column = |days: usize, k: usize| (0..days).map(|i| hash(i, k)).collect::<Vec<f64>>();
    let one = discover(&table(1, vec![column(1, 1)], vec![column(1, 2)]), &Options::default());
    assert_eq!((one.len(), one[0].tier), (1, Tier::NotEnoughData));
    let long = discover(&table(10_000, vec![column(10_000, 1)], vec![column(10_000, 2)]), &Options::default());
    assert!(long[0].p.is_some() && long[0].n > 9_900, "{long:?}");
    let many = discover(&table(365, (0..200).map(|k| column(365, k)).collect(), vec![column(365, 999)]), &Options::default());
    assert_eq!(many.len(), 200);
    assert!(many.iter().all(|f| f.provenance.family_size == 200));
}

#[test]
fn a_covariate_is_held_constant_for_its_own_outcomes_alone() {
    let column = |k: usize| (0..200).map(|i| hash(i, k)).collect::<Vec<f64>>();
    let mut table = table(200, vec![column(1)], vec![column(2), column(3)]);
    table.covariates = vec![Column { only_for: vec!["y0".into()], ..Column::new("of_y0", column(4)) }, Column::new("of_both", column(5))];
    let findings = discover(&table, &Options::default());
    let held = |outcome: &str| findings.iter().find(|f| f.outcome == outcome).expect("tested").provenance.held_constant.clone();
    assert_eq!(held("y0"), ["trend_and_season", "weekday", "of_y0", "of_both"]);
    assert_eq!(held("y1"), ["trend_and_season", "weekday", "of_both"]);
}

#[test]
fn what_is_real_and_too_small_to_matter_is_not_called_nothing() {
    let x: Vec<f64> = (0..400).map(|i| hash(i, 1)).collect();
    let noise: Vec<f64> = (0..400).map(|i| hash(i, 3)).collect();
    let y: Vec<f64> = (0..400).map(|i| 0.3 * hash(i, 1) + hash(i, 2)).collect();
    let mut table = table(400, vec![x, noise], vec![y]);
    // Half of the outcome's whole range: neither matters.
    table.outcomes[0].smallest_effect = Some(0.5);
    let findings = discover(&table, &Options::default());
    assert_eq!((findings[0].tier, findings[1].tier), (Tier::TooSmall, Tier::NoEffect), "{findings:?}");
    assert!(findings[0].ci_low.is_some_and(|low| low > 0.0) && findings[0].q.is_some_and(|q| q < 0.001));
    assert!(findings.iter().all(|f| sound(f) && f.ci_low.is_some_and(|low| low > -0.5) && f.ci_high.is_some_and(|high| high < 0.5)));
    // If the displayed interval reaches beyond it, nothing is called small.
    let shown = &findings[0];
    table.outcomes[0].smallest_effect = shown.ci_high.map(|high| high - 0.001);
    assert_eq!(discover(&table, &Options::default())[0].tier, Tier::Supported);
}

#[test]
fn meaningless_pairs_do_not_count_and_declared_ones_are_a_family() {
    let y: Vec<f64> = (0..300).map(|i| hash(i, 1)).collect();
    let mut asked = table(300, (2..8).map(|k| (0..300).map(|i| hash(i, k)).collect()).collect(), vec![y]);
    asked.excluded.push(Pair::new("x0", "y0"));
    asked.priority.push(Pair::new("x1", "y0"));
    let findings = discover(&asked, &Options::default());
    assert_eq!(findings.len(), 5);
    for f in &findings {
        let declared = f.input == "x1";
        assert_eq!((f.provenance.family == Family::Priority, f.provenance.family_size), (declared, if declared { 1 } else { 4 }));
        assert!(f.q_strict >= f.q);
    }
}

#[test]
fn surrogates_are_the_same_for_the_same_seed_whatever_else_is_tested() {
    let x: Vec<f64> = (0..200).map(|i| hash(i, 1)).collect();
    let y: Vec<f64> = (0..200).map(|i| 0.6 * hash(i, 1) + hash(i, 2)).collect();
    let alone = &discover(&table(200, vec![x.clone()], vec![y.clone()]), &Options::default())[0];
    let noise = (0..200).map(|i| hash(i, 9)).collect();
    let beside = &discover(&table(200, vec![x, noise], vec![y]), &Options::default())[0];
    assert!(alone.provenance.surrogates.is_some_and(|(drawn, _)| drawn > 0));
    assert_eq!(alone.provenance.surrogates, beside.provenance.surrogates);
}

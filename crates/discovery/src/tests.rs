use activities::{DayLoad, RunDay};
use chrono::{DateTime, NaiveDate, TimeDelta};
use domain::discovery::Tier;
use domain::journal::{Entry, Field};
use physiology::{Athlete, analyse};

use crate::report::compute;

/// Deterministic noise with mean zero and standard deviation one, near enough to normal (a sum of twelve uniforms).
fn noise(seed: &mut u64) -> f64 {
    (0..12)
        .map(|_| {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (*seed >> 33) as f64 / f64::from(1_u32 << 31)
        })
        .sum::<f64>()
        - 6.0
}

fn athlete(days: i64, sleep_effect: f64) -> (Vec<RunDay>, Vec<journal::Day>) {
    let first = NaiveDate::from_ymd_opt(2025, 1, 1).expect("a date");
    let mut seed = 7;
    let mut runs = Vec::new();
    let mut journal = Vec::new();
    for d in 0..days {
        let day = first + TimeDelta::days(d);
        let sleep = (7.0 + noise(&mut seed)).clamp(3.0, 11.0);
        let mut entry = Entry::default();
        entry.set(Field::SleepHours, Some(sleep));
        entry.set(Field::Caffeine, Some((2.0 + noise(&mut seed)).clamp(0.0, 8.0).round()));
        journal.push((day, entry));
        if d % 3 != 0 {
            let ef = 1.35 * (sleep_effect * (sleep - 7.0) + 0.02 * noise(&mut seed)).exp();
            runs.push(RunDay {
                day,
                efficiency_factor: Some(ef),
                decoupling_pct: Some(4.0 + noise(&mut seed)),
                temperature_c: None,
                moving_s: 3000.0,
                ascent_m: 50.0,
                ngp_s_per_km: Some(300.0),
                distance_m: 10_000.0,
            });
        }
    }
    (runs, journal)
}

#[test]
fn a_planted_effect_is_told_with_its_size_and_the_rest_is_not() {
    let (runs, journal) = athlete(365, 0.015);
    let report = compute(&runs, &[], &journal, DateTime::default());
    let sleep = report.cards.iter().find(|c| c.input == "Sleep" && c.outcome == "Efficiency").expect("card");
    assert_eq!((sleep.tier, sleep.works, sleep.lag_days), (Tier::Confirmed, Some(true), Some(0)));
    let effect = sleep.effect.expect("effect");
    assert!((effect - 1.5).abs() < 0.4 && sleep.ci_low < Some(1.5) && sleep.ci_high > Some(1.5), "{effect}");
    let said = format!("{}{}{}", sleep.sentence.before, sleep.sentence.marked, sleep.sentence.after);
    assert!(said.starts_with("An extra hour of sleep: 1.") && said.ends_with("Go to bed."), "{said}");
    let option: serde_json::Value = serde_json::from_str(&sleep.chart).expect("a chart option");
    assert_eq!(option["series"][0]["data"].as_array().map(Vec::len), Some(sleep.points.len()));
    let caffeine = report.cards.iter().find(|c| c.input == "Caffeine" && c.outcome == "Efficiency").expect("card");
    assert!(!matches!(caffeine.tier, Tier::Supported | Tier::Confirmed), "{caffeine:?}");
}

#[test]
fn few_days_are_not_enough_and_say_how_many_more() {
    let (runs, journal) = athlete(20, 0.015);
    let report = compute(&runs, &[], &journal, DateTime::default());
    assert!(!report.cards.is_empty());
    for card in &report.cards {
        assert_eq!(card.tier, Tier::NotEnoughData, "{card:?}");
        assert!(card.days_needed.is_some_and(|d| d > 0), "{card:?}");
    }
}

#[test]
fn nothing_in_gives_nothing_out() {
    assert!(compute(&[], &[], &[], DateTime::default()).cards.is_empty());
}

/// A synthetic athlete as the app would see them: every run through the metrics, every day through the journal.
fn synthetic(seed: u64) -> (Vec<RunDay>, Vec<DayLoad>, Vec<journal::Day>) {
    let (mut runs, mut loads, mut journal) = (Vec::new(), Vec::new(), Vec::new());
    for day in demo::days(seed, NaiveDate::from_ymd_opt(2026, 11, 20).expect("a date"), demo::DAYS) {
        if let Some(run) = &day.run {
            let a = analyse(run, &Athlete::default());
            runs.push(RunDay {
                day: day.date,
                efficiency_factor: a.efficiency_factor,
                decoupling_pct: a.decoupling_pct,
                temperature_c: a.temperature_c,
                moving_s: a.moving_s.unwrap_or(0.0),
                ascent_m: a.ascent_m.unwrap_or(0.0),
                ngp_s_per_km: a.ngp_s_per_km,
                distance_m: a.distance_m.unwrap_or(0.0),
            });
            loads.push(DayLoad { day: day.date, trimp: a.trimp.unwrap_or(0.0) });
        }
        journal.push((day.date, day.entry));
    }
    (runs, loads, journal)
}

/// From seconds of running to sentences: what was planted in a body comes out with its lag and sign. More athletes: `LEGWORK_SEEDS=10`.
#[test]
fn synthetic_athletes_are_understood() {
    let seeds = std::env::var("LEGWORK_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(2_u64);
    for seed in 1..=seeds {
        let (runs, loads, journal) = synthetic(seed);
        let report = compute(&runs, &loads, &journal, DateTime::default());
        let sure: Vec<String> =
            report.cards.iter().filter(|c| matches!(c.tier, Tier::Supported | Tier::Confirmed)).map(|c| format!("{:?} {}", c.tier, c.key)).collect();
        println!("athlete {seed}: {sure:?}");
        for planted in demo::PLANTED {
            let card = report.cards.iter().find(|c| c.input == planted.input && c.outcome == planted.outcome).expect("card");
            assert!(matches!(card.tier, Tier::Supported | Tier::Confirmed), "athlete {seed}: {card:?}");
            assert_eq!(card.lag_days, Some(planted.lag_days), "athlete {seed}: {}", card.key);
            assert!(card.effect.is_some_and(|e| e * planted.size > 0.0), "athlete {seed}: {}", card.key);
        }
    }
}

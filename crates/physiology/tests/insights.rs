//! Runs, and the sentences that are expected of them.

use domain::activities::Insight;
use domain::activities::comparison::{Baseline, Comparison, Standing};
use domain::units::Units;
use physiology::insights::{Compared, EffortBefore, Facts, MOST, OnRoute, insights};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// What ordinary runs look like: thirty of them, none alike, around a middle.
fn around(middle: f64, spread: f64) -> Vec<f64> {
    (0..30).map(|k| middle + spread * f64::from((k * 7 + 3) % 30 - 15) / 8.0).collect()
}

fn efficiency(baseline: Baseline, percent: f64, outside: bool) -> Comparison {
    let standing = Standing { middle: 1.3, band: (1.26, 1.34), value: 1.3 * (1.0 + percent / 100.0), percent, outside, rank: 20 };
    Comparison { baseline, runs: 40, standing: Some(standing), wanted: 0 }
}

/// An ordinary run of somebody who has run two hundred times.
fn ordinary() -> Facts {
    Facts {
        distance_m: Some(10_040.0),
        longest_before_m: Some(24_100.0),
        runs_before: 200,
        efforts: vec![EffortBefore { distance_m: 5000.0, seconds: 1502.0, best_s: 1241.0, runs: 60 }],
        route: Some((
            OnRoute { speed_mps: 3.25, hr_bpm: Some(147.0) },
            around(3.2, 0.08).iter().map(|v| OnRoute { speed_mps: *v, hr_bpm: Some(151.0) }).collect(),
        )),
        climbs: Some(Compared { value: 11.0, earlier: around(9.0, 2.0) }),
        second_half: Some(Compared { value: 0.4, earlier: around(-1.0, 1.2) }),
        decoupling: Some(Compared { value: 4.0, earlier: around(3.5, 1.5) }),
        temperature: Some(Compared { value: 19.0, earlier: around(17.0, 2.0) }),
        efficiency: vec![efficiency(Baseline::Days { days: 90 }, 0.4, false)],
    }
}

#[track_caller]
fn says(facts: &Facts, expected: &[(&str, &str)]) {
    let found: Vec<(String, String)> =
        insights(facts).into_iter().map(|i| (i.headline(), i.reason(Units::default()).replace('\u{a0}', " "))).collect();
    let found: Vec<(String, &str)> = found.iter().map(|(h, r)| (h.replace('\u{a0}', " "), r.as_str())).collect();
    assert_eq!(found.iter().map(|(h, r)| (h.as_str(), *r)).collect::<Vec<_>>(), expected);
}

#[test]
fn nothing_is_said_of_an_ordinary_run() {
    says(&ordinary(), &[]);
    // Nor of anything where there is little to compare with.
    let mut few = ordinary();
    few.runs_before = 5;
    few.climbs = Some(Compared { value: -20.0, earlier: vec![9.0; 7] });
    few.second_half = Some(Compared { value: 9.0, earlier: vec![] });
    few.distance_m = Some(30_000.0);
    few.efforts[0] = EffortBefore { distance_m: 5000.0, seconds: 1200.0, best_s: 1241.0, runs: 4 };
    says(&few, &[]);
    says(&Facts { runs_before: 3, ..Facts::default() }, &[]);
}

#[test]
fn a_place_on_the_route() {
    let mut facts = ordinary();
    let (this, earlier) = facts.route.as_mut().expect("a route");
    earlier.truncate(9);
    earlier.push(OnRoute { speed_mps: 3.9, hr_bpm: Some(156.0) });
    (this.speed_mps, this.hr_bpm) = (3.75, Some(152.0));
    says(
        &facts,
        &[("Second best of eleven on this route, at four beats less than the best.", "4:27 /km. Ordinary days here lie between 4:37 and 5:50 /km.")],
    );
    facts.route.as_mut().expect("a route").0.speed_mps = 3.3;
    says(&facts, &[]);
}

#[test]
fn a_hill_at_flat_pace() {
    let mut facts = ordinary();
    facts.climbs = Some(Compared { value: -2.0, earlier: around(9.0, 1.5) });
    says(
        &facts,
        &[(
            "You ran the hill at your flat pace, graded.",
            "Graded pace on the climb was 2 s/km faster than on the flat. On your last 30 runs with climbs it was 8.9 s/km slower, give or take 5.1 s/km.",
        )],
    );
    // Whoever always does so does nothing unusual.
    facts.climbs = Some(Compared { value: -2.0, earlier: around(0.0, 1.5) });
    says(&facts, &[]);
}

#[test]
fn a_negative_split_and_a_heart_that_drifted() {
    let mut facts = ordinary();
    // Ordinary values are 0.15 apart: their Qₙ is 5 · 0.15 · 2.2219 · 30/33.8 = 1.479, times t of 2.494 and a root of 1.026 it is 3.8.
    facts.second_half = Some(Compared { value: 4.2, earlier: around(-1.0, 1.2) });
    says(&facts, &[("The second half was the quicker one.", "By 4.2 %, graded. Your second halves usually lie between −4.9 and +2.7 %.")]);
    facts = ordinary();
    facts.decoupling = Some(Compared { value: 11.3, earlier: around(3.5, 1.5) });
    says(&facts, &[("Your heart drifted more than usual.", "Decoupling +11.3 %. Your ordinary runs lie between −1.3 and +8.1 %.")]);
    facts.decoupling = Some(Compared { value: -3.0, earlier: around(3.5, 1.5) });
    says(&facts, &[("Your heart drifted less than usual.", "Decoupling −3.0 %. Your ordinary runs lie between −1.3 and +8.1 %.")]);
}

#[test]
fn firsts_and_the_longest() {
    says(&Facts { distance_m: Some(5100.0), ..Facts::default() }, &[("Your first run here.", "From now on there is something to compare with.")]);
    let mut facts = ordinary();
    facts.distance_m = Some(26_000.0);
    says(&facts, &[("Your longest run so far.", "26.00 km. The longest of the 200 before was 24.10 km.")]);
    facts.distance_m = Some(24_200.0);
    says(&facts, &[]);
    facts.longest_before_m = Some(18_400.0);
    says(&facts, &[("Your first half marathon.", "24.20 km. The longest run before was 18.40 km.")]);
}

#[test]
fn records_and_nearly() {
    let mut facts = ordinary();
    facts.efforts[0].seconds = 1245.2;
    says(&facts, &[("Four seconds from your best 5 km.", "20:45 inside this run. Your best is 20:41.")]);
    facts.efforts[0].seconds = 1229.0;
    says(&facts, &[("Your fastest 5 km so far.", "20:29. The best before was 20:41.")]);
    // Less than a receiver's error of distance is worth no line.
    facts.efforts[0].seconds = 1240.0;
    says(&facts, &[]);
}

#[test]
fn heat() {
    let mut facts = ordinary();
    facts.temperature = Some(Compared { value: 29.0, earlier: around(17.0, 2.0) });
    says(&facts, &[]);
    facts.efficiency = vec![efficiency(Baseline::Days { days: 90 }, -4.1, true)];
    let said = "29 °C, and 17 °C in the four weeks before. Efficiency was 4.1 % under the middle of 90 days.";
    says(&facts, &[("Warm, and it shows.", said)]);
    let alike = Baseline::Temperature { from_c: 27.0, to_c: 31.0 };
    facts.efficiency.push(efficiency(alike, -1.0, false));
    says(&facts, &[("Warm, and it shows.", &format!("{said} For this temperature that is ordinary."))]);
    facts.efficiency[1] = efficiency(alike, -6.0, true);
    says(&facts, &[]);
}

#[test]
fn the_most_notable_come_first_and_no_more_than_three() {
    let mut facts = ordinary();
    facts.distance_m = Some(26_000.0);
    facts.efforts[0].seconds = 1200.0;
    facts.climbs = Some(Compared { value: -2.0, earlier: around(9.0, 1.5) });
    facts.second_half = Some(Compared { value: 4.2, earlier: around(-1.0, 1.2) });
    facts.decoupling = Some(Compared { value: 11.3, earlier: around(3.5, 1.5) });
    let found = insights(&facts);
    assert!(matches!(found[..], [Insight::Record { .. }, Insight::Longest { .. }, Insight::HillAtFlatPace { .. }]), "{found:?}");
}

/// How often something is said of a run that is like all others. Printed with `--nocapture`.
#[test]
fn ordinary_runs_seldom_get_a_line() {
    let mut rng = Pcg64Mcg::seed_from_u64(3);
    let mut normal = move || (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
    for n in [8, 20, 60] {
        let trials = 4000;
        let mut said = 0;
        for _ in 0..trials {
            let mut compared = |middle: f64, sd: f64| {
                let earlier = (0..n).map(|_| middle + sd * normal()).collect();
                Some(Compared { value: middle + sd * normal(), earlier })
            };
            let speeds = compared(1.1, 0.03).expect("made");
            let run = |log: &f64| OnRoute { speed_mps: log.exp(), hr_bpm: None };
            let facts = Facts {
                runs_before: 100,
                route: Some((run(&speeds.value), speeds.earlier.iter().map(run).collect())),
                climbs: compared(6.0, 4.0),
                second_half: compared(0.0, 2.0),
                decoupling: compared(4.0, 2.0),
                ..Facts::default()
            };
            said += usize::from(!insights(&facts).is_empty());
        }
        let share = said as f64 / f64::from(trials);
        println!("{n} earlier runs: a line for {:.1} % of ordinary runs", 100.0 * share);
        assert!(share < 0.07, "{share}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_known_there_are_at_most_three_with_words(
        distance in prop::option::of(0.0..1e5f64),
        longest in prop::option::of(0.0..1e5f64),
        runs_before in 0..50_u32,
        value in prop_oneof![any::<f64>(), -50.0..50.0f64],
        earlier in prop::collection::vec(prop_oneof![any::<f64>(), -20.0..20.0f64], 0..30),
        effort in (900.0..50_000.0f64, 1.0..9000.0f64, 0.0..9000.0f64, 0..20_u32),
    ) {
        let compared = Some(Compared { value, earlier: earlier.clone() });
        let on_route = |v: &f64| OnRoute { speed_mps: *v, hr_bpm: Some(*v) };
        let facts = Facts {
            distance_m: distance,
            longest_before_m: longest,
            runs_before,
            efforts: vec![EffortBefore { distance_m: effort.0, seconds: effort.1, best_s: effort.2, runs: effort.3 }],
            route: Some((on_route(&value), earlier.iter().map(on_route).collect())),
            climbs: compared.clone(),
            second_half: compared.clone(),
            decoupling: compared.clone(),
            temperature: compared,
            efficiency: vec![efficiency(Baseline::Days { days: 90 }, -4.0, true)],
        };
        let found = insights(&facts);
        prop_assert!(found.len() <= MOST);
        for insight in found {
            for text in [insight.headline(), insight.reason(Units::default()), insight.reason(Units::AMERICAN)] {
                prop_assert!(text.ends_with('.') && !text.contains("NaN") && !text.contains('!'), "{text}");
            }
        }
    }
}

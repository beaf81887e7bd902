//! Somebody collects two hundred shared runs of an athlete and fits the door to where they begin and end. What that gives away, attack by
//! attack and home by home: `docs/decisions/0013-what-others-see.md` has the same numbers in words.
//!
//! Not tried: what anybody sees who looks at the far ends of the runs, whole as they are shown. Somebody who turns round three and a half
//! kilometres from the door wherever they run draws a circle about it.

use std::f64::consts::TAU;

use domain::sharing::{PrivacyZone, VisibleParts, metres};
use recordings::Recording;

use crate::analyse_recording;
use crate::sharing::cut;
use estimators::{End, circle, ends, geometric_circle, geometric_median, mean, median, median_of_each, rays, twice_the_mean_less_the_circle};
use runs::{Chance, DOOR, Place, START_MS, Town};

mod estimators;
pub(crate) mod runs;

const ALL: VisibleParts = VisibleParts { map: true, heart_rate: true };
const RUNS: usize = 200;
const HOMES: u64 = 12;
/// Nearer than this is found, in metres.
const FOUND_M: f64 = 150.0;

/// By name, how far from the door each attack ends, in metres.
fn misses(shared: &[Recording]) -> [(&'static str, f64); 9] {
    let found: Vec<End> = shared.iter().flat_map(ends).collect();
    let places: Vec<Place> = found.iter().map(|e| e.at).collect();
    [
        ("algebraic circle", circle(&places)),
        ("geometric circle", geometric_circle(&places, false)),
        ("robust circle", geometric_circle(&places, true)),
        ("mean", mean(&places)),
        ("2 mean - circle", twice_the_mean_less_the_circle(&places)),
        ("median of each", median_of_each(&places)),
        ("geometric median", geometric_median(&places)),
        ("rays", rays(&found, false)),
        ("robust rays", rays(&found, true)),
    ]
    .map(|(name, (north, east))| (name, north.hypot(east)))
}

/// How far each attack misses each home, by radius; `runs` makes one home's runs. On the way it looks at every point that is shown.
fn at_every_home(runs: impl Fn(&Chance) -> Vec<Recording>) -> Vec<(f64, &'static str, Vec<f64>)> {
    let mut all: Vec<(f64, &str, Vec<f64>)> = Vec::new();
    for home in 0..HOMES {
        let chance = Chance::seeded(1000 + home);
        let runs = runs(&chance);
        for radius in [200.0, 500.0, 1000.0] {
            let zone = [chance.zone(radius)];
            let shared: Vec<Recording> = runs.iter().filter_map(|run| cut(run.clone(), ALL, &zone)).collect();
            assert_eq!(shared.len(), RUNS);
            for run in &shared {
                let places = run.samples.latitude_deg.iter().copied().zip(run.samples.longitude_deg.iter().copied());
                let nearest = places.map(|place| metres(DOOR, place)).fold(f64::MAX, f64::min);
                assert!(nearest > radius, "{nearest} m from the door");
            }
            for (name, miss) in misses(&shared) {
                match all.iter_mut().find(|a| a.0.total_cmp(&radius).is_eq() && a.1 == name) {
                    Some(a) => a.2.push(miss),
                    None => all.push((radius, name, vec![miss])),
                }
            }
        }
    }
    all
}

/// Compares how many homes each attack finds, at 200, 500 and 1000 m, with what we say, and prints what it is.
fn compare(all: &[(f64, &'static str, Vec<f64>)], said: &[(&str, [std::ops::RangeInclusive<usize>; 3])]) {
    let found = |misses: &[f64]| misses.iter().filter(|m| **m < FOUND_M).count();
    for (radius, name, misses) in all {
        let nearest = misses.iter().copied().fold(f64::MAX, f64::min);
        let median = median(misses.clone());
        println!("{radius} m, {name}: {} of {HOMES} homes, median {median:.0} m, nearest {nearest:.0} m", found(misses));
    }
    for (name, said) in said {
        for ((radius, _, misses), said) in all.iter().filter(|a| a.1 == *name).zip(said) {
            assert!(said.contains(&found(misses)), "{radius} m: the {name} finds {} homes, not {said:?}: {misses:.0?}", found(misses));
        }
    }
    assert_eq!(all.len(), 3 * said.len(), "each attack is spoken of");
}

/// Neither the edge of what is hidden nor the mean of the ends gives the door away. What does is that the directions from the door to the
/// ends cancel out, wherever on its way each run is cut.
#[test]
fn runs_in_all_directions_give_the_door_to_who_computes_it() {
    let all = at_every_home(|chance| (0..RUNS).map(|_| chance.run(chance.even() * TAU)).collect());
    compare(
        &all,
        &[
            ("algebraic circle", [0..=0, 0..=0, 0..=0]),
            ("geometric circle", [0..=0, 0..=0, 0..=0]),
            ("robust circle", [0..=0, 0..=0, 0..=0]),
            ("mean", [0..=0, 0..=0, 0..=1]),
            ("2 mean - circle", [6..=12, 4..=12, 2..=12]),
            ("median of each", [9..=12, 5..=12, 2..=12]),
            ("geometric median", [9..=12, 5..=12, 2..=12]),
            ("rays", [0..=1, 0..=1, 0..=2]),
            ("robust rays", [3..=12, 3..=12, 3..=12]),
        ],
    );
}

/// Along the streets of a town, by few ways out and some of them more often, the same attacks end elsewhere more often than not.
#[test]
fn runs_along_streets_give_the_door_away_seldom() {
    let all = at_every_home(|chance| {
        let town = Town::new(chance, 5);
        (0..RUNS).map(|_| town.run(chance)).collect()
    });
    compare(
        &all,
        &[
            ("algebraic circle", [0..=0, 0..=0, 0..=0]),
            ("geometric circle", [0..=0, 0..=0, 0..=0]),
            ("robust circle", [0..=0, 0..=0, 0..=0]),
            ("mean", [0..=3, 0..=3, 0..=3]),
            ("2 mean - circle", [0..=3, 0..=3, 0..=3]),
            ("median of each", [0..=3, 0..=3, 0..=3]),
            ("geometric median", [0..=3, 0..=3, 0..=3]),
            ("rays", [0..=4, 0..=4, 0..=4]),
            ("robust rays", [0..=4, 0..=4, 0..=4]),
        ],
    );
}

/// The advice where a zone is made: ten runs are not two hundred.
#[test]
fn few_runs_give_the_door_away_seldom() {
    let mut found = 0;
    for home in 0..HOMES {
        let chance = Chance::seeded(1000 + home);
        let zone = [chance.zone(500.0)];
        let shared: Vec<Recording> = (0..10).filter_map(|_| cut(chance.run(chance.even() * TAU), ALL, &zone)).collect();
        found += misses(&shared).iter().filter(|(name, miss)| *name == "geometric median" && *miss < FOUND_M).count();
    }
    assert!(found <= 1, "{found} of {HOMES}");
}

/// The attacks work: against a circle about the door, each of them finds it.
#[test]
fn a_circle_about_the_door_would_give_it_away() {
    let chance = Chance::seeded(7);
    let zone = [PrivacyZone { latitude_deg: DOOR.0, longitude_deg: DOOR.1, hidden_m: 500.0, ..chance.zone(500.0) }];
    let shared: Vec<Recording> = (0..RUNS).filter_map(|_| cut(chance.run(chance.even() * TAU), ALL, &zone)).collect();
    for (name, miss) in misses(&shared) {
        assert!(miss < FOUND_M, "{name}: {miss}");
    }
}

/// Two runs that differ in nothing but how long and how far the hidden head was look the same to others, but for the moment of the day.
#[test]
fn how_long_the_hidden_head_was_stands_nowhere() {
    let chance = Chance::seeded(3);
    let (zone, run) = ([chance.zone(500.0)], chance.run(1.0));
    let mut detour = run.clone();
    // Seventeen minutes and three kilometres more before the first step: round the garden.
    detour.samples.time_s.iter_mut().skip(1).for_each(|t| *t += 1020.0);
    detour.samples.distance_m.iter_mut().skip(1).for_each(|d| *d += 3000.0);
    detour.laps.iter_mut().for_each(|l| l.start_s += 430.0);
    detour.totals.elapsed_s = Some(1e5);
    detour.totals.distance_m = Some(1e5);
    detour.started_at_ms = Some(START_MS - 1_020_000);
    let seen = |recording: Recording| {
        let shared = cut(recording, ALL, &zone).expect("something is left");
        let prepared = analyse_recording(shared.clone(), &[], "UTC").expect("prepared");
        let gpx = recordings::gpx::encode(&shared).expect("written");
        let efforts = format!("{:?} {:?}", prepared.analysis.best_over_distances, prepared.analysis.best_over_durations);
        (shared.started_at_ms, shared.totals, gpx, efforts, prepared.splits, prepared.laps, prepared.series, prepared.route_preview)
    };
    assert_eq!(seen(run), seen(detour));
}

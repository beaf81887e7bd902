//! An attacker collects two hundred shared runs of an athlete and estimates the front door from where they begin and end. What that gives away,
//! attack by attack and home by home: `docs/decisions/0013-what-others-see.md` has the same numbers in words.
//!
//! Not tested: the far ends of the runs, which are shown whole. An athlete who always turns round three and a half kilometres from the front door
//! draws a circle around it.

use std::f64::consts::TAU;

use domain::sharing::{PrivacyZone, VisibleParts, metres};
use recordings::Recording;

use crate::analyse_recording;
use crate::sharing::redact;
use estimators::{End, circle, ends, geometric_circle, geometric_median, mean, median, median_of_each, rays, twice_the_mean_less_the_circle};
use runs::{DOOR, Offset, RandomRuns, START_MS, Town};

mod estimators;
pub(crate) mod runs;

const ALL: VisibleParts = VisibleParts { map: true, heart_rate: true };
const RUNS: usize = 200;
const HOMES: u64 = 12;
/// An estimate nearer than this counts as found, in metres.
const FOUND_M: f64 = 150.0;

/// By name, how far from the front door each attack's estimate lies, in metres.
fn misses(shared: &[Recording]) -> [(&'static str, f64); 9] {
    let found: Vec<End> = shared.iter().flat_map(ends).collect();
    let points: Vec<Offset> = found.iter().map(|e| e.at).collect();
    [
        ("algebraic circle", circle(&points)),
        ("geometric circle", geometric_circle(&points, false)),
        ("robust circle", geometric_circle(&points, true)),
        ("mean", mean(&points)),
        ("2 mean - circle", twice_the_mean_less_the_circle(&points)),
        ("median of each", median_of_each(&points)),
        ("geometric median", geometric_median(&points)),
        ("rays", rays(&found, false)),
        ("robust rays", rays(&found, true)),
    ]
    .map(|(name, (north, east))| (name, north.hypot(east)))
}

/// How far each attack misses each home, by radius; `runs` generates one home's runs. Also checks every point that is shown.
fn at_every_home(runs: impl Fn(&RandomRuns) -> Vec<Recording>) -> Vec<(f64, &'static str, Vec<f64>)> {
    let mut all: Vec<(f64, &str, Vec<f64>)> = Vec::new();
    for home in 0..HOMES {
        let random = RandomRuns::seeded(1000 + home);
        let runs = runs(&random);
        for radius in [200.0, 500.0, 1000.0] {
            let zone = [random.zone(radius)];
            let shared: Vec<Recording> = runs.iter().filter_map(|run| redact(run.clone(), ALL, &zone)).collect();
            assert_eq!(shared.len(), RUNS);
            for run in &shared {
                let positions = run.samples.latitude_deg.iter().copied().zip(run.samples.longitude_deg.iter().copied());
                let nearest = positions.map(|position| metres(DOOR, position)).fold(f64::MAX, f64::min);
                assert!(nearest > radius, "{nearest} m from the front door");
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

/// Compares how many homes each attack finds, at 200, 500 and 1000 m, with the documented ranges, and prints the result.
fn compare(all: &[(f64, &'static str, Vec<f64>)], documented: &[(&str, [std::ops::RangeInclusive<usize>; 3])]) {
    let found = |misses: &[f64]| misses.iter().filter(|m| **m < FOUND_M).count();
    for (radius, name, misses) in all {
        let nearest = misses.iter().copied().fold(f64::MAX, f64::min);
        let median = median(misses.clone());
        println!("{radius} m, {name}: {} of {HOMES} homes, median {median:.0} m, nearest {nearest:.0} m", found(misses));
    }
    for (name, ranges) in documented {
        for ((radius, _, misses), range) in all.iter().filter(|a| a.1 == *name).zip(ranges) {
            assert!(range.contains(&found(misses)), "{radius} m: the {name} finds {} homes, not {range:?}: {misses:.0?}", found(misses));
        }
    }
    assert_eq!(all.len(), 3 * documented.len(), "each attack is documented");
}

/// Neither the edge of what is hidden nor the mean of the ends gives the front door away. What does is that the directions from the front door
/// to the ends cancel out, wherever along its route each run is trimmed.
#[test]
fn runs_in_all_directions_give_the_front_door_to_an_attacker_who_computes_it() {
    let all = at_every_home(|random| (0..RUNS).map(|_| random.run(random.uniform() * TAU)).collect());
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

/// Along the streets of a town, with few exits and some of them used more often, the same attacks miss more often than not.
#[test]
fn runs_along_streets_rarely_give_the_front_door_away() {
    let all = at_every_home(|random| {
        let town = Town::new(random, 5);
        (0..RUNS).map(|_| town.run(random)).collect()
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

/// The advice given where a zone is created: ten runs are not two hundred.
#[test]
fn few_runs_rarely_give_the_front_door_away() {
    let mut found = 0;
    for home in 0..HOMES {
        let random = RandomRuns::seeded(1000 + home);
        let zone = [random.zone(500.0)];
        let shared: Vec<Recording> = (0..10).filter_map(|_| redact(random.run(random.uniform() * TAU), ALL, &zone)).collect();
        found += misses(&shared).iter().filter(|(name, miss)| *name == "geometric median" && *miss < FOUND_M).count();
    }
    assert!(found <= 1, "{found} of {HOMES}");
}

/// The attacks work: against a circle centred on the front door, each of them finds it.
#[test]
fn a_circle_centred_on_the_front_door_would_give_it_away() {
    let random = RandomRuns::seeded(7);
    let zone = [PrivacyZone { latitude_deg: DOOR.0, longitude_deg: DOOR.1, hidden_m: 500.0, ..random.zone(500.0) }];
    let shared: Vec<Recording> = (0..RUNS).filter_map(|_| redact(random.run(random.uniform() * TAU), ALL, &zone)).collect();
    for (name, miss) in misses(&shared) {
        assert!(miss < FOUND_M, "{name}: {miss}");
    }
}

/// Two runs that differ only in how long and how far the hidden head was look the same to others, except for the time of day.
#[test]
fn the_length_of_the_hidden_head_is_not_revealed() {
    let random = RandomRuns::seeded(3);
    let (zone, run) = ([random.zone(500.0)], random.run(1.0));
    let mut detour = run.clone();
    // Seventeen minutes and three kilometres more before the first step: laps of the garden.
    detour.samples.time_s.iter_mut().skip(1).for_each(|t| *t += 1020.0);
    detour.samples.distance_m.iter_mut().skip(1).for_each(|d| *d += 3000.0);
    detour.laps.iter_mut().for_each(|l| l.start_s += 430.0);
    detour.totals.elapsed_s = Some(1e5);
    detour.totals.distance_m = Some(1e5);
    detour.started_at_ms = Some(START_MS - 1_020_000);
    let visible = |recording: Recording| {
        let shared = redact(recording, ALL, &zone).expect("something is left");
        let analysed = analyse_recording(shared.clone(), &[], "UTC").expect("analysed");
        let gpx = recordings::gpx::encode(&shared).expect("encoded");
        let efforts = format!("{:?} {:?}", analysed.analysis.best_over_distances, analysed.analysis.best_over_durations);
        (shared.started_at_ms, shared.totals, gpx, efforts, analysed.splits, analysed.laps, analysed.series, analysed.route_preview)
    };
    assert_eq!(visible(run), visible(detour));
}

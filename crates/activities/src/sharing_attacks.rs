//! Somebody collects two hundred shared runs of an athlete and fits the door to where they begin and end.
//!
//! Not tried, because nothing that is cut off helps: roads that lead straight away from the door for kilometres point back at it, and of
//! somebody who runs in all directions alike half of the ends lie on either side of the door, so their median is near it, and so is the
//! place where the ways meet.

use std::f64::consts::TAU;

use chrono::DateTime;
use domain::sharing::{HomeZone, Parts, hidden_m, metres, moved, shift};
use platform::Ids;
use recordings::{Lap, Recording, Samples, Sport};
use uuid::Uuid;

use crate::prepare;
use crate::sharing::cut;

const DOOR: (f64, f64) = (52.52, 13.4);
const RUNS: usize = 200;
const START_MS: i64 = 1_780_000_000_000;

/// A point in metres to the north and the east of the door, as the attacker's map has them; the attacker does not know that it is the door.
type Place = (f64, f64);

struct Chance(Ids);

impl Chance {
    fn even(&self) -> f64 {
        f64::from(u32::from_le_bytes(self.0.bytes())) / f64::from(u32::MAX)
    }

    fn normal(&self, sd: f64) -> f64 {
        (-2.0 * self.even().max(1e-12).ln()).sqrt() * (TAU * self.even()).cos() * sd
    }

    /// Out along streets that turn, towards somewhere, and back the same way, as a watch sees it: a point every ten metres.
    fn run(&self, towards: f64) -> Recording {
        let bias = (self.normal(3.0), self.normal(3.0));
        let (mut way, mut at, mut heading, mut left) = (vec![(0.0, 0.0)], (0.0_f64, 0.0_f64), 0.0_f64, 0.0);
        while at.0.hypot(at.1) < 3500.0 && way.len() < 1500 {
            if left <= 0.0 {
                left = 60.0 + 190.0 * self.even();
                heading = towards + self.normal(0.7);
            }
            at = (at.0 + 10.0 * heading.cos(), at.1 + 10.0 * heading.sin());
            left -= 10.0;
            way.push(at);
        }
        way.extend(way.clone().into_iter().rev().skip(1));
        let mut samples = Samples::default();
        for (i, (north, east)) in way.iter().enumerate() {
            samples.push(i as f64 * 3.0);
            let seen = moved(DOOR.0, DOOR.1, (north + bias.0 + self.normal(2.0), east + bias.1 + self.normal(2.0)));
            (samples.latitude_deg[i], samples.longitude_deg[i]) = seen;
            samples.distance_m[i] = i as f64 * 10.0;
            samples.heart_rate_bpm[i] = 150.0;
            samples.altitude_m[i] = 30.0;
        }
        // The watch makes a lap of every kilometre from the door.
        let laps = (0..way.len() / 100).map(|k| Lap { start_s: k as f64 * 300.0, elapsed_s: 300.0, distance_m: Some(1000.0), ..Lap::default() });
        Recording { sport: Sport::Running, started_at_ms: Some(START_MS), laps: laps.collect(), samples, ..Recording::default() }
    }

    fn zone(&self, radius_m: f64) -> HomeZone {
        let shift = shift(self.even(), self.even());
        let (latitude_deg, longitude_deg) = moved(DOOR.0, DOOR.1, shift);
        let hidden_m = hidden_m(radius_m, shift);
        HomeZone {
            id: Uuid::nil(),
            name: "Home".into(),
            latitude_deg,
            longitude_deg,
            radius_m,
            hidden_m,
            everything: false,
            created_at: DateTime::default(),
        }
    }
}

/// Where a shared run begins or ends, and the unit vector along which it goes on from there.
struct End {
    at: Place,
    along: Place,
}

fn ends(shared: &Recording) -> [End; 2] {
    let s = &shared.samples;
    let place = |i: usize| {
        let (lat, lon) = (s.latitude_deg[i], s.longitude_deg[i]);
        ((lat - DOOR.0) * 111_195.0, (lon - DOOR.1) * 111_195.0 * DOOR.0.to_radians().cos())
    };
    let end = |i: usize, inner: usize| {
        let (at, to) = (place(i), place(inner));
        let far = (to.0 - at.0).hypot(to.1 - at.1);
        End { at, along: ((to.0 - at.0) / far, (to.1 - at.1) / far) }
    };
    let last = s.len() - 1;
    [end(0, 4), end(last, last - 4)]
}

/// Weighted solution of the two equations that many lines give: normal (a, b) and offset c each.
fn solve(lines: impl Iterator<Item = (f64, f64, f64, f64)>) -> Place {
    let (mut aa, mut ab, mut bb, mut ac, mut bc) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (a, b, c, weight) in lines {
        aa += weight * a * a;
        ab += weight * a * b;
        bb += weight * b * b;
        ac += weight * a * c;
        bc += weight * b * c;
    }
    let det = aa * bb - ab * ab;
    ((ac * bb - bc * ab) / det, (bc * aa - ac * ab) / det)
}

fn mean(places: &[Place]) -> Place {
    let n = places.len() as f64;
    (places.iter().map(|p| p.0).sum::<f64>() / n, places.iter().map(|p| p.1).sum::<f64>() / n)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The algebraic circle (Kåsa): linear in the middle once the mean is taken away.
fn circle(places: &[Place]) -> Place {
    let m = mean(places);
    let square = |p: &Place| (p.0 - m.0).powi(2) + (p.1 - m.1).powi(2);
    let half = places.iter().map(square).sum::<f64>() / places.len() as f64;
    let found = solve(places.iter().map(|p| (p.0 - m.0, p.1 - m.1, (square(p) - half) / 2.0, 1.0)));
    (m.0 + found.0, m.1 + found.1)
}

/// The geometric circle by Gauss and Newton; `robust` weighs points by their distance from it (Huber, ten metres).
fn geometric(places: &[Place], robust: bool) -> Place {
    let mut middle = circle(places);
    for _ in 0..30 {
        let far = |p: &Place| (p.0 - middle.0).hypot(p.1 - middle.1);
        let radius = if robust { median(places.iter().map(far).collect()) } else { places.iter().map(far).sum::<f64>() / places.len() as f64 };
        let step = solve(places.iter().map(|p| {
            let (d, off) = (far(p), far(p) - radius);
            let weight = if robust { (10.0 / off.abs().max(1e-9)).min(1.0) } else { 1.0 };
            ((p.0 - middle.0) / d, (p.1 - middle.1) / d, off, weight)
        }));
        middle = (middle.0 + step.0, middle.1 + step.1);
    }
    middle
}

/// Where the ways meet when they are drawn on backwards; `robust` makes the sum of distances least, not that of their squares.
fn rays(ends: &[End], robust: bool) -> Place {
    let line = |e: &End| (-e.along.1, e.along.0, -e.along.1 * e.at.0 + e.along.0 * e.at.1);
    let mut found = solve(ends.iter().map(|e| (line(e).0, line(e).1, line(e).2, 1.0)));
    for _ in 0..if robust { 50 } else { 0 } {
        let before = found;
        found = solve(ends.iter().map(|e| {
            let (a, b, c) = line(e);
            (a, b, c, 1.0 / (a * before.0 + b * before.1 - c).abs().max(1.0))
        }));
    }
    found
}

#[test]
fn two_hundred_shared_runs_do_not_give_the_door_away() {
    let parts = Parts { map: true, heart_rate: true };
    for radius in [200.0, 500.0, 1000.0] {
        for home in 0..5_u64 {
            let chance = Chance(Ids::seeded(1000 + home));
            let zone = [chance.zone(radius)];
            let shared: Vec<Recording> = (0..RUNS).filter_map(|_| cut(chance.run(chance.even() * TAU), parts, &zone)).collect();
            assert_eq!(shared.len(), RUNS);
            for run in &shared {
                let places = run.samples.latitude_deg.iter().copied().zip(run.samples.longitude_deg.iter().copied());
                let nearest = places.map(|place| metres(DOOR, place)).fold(f64::MAX, f64::min);
                assert!(nearest > radius, "{nearest} m from the door");
            }
            let found: Vec<End> = shared.iter().flat_map(ends).collect();
            let places: Vec<Place> = found.iter().map(|e| e.at).collect();
            for (attack, (north, east)) in [
                ("an algebraic circle", circle(&places)),
                ("a geometric circle", geometric(&places, false)),
                ("a robust circle", geometric(&places, true)),
                ("the mean", mean(&places)),
            ] {
                let miss = north.hypot(east);
                assert!(miss >= 150.0, "{attack} comes within {miss:.0} m of home {home}, {radius} m");
            }
        }
    }
}

/// Where the ways meet goes by the directions that somebody happens to run in. From a door with eight ways it misses more often than not.
#[test]
fn ways_drawn_on_backwards_meet_somewhere_else() {
    let mut misses = [Vec::new(), Vec::new()];
    for home in 0..9_u64 {
        let chance = Chance(Ids::seeded(2000 + home));
        let zone = [chance.zone(500.0)];
        let ways: Vec<f64> = (0..8).map(|_| chance.even() * TAU).collect();
        let shared = (0..RUNS).filter_map(|k| cut(chance.run(ways[k % ways.len()]), Parts { map: true, heart_rate: true }, &zone));
        let found: Vec<End> = shared.collect::<Vec<_>>().iter().flat_map(ends).collect();
        for (robust, misses) in [false, true].into_iter().zip(&mut misses) {
            let (north, east) = rays(&found, robust);
            misses.push(north.hypot(east));
        }
    }
    for misses in misses {
        assert!(median(misses.clone()) >= 150.0, "{misses:?}");
    }
}

/// The attacks work: against a circle about the door, each of them finds it.
#[test]
fn a_circle_about_the_door_would_give_it_away() {
    let chance = Chance(Ids::seeded(7));
    let zone = [HomeZone { latitude_deg: DOOR.0, longitude_deg: DOOR.1, hidden_m: 500.0, ..chance.zone(500.0) }];
    let shared: Vec<Recording> =
        (0..RUNS).filter_map(|_| cut(chance.run(chance.even() * TAU), Parts { map: true, heart_rate: true }, &zone)).collect();
    let found: Vec<End> = shared.iter().flat_map(ends).collect();
    let places: Vec<Place> = found.iter().map(|e| e.at).collect();
    for (north, east) in
        [circle(&places), geometric(&places, false), geometric(&places, true), mean(&places), rays(&found, false), rays(&found, true)]
    {
        assert!(north.hypot(east) < 150.0, "{}", north.hypot(east));
    }
}

/// Two runs that differ in nothing but how long and how far the hidden head was look the same to others, but for the moment of the day.
#[test]
fn how_long_the_hidden_head_was_stands_nowhere() {
    let chance = Chance(Ids::seeded(3));
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
        let shared = cut(recording, Parts { map: true, heart_rate: true }, &zone).expect("something is left");
        let prepared = prepare(shared.clone(), &[], "UTC").expect("prepared");
        let gpx = recordings::gpx::encode(&shared).expect("written");
        let efforts = format!("{:?} {:?}", prepared.analysis.best_over_distances, prepared.analysis.best_over_durations);
        (shared.started_at_ms, shared.totals, gpx, efforts, prepared.splits, prepared.laps, prepared.series, prepared.thumb)
    };
    assert_eq!(seen(run), seen(detour));
}

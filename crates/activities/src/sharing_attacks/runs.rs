//! Random runs of an athlete who leaves by one front door, and a privacy zone around it.

use std::f64::consts::TAU;

use chrono::DateTime;
use domain::sharing::{PrivacyZone, hidden_m, jitter, shift};
use platform::Ids;
use recordings::{Lap, Recording, Samples, Sport};
use uuid::Uuid;

pub(crate) const DOOR: (f64, f64) = (52.52, 13.4);
pub(crate) const START_MS: i64 = 1_780_000_000_000;
/// How far out a run goes, in metres.
const TURN_M: f64 = 3500.0;
/// The watch records a point every so many metres, and after 0.3 times as many seconds.
const STEP_M: f64 = 20.0;

/// Metres to the north and the east of the front door, as on the attacker's map; the attacker does not know that the origin is the front door.
pub(crate) type Offset = (f64, f64);

/// A seeded source of random numbers, runs and zones.
pub(crate) struct RandomRuns(Ids);

impl RandomRuns {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Ids::seeded(seed))
    }

    /// Uniform from 0 to 1.
    pub(crate) fn uniform(&self) -> f64 {
        f64::from(u32::from_le_bytes(self.0.bytes())) / f64::from(u32::MAX)
    }

    pub(crate) fn below(&self, n: usize) -> usize {
        ((self.uniform() * n as f64) as usize).min(n.saturating_sub(1))
    }

    fn normal(&self, sd: f64) -> f64 {
        (-2.0 * self.uniform().max(1e-12).ln()).sqrt() * (TAU * self.uniform()).cos() * sd
    }

    /// Out along winding streets in the direction `towards`, in radians, and back the same way.
    pub(crate) fn run(&self, towards: f64) -> Recording {
        let (mut path, mut at, mut heading, mut left) = (vec![(0.0, 0.0)], (0.0_f64, 0.0_f64), 0.0_f64, 0.0);
        while at.0.hypot(at.1) < TURN_M && path.len() < 750 {
            if left <= 0.0 {
                left = 60.0 + 190.0 * self.uniform();
                heading = towards + self.normal(0.7);
            }
            at = (at.0 + STEP_M * heading.cos(), at.1 + STEP_M * heading.sin());
            left -= STEP_M;
            path.push(at);
        }
        self.out_and_back(path)
    }

    /// The path out and back as a watch records it: noise at each point, and one bias for all.
    fn out_and_back(&self, mut path: Vec<Offset>) -> Recording {
        let bias = (self.normal(3.0), self.normal(3.0));
        path.extend(path.clone().into_iter().rev().skip(1));
        let mut samples = Samples::default();
        for (i, (north, east)) in path.iter().enumerate() {
            samples.push(i as f64 * STEP_M * 0.3);
            let recorded = jitter(DOOR.0, DOOR.1, (north + bias.0 + self.normal(2.0), east + bias.1 + self.normal(2.0)));
            (samples.latitude_deg[i], samples.longitude_deg[i]) = recorded;
            samples.distance_m[i] = i as f64 * STEP_M;
            samples.heart_rate_bpm[i] = 150.0;
            samples.altitude_m[i] = 30.0;
        }
        // The watch marks a lap every kilometre from the front door.
        let laps = (0..(path.len() as f64 * STEP_M / 1000.0) as usize).map(|k| Lap {
            start_s: k as f64 * 300.0,
            elapsed_s: 300.0,
            distance_m: Some(1000.0),
            ..Lap::default()
        });
        Recording { sport: Sport::Running, started_at_ms: Some(START_MS), laps: laps.collect(), samples, ..Recording::default() }
    }

    pub(crate) fn zone(&self, radius_m: f64) -> PrivacyZone {
        let shift = shift(self.uniform(), self.uniform());
        let (latitude_deg, longitude_deg) = jitter(DOOR.0, DOOR.1, shift);
        let hidden_m = hidden_m(radius_m, shift);
        PrivacyZone {
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

/// A town: two sets of parallel streets, and a neighbourhood with few exits, some of them used more often than others.
pub(crate) struct Town {
    turn: f64,
    streets: [Vec<f64>; 2],
    home: [usize; 2],
    /// Metres from the corner to the front door, along the street.
    from_corner: f64,
    exits: Vec<[usize; 2]>,
}

impl Town {
    pub(crate) fn new(random: &RandomRuns, exits: usize) -> Self {
        let streets = [(); 2].map(|()| {
            let mut at = -6500.0;
            std::iter::from_fn(|| {
                at += 70.0 + 90.0 * random.uniform();
                Some(at)
            })
            .take_while(|at| *at < 6500.0)
            .collect::<Vec<f64>>()
        });
        let nearest = |to: [f64; 2]| [0, 1].map(|k| streets[k].partition_point(|at| *at < to[k]));
        let home = nearest([0.0, 0.0]);
        let exits = (0..exits).map(|_| {
            let (angle, distance) = (random.uniform() * TAU, 250.0 + 350.0 * random.uniform());
            nearest([distance * angle.cos(), distance * angle.sin()])
        });
        let exits = exits.collect();
        Self { turn: random.uniform() * TAU, home, from_corner: 50.0 * random.uniform(), exits, streets }
    }

    /// Through one of the exits, the k-th with weight 1/k; then on along the streets in that direction, and back.
    pub(crate) fn run(&self, random: &RandomRuns) -> Recording {
        let weight = |k: usize| 1.0 / (k + 1) as f64;
        let mut left = random.uniform() * (0..self.exits.len()).map(weight).sum::<f64>();
        let exit = (0..self.exits.len()).find(|&k| {
            left -= weight(k);
            left <= 0.0
        });
        let exit = self.exits[exit.unwrap_or(0)];
        let corner = |at: [usize; 2]| [self.streets[0][at[0]], self.streets[1][at[1]]];
        let (door, out) = (corner(self.home), corner(exit));
        let mut corners = vec![[door[0] + self.from_corner, door[1]]];
        self.streets_to(random, self.home, out, &mut corners);
        let angle = (out[1] - door[1]).atan2(out[0] - door[0]) + random.normal(0.5);
        self.streets_to(random, exit, [door[0] + 5000.0 * angle.cos(), door[1] + 5000.0 * angle.sin()], &mut corners);
        let (cos, sin) = (self.turn.cos(), self.turn.sin());
        let from_door = |c: &[f64; 2]| {
            let (x, y) = (c[0] - corners[0][0], c[1] - corners[0][1]);
            (x * cos - y * sin, x * sin + y * cos)
        };
        let mut path = Vec::new();
        for w in corners.windows(2) {
            let (a, b) = (from_door(&w[0]), from_door(&w[1]));
            let steps = ((b.0 - a.0).hypot(b.1 - a.1) / STEP_M).ceil() as usize;
            path.extend((0..steps).map(|i| i as f64 / steps as f64).map(|t| (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t)));
            if a.0.hypot(a.1) > TURN_M {
                break;
            }
        }
        random.out_and_back(path)
    }

    /// From corner to corner, each time along one of the two streets that lead nearer, chosen in proportion to the distance left along it.
    fn streets_to(&self, random: &RandomRuns, mut at: [usize; 2], to: [f64; 2], corners: &mut Vec<[f64; 2]>) {
        loop {
            let here = [self.streets[0][at[0]], self.streets[1][at[1]]];
            corners.push(here);
            let left = [to[0] - here[0], to[1] - here[1]];
            // Within half a block counts as arrived.
            let open = left.map(|l| if l.abs() > 80.0 { l.abs() } else { 0.0 });
            if open[0] + open[1] <= 0.0 {
                return;
            }
            let k = usize::from(random.uniform() * (open[0] + open[1]) > open[0]);
            let next = if left[k] > 0.0 { at[k] + 1 } else { at[k].wrapping_sub(1) };
            if self.streets[k].get(next).is_none() {
                return;
            }
            at[k] = next;
        }
    }
}

//! Random numbers with the shapes that the athlete needs, from one seed.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng};

pub(crate) struct Rng(StdRng);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// Between 0 and 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0.random()
    }

    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.uniform() < p
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// Standard normal (Box and Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        let (u, v) = (self.uniform().max(f64::MIN_POSITIVE), self.uniform());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }
}

/// A series in which each value remembers a share of the last, with standard deviation one.
pub(crate) struct Ar1Process {
    memory: f64,
    state: f64,
}

impl Ar1Process {
    pub(crate) fn new(memory: f64) -> Self {
        Self { memory, state: 0.0 }
    }

    pub(crate) fn next(&mut self, dice: &mut Rng) -> f64 {
        self.state = self.memory * self.state + (1.0 - self.memory * self.memory).sqrt() * dice.normal();
        self.state
    }
}

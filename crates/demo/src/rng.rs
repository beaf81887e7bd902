//! Random numbers with the distributions that the athlete needs, from one seed.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng};

pub(crate) struct Rng(StdRng);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// Uniform between 0 and 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0.random()
    }

    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.uniform() < p
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// Standard normal (Box–Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        let (u, v) = (self.uniform().max(f64::MIN_POSITIVE), self.uniform());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }
}

/// A first-order autoregressive process with standard deviation one.
pub(crate) struct Ar1Process {
    /// Autocorrelation at lag one.
    phi: f64,
    state: f64,
}

impl Ar1Process {
    pub(crate) fn new(phi: f64) -> Self {
        Self { phi, state: 0.0 }
    }

    pub(crate) fn next(&mut self, rng: &mut Rng) -> f64 {
        self.state = self.phi * self.state + (1.0 - self.phi * self.phi).sqrt() * rng.normal();
        self.state
    }
}

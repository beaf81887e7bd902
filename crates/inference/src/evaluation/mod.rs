//! Evaluation: plants known effects among noise, lets the engine search, and counts (DI6).
//!
//! In every simulation outcomes exist on four days in seven and carry a trend, a season and a weekday; inputs carry a season and
//! a weekend pattern of their own. One pair in ten, at least one an outcome, is planted at a random lag of 0 to 3 days. Noise is an
//! autoregression with the cell's φ, for inputs and outcomes alike. What is planted has the correlation `r` with its outcome before
//! trend, season and weekday are added.

mod cells;
mod simulate;

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use crate::{Finding, Options, Tier, discover};
use simulate::{Planted, athlete};

pub use cells::{cells, markdown};
pub use simulate::table;

/// Violations of the method's assumptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stress {
    /// Nothing.
    None,
    /// An unmeasured confounder affects half of the inputs and every outcome.
    Confounder,
    /// The level of every outcome jumps in the middle, and the effects halve.
    Break,
    /// Answers and outcomes are missing in blocks of weeks, as with an injury.
    Gaps,
}

/// What the inputs look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Continuous.
    Continuous,
    /// Five steps.
    Ordinal,
    /// Yes or no, yes on about one day in five.
    Binary,
    /// A third each of binary, ordinal and continuous.
    Mixed,
    /// Measures that athletes make, of every kind, one after the other: yes or no, three words, a count, a time of day, half hours, and a number with one
    /// decimal. Every second six of them are known only after the run of their day: their effects are planted from the next day on, and looked for there.
    Own,
}

/// One setting of the simulation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Calendar days.
    pub days: usize,
    /// Autocorrelation of inputs and of the outcomes' noise.
    pub phi: f64,
    /// Correlation of what is planted; 0 plants nothing.
    pub r: f64,
    /// Share of the inputs' answers that are missing.
    pub missing: f64,
    /// How many inputs.
    pub inputs: usize,
    /// How many outcomes.
    pub outcomes: usize,
    /// What the inputs look like.
    pub kind: Kind,
    /// Violated assumption.
    pub stress: Stress,
    /// Strength of weekends, Sundays, season and trend, relative to an ordinary athlete's.
    pub habits: f64,
    /// How many pairs are declared beforehand.
    pub declared: usize,
}

impl Cell {
    /// A year, 15 inputs, 4 outcomes, φ = .5, everything answered, nothing planted.
    #[must_use]
    pub const fn year() -> Self {
        Self {
            days: 365,
            phi: 0.5,
            r: 0.0,
            missing: 0.0,
            inputs: 15,
            outcomes: 4,
            kind: Kind::Continuous,
            stress: Stress::None,
            habits: 1.0,
            declared: 0,
        }
    }
}

/// Counts over simulations.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tally {
    /// Simulations.
    pub runs: usize,
    /// Those with anything supported.
    pub any_supported: usize,
    /// Those with anything confirmed.
    pub any_confirmed: usize,
    /// Sum of the shares of false findings among the supported.
    pub false_share: f64,
    /// Sum of their squares, for the error of the mean.
    pub false_share_squared: f64,
    /// The same among the confirmed.
    pub false_confirmed: f64,
    /// Effects planted.
    pub planted: usize,
    /// Of these supported.
    pub found: usize,
    /// Of these confirmed.
    pub confirmed: usize,
    /// Found at exactly the planted lag.
    pub exact_lag: usize,
    /// Found at most a day off.
    pub near_lag: usize,
    /// Found with the planted sign.
    pub sign: usize,
    /// Intervals at the planted lag, found or not.
    pub intervals: usize,
    /// Of these, intervals that contain the planted effect.
    pub covered: usize,
    /// Planted effects that were called "no effect".
    pub denied: usize,
    /// Sum over the found of effect divided by planted effect.
    pub raw_ratio: f64,
    /// The same after shrinkage.
    pub expected_ratio: f64,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.any_supported += other.any_supported;
        self.any_confirmed += other.any_confirmed;
        self.false_share += other.false_share;
        self.false_share_squared += other.false_share_squared;
        self.false_confirmed += other.false_confirmed;
        self.planted += other.planted;
        self.found += other.found;
        self.confirmed += other.confirmed;
        self.exact_lag += other.exact_lag;
        self.near_lag += other.near_lag;
        self.sign += other.sign;
        self.intervals += other.intervals;
        self.covered += other.covered;
        self.denied += other.denied;
        self.raw_ratio += other.raw_ratio;
        self.expected_ratio += other.expected_ratio;
    }

    /// Mean share of false findings.
    #[must_use]
    pub fn false_discovery_rate(&self) -> f64 {
        self.false_share / self.runs.max(1) as f64
    }

    /// Upper end of its 95 % interval.
    #[must_use]
    pub fn false_discovery_rate_upper(&self) -> f64 {
        let n = self.runs.max(1) as f64;
        let mean = self.false_discovery_rate();
        mean + 1.645 * ((self.false_share_squared / n - mean * mean).max(0.0) / n).sqrt()
    }
}

/// Runs a cell `runs` times, on as many threads as the machine has; the same seeds give the same counts.
#[must_use]
pub fn evaluate(cell: &Cell, options: &Options, runs: usize, seed: u64) -> Tally {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(runs.max(1));
    let parts: Vec<Vec<(usize, Tally)>> = std::thread::scope(|scope| {
        let work =
            |first: usize| (first..runs).step_by(threads).map(|i| (i, simulate(cell, options, seed.wrapping_add(i as u64)))).collect::<Vec<_>>();
        let handles: Vec<_> = (0..threads).map(|first| scope.spawn(move || work(first))).collect();
        handles.into_iter().map(|h| h.join().unwrap_or_default()).collect()
    });
    let mut all: Vec<(usize, Tally)> = parts.into_iter().flatten().collect();
    all.sort_by_key(|(i, _)| *i);
    let mut total = Tally::default();
    for (_, tally) in all {
        total.add(&tally);
    }
    total
}

/// One simulated athlete, searched and counted.
fn simulate(cell: &Cell, options: &Options, seed: u64) -> Tally {
    let mut rng = Pcg64Mcg::seed_from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let (table, planted) = athlete(cell, &mut rng);
    count(&discover(&table, options), &planted)
}

fn count(findings: &[Finding], planted: &[Planted]) -> Tally {
    let mut tally = Tally { runs: 1, planted: planted.len(), ..Tally::default() };
    let (mut wrong, mut wrong_confirmed, mut confirmed) = (0, 0, 0);
    for f in findings {
        let truth = planted.iter().find(|p| f.input == format!("x{}", p.input) && f.outcome == format!("y{}", p.outcome));
        confirmed += usize::from(f.tier == Tier::Confirmed);
        let Some(truth) = truth else {
            wrong += usize::from(f.tier.holds());
            wrong_confirmed += usize::from(f.tier == Tier::Confirmed);
            continue;
        };
        let size = truth.slope * f.input_step.unwrap_or(1.0);
        if let Some(at) = f.profile.iter().find(|l| l.lag_days == truth.lag) {
            tally.intervals += 1;
            tally.covered += usize::from((at.low..=at.high).contains(&size));
        }
        tally.denied += usize::from(f.tier == Tier::NoEffect);
        if f.tier.holds() {
            let got = f.lag_days.unwrap_or(usize::MAX);
            tally.found += 1;
            tally.confirmed += usize::from(f.tier == Tier::Confirmed);
            tally.exact_lag += usize::from(got == truth.lag);
            tally.near_lag += usize::from(got.abs_diff(truth.lag) <= 1);
            tally.sign += usize::from(f.effect.unwrap_or(0.0) * size > 0.0);
            tally.raw_ratio += f.effect.unwrap_or(0.0) / size;
            tally.expected_ratio += f.expected.unwrap_or(0.0) / size;
        }
    }
    let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    tally.any_supported = usize::from(tally.found + wrong > 0);
    tally.any_confirmed = usize::from(confirmed > 0);
    tally.false_share = share(wrong, tally.found + wrong);
    tally.false_share_squared = tally.false_share * tally.false_share;
    tally.false_confirmed = share(wrong_confirmed, confirmed);
    tally
}

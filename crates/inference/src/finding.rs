//! The finding for one pair.

use serde::{Deserialize, Serialize};

/// The certainty of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Too few days to say anything.
    NotEnoughData,
    /// Significant alone, but not among so many tests.
    Watching,
    /// Significant after correction for the number of tests, and against surrogates.
    Supported,
    /// Found on the first part of the days, and replicated on the rest, which the search did not use.
    Confirmed,
    /// The 90 % interval is inside the smallest effect of interest at every lag, and zero is inside the 95 % interval.
    NoEffect,
    /// Inside the smallest effect of interest at every lag, and zero is outside the 95 % interval: an effect, but not worth the time.
    TooSmall,
    /// Neither an effect nor its absence can be shown.
    Unknown,
}

impl Tier {
    /// Whether it holds: supported or confirmed.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(self, Self::Supported | Self::Confirmed)
    }
}

/// A caveat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// The outcome predicts the input of later days better than the other way round.
    Reverse,
    /// Without one of its months the sign would change.
    UnstableSign,
    /// Ranks and values disagree on the sign: a few days determine it.
    RankDisagrees,
    /// The effect changed over time: the days before and after differ by more than chance (Andrews 1993).
    ChangePoint,
}

/// The family of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Declared beforehand.
    Priority,
    /// All others.
    Exploratory,
}

/// One day of the scatter chart: both values, controlled for everything else, in their own units.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Row of the outcome's day in the table.
    pub day: usize,
    /// The input, in its unit.
    pub x: f64,
    /// The outcome, in its unit, as a difference from the expected value on that day.
    pub y: f64,
}

/// The effect at one lag, in the units of [`Finding::effect`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LagEffect {
    /// Days.
    pub lag_days: usize,
    /// Effect.
    pub effect: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end of its 95 % interval.
    pub high: f64,
}

/// How a finding was computed, so that it can be reproduced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Version of the method.
    pub engine: String,
    /// Seed of the surrogates.
    pub seed: u64,
    /// The covariates.
    pub held_constant: Vec<String>,
    /// Lags tested, in days.
    pub lags: Vec<usize>,
    /// How many independent tests the lags are worth (Galwey).
    pub effective_lags: f64,
    /// The family of tests.
    pub family: Family,
    /// How many pairs that family tested.
    pub family_size: usize,
    /// φ, the share of a deviation that persists to the next day, and the share of daily noise.
    pub memory: (f64, f64),
    /// Surrogates drawn, and how many of them were as strong; none for a pair that did not get this far.
    pub surrogates: Option<(usize, usize)>,
}

/// The result for one input and one outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Name of the input column.
    pub input: String,
    /// Name of the outcome column.
    pub outcome: String,
    /// The lag that fits best, in days.
    pub lag_days: Option<usize>,
    /// Neighbouring lags that fit about as well, the best included.
    pub lag_set: Vec<usize>,
    /// Change of the outcome, in its unit, for a change of the input by `input_step`.
    pub effect: Option<f64>,
    /// Lower end of the 95 % interval of the effect. If the result is that nothing matters ([`Tier::NoEffect`], [`Tier::TooSmall`]) the
    /// interval also allows for the choice among lags, so that it shows whether there is any effect at all.
    pub ci_low: Option<f64>,
    /// Upper end of the 95 % interval of the effect.
    pub ci_high: Option<f64>,
    /// The expected effect, for a supported finding: shrunk, because the strongest of many is inflated by luck
    /// (Zhong and Prentice 2008, doi:10.1093/biostatistics/kxn001).
    pub expected: Option<f64>,
    /// What the effect is measured over: the interquartile range of the input, or 1 (no to yes).
    pub input_step: Option<f64>,
    /// Whether the input is yes or no.
    pub binary: bool,
    /// Partial correlation at the best lag.
    pub r: Option<f64>,
    /// One p for the pair, after choosing the best among its lags and against surrogates if it got this far.
    pub p: Option<f64>,
    /// Share of false findings to expect among those at least as strong (Benjamini–Hochberg over the family).
    pub q: Option<f64>,
    /// The same without any assumption about the dependence of pairs (Benjamini–Yekutieli): stricter.
    pub q_strict: Option<f64>,
    /// Days that have both values.
    pub n: usize,
    /// The effective number of independent days.
    pub n_eff: f64,
    /// The certainty.
    pub tier: Tier,
    /// Further days needed before a test makes sense.
    pub days_needed: Option<usize>,
    /// Caveats.
    pub flags: Vec<Flag>,
    /// Standard deviation of the outcome on the days used.
    pub outcome_sd: Option<f64>,
    /// The effect at every lag that was tested.
    pub profile: Vec<LagEffect>,
    /// The days behind it, for the chart; only if there is something to show.
    pub points: Vec<Point>,
    /// How it was computed.
    pub provenance: Provenance,
}

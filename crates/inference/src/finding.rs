//! What discovery says about one pair.

use serde::{Deserialize, Serialize};

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Too few days to say anything.
    NotEnoughData,
    /// Interesting alone, not among so many questions.
    Watching,
    /// Holds after counting how many questions were asked.
    Supported,
    /// Found on the first part of the days, and held on the rest, which the search never saw.
    Confirmed,
    /// The interval is inside the smallest effect of interest, at every lag.
    NoEffect,
    /// Neither an effect nor its absence can be shown.
    Unknown,
}

/// A reason to look twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// The outcome predicts the input of later days better than the other way round.
    Reverse,
    /// The sign differs between the first and the second half of the days.
    UnstableSign,
    /// Ranks and values disagree on the sign: a few days carry it.
    RankDisagrees,
}

/// One day of the scatter chart: both values with everything else held constant, in their own units.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The input, in its unit.
    pub x: f64,
    /// The outcome, in its unit, as a difference from what was expected on that day.
    pub y: f64,
}

/// The answer for one input and one outcome.
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
    /// Lower end of the 95 % interval of the effect.
    pub ci_low: Option<f64>,
    /// Upper end of the 95 % interval of the effect.
    pub ci_high: Option<f64>,
    /// What the effect is measured over: the interquartile range of the input, or 1 (no to yes).
    pub input_step: Option<f64>,
    /// Whether the input is yes or no.
    pub binary: bool,
    /// Partial correlation at the best lag.
    pub r: Option<f64>,
    /// One p for the pair, after choosing the best among its lags.
    pub p: Option<f64>,
    /// Share of false findings to expect among those at least as strong (Benjamini–Hochberg over all pairs).
    pub q: Option<f64>,
    /// Days that have both values.
    pub n: usize,
    /// Independent days that they are worth.
    pub n_eff: f64,
    /// How sure.
    pub tier: Tier,
    /// Further days needed before a test makes sense.
    pub days_needed: Option<usize>,
    /// Reasons to look twice.
    pub flags: Vec<Flag>,
    /// Standard deviation of the outcome on the days used.
    pub outcome_sd: Option<f64>,
    /// The days behind it, for the chart.
    pub points: Vec<Point>,
}

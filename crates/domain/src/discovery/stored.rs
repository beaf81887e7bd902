//! A report as it is stored: codes and numbers. The words of its cards are made when it is read.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{LagEffect, Level, Method, Tier};

/// A report as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredReport {
    /// When it was computed.
    pub computed_at: DateTime<Utc>,
    /// Engine version.
    pub engine: String,
    /// Version of the formulas behind the metrics; zero if an older version did not say.
    #[serde(default)]
    pub formulas: i32,
    /// Questions tested: pairs times lags.
    pub questions: u32,
    /// Inputs with at least one answer.
    pub inputs: u32,
    /// Outcomes.
    pub outcomes: u32,
    /// Days of runs with an efficiency behind it.
    pub runs: u32,
    /// Findings in the order of the page.
    pub findings: Vec<StoredFinding>,
}

/// What a card is made of. Effects and their intervals are in the unit that is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredFinding {
    /// Key of the input.
    pub input: String,
    /// Key of the outcome.
    pub outcome: String,
    /// How sure.
    pub tier: Tier,
    /// Whether the effect is over the athlete's usual range of the input, not per step.
    pub over_usual_range: bool,
    /// The effect.
    pub effect: Option<f64>,
    /// Lower end of the 95 % interval.
    pub ci_low: Option<f64>,
    /// Upper end of the 95 % interval.
    pub ci_high: Option<f64>,
    /// The effect to expect after shrinkage for selection.
    pub expected: Option<f64>,
    /// Days.
    pub lag_days: Option<u32>,
    /// p value of the pair.
    pub p: Option<f64>,
    /// q value over all pairs.
    pub q: Option<f64>,
    /// q value that is valid under any dependence between pairs.
    pub q_strict: Option<f64>,
    /// Partial correlation.
    pub r: Option<f64>,
    /// Days with both.
    pub n: u32,
    /// Independent days that they are worth.
    pub n_eff: f64,
    /// Days still needed for a verdict.
    pub days_needed: Option<u32>,
    /// A usual run's graded pace in seconds per kilometre, which makes the sentence of an efficiency concrete, and a share of speed a pace.
    pub usual_pace: Option<f64>,
    /// The effect at each lag.
    pub profile: Vec<LagEffect>,
    /// For a binary input: the outcome on days without and with it.
    pub levels: Option<[Level; 2]>,
    /// How it was computed; what was held constant by its keys.
    pub how: Method,
    /// Caveats.
    pub caveats: Vec<Caveat>,
    /// For the scatter chart: input in its unit, outcome as a difference from what was expected.
    pub points: Vec<(f32, f32)>,
    /// The day of each point.
    pub days: Vec<NaiveDate>,
    /// The fitted line with its 95 % band: x, line, lower and upper edge.
    pub line: Option<Vec<[f64; 4]>>,
}

impl StoredFinding {
    /// Unique in a report, usable as an element's id.
    #[must_use]
    pub fn key(&self) -> String {
        Self::key_of(&self.input, &self.outcome)
    }

    /// The same of a pair.
    #[must_use]
    pub fn key_of(input: &str, outcome: &str) -> String {
        format!("{input}-{outcome}").replace('_', "-")
    }

    /// The finding alone, without what its charts draw.
    #[must_use]
    pub fn without_chart(&self) -> Self {
        Self { points: Vec::new(), days: Vec::new(), line: None, profile: Vec::new(), ..self.clone() }
    }
}

/// What to know before believing a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caveat {
    /// The outcome predicts the input of later days better than the other way round.
    Reverse,
    /// Without one of its months the sign would change.
    UnstableSign,
    /// The effect changed over time.
    ChangePoint,
    /// A few days determine it.
    RankDisagrees,
    /// It says in another unit what another finding says of the same runs, and is no second one.
    Restates,
}

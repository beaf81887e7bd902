//! Findings as cards show them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Too few days.
    NotEnoughData,
    /// Interesting alone, not among so many questions.
    Watching,
    /// Holds after counting the questions.
    Supported,
    /// Held on days that the search never saw.
    Confirmed,
    /// Inside the smallest effect of interest.
    NoEffect,
    /// Neither an effect nor its absence can be shown.
    Unknown,
}

impl Tier {
    /// The word on the chip.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotEnoughData => "Not enough data",
            Self::Watching => "Watching",
            Self::Supported => "Supported",
            Self::Confirmed => "Confirmed",
            Self::NoEffect => "No effect",
            Self::Unknown => "Unknown",
        }
    }
}

/// Part of a sentence: the number is marked with the pen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// Before the number.
    pub before: String,
    /// The number with its unit.
    pub marked: String,
    /// Behind the number.
    pub after: String,
}

/// One card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Unique on the page: `input→outcome`, usable as an element id.
    pub key: String,
    /// Label of the input.
    pub input: String,
    /// Label of the outcome.
    pub outcome: String,
    /// How sure.
    pub tier: Tier,
    /// Whether more of the input is good for the athlete; `None` where there is nothing to say.
    pub works: Option<bool>,
    /// The finding in words.
    pub sentence: Sentence,
    /// In the unit of the axis.
    pub effect: Option<f64>,
    /// Lower end of the 95 % interval.
    pub ci_low: Option<f64>,
    /// Upper end of the 95 % interval.
    pub ci_high: Option<f64>,
    /// Unit of effect and interval, and per what: `% efficiency per extra hour`.
    pub unit: String,
    /// Days.
    pub lag_days: Option<u32>,
    /// For the pair.
    pub p: Option<f64>,
    /// Over all pairs.
    pub q: Option<f64>,
    /// Partial correlation.
    pub r: Option<f64>,
    /// Days with both.
    pub n: u32,
    /// Independent days that they are worth.
    pub n_eff: f64,
    /// What more is needed.
    pub days_needed: Option<u32>,
    /// Reasons to look twice, as sentences.
    pub cautions: Vec<String>,
    /// For the scatter chart: input in its unit, outcome as a difference from what was expected.
    pub points: Vec<(f32, f32)>,
    /// Axis of the input.
    pub x_label: String,
    /// Axis of the outcome.
    pub y_label: String,
    /// An `ECharts` option as JSON, for the chart that can be explored; empty without points.
    pub chart: String,
}

/// The page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// When it was computed.
    pub computed_at: DateTime<Utc>,
    /// Engine version.
    pub engine: String,
    /// Questions asked: pairs times lags.
    pub questions: u32,
    /// Inputs with at least one answer.
    pub inputs: u32,
    /// Outcomes.
    pub outcomes: u32,
    /// Runs behind it.
    pub runs: u32,
    /// Cards in the order of the page.
    pub cards: Vec<Card>,
}

/// An effect that was planted in synthetic data, for comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planted {
    /// Label of the input.
    pub input: String,
    /// Label of the outcome.
    pub outcome: String,
    /// What was planted, in words; `None` where nothing was.
    pub effect: Option<String>,
    /// Days later.
    pub lag_days: Option<u32>,
    /// What discovery says.
    pub found: String,
    /// Whether the two agree.
    pub agrees: bool,
}

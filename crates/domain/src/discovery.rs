//! Findings as cards show them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Findings with a q up to this hold: at most so large a share of them is false.
pub const Q_SUPPORTED: f64 = 0.08;

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
    /// Inside the smallest effect of interest, and perhaps nothing at all.
    NoEffect,
    /// Not nothing, and inside the smallest effect of interest.
    TooSmall,
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
            Self::TooSmall => "Too small to matter",
            Self::Unknown => "Unknown",
        }
    }

    /// Whether it holds.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(self, Self::Supported | Self::Confirmed)
    }
}

/// Part of a sentence: the number is marked with the pen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HighlightedText {
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
    pub sentence: HighlightedText,
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
    /// The effect to expect after allowing for luck, in the unit of the effect; for findings that hold.
    pub expected: Option<f64>,
    /// Over all pairs, whatever they have to do with each other (Benjamini–Yekutieli).
    pub q_strict: Option<f64>,
    /// The effect at each lag, in the unit of the effect.
    pub profile: Vec<LagEffect>,
    /// For a yes-or-no input: the outcome on days without and with it.
    pub levels: Option<[Level; 2]>,
    /// How it was computed.
    pub how: Method,
    /// Reasons to look twice, as sentences.
    pub cautions: Vec<String>,
    /// For the scatter chart: input in its unit, outcome as a difference from what was expected.
    pub points: Vec<(f32, f32)>,
    /// The day of each point.
    pub days: Vec<NaiveDate>,
    /// The fitted line with its 95 % band from the least to the greatest input: x, line, lower and upper edge.
    pub line: Option<Vec<[f64; 4]>>,
    /// Axis of the input.
    pub x_label: String,
    /// Axis of the outcome.
    pub y_label: String,
    /// An `ECharts` option as JSON, for the chart that can be explored; empty without points.
    pub chart: String,
}

/// The effect at one lag.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LagEffect {
    /// Days.
    pub lag_days: u32,
    /// Effect.
    pub effect: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end of its 95 % interval.
    pub high: f64,
}

/// The outcome on days of one kind, as a difference from the expected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Days.
    pub days: u32,
    /// Mean.
    pub mean: f64,
    /// Lower quartile.
    pub low: f64,
    /// Upper quartile.
    pub high: f64,
}

/// Everything needed to compute a finding again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Method {
    /// Version of the engine.
    pub engine: String,
    /// Seed of the surrogates.
    pub seed: u64,
    /// What was held constant.
    pub held_constant: Vec<String>,
    /// Lags tested, in days.
    pub lags: Vec<u32>,
    /// How many independent tests they are worth.
    pub effective_lags: f64,
    /// Whether the question was declared beforehand.
    pub declared: bool,
    /// Questions of that family.
    pub family_size: u32,
    /// Surrogates drawn, and how many were as strong.
    pub surrogates: Option<(u32, u32)>,
}

/// A finding as it was on an earlier day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingSnapshot {
    /// [`Card::key`].
    pub key: String,
    /// How sure.
    pub tier: Tier,
    /// Whether more of the input is good for the athlete.
    pub works: Option<bool>,
    /// In the unit of the card.
    pub effect: Option<f64>,
    /// Over all pairs.
    pub q: Option<f64>,
}

/// What is different now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TierChange {
    /// [`Card::key`].
    pub key: String,
    /// Label of the input.
    pub input: String,
    /// Label of the outcome.
    pub outcome: String,
    /// How sure it was.
    pub before: Tier,
    /// How sure it is.
    pub now: Tier,
}

/// Where a computation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Asked for.
    Queued,
    /// Under way.
    Running,
    /// It failed and is tried again.
    Retrying,
    /// Over.
    Done,
}

/// A computation in the background.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// For asking again.
    pub id: Uuid,
    /// Where it stands.
    pub state: JobState,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
    /// How often it was tried.
    pub attempts: u32,
}

/// What the page shows: the last report, whether it still says the latest, and what changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Discovery {
    /// The last report; none before the first computation.
    pub report: Option<Report>,
    /// Whether nothing changed since.
    pub fresh: bool,
    /// The computation under way.
    pub job: Option<Job>,
    /// The day that `changes` looks back to.
    pub since: Option<NaiveDate>,
    /// What became surer or less sure since then.
    pub changes: Vec<TierChange>,
}

/// A report.
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
pub struct PlantedEffect {
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

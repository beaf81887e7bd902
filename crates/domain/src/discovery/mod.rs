//! Findings as the page shows them, and as they are stored.

mod change;
mod feedback;
mod group;
mod input;
mod stored;

pub use change::{Changed, Difference, FindingSnapshot, News, NewsItem, changes};
pub use feedback::{Feedback, FeedbackCount, MAX_COMMENT};
pub use group::{Evidence, Group, is_sign};
pub use input::{Gap, Input};
pub use stored::{Caveat, StoredFinding, StoredReport};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Findings with a q value up to this are supported: at most this share of them is expected to be false.
pub const Q_SUPPORTED: f64 = 0.08;

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Too few days.
    NotEnoughData,
    /// Notable by itself, but not after correction for the number of questions.
    Watching,
    /// Holds after correction for the number of questions.
    Supported,
    /// Held on days that the search never saw.
    Confirmed,
    /// Within the smallest effect of interest, and not distinguishable from zero.
    NoEffect,
    /// Distinguishable from zero, but within the smallest effect of interest.
    TooSmall,
    /// Neither an effect nor its absence can be shown.
    Unknown,
}

impl Tier {
    /// The label on the badge.
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

/// A sentence with its number highlighted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HighlightedText {
    /// Before the number.
    pub before: String,
    /// The number with its unit.
    pub marked: String,
    /// After the number.
    pub after: String,
}

/// One card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Unique on the page: `input→outcome`, usable as an element id.
    pub key: String,
    /// These numbers of this pair, digested: other numbers are another result.
    pub result: String,
    /// Key of the input.
    pub input_key: String,
    /// Label of the input.
    pub input: String,
    /// Label of the outcome.
    pub outcome: String,
    /// Key of the outcome.
    pub outcome_key: String,
    /// How sure.
    pub tier: Tier,
    /// Where it stands on the page.
    pub group: Group,
    /// Whether more of the input is good for the athlete; `None` where there is nothing to say.
    pub is_beneficial: Option<bool>,
    /// The finding as a sentence.
    pub sentence: HighlightedText,
    /// A remark after it, which a page makes once; empty if there is none.
    pub aside: String,
    /// The effect in the unit of the axis.
    pub effect: Option<f64>,
    /// Lower end of the 95 % interval.
    pub ci_low: Option<f64>,
    /// Upper end of the 95 % interval.
    pub ci_high: Option<f64>,
    /// Unit of effect and interval, and per what: `% efficiency per extra hour`.
    pub unit: String,
    /// The smallest effect that matters, in words: `1 % efficiency`.
    pub smallest: String,
    /// Days.
    pub lag_days: Option<u32>,
    /// p value of the pair.
    pub p: Option<f64>,
    /// q value over all pairs.
    pub q: Option<f64>,
    /// Partial correlation.
    pub r: Option<f64>,
    /// Days with both.
    pub n: u32,
    /// Effective sample size: independent days that they are worth.
    pub n_eff: f64,
    /// Days still needed for a verdict.
    pub days_needed: Option<u32>,
    /// The effect to expect after shrinkage for selection, in the unit of the effect; for findings that hold.
    pub expected: Option<f64>,
    /// q value that is valid under any dependence between pairs (Benjamini–Yekutieli).
    pub q_strict: Option<f64>,
    /// The effect at each lag, in the unit of the effect.
    pub profile: Vec<LagEffect>,
    /// For a binary input: the outcome on days without and with it.
    pub levels: Option<[Level; 2]>,
    /// How it was computed.
    pub how: Method,
    /// Caveats, as sentences.
    pub caveats: Vec<String>,
    /// For the scatter chart: input in its unit, outcome as a difference from what was expected.
    pub points: Vec<(f32, f32)>,
    /// The day of each point.
    pub days: Vec<NaiveDate>,
    /// The fitted line with its 95 % band from the smallest to the largest input: x, line, lower and upper edge.
    pub line: Option<Vec<[f64; 4]>>,
    /// Axis of the input.
    pub x_label: String,
    /// Axis of the outcome.
    pub y_label: String,
    /// What its reader said of it.
    pub feedback: Option<Feedback>,
}

/// Points of a chart on a page, at most.
const DRAWN: usize = 400;

impl Card {
    /// The sentence with the remark, as a program or a picture has it.
    #[must_use]
    pub fn whole_sentence(&self) -> String {
        let HighlightedText { before, marked, after } = &self.sentence;
        let sentence = format!("{before}{marked}{after}");
        if self.aside.is_empty() { sentence } else { format!("{sentence} {}", self.aside) }
    }

    /// What its page shows at first: without what only the table of days needs, which is read when it is opened, and of many points every second, third or
    /// later one. More dots than that lie on each other; the chart to explore and the table have them all.
    #[must_use]
    pub fn for_page(self) -> Self {
        let every = self.points.len().div_ceil(DRAWN).max(1);
        Self { days: Vec::new(), points: self.points.into_iter().step_by(every).collect(), ..self }
    }
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

/// The outcome on days of one level, as a difference from the expected.
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

/// Everything needed to reproduce a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Method {
    /// Version of the engine.
    pub engine: String,
    /// Seed of the surrogates.
    pub seed: u64,
    /// What was held constant; as stored, by its keys.
    pub held_constant: Vec<String>,
    /// Lags tested, in days.
    pub lags: Vec<u32>,
    /// Effective number of independent tests among them.
    pub effective_lags: f64,
    /// Whether the question was declared beforehand.
    pub declared: bool,
    /// Questions of that family.
    pub family_size: u32,
    /// Surrogates drawn, and how many were as strong.
    pub surrogates: Option<(u32, u32)>,
}

/// Where a computation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Requested.
    Queued,
    /// In progress.
    Running,
    /// It failed and will be retried.
    Retrying,
    /// Finished.
    Done,
}

/// A computation in the background.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Identifies it for polling.
    pub id: Uuid,
    /// Where it stands.
    pub state: JobState,
    /// When it was requested.
    pub requested_at: DateTime<Utc>,
    /// When it finished.
    pub finished_at: Option<DateTime<Utc>>,
    /// How often it was tried.
    pub attempts: u32,
}

/// What the page shows: the latest report, whether it is still up to date, and what changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Discovery {
    /// The latest report; none before the first computation.
    pub report: Option<Report>,
    /// Whether nothing changed since.
    pub fresh: bool,
    /// The computation in progress.
    pub job: Option<Job>,
    /// What changed since last month; nothing without an earlier report.
    pub news: Option<News>,
    /// What could be tested, by where it is logged.
    pub testable: Vec<TestableGroup>,
}

/// What could be tested of what is logged in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestableGroup {
    /// What it is together, such as "Food".
    pub title: String,
    /// The page where it is logged.
    pub href: String,
    /// What the link there says.
    pub step: String,
    /// Each, in the order of the feature, the athlete's own first.
    pub inputs: Vec<Testable>,
}

/// Something that could be tested against the efficiency of runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Testable {
    /// [`Card::input_key`].
    pub key: String,
    /// Where it is logged: its question, or the page of its group.
    pub href: String,
    /// What people call it.
    pub label: String,
    /// Whether the athlete made it.
    pub own: bool,
    /// Run days on which it is known, as of the latest report.
    pub known: u32,
    /// Run days that it still needs, about; zero if it is tested.
    pub needed: u32,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// When it was computed.
    pub computed_at: DateTime<Utc>,
    /// Engine version.
    pub engine: String,
    /// Questions tested: pairs times lags.
    pub questions: u32,
    /// Inputs with at least one answer.
    pub inputs: u32,
    /// Outcomes.
    pub outcomes: u32,
    /// Days of runs with an efficiency behind it.
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
    /// A description of what was planted; `None` where nothing was.
    pub effect: Option<String>,
    /// Lag in days.
    pub lag_days: Option<u32>,
    /// What discovery says.
    pub found: String,
    /// Whether the two agree.
    pub agrees: bool,
}

//! What can be known of a day: the built-in measures and those that an athlete made, which behave the same everywhere.

mod answer;
mod asked;
mod catalogue;
pub mod keys;
mod own;
mod reading;
#[cfg(test)]
mod tests;
mod words;

pub use answer::{Answer, Answers, Changes, EXACT};
pub use asked::{count_questions, questions_and_seconds};
pub use catalogue::{DEFAULT_ASKED, built_in};
pub use own::{MAX_OWN, NewMeasure, OWN_PREFIX};
use serde::{Deserialize, Serialize};

use crate::units::{Clock, Quantity, Units};

/// Minutes of a day, the unit of [`Kind::Clock`].
pub const DAY_MINUTES: f64 = 1440.0;

/// A measure of a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Its name in forms, files and the API; never changes.
    pub key: String,
    /// What people read.
    pub label: String,
    /// How it is answered, and within which bounds.
    pub kind: Kind,
    /// Answers to tap, smallest first. The first and the last stand for everything beyond them, if the bounds leave room.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub presets: Vec<f64>,
    /// What several values of one day make together.
    pub aggregation: Aggregation,
    /// Whether it is known before a run of the same day.
    pub known: Known,
    /// Which direction is better, where that is not a matter of taste.
    pub better: Option<Direction>,
    /// The smallest amount worth a sentence, in the unit of its values.
    pub notable: f64,
    /// The unit in which it is read and typed, where that is not the one of its values. See [`Self::in_units`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Shown>,
    /// Whether times of day are read in twelve hours.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub twelve_hours: bool,
}

/// The unit in which values are read and typed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// Its name.
    pub unit: String,
    /// By what a stored value is multiplied.
    pub factor: f64,
}

/// How a measure is answered. Numbers are stored, words are shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// A number in a range.
    Number {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
        /// Unit, shown after the number.
        unit: String,
    },
    /// One of a few words in order, stored as 1, 2, ….
    Scale {
        /// The words, lowest first.
        words: Vec<String>,
    },
    /// No or yes, stored as 0 and 1.
    YesNo,
    /// A whole number of things.
    Count {
        /// Largest.
        max: f64,
        /// What is counted, after the number.
        unit: String,
    },
    /// A time of day, stored in minutes after the midnight at which the day begins. A time of the evening before is negative.
    Clock {
        /// The earliest, in such minutes; the latest is a day less a minute later.
        earliest: f64,
    },
    /// A span of time, stored in hours.
    Duration {
        /// Longest, in hours.
        max: f64,
    },
    /// Free text.
    Text {
        /// Most characters.
        longest: u32,
    },
    /// One of a few words without an order, stored as text.
    Choice {
        /// The words as stored and shown.
        options: Vec<String>,
    },
}

/// What several values of one day make together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// Their mean.
    Mean,
    /// Their sum.
    Sum,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The one that comes last.
    Last,
}

/// When a value is known relative to a run of the same day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// Before it: the value may explain that run.
    BeforeRun,
    /// Perhaps after it, so that the value may explain runs of the next day at the earliest.
    AfterRun,
}

/// A direction of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    More,
    /// Less is better.
    Less,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Typed by the athlete.
    Typed,
    /// WHOOP's export.
    Whoop,
    /// Oura's export.
    Oura,
    /// Garmin's export.
    Garmin,
    /// Polar's export.
    Polar,
    /// The export of Fitbit or Google Health.
    Fitbit,
    /// The export of Apple Health.
    AppleHealth,
    /// Any other table.
    File,
    /// Computed from other things that are known.
    Derived,
}

impl Source {
    /// All of them. The first that has a value of a day counts, unless the athlete says otherwise.
    pub const ALL: [Self; 9] =
        [Self::Typed, Self::Whoop, Self::Oura, Self::Garmin, Self::Polar, Self::Fitbit, Self::AppleHealth, Self::File, Self::Derived];

    /// Its name in the database, in files and in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Typed => "typed",
            Self::Whoop => "whoop",
            Self::Oura => "oura",
            Self::Garmin => "garmin",
            Self::Polar => "polar",
            Self::Fitbit => "fitbit",
            Self::AppleHealth => "apple_health",
            Self::File => "file",
            Self::Derived => "derived",
        }
    }

    /// What people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Typed => "typed by you",
            Self::Whoop => "WHOOP",
            Self::Oura => "Oura",
            Self::Garmin => "Garmin",
            Self::Polar => "Polar",
            Self::Fitbit => "Fitbit",
            Self::AppleHealth => "Apple Health",
            Self::File => "a file",
            Self::Derived => "computed",
        }
    }

    /// From the name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

impl Measure {
    /// Whether the athlete made it.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.key.starts_with(OWN_PREFIX)
    }

    /// Whether its values are text, which no chart and no test can use.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Text { .. } | Kind::Choice { .. })
    }

    /// The measure as it is read and typed in these units. Values, bounds and the smallest amount stay in the unit of its values; what athletes made
    /// is in the unit that they gave it.
    #[must_use]
    pub fn in_units(mut self, units: Units) -> Self {
        self.shown = match &self.kind {
            Kind::Number { unit, .. } if !self.is_own() => Quantity::of_unit(unit).and_then(|quantity| units.conversion(quantity)),
            _ => None,
        }
        .map(|(unit, factor)| Shown { unit: unit.to_owned(), factor });
        self.twelve_hours = units.clock == Clock::Hours12;
        self
    }

    /// The unit in which numbers are read and typed; empty without one.
    #[must_use]
    pub fn unit(&self) -> &str {
        match (&self.shown, &self.kind) {
            (Some(shown), _) => &shown.unit,
            (None, Kind::Number { unit, .. } | Kind::Count { unit, .. }) => unit,
            _ => "",
        }
    }

    /// A stored number in the unit in which it is read.
    #[must_use]
    pub fn as_shown(&self, number: f64) -> f64 {
        self.shown.as_ref().map_or(number, |shown| number * shown.factor)
    }

    /// A typed number in the unit of the values.
    fn as_stored(&self, number: f64) -> f64 {
        self.shown.as_ref().map_or(number, |shown| number / shown.factor)
    }

    /// The words of a scale or of a choice.
    #[must_use]
    pub fn options(&self) -> &[String] {
        match &self.kind {
            Kind::Scale { words: options } | Kind::Choice { options } => options,
            _ => &[],
        }
    }
}

impl Aggregation {
    /// The value of a day with several.
    #[must_use]
    pub fn of(self, values: &[f64]) -> Option<f64> {
        let last = *values.last()?;
        Some(match self {
            Self::Mean => values.iter().sum::<f64>() / values.len() as f64,
            Self::Sum => values.iter().sum(),
            Self::Min => values.iter().copied().fold(last, f64::min),
            Self::Max => values.iter().copied().fold(last, f64::max),
            Self::Last => last,
        })
    }
}

//! Measures that an athlete makes.

use serde::{Deserialize, Serialize};

use super::{Aggregation, Direction, Kind, Known, Measure};
use crate::{FieldErrors, Problem, ProblemKind};

/// How the key of an own measure begins, so that none meets a built-in one, now or later.
pub const OWN_PREFIX: &str = "own_";
/// Measures that an athlete can make.
pub const MAX_OWN: usize = 60;
/// Most characters of a label.
const MAX_LABEL: usize = 40;
/// Most characters of a unit, or of a word of a scale.
const MAX_WORD: usize = 20;
/// A number’s largest answer is larger than its smallest by this, at least.
const SMALLEST_RANGE: f64 = 1e-6;
/// Most preset answers.
const MAX_PRESETS: usize = 8;

/// A measure as it is made or edited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewMeasure {
    /// What people read.
    pub label: String,
    /// How it is answered.
    pub kind: Kind,
    /// Answers to tap.
    pub presets: Vec<f64>,
    /// Whether it is known before a run of the same day.
    pub known: Known,
    /// Which direction is better, if that is no matter of taste.
    pub better: Option<Direction>,
    /// The smallest amount worth a sentence.
    pub notable: f64,
}

impl NewMeasure {
    /// Reads a form by the names of its fields: `label`, `measure_kind`, `unit`, `min`, `max`, `words`, `presets`, `known`, `better`, `notable`.
    pub fn parse<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let text = |name: &str| field(name).unwrap_or_default().trim();
        let label = errors.check_line("label", text("label"), MAX_LABEL, "A name of 1 to 40 characters, such as “Cold shower”.");
        let kind = kind(text, &mut errors);
        let presets = presets(text("presets"), &kind, &mut errors);
        let known = match text("known") {
            "before_run" => Known::BeforeRun,
            "after_run" => Known::AfterRun,
            _ => {
                errors.add("known", "Say whether it is known before a run of the same day: what is logged later cannot explain that run.");
                Known::AfterRun
            }
        };
        let better = match text("better") {
            "more" => Some(Direction::More),
            "less" => Some(Direction::Less),
            _ => None,
        };
        let notable = match text("notable") {
            "" => usual_amount(&kind),
            written => number(written).filter(|amount| (1e-3..=1e6).contains(amount)).unwrap_or_else(|| {
                errors.add("notable", "The smallest difference that you would care about: a number above zero.");
                1.0
            }),
        };
        errors.into_result()?;
        Ok(Self { label, kind, presets, known, better, notable })
    }

    /// The same as a measure with this key.
    #[must_use]
    pub fn with_key(self, key: String) -> Measure {
        let aggregation = usual_aggregation(&self.kind);
        Measure {
            key,
            label: self.label,
            kind: self.kind,
            presets: self.presets,
            aggregation,
            known: self.known,
            better: self.better,
            notable: self.notable,
            shown: None,
            twelve_hours: false,
        }
    }

    /// A key made of the label that none of `taken` has: `own_cold_shower`.
    pub fn key(&self, taken: &[&str]) -> Result<String, Problem> {
        if taken.len() >= MAX_OWN {
            return Err(Problem::new(
                ProblemKind::Conflict,
                format!("{MAX_OWN} measures of your own are the most. Retire one that you no longer use."),
            ));
        }
        let slug: String = self.label.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
        let slug = slug.split_whitespace().collect::<Vec<_>>().join("_");
        let first = format!("{OWN_PREFIX}{}", if slug.is_empty() { "measure" } else { &slug });
        let numbered = (2..).map(|n| format!("{first}_{n}"));
        Ok(std::iter::once(first.clone()).chain(numbered).find(|key| !taken.contains(&key.as_str())).unwrap_or(first))
    }
}

fn kind<'a>(text: impl Fn(&str) -> &'a str, errors: &mut FieldErrors) -> Kind {
    let unit = |errors: &mut FieldErrors| {
        let unit = crate::one_line(text("unit"));
        if unit.chars().count() > MAX_WORD {
            errors.add("unit", "At most 20 characters, such as “ml”.");
        }
        unit
    };
    let bound = |name: &str, usual: f64, errors: &mut FieldErrors| match text(name) {
        "" => usual,
        written => number(written).filter(|bound| (-1e9..=1e9).contains(bound)).unwrap_or_else(|| {
            errors.add(name, "A number.");
            usual
        }),
    };
    match text("measure_kind") {
        "number" => {
            let unit = unit(errors);
            let (min, max) = (bound("min", 0.0, errors), bound("max", 1000.0, errors));
            // Closer than that they are one number, and a scale of it has no steps.
            if max - min < SMALLEST_RANGE {
                errors.add("max", "The largest answer must be larger than the smallest.");
            }
            Kind::Number { min, max, unit }
        }
        "scale" => {
            let words: Vec<String> = text("words").split(',').map(crate::one_line).filter(|word| !word.is_empty()).collect();
            let words = if words.is_empty() { ["1", "2", "3", "4", "5"].map(Into::into).into() } else { words };
            let distinct = words.iter().enumerate().all(|(i, word)| !words[..i].iter().any(|other| other.eq_ignore_ascii_case(word)));
            if !(2..=7).contains(&words.len()) || !distinct || words.iter().any(|word| word.chars().count() > MAX_WORD) {
                errors.add("words", "Two to seven different words with commas between them, lowest first, each of at most 20 characters.");
            }
            Kind::Scale { words }
        }
        "yes_no" => Kind::YesNo,
        "count" => {
            let unit = unit(errors);
            let max = bound("max", 1000.0, errors);
            if max < 1.0 || max.fract() != 0.0 {
                errors.add("max", "A whole number from 1.");
            }
            Kind::Count { max, unit }
        }
        // A day of clock times begins at four in the morning for what is known afterwards, and at noon of the day before for a night.
        "clock" => Kind::Clock { earliest: if text("known") == "before_run" { -720.0 } else { 240.0 } },
        "duration" => Kind::Duration { max: 24.0 },
        "text" => Kind::Text { longest: 500 },
        _ => {
            errors.add("measure_kind", "Choose how it is answered.");
            Kind::YesNo
        }
    }
}

fn presets(written: &str, kind: &Kind, errors: &mut FieldErrors) -> Vec<f64> {
    if !matches!(kind, Kind::Number { .. } | Kind::Count { .. } | Kind::Duration { .. }) {
        return Vec::new();
    }
    let (min, max) = kind.range();
    let numbers = written.split([';', ' ']).flat_map(|part| if written.contains([';', ' ']) { vec![part] } else { part.split(',').collect() });
    let read: Option<Vec<f64>> = numbers.map(|part| part.trim_matches(',').trim()).filter(|part| !part.is_empty()).map(number).collect();
    let mut presets = read.unwrap_or_else(|| vec![f64::NAN]);
    presets.sort_by(f64::total_cmp);
    presets.dedup();
    if presets.len() > MAX_PRESETS || presets.iter().any(|preset| !(*preset >= min && *preset <= max)) {
        errors.add("presets", "Up to eight numbers with spaces between them, each an answer that is allowed.");
        presets.clear();
    }
    presets
}

fn usual_amount(kind: &Kind) -> f64 {
    match kind {
        // A twentieth of the range is a start; a week of answers says more.
        Kind::Number { min, max, .. } if max - min < 1000.0 => (max - min) / 20.0,
        Kind::Clock { .. } => 60.0,
        _ => 1.0,
    }
}

const fn usual_aggregation(kind: &Kind) -> Aggregation {
    match kind {
        Kind::Number { .. } => Aggregation::Mean,
        Kind::Count { .. } | Kind::Duration { .. } => Aggregation::Sum,
        Kind::YesNo => Aggregation::Max,
        Kind::Scale { .. } | Kind::Clock { .. } | Kind::Text { .. } | Kind::Choice { .. } => Aggregation::Last,
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())
}

//! The journal: one short form a day, every answer optional.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{FieldErrors, Problem};

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// A number in a range.
    Number {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
        /// Step between values.
        step: f64,
        /// Unit, shown after the number.
        unit: &'static str,
    },
    /// One of five words; stored as 1 to 5.
    Scale([&'static str; 5]),
}

/// One question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Question {
    /// Column and form field.
    pub field: Field,
    /// Label on the form.
    pub label: &'static str,
    /// How it is answered.
    pub kind: Kind,
    /// Preset answers to tap, for numbers.
    pub presets: &'static [f64],
}

/// The fields of an entry, in the order of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Hours of the night before.
    SleepHours,
    /// 1 to 5.
    SleepQuality,
    /// Beats per minute on waking.
    RestingHr,
    /// Milliseconds (rMSSD) on waking.
    Hrv,
    /// 1 to 5.
    Soreness,
    /// 1 to 5.
    Mood,
    /// 1 to 5.
    Stress,
    /// Hours of that day.
    WorkHours,
    /// Drinks of the evening before.
    Alcohol,
    /// Cups of that day.
    Caffeine,
}

/// All questions, in the order of the form.
pub const QUESTIONS: [Question; 10] = [
    number(Field::SleepHours, "Sleep", 0.0, 24.0, 0.25, "hours", &[5.0, 6.0, 7.0, 8.0, 9.0]),
    scale(Field::SleepQuality, "Sleep quality", ["poor", "meh", "ok", "good", "great"]),
    number(Field::RestingHr, "Resting heart rate", 25.0, 150.0, 1.0, "bpm", &[]),
    number(Field::Hrv, "HRV", 1.0, 300.0, 1.0, "ms", &[]),
    scale(Field::Soreness, "Soreness", ["none", "little", "some", "a lot", "ouch"]),
    scale(Field::Mood, "Mood", ["low", "meh", "ok", "good", "great"]),
    scale(Field::Stress, "Stress", ["none", "low", "some", "high", "a lot"]),
    number(Field::WorkHours, "Work", 0.0, 24.0, 0.5, "hours", &[0.0, 4.0, 6.0, 8.0, 10.0]),
    number(Field::Alcohol, "Drinks last night", 0.0, 40.0, 0.5, "drinks", &[0.0, 1.0, 2.0, 3.0, 4.0]),
    number(Field::Caffeine, "Caffeine", 0.0, 30.0, 0.5, "cups", &[0.0, 1.0, 2.0, 3.0, 4.0]),
];

const fn number(field: Field, label: &'static str, min: f64, max: f64, step: f64, unit: &'static str, presets: &'static [f64]) -> Question {
    Question { field, label, kind: Kind::Number { min, max, step, unit }, presets }
}

const fn scale(field: Field, label: &'static str, words: [&'static str; 5]) -> Question {
    Question { field, label, kind: Kind::Scale(words), presets: &[] }
}

impl Field {
    /// The name in forms, columns and CSV headers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SleepHours => "sleep_hours",
            Self::SleepQuality => "sleep_quality",
            Self::RestingHr => "resting_hr",
            Self::Hrv => "hrv",
            Self::Soreness => "soreness",
            Self::Mood => "mood",
            Self::Stress => "stress",
            Self::WorkHours => "work_hours",
            Self::Alcohol => "alcohol",
            Self::Caffeine => "caffeine",
        }
    }

    /// From the name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        QUESTIONS.iter().map(|q| q.field).find(|f| f.name() == name)
    }

    /// The question about it.
    #[must_use]
    pub fn question(self) -> &'static Question {
        QUESTIONS.iter().find(|q| q.field == self).unwrap_or(&QUESTIONS[0])
    }
}

impl Question {
    /// Checks a number against the question. The error names the range.
    pub fn check(&self, value: f64) -> Result<f64, String> {
        let (min, max, unit) = match self.kind {
            Kind::Number { min, max, unit, .. } => (min, max, unit),
            Kind::Scale(_) => (1.0, 5.0, "on the scale"),
        };
        let whole = matches!(self.kind, Kind::Scale(_)) && value.fract() != 0.0;
        if value.is_finite() && value >= min && value <= max && !whole {
            Ok(value)
        } else {
            Err(format!(
                "{}: a number from {} to {} {unit}.",
                self.label,
                crate::units::format_significant(min),
                crate::units::format_significant(max)
            ))
        }
    }

    /// Reads an answer as typed: empty is no answer, a decimal comma is accepted, and so is a word of the scale.
    pub fn read(&self, text: &str) -> Result<Option<f64>, String> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        if let Kind::Scale(words) = self.kind
            && let Some(at) = words.iter().position(|w| w.eq_ignore_ascii_case(text))
        {
            return Ok(Some((at + 1) as f64));
        }
        self.check(text.replace(',', ".").parse().unwrap_or(f64::NAN)).map(Some)
    }

    /// A value as displayed: `7.5 hours`, `good`.
    #[must_use]
    pub fn show(&self, value: f64) -> String {
        match self.kind {
            Kind::Scale(words) => {
                words.get((value as usize).wrapping_sub(1)).map_or_else(|| crate::units::format_significant(value), |w| (*w).to_owned())
            }
            Kind::Number { unit, .. } => format!("{}{}{unit}", crate::units::format_significant(value), crate::units::NBSP),
        }
    }
}

/// A day's answers; `None` is no answer, which is never zero.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct JournalEntry {
    answers: [Option<f64>; 10],
    /// Free text.
    pub note: String,
}

impl JournalEntry {
    /// The answer to a question.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<f64> {
        self.answers[field as usize]
    }

    /// Sets or clears an answer, unchecked.
    pub fn set(&mut self, field: Field, value: Option<f64>) {
        self.answers[field as usize] = value;
    }

    /// Whether there is any answer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.note.is_empty() && self.answers.iter().all(Option::is_none)
    }

    /// How many questions have an answer.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.answers.iter().flatten().count()
    }

    /// Reads a form: pairs of field name and text. Unknown names are skipped; each invalid value gets an error of its own.
    pub fn parse<'a>(form: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Problem> {
        let mut entry = Self::default();
        let mut errors = FieldErrors::default();
        for (name, text) in form {
            if name == "note" {
                text.trim().clone_into(&mut entry.note);
                if entry.note.chars().count() > 2000 {
                    errors.add("note", "At most 2000 characters. Keep the rest for the memoir.");
                }
            } else if let Some(field) = Field::parse(name) {
                match field.question().read(text) {
                    Ok(value) => entry.set(field, value),
                    Err(sentence) => errors.add(name, sentence),
                }
            }
        }
        errors.into_result()?;
        Ok(entry)
    }
}

/// What a CSV column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnMeaning {
    /// The date of the row.
    Date,
    /// The answer to a question.
    Answer(Field),
    /// Not imported.
    Ignore,
}

impl ColumnMeaning {
    /// The option's value in the form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Answer(field) => field.name(),
            Self::Ignore => "ignore",
        }
    }

    /// From the option's value; anything unknown is ignored.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        if name == "date" { Self::Date } else { Field::parse(name).map_or(Self::Ignore, Self::Answer) }
    }
}

/// A CSV file before it is imported: how it was read, and what would be stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// Each header with the meaning that it was given.
    pub columns: Vec<(String, ColumnMeaning)>,
    /// The first rows, as in the file.
    pub sample: Vec<Vec<String>>,
    /// Days that would be stored.
    pub days: u32,
    /// First day.
    pub first: Option<NaiveDate>,
    /// Last day.
    pub last: Option<NaiveDate>,
    /// Values that cannot be imported, with their line; everything else is imported.
    pub problems: Vec<String>,
    /// How dates were read, such as `day.month.year`.
    pub date_format: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_means_blank_and_a_comma_is_a_point() {
        let entry = JournalEntry::parse([("sleep_hours", "7,5"), ("mood", "good"), ("stress", " "), ("hrv", "")]).expect("valid");
        assert_eq!(entry.get(Field::SleepHours), Some(7.5));
        assert_eq!(entry.get(Field::Mood), Some(4.0));
        assert_eq!(entry.get(Field::Stress), None);
        assert_eq!(entry.answered(), 2);
    }

    #[test]
    fn a_wrong_answer_names_its_field_and_range() {
        let problem = JournalEntry::parse([("sleep_hours", "25"), ("mood", "4")]).expect_err("too long a night");
        assert_eq!(problem.fields.get("sleep_hours"), Some("Sleep: a number from 0 to 24 hours."));
        assert!(problem.fields.get("mood").is_none());
    }

    #[test]
    fn every_field_finds_itself_by_name_and_order() {
        for (i, q) in QUESTIONS.iter().enumerate() {
            assert_eq!(Field::parse(q.field.name()), Some(q.field));
            assert_eq!(q.field as usize, i);
        }
    }
}

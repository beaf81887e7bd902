//! Answers of a day.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Measure;
use crate::units::{UNITS, Units};
use crate::{FieldErrors, Problem};

/// After the key of a measure, in the name of a field for a value that stands on no chip.
pub const EXACT: &str = ".exact";

/// A value of a measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// In the unit of the measure.
    Number(f64),
    /// Of a text or a choice.
    Text(String),
}

/// A day's answers, by measure. What is not there was not answered, which is never zero.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Answers(BTreeMap<String, Answer>);

/// New answers by measure; without a value, an answer is taken back. What is not there stays as it is.
pub type Changes = BTreeMap<String, Option<Answer>>;

impl Answer {
    /// The number, unless it is text.
    #[must_use]
    pub const fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(_) => None,
        }
    }

    /// The text, unless it is a number.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Number(_) => None,
            Self::Text(text) => Some(text),
        }
    }
}

impl Answers {
    /// The answer to a measure.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Answer> {
        self.0.get(key)
    }

    /// The number of a measure.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<f64> {
        self.get(key)?.number()
    }

    /// The text of a measure; empty if there is none.
    #[must_use]
    pub fn text(&self, key: &str) -> &str {
        self.get(key).and_then(Answer::text).unwrap_or_default()
    }

    /// Sets an answer, unchecked.
    pub fn set(&mut self, key: &str, answer: Answer) {
        self.0.insert(key.to_owned(), answer);
    }

    /// Sets a number, unchecked.
    pub fn set_number(&mut self, key: &str, number: f64) {
        self.set(key, Answer::Number(number));
    }

    /// Removes an answer.
    pub fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// Whether there is any answer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The answers by measure, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Answer)> {
        self.0.iter().map(|(key, answer)| (key.as_str(), answer))
    }

    /// Reads a form: pairs of measure and text. Names of no measure are skipped; each invalid value gets an error of its own. A field with [`EXACT`] after
    /// the measure's key has a value that stands on no chip, and counts if it is not empty. A field [`UNITS`] says in which units the form was filled in:
    /// what is typed is never read in others, whatever was chosen in another tab meanwhile.
    pub fn parse<'a>(measures: &[Measure], form: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Changes, Problem> {
        let mut changes = Changes::new();
        let mut errors = FieldErrors::default();
        let (exact, plain): (Vec<_>, Vec<_>) = form.into_iter().partition(|(name, _)| name.ends_with(EXACT));
        let units = plain.iter().find(|(name, _)| *name == UNITS).map(|(_, code)| Units::from_code(code)).unwrap_or_default();
        let exact = exact.into_iter().filter(|(_, text)| !text.trim().is_empty());
        for (name, text) in plain.into_iter().chain(exact) {
            let name = name.strip_suffix(EXACT).unwrap_or(name);
            if let Some(measure) = measures.iter().find(|measure| measure.key == name) {
                match measure.clone().in_units(units).read(text) {
                    Ok(answer) => {
                        changes.insert(name.to_owned(), answer);
                    }
                    Err(sentence) => errors.add(name, sentence),
                }
            }
        }
        errors.into_result()?;
        Ok(changes)
    }
}

impl FromIterator<(String, Answer)> for Answers {
    fn from_iter<T: IntoIterator<Item = (String, Answer)>>(answers: T) -> Self {
        Self(answers.into_iter().collect())
    }
}

impl From<Answers> for Changes {
    fn from(answers: Answers) -> Self {
        answers.0.into_iter().map(|(key, answer)| (key, Some(answer))).collect()
    }
}

//! One row of a table or one object of a list: names and short values. JSON and CSV of a service have the same names, and so one reader.

use chrono::NaiveDate;

use crate::moment::{self, Moment};

/// Fields of one item that are kept; Garmin's days have two hundred.
pub(crate) const FIELDS: usize = 600;
/// Characters of a name, with the names of the objects around it, and of a value.
pub(crate) const CHARS: usize = 200;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar {
    Number(f64),
    Text(String),
    Bool(bool),
}

/// A row or object. An object in an object has its name before a dot, an element of a list its position: `levels.summary.deep.minutes`,
/// `metrics.0.type`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Item {
    fields: Vec<(String, Scalar)>,
}

impl Item {
    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.fields.clear();
    }

    /// Adds a field; what exceeds the limits is left out.
    pub(crate) fn push(&mut self, name: &str, value: Scalar) {
        if self.fields.len() < FIELDS && name.len() <= CHARS {
            self.fields.push((name.to_owned(), value));
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Scalar> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Scalar::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            Scalar::Number(_) | Scalar::Bool(_) => None,
        }
    }

    /// A number, also one written as text.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        match self.get(name)? {
            Scalar::Number(number) => Some(*number),
            Scalar::Text(text) => text.trim().parse().ok(),
            Scalar::Bool(_) => None,
        }
        .filter(|number: &f64| number.is_finite())
    }

    /// The first of several names that has a number.
    pub(crate) fn first_number(&self, names: &[&str]) -> Option<f64> {
        names.iter().find_map(|name| self.number(name))
    }

    /// A number that is more than zero: many services write 0 or -1 for what was not measured.
    pub(crate) fn positive(&self, name: &str) -> Option<f64> {
        self.number(name).filter(|number| *number > 0.0)
    }

    /// Yes or no, also as words of the languages that exports have.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        flag(self.get(name)?)
    }

    /// The first field that says yes or no, whatever it is called.
    pub(crate) fn only_flag(&self) -> Option<bool> {
        self.fields.iter().find_map(|(_, value)| flag(value))
    }

    pub(crate) fn day(&self, name: &str) -> Option<NaiveDate> {
        moment::day(self.text(name)?)
    }

    pub(crate) fn moment(&self, name: &str) -> Option<Moment> {
        Moment::parse(self.text(name)?)
    }
}

fn flag(value: &Scalar) -> Option<bool> {
    match value {
        Scalar::Bool(flag) => Some(*flag),
        Scalar::Number(number) => Some(*number != 0.0),
        Scalar::Text(text) => match text.trim().to_lowercase().as_str() {
            "true" | "1" | "yes" | "ja" | "sí" => Some(true),
            "false" | "0" | "no" | "nein" => Some(false),
            _ => None,
        },
    }
}

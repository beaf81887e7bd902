//! What the other steps ask.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::activities::read_birth_year;
use crate::measures::{Answer, Measure, built_in, keys};
use crate::units::{UNITS, Units};
use crate::{FieldErrors, Problem};

/// Measures that a form names, at most.
const MOST_ASKED: usize = 200;

/// A little about the engine. What is empty is not said.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Body {
    /// Centimetres.
    pub height_cm: Option<f64>,
    /// Kilograms.
    pub weight_kg: Option<f64>,
    /// A year.
    pub birth_year: Option<i32>,
    /// `female` or `male`.
    pub sex: Option<String>,
}

impl Body {
    /// The measure of a key in these units. It reads and shows what is typed.
    #[must_use]
    pub fn measure(key: &str, units: Units) -> Option<Measure> {
        built_in().iter().find(|measure| measure.key == key).cloned().map(|measure| measure.in_units(units))
    }

    /// Checks a form with the fields `height_cm`, `weight_kg`, `birth_year` and `sex`; height and weight are in the units that the field `units`
    /// names.
    pub fn parse<'a>(field: impl Fn(&str) -> Option<&'a str>, today: NaiveDate) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let text = |name: &str| field(name).map(str::trim).filter(|text| !text.is_empty());
        let units = Units::from_code(field(UNITS).unwrap_or_default());
        let mut number = |key: &str| {
            let read = Self::measure(key, units).map_or(Ok(None), |measure| measure.read(text(key).unwrap_or_default()));
            read.unwrap_or_else(|sentence| {
                errors.add(key, sentence);
                None
            })
            .as_ref()
            .and_then(Answer::number)
        };
        let (height_cm, weight_kg) = (number(keys::HEIGHT_CM), number(keys::WEIGHT_KG));
        let birth_year = text("birth_year").and_then(|year| read_birth_year(year, today, &mut errors));
        let sex = text("sex").and_then(|sex| {
            let known = ["female", "male"].contains(&sex);
            if !known {
                errors.add("sex", "One of the choices.");
            }
            known.then(|| sex.to_owned())
        });
        errors.into_result().map(|()| Self { height_cm, weight_kg, birth_year, sex })
    }
}

/// Whether somebody wants to be asked about food.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Food {
    /// On days with a run.
    RunDays,
    /// Never.
    No,
}

impl Food {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::RunDays, Self::No];

    /// As it is stored.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::RunDays => "run_days",
            Self::No => "no",
        }
    }

    /// On its chip.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::RunDays => "run days",
            Self::No => "no, thanks",
        }
    }

    /// The answer with this key.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|food| food.key() == key)
    }
}

/// What may be asked each day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Questions {
    /// Keys of measures.
    pub asked: Vec<String>,
    /// Nothing if it is not said.
    pub food: Option<Food>,
}

impl Questions {
    /// Checks a form: `asked` once for each measure, and `food`.
    pub fn parse<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Problem> {
        let (mut found, mut errors) = (Self::default(), FieldErrors::default());
        for (name, value) in pairs {
            match name {
                "asked" if found.asked.len() < MOST_ASKED => found.asked.push(value.to_owned()),
                "food" if !value.is_empty() => {
                    found.food = Food::parse(value);
                    if found.food.is_none() {
                        errors.add("food", "One of the choices.");
                    }
                }
                _ => {}
            }
        }
        if found.asked.is_empty() {
            errors.add("asked", "Leave at least one on. Every question may stay blank, every day.");
        }
        errors.into_result().map(|()| found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(fields: &[(&'static str, &'static str)]) -> Result<Body, Problem> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 27).expect("a date");
        Body::parse(|name| fields.iter().find(|(field, _)| *field == name).map(|(_, text)| *text), today)
    }

    #[test]
    fn a_body_is_as_much_as_somebody_says() {
        let body = parse(&[("height_cm", "178"), ("weight_kg", "71,5"), ("birth_year", "1988"), ("sex", "")]).expect("valid");
        assert_eq!(body, Body { height_cm: Some(178.0), weight_kg: Some(71.5), birth_year: Some(1988), sex: None });
        assert_eq!(parse(&[]).expect("nothing is an answer"), Body::default());
        let wrong = parse(&[("height_cm", "17"), ("weight_kg", "NaN"), ("birth_year", "2025"), ("sex", "x")]).expect_err("refused");
        assert_eq!(wrong.fields.names().collect::<Vec<_>>(), ["birth_year", "height_cm", "sex", "weight_kg"]);
        assert_eq!(wrong.fields.get("birth_year"), Some("A year from 1916 to 2021, such as 1988."));
    }

    #[test]
    fn questions_are_at_least_one() {
        let found = Questions::parse([("asked", "mood"), ("asked", "stress"), ("food", "run_days")]).expect("valid");
        assert_eq!((found.asked.len(), found.food), (2, Some(Food::RunDays)));
        let wrong = Questions::parse([("food", "daily")]).expect_err("refused");
        assert_eq!(wrong.fields.names().collect::<Vec<_>>(), ["asked", "food"]);
    }
}

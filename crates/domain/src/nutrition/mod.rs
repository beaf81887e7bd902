//! What was eaten and drunk: nutrients and their bounds, entries as they are typed, and what the page shows of a day.

mod entry;
mod link;
mod view;

pub use entry::{EntryFields, MAX_NAME, MAX_OWN, MAX_TEXT, NewFavourite, OwnNutrient, clock, clock_text, own_text, read_own};
pub use link::{Choice, Link, Relation};
pub use view::{DayView, Entry, Favourite, KNOWN_DAYS, PRESETS, ReadItem, Reading, RunView};

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::units::{NBSP, format_significant};

/// What an amount is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Nutrient {
    /// Energy.
    #[serde(rename = "energy_kcal")]
    Energy,
    /// Carbohydrate.
    #[serde(rename = "carbohydrate_g")]
    Carbohydrate,
    /// Protein.
    #[serde(rename = "protein_g")]
    Protein,
    /// Fat.
    #[serde(rename = "fat_g")]
    Fat,
    /// Dietary fibre.
    #[serde(rename = "fibre_g")]
    Fibre,
    /// Sodium.
    #[serde(rename = "sodium_mg")]
    Sodium,
    /// What was drunk.
    #[serde(rename = "fluid_ml")]
    Fluid,
    /// Caffeine.
    #[serde(rename = "caffeine_mg")]
    Caffeine,
    /// Pure alcohol.
    #[serde(rename = "alcohol_g")]
    Alcohol,
}

impl Nutrient {
    /// All of them, in the order of forms.
    pub const ALL: [Self; 9] =
        [Self::Energy, Self::Carbohydrate, Self::Protein, Self::Fat, Self::Fibre, Self::Sodium, Self::Fluid, Self::Caffeine, Self::Alcohol];

    /// Its column, its field in forms, and its name in the API.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Energy => "energy_kcal",
            Self::Carbohydrate => "carbohydrate_g",
            Self::Protein => "protein_g",
            Self::Fat => "fat_g",
            Self::Fibre => "fibre_g",
            Self::Sodium => "sodium_mg",
            Self::Fluid => "fluid_ml",
            Self::Caffeine => "caffeine_mg",
            Self::Alcohol => "alcohol_g",
        }
    }

    /// The nutrient of a key.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|nutrient| nutrient.key() == key)
    }

    /// What people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Energy => "Energy",
            Self::Carbohydrate => "Carbohydrate",
            Self::Protein => "Protein",
            Self::Fat => "Fat",
            Self::Fibre => "Fibre",
            Self::Sodium => "Sodium",
            Self::Fluid => "Fluid",
            Self::Caffeine => "Caffeine",
            Self::Alcohol => "Alcohol",
        }
    }

    /// Its unit.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Energy => "kcal",
            Self::Sodium | Self::Caffeine => "mg",
            Self::Fluid => "ml",
            _ => "g",
        }
    }

    /// The most that one entry can have of it.
    #[must_use]
    pub const fn most(self) -> f64 {
        match self {
            Self::Energy | Self::Fluid => 20_000.0,
            Self::Carbohydrate => 3_000.0,
            Self::Protein | Self::Fat | Self::Alcohol => 1_000.0,
            Self::Fibre => 500.0,
            Self::Sodium => 50_000.0,
            Self::Caffeine => 5_000.0,
        }
    }

    /// An amount in a line: `92 g carb`, `250 ml`.
    #[must_use]
    pub fn show(self, amount: f64) -> String {
        let amount = format_significant(if amount >= 10.0 { amount.round() } else { (amount * 10.0).round() / 10.0 });
        let what = match self {
            Self::Carbohydrate => " carb",
            Self::Protein => " protein",
            Self::Fat => " fat",
            Self::Fibre => " fibre",
            Self::Sodium => " sodium",
            Self::Caffeine => " caffeine",
            Self::Alcohol => " alcohol",
            Self::Energy | Self::Fluid => "",
        };
        format!("{amount}{NBSP}{}{what}", self.unit())
    }

    /// Checks an amount. The error names the nutrient, its bounds and its unit.
    pub fn check(self, amount: f64) -> Result<f64, String> {
        let valid = (0.0..=self.most()).contains(&amount);
        if valid { Ok(amount) } else { Err(format!("{}: a number from 0 to {} {}.", self.label(), self.most(), self.unit())) }
    }
}

/// Amounts of nutrients. What is not in it is unknown, which is never zero.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Amounts(BTreeMap<Nutrient, f64>);

impl Amounts {
    /// The amount of a nutrient, if it is known.
    #[must_use]
    pub fn get(&self, nutrient: Nutrient) -> Option<f64> {
        self.0.get(&nutrient).copied()
    }

    /// Sets an amount, or makes it unknown.
    pub fn set(&mut self, nutrient: Nutrient, amount: Option<f64>) {
        match amount {
            Some(amount) => {
                self.0.insert(nutrient, amount);
            }
            None => {
                self.0.remove(&nutrient);
            }
        }
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is known.
    pub fn iter(&self) -> impl Iterator<Item = (Nutrient, f64)> + '_ {
        self.0.iter().map(|(nutrient, amount)| (*nutrient, *amount))
    }
}

impl FromIterator<(Nutrient, f64)> for Amounts {
    fn from_iter<I: IntoIterator<Item = (Nutrient, f64)>>(all: I) -> Self {
        Self(all.into_iter().collect())
    }
}

/// What is in something that was eaten, as far as it is known.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Content {
    /// The amounts.
    pub amounts: Amounts,
    /// Of which of them it was at least so much: a part of the text has no number.
    pub at_least: BTreeSet<Nutrient>,
    /// Which of them were typed, and do not follow the text.
    pub typed: BTreeSet<Nutrient>,
    /// Nutrients of the athlete's own.
    pub own: Vec<OwnNutrient>,
}

impl Content {
    /// An amount that is known, and not only a part of it.
    #[must_use]
    pub fn complete(&self, nutrient: Nutrient) -> Option<f64> {
        self.amounts.get(nutrient).filter(|_| !self.at_least.contains(&nutrient))
    }

    /// Of what is read from a text: what was typed goes before it.
    #[must_use]
    pub fn with_typed(mut self, typed: &Amounts) -> Self {
        for (nutrient, amount) in typed.iter() {
            self.amounts.set(nutrient, Some(amount));
            self.at_least.remove(&nutrient);
            self.typed.insert(nutrient);
        }
        self
    }

    /// What was typed.
    #[must_use]
    pub fn typed_amounts(&self) -> Amounts {
        self.amounts.iter().filter(|(nutrient, _)| self.typed.contains(nutrient)).collect()
    }

    /// What a line says of it: `92 g carb · 14 g protein · 95 mg caffeine`. Nothing while nothing is known.
    #[must_use]
    pub fn line(&self) -> String {
        const SHOWN: [(Nutrient, f64); 5] =
            [(Nutrient::Carbohydrate, 0.0), (Nutrient::Protein, 5.0), (Nutrient::Fluid, 50.0), (Nutrient::Caffeine, 1.0), (Nutrient::Alcohol, 0.5)];
        let amount = |(nutrient, least): (Nutrient, f64)| {
            let amount = self.amounts.get(nutrient).filter(|amount| *amount >= least)?;
            let bound = if self.at_least.contains(&nutrient) { "at least " } else { "" };
            Some(format!("{bound}{}", nutrient.show(amount)))
        };
        let typed = self.typed.iter().filter(|typed| SHOWN.iter().all(|(shown, _)| shown != *typed));
        let others = typed.filter_map(|nutrient| Some(nutrient.show(self.amounts.get(*nutrient)?)));
        let own = self.own.iter().map(OwnNutrient::show);
        SHOWN.into_iter().filter_map(amount).chain(others).chain(own).collect::<Vec<_>>().join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_api_and_lead_back() {
        for nutrient in Nutrient::ALL {
            assert_eq!(Nutrient::parse(nutrient.key()), Some(nutrient));
            assert!(nutrient.check(nutrient.most()).is_ok() && nutrient.check(-0.1).is_err() && nutrient.check(f64::NAN).is_err());
        }
        assert_eq!(Nutrient::Carbohydrate.check(3001.0), Err("Carbohydrate: a number from 0 to 3000 g.".to_owned()));
    }

    #[test]
    fn a_line_says_what_is_known_and_when_that_is_not_all() {
        let amounts = [(Nutrient::Carbohydrate, 91.6), (Nutrient::Protein, 14.2), (Nutrient::Caffeine, 95.0), (Nutrient::Fat, 7.0)];
        let mut content = Content { amounts: amounts.into_iter().collect(), ..Content::default() };
        assert_eq!(content.line(), "92\u{a0}g carb · 14\u{a0}g protein · 95\u{a0}mg caffeine");
        content.at_least.insert(Nutrient::Carbohydrate);
        assert!(content.line().starts_with("at least 92\u{a0}g carb"));
        assert_eq!((content.complete(Nutrient::Carbohydrate), content.complete(Nutrient::Protein)), (None, Some(14.2)));
        let typed = content.with_typed(&[(Nutrient::Carbohydrate, 60.0), (Nutrient::Sodium, 400.0)].into_iter().collect());
        assert!(typed.line().contains("400\u{a0}mg sodium"), "{}", typed.line());
        assert_eq!(typed.complete(Nutrient::Carbohydrate), Some(60.0));
        assert_eq!(typed.typed_amounts().iter().count(), 2);
        assert_eq!(Content::default().line(), "");
    }
}

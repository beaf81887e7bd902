//! What is in an amount of food.

use std::iter::Sum;
use std::ops::Add;

use serde::{Deserialize, Serialize};

/// Energy and nutrients of a food, a meal or a day. `None` is unknown, which is never zero.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Nutrients {
    /// Kilocalories.
    pub energy_kcal: Option<f64>,
    /// Grams of carbohydrate, by difference: fibre is part of it, as in all of USDA's data.
    pub carbohydrate_g: Option<f64>,
    /// Grams of protein.
    pub protein_g: Option<f64>,
    /// Grams of fat.
    pub fat_g: Option<f64>,
    /// Grams of dietary fibre.
    pub fibre_g: Option<f64>,
    /// Milligrams of sodium; salt is about 39 % sodium.
    pub sodium_mg: Option<f64>,
    /// Millilitres that were drunk: the volume of a drink. Food has none, however wet it is.
    pub fluid_ml: Option<f64>,
    /// Milligrams of caffeine.
    pub caffeine_mg: Option<f64>,
    /// Grams of pure alcohol.
    pub alcohol_g: Option<f64>,
}

impl Nutrients {
    /// So many times as much: of 100 g, `scaled(0.6)` is what is in 60 g. What is unknown stays unknown.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        self.with(self, |a, _| a.map(|a| a * factor))
    }

    /// These, and where they are unknown, the others: what is printed on a packet goes before what a list says.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.with(other, Option::or)
    }

    fn with(self, other: Self, join: impl Fn(Option<f64>, Option<f64>) -> Option<f64>) -> Self {
        Self {
            energy_kcal: join(self.energy_kcal, other.energy_kcal),
            carbohydrate_g: join(self.carbohydrate_g, other.carbohydrate_g),
            protein_g: join(self.protein_g, other.protein_g),
            fat_g: join(self.fat_g, other.fat_g),
            fibre_g: join(self.fibre_g, other.fibre_g),
            sodium_mg: join(self.sodium_mg, other.sodium_mg),
            fluid_ml: join(self.fluid_ml, other.fluid_ml),
            caffeine_mg: join(self.caffeine_mg, other.caffeine_mg),
            alcohol_g: join(self.alcohol_g, other.alcohol_g),
        }
    }
}

/// Both together. What is unknown of one leaves what is known of the other, so that a sum says "at least"; whoever needs to know whether it is complete
/// asks the parts.
impl Add for Nutrients {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.with(other, |a, b| match (a, b) {
            (Some(a), Some(b)) => Some(a + b),
            (known, None) | (None, known) => known,
        })
    }
}

impl Sum for Nutrients {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Self::add)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn some() -> impl Strategy<Value = Nutrients> {
        let value = || proptest::option::of((0_u32..100_000).prop_map(|hundredths| f64::from(hundredths) / 100.0));
        ((value(), value(), value(), value(), value()), (value(), value(), value(), value())).prop_map(|((a, b, c, d, e), (f, g, h, i))| Nutrients {
            energy_kcal: a,
            carbohydrate_g: b,
            protein_g: c,
            fat_g: d,
            fibre_g: e,
            sodium_mg: f,
            fluid_ml: g,
            caffeine_mg: h,
            alcohol_g: i,
        })
    }

    /// The same numbers, but for rounding.
    fn same(a: Nutrients, b: Nutrients) -> bool {
        let fields =
            |n: Nutrients| [n.energy_kcal, n.carbohydrate_g, n.protein_g, n.fat_g, n.fibre_g, n.sodium_mg, n.fluid_ml, n.caffeine_mg, n.alcohol_g];
        fields(a).into_iter().zip(fields(b)).all(|pair| match pair {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * (1.0 + a.abs()),
            (a, b) => a == b,
        })
    }

    proptest! {
        #[test]
        fn addition_has_its_laws(a in some(), b in some(), c in some()) {
            prop_assert!(same(a.add(b), b.add(a)));
            prop_assert!(same(a.add(b).add(c), a.add(b.add(c))));
            prop_assert_eq!(a.add(Nutrients::default()), a);
        }

        #[test]
        fn scaling_has_its_laws(a in some(), b in some(), x in 0.0..50.0, y in 0.0..50.0) {
            prop_assert_eq!(a.scaled(1.0), a);
            prop_assert!(same(a.scaled(x).scaled(y), a.scaled(x * y)));
            prop_assert!(same(a.scaled(x).add(a.scaled(y)), a.scaled(x + y)));
            prop_assert!(same(a.add(b).scaled(x), a.scaled(x).add(b.scaled(x))));
        }
    }

    #[test]
    fn unknown_is_never_zero() {
        let gel = Nutrients { carbohydrate_g: Some(25.0), ..Nutrients::default() };
        let water = Nutrients { fluid_ml: Some(250.0), carbohydrate_g: Some(0.0), ..Nutrients::default() };
        let both = gel.add(water);
        assert_eq!((both.carbohydrate_g, both.fluid_ml, both.protein_g), (Some(25.0), Some(250.0), None));
        assert_eq!(gel.or(water).carbohydrate_g, Some(25.0));
        assert_eq!(gel.scaled(0.0).protein_g, None);
    }
}

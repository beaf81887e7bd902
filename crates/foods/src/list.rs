//! The list itself: parsed once, from `data/foods.tsv`.

use std::sync::LazyLock;

use crate::Nutrients;
use crate::fold::{fold, words};

/// A food of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Food {
    /// USDA's NDB number, for anyone to check the numbers with. None if USDA has no such food: then nothing is known of it but its name.
    pub ndb: Option<u32>,
    /// As it is called on a page: lower case unless it is a name, English.
    pub name: &'static str,
    /// What else it is called in English.
    pub english: Vec<&'static str>,
    /// What it is called in German.
    pub german: Vec<&'static str>,
    /// What is in 100 g. In drinks, the volume of 100 g is `fluid_ml`.
    pub per_100_g: Nutrients,
    /// Whether it is drunk.
    pub drink: bool,
    /// Grams per millilitre, of liquids.
    pub density: Option<f64>,
    /// Usual portions. The first is the one that is meant where none is said: `two bananas`.
    pub portions: Vec<Portion>,
    /// How USDA describes it, such as `Bananas, raw`; empty without a number.
    pub usda: &'static str,
    /// The words of each name, folded: the shown one first.
    pub(crate) words: Vec<Vec<String>>,
}

/// A usual portion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Portion {
    /// Such as `medium`, `slice`, `cup`.
    pub name: &'static str,
    /// What it weighs.
    pub grams: f64,
    /// Whether the weight is a round one of ours, such as of a glass, and not USDA's.
    pub ours: bool,
}

impl Food {
    /// All names, the shown one first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.english.iter().copied()).chain(self.german.iter().copied())
    }

    /// What is in so many grams.
    #[must_use]
    pub fn nutrients(&self, grams: f64) -> Nutrients {
        self.per_100_g.scaled(grams / 100.0)
    }

    /// The portion of that name.
    #[must_use]
    pub fn portion(&self, name: &str) -> Option<&Portion> {
        self.portions.iter().find(|portion| portion.name == name)
    }
}

static FOODS: LazyLock<Vec<Food>> = LazyLock::new(|| include_str!("../data/foods.tsv").lines().filter_map(parse).collect());

/// All foods, in the order of the list: fruit first, meals last.
pub fn foods() -> &'static [Food] {
    &FOODS
}

fn parse(line: &'static str) -> Option<Food> {
    let cells: Vec<&'static str> = line.split('\t').collect();
    let [ndb, english, german, energy, carbohydrate, protein, fat, fibre, sodium, caffeine, alcohol, kind, density, portions, usda] = cells[..]
    else {
        return None;
    };
    let number = |cell: &str| cell.parse::<f64>().ok();
    let names = |cell: &'static str| cell.split(';').filter(|name| !name.is_empty());
    let density = number(density);
    let drink = kind == "d";
    let portion = |cell: &'static str| {
        let (name, grams) = cell.split_once(['=', '~'])?;
        Some(Portion { name, grams: number(grams)?, ours: cell.contains('~') })
    };
    Some(Food {
        ndb: ndb.parse().ok(),
        name: names(english).next()?,
        english: names(english).skip(1).collect(),
        german: names(german).collect(),
        per_100_g: Nutrients {
            energy_kcal: number(energy),
            carbohydrate_g: number(carbohydrate),
            protein_g: number(protein),
            fat_g: number(fat),
            fibre_g: number(fibre),
            sodium_mg: number(sodium),
            fluid_ml: density.filter(|_| drink).map(|density| 100.0 / density),
            caffeine_mg: number(caffeine),
            alcohol_g: number(alcohol),
        },
        drink,
        density,
        portions: names(portions).filter_map(portion).collect(),
        usda,
        words: names(english).chain(names(german)).map(|name| words(&fold(name)).map(str::to_owned).collect()).collect(),
    })
}

//! Units, portions, number words and nutrients, by the words people use for them.

use crate::Nutrients;

/// A unit of weight or volume.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unit {
    /// So many grams.
    Grams(f64),
    /// So many millilitres.
    Millilitres(f64),
}

/// The unit of a folded word that stands after a number.
pub(super) fn unit(word: &str) -> Option<Unit> {
    use Unit::{Grams, Millilitres};
    Some(match word {
        "g" | "gr" | "gram" | "grams" | "gramm" | "gramme" | "grammes" => Grams(1.0),
        "mg" | "milligram" | "milligrams" | "milligramm" => Grams(0.001),
        "kg" | "kilo" | "kilos" | "kilogram" | "kilograms" | "kilogramm" => Grams(1000.0),
        "oz" | "ounce" | "ounces" => Grams(28.349_523),
        "lb" | "lbs" | "pound" | "pounds" => Grams(453.592_37),
        "pfund" => Grams(500.0),
        "ml" | "millilitre" | "millilitres" | "milliliter" | "milliliters" => Millilitres(1.0),
        "cl" | "centilitre" | "centilitres" | "centiliter" => Millilitres(10.0),
        "dl" | "decilitre" | "decilitres" | "deciliter" => Millilitres(100.0),
        "l" | "litre" | "litres" | "liter" | "liters" => Millilitres(1000.0),
        // Of a US fluid ounce; `oz` after it is taken with it.
        "fl" | "floz" => Millilitres(FLUID_OUNCE),
        _ => return None,
    })
}

/// Millilitres of a US fluid ounce.
const FLUID_OUNCE: f64 = 29.573_53;

/// The portion that a folded word means, as the list calls it.
pub(super) fn portion(word: &str) -> Option<&'static str> {
    Some(match word {
        "slice" | "slices" | "scheibe" | "scheiben" => "slice",
        "piece" | "pieces" | "pc" | "pcs" | "stuck" | "stucke" | "cookie" | "patty" | "patties" => "piece",
        "cup" | "cups" | "tasse" | "tassen" => "cup",
        "mug" | "mugs" => "mug",
        "glass" | "glasses" | "glas" | "glaser" => "glass",
        "bottle" | "bottles" | "flasche" | "flaschen" => "bottle",
        "can" | "cans" | "tin" | "tins" | "dose" | "dosen" => "can",
        "pint" | "pints" => "pint",
        "bowl" | "bowls" | "schale" | "schussel" | "teller" | "plate" | "plates" => "bowl",
        "tbsp" | "tbsps" | "tbs" | "tablespoon" | "tablespoons" | "el" | "essloffel" => "tbsp",
        "tsp" | "tsps" | "teaspoon" | "teaspoons" | "tl" | "teeloffel" => "tsp",
        "small" | "little" | "klein" | "kleine" | "kleiner" | "kleines" | "kleinen" => "small",
        "medium" | "mittel" | "mittlere" | "mittlerer" | "mittelgrosse" => "medium",
        "large" | "big" | "gross" | "grosse" | "grosser" | "grosses" | "grossen" => "large",
        "handful" | "handfuls" | "handvoll" => "handful",
        "bar" | "bars" | "riegel" => "bar",
        "pot" | "pots" | "becher" => "pot",
        "serving" | "servings" | "portion" | "portions" | "portionen" => "serving",
        "pinch" | "pinches" | "prise" => "pinch",
        "shot" | "shots" => "shot",
        "double" | "doppelter" => "double",
        "fillet" | "fillets" | "filet" | "filets" => "fillet",
        "wedge" | "wedges" => "wedge",
        "clove" | "cloves" | "zehe" | "zehen" => "clove",
        "stalk" | "stalks" | "stick" | "sticks" | "stange" | "stangen" => "stalk",
        "cube" | "cubes" | "wurfel" => "cube",
        "pat" | "pats" => "pat",
        _ => return None,
    })
}

/// Usual volumes in millilitres of what a drink comes in, where its food has no such portion: a US cup and spoons, an imperial pint, and the
/// commonest glass, mug, can and bottle of Europe.
pub(super) fn volume(portion: &str) -> Option<f64> {
    Some(match portion {
        "cup" => 236.588,
        "tbsp" => 14.7868,
        "tsp" => 4.92892,
        "mug" => 300.0,
        "glass" => 250.0,
        "can" => 330.0,
        "bottle" => 500.0,
        "pint" => 568.261,
        "bowl" => 350.0,
        _ => return None,
    })
}

/// The number of a folded word.
pub(super) fn number_word(word: &str) -> Option<f64> {
    Some(match word {
        "a" | "an" | "one" | "ein" | "eine" | "einen" | "einer" | "eins" => 1.0,
        "half" | "halb" | "halbe" | "halber" | "halbes" | "halben" => 0.5,
        "quarter" | "viertel" => 0.25,
        "anderthalb" => 1.5,
        "two" | "zwei" | "couple" => 2.0,
        "three" | "drei" => 3.0,
        "four" | "vier" => 4.0,
        "five" | "funf" => 5.0,
        "six" | "sechs" => 6.0,
        "seven" | "sieben" => 7.0,
        "eight" | "acht" => 8.0,
        "nine" | "neun" => 9.0,
        "ten" | "zehn" => 10.0,
        "eleven" | "elf" => 11.0,
        "twelve" | "zwolf" | "dozen" | "dutzend" => 12.0,
        _ => return None,
    })
}

/// Words that say nothing of which food it is.
pub(super) fn is_filler(word: &str) -> bool {
    const FILLERS: [&str; 23] = [
        "of", "the", "some", "my", "von", "der", "die", "das", "etwas", "fresh", "frische", "ripe", "organic", "bio", "each", "je", "approx",
        "about", "ca", "plus", "with", "mit", "zu",
    ];
    FILLERS.contains(&word)
}

/// A nutrient that can be written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nutrient {
    Carbohydrate,
    Protein,
    Fat,
    Fibre,
    Sodium,
    Caffeine,
    Alcohol,
}

/// The nutrient of a folded word.
pub(super) fn nutrient(word: &str) -> Option<Nutrient> {
    Some(match word {
        "carb" | "carbs" | "cho" | "carbohydrate" | "carbohydrates" | "kh" | "kohlenhydrat" | "kohlenhydrate" => Nutrient::Carbohydrate,
        "protein" | "proteins" | "eiweiss" => Nutrient::Protein,
        "fat" | "fett" => Nutrient::Fat,
        "fibre" | "fiber" | "ballaststoffe" => Nutrient::Fibre,
        "sodium" | "natrium" => Nutrient::Sodium,
        "caffeine" | "koffein" => Nutrient::Caffeine,
        "alcohol" | "alkohol" => Nutrient::Alcohol,
        _ => return None,
    })
}

impl Nutrient {
    /// Only this nutrient, so many grams of it.
    pub(super) fn grams(self, grams: f64) -> Nutrients {
        let (mut only, milligrams) = (Nutrients::default(), Some(grams * 1000.0));
        match self {
            Self::Carbohydrate => only.carbohydrate_g = Some(grams),
            Self::Protein => only.protein_g = Some(grams),
            Self::Fat => only.fat_g = Some(grams),
            Self::Fibre => only.fibre_g = Some(grams),
            Self::Sodium => only.sodium_mg = milligrams,
            Self::Caffeine => only.caffeine_mg = milligrams,
            Self::Alcohol => only.alcohol_g = Some(grams),
        }
        only
    }
}

/// Kilocalories of one of a unit of energy.
pub(super) fn energy(word: &str) -> Option<f64> {
    Some(match word {
        "kcal" | "cal" | "cals" | "calories" | "kalorien" => 1.0,
        "kj" => 1.0 / 4.184,
        _ => return None,
    })
}

/// Whether a word that stands after a number makes an amount of it.
pub(super) fn is_unit(word: &str) -> bool {
    unit(word).is_some() || energy(word).is_some() || portion(word).is_some()
}

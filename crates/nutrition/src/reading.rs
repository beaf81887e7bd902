//! Quick text as what is in it.

use domain::nutrition::{Amounts, Content, Nutrient, ReadItem, Reading};
use foods::{Food, Nutrients};

/// What a quick text says: `two bananas, 60 g oats at 8`. Nothing is refused.
#[must_use]
pub fn read(text: &str) -> Reading {
    let read = foods::read(text);
    let items: Vec<ReadItem> = read
        .items
        .iter()
        .map(|item| ReadItem {
            text: item.text.clone(),
            food: item.food.map(|food| food.name.to_owned()),
            grams: item.grams,
            content: Content { amounts: amounts(item.nutrients), ..Content::default() },
        })
        .collect();
    let minute = read.time.map(|time| i32::try_from(chrono::Timelike::num_seconds_from_midnight(&time) / 60).unwrap_or_default());
    Reading { content: together(&items, read.cut), items, minute }
}

/// The foods that a text may be the beginning of.
#[must_use]
pub fn foods_called(text: &str, limit: usize) -> Vec<&'static Food> {
    foods::search(text, limit)
}

/// Amounts within the bounds of an entry, to a hundredth. What is beyond them is a slip of the fingers, and not known.
pub(crate) fn amounts(of: Nutrients) -> Amounts {
    let amount = |nutrient| match nutrient {
        Nutrient::Energy => of.energy_kcal,
        Nutrient::Carbohydrate => of.carbohydrate_g,
        Nutrient::Protein => of.protein_g,
        Nutrient::Fat => of.fat_g,
        Nutrient::Fibre => of.fibre_g,
        Nutrient::Sodium => of.sodium_mg,
        Nutrient::Fluid => of.fluid_ml,
        Nutrient::Caffeine => of.caffeine_mg,
        Nutrient::Alcohol => of.alcohol_g,
    };
    let known = |nutrient: Nutrient| Some((nutrient, nutrient.check((amount(nutrient)? * 100.0).round() / 100.0).ok()?));
    Nutrient::ALL.into_iter().filter_map(known).collect()
}

/// The sum of items. Where one of them has no number, or the text was cut, it is at least so much.
fn together(items: &[ReadItem], cut: bool) -> Content {
    let mut content = Content::default();
    for nutrient in Nutrient::ALL {
        let known: Vec<f64> = items.iter().filter_map(|item| item.content.amounts.get(nutrient)).collect();
        // Food has no volume: what was drunk is known where anything was drunk.
        let complete = known.len() == items.len() || nutrient == Nutrient::Fluid;
        let sum = (known.iter().sum::<f64>() * 100.0).round() / 100.0;
        if known.is_empty() || nutrient.check(sum).is_err() {
            continue;
        }
        content.amounts.set(nutrient, Some(sum));
        if cut || !complete {
            content.at_least.insert(nutrient);
        }
    }
    content
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_the_sum_of_its_items() {
        let reading = read("two bananas, 60 g oats at 8");
        assert_eq!((reading.minute, reading.items.len()), (Some(480), 2));
        let carbohydrate = reading.content.complete(Nutrient::Carbohydrate).expect("known");
        assert!((carbohydrate - 94.5).abs() < 2.0, "{carbohydrate}");
        assert_eq!(reading.items[0].chip(), "two bananas, 54\u{a0}g carb");
    }

    #[test]
    fn an_item_without_numbers_makes_the_sum_a_lower_bound() {
        let reading = read("banana, leftover curry");
        assert!(reading.content.at_least.contains(&Nutrient::Carbohydrate));
        assert_eq!(reading.content.complete(Nutrient::Carbohydrate), None);
        assert!(read("leftover curry").content.amounts.is_empty());
        assert!(reading.items[1].chip().ends_with(", no numbers"));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_read_within_bounds(text in ".{0,600}") {
            let reading = read(&text);
            prop_assert!(reading.content.amounts.iter().all(|(nutrient, amount)| nutrient.check(amount).is_ok()));
            prop_assert!(reading.content.at_least.iter().all(|nutrient| reading.content.amounts.get(*nutrient).is_some()));
            prop_assert!(reading.minute.is_none_or(|minute| (0..1440).contains(&minute)));
        }

        #[test]
        fn counted_foods_add_up(bananas in 1..9_u32, gels in 1..9_u32) {
            let carbohydrate = |text: &str| read(text).content.complete(Nutrient::Carbohydrate).unwrap_or_default();
            let both = carbohydrate(&format!("{bananas} bananas, {gels} apples"));
            let apart = carbohydrate(&format!("{bananas} bananas")) + carbohydrate(&format!("{gels} apples"));
            prop_assert!((both - apart).abs() < 0.02);
        }
    }
}

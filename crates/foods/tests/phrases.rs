//! Quick texts as people write them, and how they are read.

use std::fmt::Write;

use foods::{Basis, MOST_CHARACTERS, MOST_ITEMS, Nutrients, foods, read, search};
use proptest::prelude::*;

/// `food grams basis nutrients` of each item, and the time: short enough for a table.
fn told(text: &str) -> String {
    let entry = read(text);
    let items = entry.items.iter().map(|item| {
        let mut told = item.food.map_or_else(|| format!("'{}'", item.text), |food| food.name.to_owned());
        told += &item.grams.map_or_else(|| " ?".to_owned(), |grams| format!(" {grams:.0}g"));
        told += match item.basis {
            Basis::Written => "",
            Basis::Portion => " portion",
            Basis::Usual => " usual",
            Basis::Unknown => " unknown",
        };
        let shown = [
            ("kcal", item.nutrients.energy_kcal.filter(|_| item.food.is_none())),
            ("C", item.nutrients.carbohydrate_g),
            ("P", item.nutrients.protein_g.filter(|_| item.food.is_none())),
            ("ml", item.nutrients.fluid_ml),
            ("mg caffeine", item.nutrients.caffeine_mg.filter(|mg| *mg > 5.0)),
            ("alcohol", item.nutrients.alcohol_g.filter(|g| *g > 0.0)),
        ];
        for (unit, value) in shown.into_iter().filter_map(|(unit, value)| Some((unit, value?))) {
            let _ = write!(told, " {value:.0}{unit}");
        }
        told
    });
    let mut told: Vec<String> = items.collect();
    told.extend(entry.time.map(|time| time.format("%H:%M").to_string()));
    told.join(" | ")
}

#[test]
fn phrases_are_read_as_they_are_meant() {
    let table = [
        ("two bananas, 60 g oats at 8", "banana 236g portion 54C | oats 60g 41C | 08:00"),
        ("banana", "banana 118g usual 27C"),
        ("half a banana", "banana 59g portion 13C"),
        ("½ banana + 1/2 apple", "banana 59g portion 13C | apple 91g portion 13C"),
        ("1 1/2 large bananas", "banana 204g portion 47C"),
        ("3 slices of wholemeal bread and a tbsp honey", "wholemeal bread 84g portion 35C | honey 21g portion 17C"),
        ("2 x 30 g oats", "oats 60g 41C"),
        ("banana x2", "banana 236g portion 54C"),
        ("two 68 g energy bars", "energy bar 136g 89C"),
        ("0,5 l Milch um 7", "milk 516g 25C 500ml | 07:00"),
        ("500ml cola", "cola 519g 50C 500ml 42mg caffeine"),
        ("2 dl orange juice; 1 cl olive oil", "orange juice 210g 22C 200ml | olive oil 9g 0C"),
        ("8:30 coffee and toast", "coffee 237g usual 0C 237ml 95mg caffeine | toast 27g usual 15C | 08:30"),
        ("double espresso at 2pm", "espresso 61g portion 0C 60ml 129mg caffeine | 14:00"),
        ("19h Nudeln 250 g, ein Glas Rotwein", "cooked pasta 250g 77C | red wine 149g portion 4C 150ml 16alcohol | 19:00"),
        ("a pint of beer", "beer 571g portion 20C 568ml 22alcohol"),
        ("a bottle of beer & a can of cola", "beer 331g portion 12C 330ml 13alcohol | cola 343g portion 33C 330ml 27mg caffeine"),
        ("gel 25 g carb", "energy gel ? 25C"),
        ("gel", "energy gel ? unknown"),
        ("2 x 25 g carb", "'2 x 25 g carb' ? 50C"),
        (
            "50 g carb, 90 mg caffeine, 500 kcal, 20 g protein",
            "'50 g carb' ? 50C | '90 mg caffeine' ? 90mg caffeine | '500 kcal' ? 500kcal | '20 g protein' ? 20P",
        ),
        ("carbs 60g protein 20g", "'carbs 60g protein 20g' ? 60C 20P"),
        ("60 g protein bar", "protein bar 60g 30C"),
        ("leftover curry", "'leftover curry' ? unknown"),
        ("Eggs, toast, too much toast", "boiled egg 50g usual 1C | toast 27g usual 15C | 'too much toast' ? unknown"),
        ("500 ml something blue", "'500 ml something blue' ? 500ml"),
        ("Haferflocken 80 g, 2 EL Leinsamen, Äpfel", "oats 80g 54C | flax seeds 21g portion 6C | apple 182g usual 25C"),
        ("zwei Scheiben Vollkornbrot um 6 Uhr", "wholemeal bread 56g portion 23C | 06:00"),
        ("mac and cheese and a banana", "macaroni and cheese 137g usual 24C | banana 118g portion 27C"),
        ("2-3 eggs", "boiled egg ? unknown"),
        ("8 oz steak, 1 lb potatoes", "beef steak 227g 0C | boiled potatoes 454g 91C"),
        ("8 fl oz milk", "milk 244g 12C 237ml"),
        ("a cup of rice", "cooked rice 158g portion 45C"),
        ("100 g brocoli", "broccoli 100g 7C"),
        ("a perch, 20 g batter, roast, ancho", "'a perch' ? unknown | '20 g batter' 20g | 'roast' ? unknown | 'ancho' ? unknown"),
        ("bowl of porridge, large coffee", "porridge 234g portion 28C | coffee 237g usual 0C 237ml 95mg caffeine"),
        ("1,500 ml water", "water 1501g 0C 1500ml"),
        ("water", "water 250g usual 0C 250ml"),
        ("chocolate bar", "milk chocolate 44g portion 26C 9mg caffeine"),
        ("3 eggs scrambled, spaghetti 120 g dry", "scrambled eggs 183g portion 3C | dry pasta 120g 90C"),
        ("rice 150 g (cooked)", "cooked rice 150g 42C"),
        ("lunch: 100 g rice", "cooked rice 100g 28C"),
        ("60 g/h carbs, 50 g carbs per hour", "'60 g/h carbs' ? unknown | '50 g carbs per hour' ? unknown"),
        ("2 gels (25 g carb each)", "energy gel ? 50C"),
        ("toast with butter, tea with milk", "toast 27g usual 15C | butter 5g usual 0C | tea 237g usual 1C 237ml 47mg caffeine | milk ? unknown"),
        ("a Brötchen mit 20 g Käse und Schinken", "bread roll 57g portion 30C | cheddar 20g 0C | ham 28g usual 1C"),
        ("rice with greens", "'rice with greens' ? unknown"),
        ("2 bottles of 500 ml water, 1 can (330 ml) cola", "water 1001g 0C 1000ml | cola 343g 33C 330ml 27mg caffeine"),
        ("750ml Wasser mit 60 g carbs; 3 Gels zu je 30 g KH", "water 751g 60C 750ml | energy gel ? 90C"),
        ("200 g yoghurt (low-fat)", "low-fat yoghurt 200g 14C"),
        ("a pizza, two slices of pizza", "pizza 350g portion 117C | pizza 214g portion 71C"),
        ("at 8", "08:00"),
        ("", ""),
        (" , + ; ", ""),
    ];
    let wrong: Vec<String> = table
        .into_iter()
        .filter_map(|(text, expected)| Some((text, expected, told(text))).filter(|(_, expected, got)| expected != got))
        .map(|(text, expected, got)| format!("{text}\n  expected {expected}\n  got      {got}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_text_stays_as_written() {
    let texts = |text: &str| read(text).items.into_iter().map(|item| item.text).collect::<Vec<_>>();
    assert_eq!(texts(" Two  Bananas at 8, Oma's Kuchen! "), ["Two  Bananas", "Oma's Kuchen!"]);
    assert_eq!(texts("Maurten 320\nPF 30 gel"), ["Maurten 320", "PF 30 gel"]);
    assert_eq!(texts("07:15 – porridge\n10am: 2 eggs"), ["porridge", "10am: 2 eggs"]);
}

#[test]
fn written_nutrients_go_before_the_list() {
    let item = &read("100 g oats 60 g carb").items[0];
    assert_eq!((item.grams, item.nutrients.carbohydrate_g, item.nutrients.protein_g), (Some(100.0), Some(60.0), Some(13.15)));
    let gel = &read("gel 40 g 90 mg caffeine").items[0];
    assert_eq!((gel.grams, gel.nutrients.caffeine_mg, gel.nutrients.carbohydrate_g), (Some(40.0), Some(90.0), None));
    let kilojoules = read("418.4 kJ").items[0].nutrients.energy_kcal;
    assert!(kilojoules.is_some_and(|kcal| (kcal - 100.0).abs() < 1e-9));
}

#[test]
fn long_texts_are_read_up_to_a_bound() {
    let long = read(&"a,".repeat(5_000));
    assert!(long.items.len() <= MOST_ITEMS && long.cut);
    assert!(read(&"ä".repeat(MOST_CHARACTERS + 1)).cut);
    assert!(!read(&"ä".repeat(MOST_CHARACTERS)).cut);
}

#[test]
fn a_total_adds_what_is_known() {
    let total = read("gel 25 g carb, leftover curry, 250 ml water").total();
    assert_eq!((total.carbohydrate_g, total.alcohol_g), (Some(25.0), Some(0.0)));
    assert!(total.fluid_ml.is_some_and(|ml| (ml - 250.0).abs() < 0.5));
    assert_eq!(read("leftover curry").total(), Nutrients::default());
}

fn finite(n: &Nutrients) -> bool {
    let all = [n.energy_kcal, n.carbohydrate_g, n.protein_g, n.fat_g, n.fibre_g, n.sodium_mg, n.fluid_ml, n.caffeine_mg, n.alcohol_g];
    all.into_iter().flatten().all(|value| value.is_finite() && value >= 0.0)
}

/// Pieces that mean something to the reader, so that chance puts them together.
fn pieces() -> impl Strategy<Value = String> {
    const PIECES: [&str; 40] = [
        "2",
        "0,5",
        "1/2",
        "½",
        "1,500",
        "99999",
        "0",
        "x",
        "×",
        "g",
        "kg",
        "ml",
        "fl",
        "oz",
        "mg",
        "kcal",
        "at",
        "um",
        "8:30",
        "19h",
        "pm",
        "Uhr",
        "a",
        "half",
        "zwei",
        "slice",
        "cup",
        "large",
        "banana",
        "Haferflocken",
        "carb",
        "caffeine",
        "protein",
        "and",
        ",",
        "+",
        "-",
        "of",
        "each",
        "curry",
    ];
    proptest::collection::vec((0..PIECES.len(), proptest::bool::ANY), 0..40)
        .prop_map(|picked| picked.into_iter().flat_map(|(at, space)| [PIECES[at], if space { " " } else { "" }]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_text_is_read(text in proptest::prop_oneof![pieces(), any::<String>()]) {
        let entry = read(&text);
        prop_assert!(entry.items.len() <= MOST_ITEMS);
        prop_assert!(entry.items.iter().all(|item| finite(&item.nutrients) && !item.text.is_empty() && item.grams.is_none_or(f64::is_finite)));
        let _ = search(&text, 5);
    }

    #[test]
    fn a_weight_of_any_food_is_that_share_of_100_g(at in 0..foods().len(), grams in 1_u32..1_000) {
        let food = &foods()[at];
        let entry = read(&format!("{grams} g {}", food.name));
        prop_assert_eq!(entry.items.len(), 1, "{}", food.name);
        prop_assert_eq!(entry.items[0].food.map(|food| food.name), Some(food.name));
        prop_assert_eq!(entry.items[0].grams, Some(f64::from(grams)));
        prop_assert_eq!(entry.items[0].nutrients, food.nutrients(f64::from(grams)));
    }
}

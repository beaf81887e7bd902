//! The list against itself: numbers that fit one another, names that find their food.

use std::collections::BTreeMap;

use foods::{Nutrients, foods, read, search};

/// The NDB numbers of foods whose energy is further than 15 % from 4, 4, 9 and 7 kcal per gram of carbohydrate, protein, fat and alcohol, and why.
/// USDA counts each kind of food with factors of its own (Merrill and Watt, USDA Handbook 74): fibre and the protein of plants give less than 4, and
/// what is sour is partly acid, which counts as carbohydrate.
const OTHER_FACTORS: [(&str, &[u32]); 4] = [
    (
        "vegetables: 2.4 kcal per gram of protein and 3.6 of carbohydrate, much of which is fibre",
        &[
            11886, 11529, 11205, 11090, 11091, 11136, 11234, 11457, 11458, 11253, 11959, 11109, 11112, 11439, 11099, 11053, 11168, 11478, 11210,
            11260, 11012, 21052, 11423, 11486, 11008, 11241, 11937, 6164,
        ],
    ),
    ("lemon and its juice: 2.5 to 2.7 kcal per gram of carbohydrate, much of which is citric acid; vinegar has acid beside it", &[9150, 9152, 2069]),
    ("bran and cocoa: mostly fibre", &[42184, 8029, 20033, 20077, 19165]),
    ("less than 2 kcal, of which 1 is rounded", &[14209, 14201, 14355, 14381, 14545]),
];

#[test]
fn there_are_some_hundreds_of_foods_with_their_source() {
    assert!((250..=400).contains(&foods().len()), "{}", foods().len());
    assert!(include_str!("../data/foods.tsv").len() < 60_000);
    assert_eq!(foods().len(), include_str!("../data/foods.tsv").lines().count(), "every line is read");
    let mut by_number = BTreeMap::new();
    for food in foods() {
        assert_eq!(food.ndb.is_some(), !food.usda.is_empty(), "{}", food.name);
        assert!(food.ndb.is_none_or(|ndb| by_number.insert(ndb, food.name).is_none()), "{} twice", food.name);
        assert!(food.ndb.is_none() || (food.per_100_g.energy_kcal.is_some() && food.per_100_g.carbohydrate_g.is_some()), "{}", food.name);
        assert!(food.portions.iter().all(|portion| portion.grams > 0.0 && portion.grams < 1_000.0), "{}", food.name);
        assert!(!food.drink || food.density.is_some_and(|density| (0.9..1.1).contains(&density)), "{}", food.name);
    }
}

#[test]
fn energy_fits_the_macronutrients() {
    let excepted = |ndb: u32| OTHER_FACTORS.iter().any(|(_, numbers)| numbers.contains(&ndb));
    let mut needless = OTHER_FACTORS.iter().flat_map(|(_, numbers)| numbers.iter().copied()).collect::<Vec<_>>();
    let mut wrong = Vec::new();
    for food in foods() {
        let (Some(ndb), Some(energy)) = (food.ndb, food.per_100_g.energy_kcal) else { continue };
        let n = food.per_100_g;
        let grams = |value: Option<f64>| value.unwrap_or(0.0);
        let computed = 4.0 * grams(n.carbohydrate_g) + 4.0 * grams(n.protein_g) + 9.0 * grams(n.fat_g) + 7.0 * grams(n.alcohol_g);
        if (computed - energy).abs() <= 0.15 * energy {
            continue;
        }
        needless.retain(|number| *number != ndb);
        if !excepted(ndb) {
            wrong.push(format!("{ndb} {}: {energy} kcal, computed {computed:.0}", food.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(needless.is_empty(), "no exceptions: {needless:?}");
}

#[test]
fn caffeine_and_alcohol_are_unknown_only_where_there_may_be_some() {
    let without = |value: fn(&Nutrients) -> Option<f64>| -> Vec<&str> {
        foods().iter().filter(|food| food.ndb.is_some() && value(&food.per_100_g).is_none()).map(|food| food.name).collect()
    };
    assert_eq!(without(|n| n.caffeine_mg), ["trail mix", "pound cake", "granola bar", "orangeade"]);
    assert_eq!(without(|n| n.alcohol_g), ["balsamic vinegar"]);
    let of = |name: &str| foods().iter().find(|food| food.name == name).expect("a food").per_100_g;
    assert_eq!((of("salmon").caffeine_mg, of("salmon").alcohol_g, of("dark chocolate").caffeine_mg), (Some(0.0), Some(0.0), Some(80.0)));
    assert!(of("energy gel").caffeine_mg.is_none(), "gels differ");
    let with = |value: fn(&Nutrients) -> Option<f64>| foods().iter().filter(|food| value(&food.per_100_g).is_some_and(|value| value > 0.0)).count();
    assert_eq!((with(|n| n.caffeine_mg), with(|n| n.alcohol_g)), (20, 7));
}

#[test]
fn every_name_finds_its_food() {
    let mut wrong = Vec::new();
    for food in foods() {
        for name in food.names() {
            if !search(name, 3).iter().any(|found| found.name == food.name) {
                wrong.push(format!("search {name}: {:?}", search(name, 3).iter().map(|food| food.name).collect::<Vec<_>>()));
            }
            let entry = read(name);
            if entry.items.len() != 1 || entry.items[0].food != Some(food) {
                wrong.push(format!("read {name}: {:?}", entry.items.iter().map(|item| item.food.map(|food| food.name)).collect::<Vec<_>>()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

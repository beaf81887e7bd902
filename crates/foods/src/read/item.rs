//! One item of a quick text: `2 x 30 g oats`, `a slice of bread`, `gel 25 g carb`.

use super::tokens::{Kind, Token, tokens};
use super::units::{Unit, energy, is_filler, number_word, nutrient, portion, unit, volume};
use super::{Basis, Item};
use crate::search::called;
use crate::{Food, Nutrients};

/// What the words and numbers of an item say.
#[derive(Debug)]
struct Parts {
    /// How many of it, if that is written.
    count: Option<f64>,
    /// Two counts side by side that nothing joins, such as `2-3 eggs`: no telling how many.
    unclear: bool,
    /// Whether the count multiplies the weight: `2 x 30 g`, `two 30 g bars`. Otherwise the weight is that of all of them.
    each: bool,
    measure: Option<Unit>,
    given: Nutrients,
    words: Vec<String>,
}

impl Item {
    /// Of a drink that comes with something else and without an amount, such as the milk of `tea with milk`, a usual glass would be too much.
    pub(super) fn without_usual_drink(self) -> Self {
        if self.basis == Basis::Usual && self.food.is_some_and(|food| food.density.is_some()) {
            return Self { grams: None, nutrients: Nutrients::default(), basis: Basis::Unknown, ..self };
        }
        self
    }
}

/// Reads one item.
pub(super) fn read_item(text: &str) -> Item {
    let parts = parts(said(&tokens(text)));
    let (food, portions) = recognise(&parts.words);
    let count = parts.count.unwrap_or(1.0);
    let times = if parts.each { count } else { 1.0 };
    let given = parts.given.scaled(times);
    let is_given = given != Nutrients::default();
    let (grams, basis) = match (parts.measure, food) {
        (_, _) if parts.unclear => (None, Basis::Unknown),
        (Some(Unit::Grams(grams)), _) => (Some(grams * times), Basis::Written),
        (Some(Unit::Millilitres(ml)), food) => (food.and_then(|food| weight(food, ml * times)), Basis::Written),
        (None, Some(food)) => match food_portion(food, &portions) {
            Some((grams, named)) if named || parts.count.is_some() => (Some(grams * count), Basis::Portion),
            // What is printed on the packet is all that is known of how much it was.
            Some(_) if is_given => (None, Basis::Written),
            Some((grams, _)) => (Some(grams), Basis::Usual),
            None => (None, Basis::Unknown),
        },
        (None, None) => (None, Basis::Unknown),
    };
    let mut nutrients = match (food, grams) {
        (Some(food), Some(grams)) => given.or(food.nutrients(grams)),
        _ => given,
    };
    if let (None, Some(Unit::Millilitres(ml)), false) = (food, parts.measure, parts.unclear) {
        nutrients.fluid_ml = Some(ml * times);
    }
    let basis = if basis == Basis::Unknown && is_given { Basis::Written } else { basis };
    // What is left of `8:00 – porridge` once the time is out.
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '–' | '—')).trim_end().to_owned();
    Item { text, food, grams, nutrients, basis }
}

/// Whether the words of a text are the name of a food, whatever its amount.
pub(super) fn names_a_food(text: &str) -> bool {
    recognise(&parts(said(&tokens(text))).words).0.is_some()
}

/// The tokens without a label: `lunch: 100 g rice`.
fn said(all: &[Token]) -> &[Token] {
    match all {
        [label, colon, said @ ..] if label.word().is_some() && colon.is(':') && !said.is_empty() => said,
        all => all,
    }
}

fn parts(all: &[Token]) -> Parts {
    let mut parts = Parts { count: None, unclear: false, each: false, measure: None, given: Nutrients::default(), words: Vec::new() };
    let word = |at: usize| all.get(at).and_then(Token::word);
    let mut at = 0;
    // `60 g/h carbs`, `200 kcal per 100 g`: no telling for how long, or of how much.
    let is_rate = all.iter().any(|token| token.is('/') || token.word().is_some_and(|word| matches!(word, "per" | "pro")));
    // Whether the token before was a count, and whether it was in digits.
    let mut counted: Option<bool> = None;
    while let Some(token) = all.get(at) {
        let before = counted.take();
        let digits = token.number();
        let Some(mut number) = digits.or_else(|| token.word().and_then(number_word)) else {
            if let Some(times) = times(all, at) {
                parts.each = true;
                counted = before.filter(|_| times);
            } else if let Some(kind) = token.word().and_then(nutrient).filter(|_| parts.words.is_empty())
                && let (Some(number), Some(Unit::Grams(one))) = (all.get(at + 1).and_then(Token::number), word(at + 2).and_then(unit))
                && (word(at + 3).and_then(nutrient).is_none() || all.get(at + 4).and_then(Token::number).is_some())
            {
                parts.given = parts.given + kind.grams(number * one);
                at += 2;
            } else if let Some(name) = token.word() {
                if matches!(name, "each" | "je") {
                    parts.each = true;
                }
                parts.words.push(name.to_owned());
            } else if token.is('-') || token.is('–') {
                counted = before;
            }
            at += 1;
            continue;
        };
        if let (Some(_), Some(part)) =
            (digits, all.get(at + 1).and_then(Token::number).filter(|part| number.fract() == 0.0 && *part > 0.0 && *part < 1.0))
        {
            // `1 1/2`
            number += part;
            at += 1;
        }
        at += 1;
        if let Some(one) = word(at).and_then(unit) {
            at += if word(at) == Some("fl") && word(at + 1) == Some("oz") { 2 } else { 1 };
            let of = if word(at).is_some_and(|word| matches!(word, "of" | "von")) { at + 1 } else { at };
            let kind = word(of).and_then(nutrient).filter(|_| is_nutrient_here(all, of));
            match (kind, one) {
                (Some(kind), Unit::Grams(one)) => {
                    parts.given = parts.given + kind.grams(number * one);
                    at = of + 1;
                }
                _ if parts.measure.is_some() => parts.unclear = true,
                (_, one) => {
                    parts.measure = Some(match one {
                        Unit::Grams(one) => Unit::Grams(number * one),
                        Unit::Millilitres(one) => Unit::Millilitres(number * one),
                    });
                }
            }
            // `two 30 g bars`, `2 bottles of 500 ml`
            let holds = |word: &String| is_filler(word) || portion(word).is_some_and(|name| volume(name).is_some());
            let in_bottles = matches!(parts.measure, Some(Unit::Millilitres(_))) && !parts.words.is_empty() && parts.words.iter().all(holds);
            parts.each |= before.is_some() || in_bottles;
        } else if let Some(one) = word(at).and_then(energy) {
            parts.given = parts.given + Nutrients { energy_kcal: Some(number * one), ..Nutrients::default() };
            parts.each |= before.is_some();
            at += 1;
        } else {
            // `half a dozen` is a product; `2-3` is not, and neither is `4 2`.
            parts.unclear |= before == Some(true) && digits.is_some() && times(all, at.wrapping_sub(2)).is_none();
            let count = parts.count.unwrap_or(1.0) * number;
            parts.unclear |= count > 10_000.0;
            parts.count = Some(count.min(10_000.0));
            counted = Some(digits.is_some());
        }
    }
    if is_rate {
        parts = Parts { unclear: true, given: Nutrients::default(), ..parts };
    }
    parts
}

/// Whether the token multiplies, and then whether what is after it is a count: `2 x 30 g`, `gel x2`, `3 × banana`.
fn times(all: &[Token], at: usize) -> Option<bool> {
    let token = all.get(at)?;
    let sign = token.is('×') || token.is('*') || token.word().is_some_and(|word| matches!(word, "x" | "mal"));
    sign.then(|| all.get(at + 1).is_some_and(|next| matches!(next.kind, Kind::Number(_))))
}

/// Whether a nutrient's name after `20 g` is what is measured. In `60 g protein bar` it is not: that is a bar of 60 g.
fn is_nutrient_here(all: &[Token], at: usize) -> bool {
    use super::units::Nutrient::{Caffeine, Carbohydrate, Sodium};
    let in_no_name = all.get(at).and_then(Token::word).and_then(nutrient).is_some_and(|kind| matches!(kind, Carbohydrate | Caffeine | Sodium));
    in_no_name || all.get(at + 1).and_then(Token::word).is_none_or(|next| is_filler(next) || nutrient(next).is_some() || next == "from")
}

/// How many portion words are tried at either end of a name.
const MOST_PORTIONS: usize = 3;

/// The food of these words, and the portions that its name stands among: `large glass` of `large glass of milk`.
fn recognise(words: &[String]) -> (Option<&'static Food>, Vec<&'static str>) {
    let all: Vec<&str> = words.iter().map(String::as_str).collect();
    if let Some(food) = called(&all) {
        return (Some(food), Vec::new());
    }
    let words: Vec<&str> = all.into_iter().filter(|word| !is_filler(word)).collect();
    let count = |from: &mut dyn Iterator<Item = &&str>| from.take_while(|word| portion(word).is_some()).count().min(MOST_PORTIONS);
    let (leading, trailing) = (count(&mut words.iter()), count(&mut words.iter().rev()));
    // `eggs scrambled`, `yoghurt (low-fat)`: as lists of foods have it.
    let turned = |by: usize| [&words[by..], &words[..by]].concat();
    let turns = [words.len().saturating_sub(1), 1.min(words.len())];
    if let Some(food) = turns.into_iter().find_map(|by| called(&turned(by))) {
        return (Some(food), Vec::new());
    }
    // As many words as possible: a protein bar is no bar of protein.
    for dropped in 0..=leading + trailing {
        for first in 0..=dropped.min(leading) {
            let last = dropped - first;
            if last > trailing || dropped >= words.len() {
                continue;
            }
            let name = &words[first..words.len() - last];
            if let Some(food) = called(name) {
                let around = words[..first].iter().chain(&words[words.len() - last..]);
                return (Some(food), around.filter_map(|word| portion(word)).collect());
            }
        }
    }
    (None, Vec::new())
}

/// The weight of a portion of a food, and whether that portion was named. None if it was named and its weight is unknown.
fn food_portion(food: &Food, named: &[&'static str]) -> Option<(f64, bool)> {
    if let Some(grams) = named.iter().find_map(|name| portion_weight(food, name)) {
        return Some((grams, true));
    }
    // A large one of what has no sizes, or a bowl of what is listed by the cup, is one as usual; a slice of it may be anything.
    let vague = |name: &&str| matches!(*name, "small" | "medium" | "large" | "bowl" | "piece" | "serving");
    let usual = food.portions.first().filter(|_| named.iter().all(vague))?;
    Some((usual.grams, false))
}

fn portion_weight(food: &Food, name: &str) -> Option<f64> {
    let listed = |name: &str| food.portion(name).map(|portion| portion.grams);
    let spoons = |name: &str, to: f64| listed(name).map(|grams| grams * to);
    listed(name).or_else(|| volume(name).zip(food.density).map(|(ml, density)| ml * density)).or_else(|| match name {
        "tsp" => spoons("tbsp", 1.0 / 3.0).or_else(|| spoons("cup", 1.0 / 48.0)),
        "tbsp" => spoons("tsp", 3.0).or_else(|| spoons("cup", 1.0 / 16.0)),
        "cup" => spoons("tbsp", 16.0),
        _ => None,
    })
}

/// The weight of a volume of a food.
fn weight(food: &Food, ml: f64) -> Option<f64> {
    let by = |name: &str| Some(portion_weight(food, name)? / volume(name)?);
    Some(food.density.or_else(|| by("cup")).or_else(|| by("tbsp"))? * ml)
}

//! Foods by what someone has typed so far.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::fold::{FORGIVEN_FROM, Slip, alike, fold, slip, stem, words};
use crate::{Food, foods};

/// How much of a query is read: names have fewer words, and the work stays bounded.
const MOST_WORDS: usize = 8;

/// The foods that have each word of the text, or its beginning, in one of their names, best match first and at most `limit`. Case and accents do not
/// matter; in words of five letters or more, one wrong letter is forgiven.
#[must_use]
pub fn search(text: &str, limit: usize) -> Vec<&'static Food> {
    let folded = fold(text);
    let query: Vec<&str> = words(&folded).take(MOST_WORDS).collect();
    if query.is_empty() {
        return Vec::new();
    }
    let cost = |food: &Food| food.words.iter().enumerate().filter_map(|(nth, name)| Some((cost(&query, name)?, nth > 0))).min();
    let mut found: Vec<_> = foods().iter().filter_map(|food| Some((cost(food)?, food))).collect();
    // Stable: of equals, the list's order decides, in which the commoner food is first.
    found.sort_by_key(|(cost, _)| *cost);
    found.into_iter().take(limit).map(|(_, food)| food).collect()
}

/// How far a name is from the query, from worst to least: forgiven letters, words that the name has more, words that have only begun, words that are
/// not in their place. None if a word is not in the name at all.
type Cost = (usize, usize, usize, usize);

fn cost(query: &[&str], name: &[String]) -> Option<Cost> {
    let mut total = (0, name.len().saturating_sub(query.len()), 0, 0);
    for (place, word) in query.iter().enumerate() {
        let (forgiven, begun, moved) =
            name.iter().enumerate().filter_map(|(at, of)| word_cost(word, of).map(|c| (c.0, c.1, usize::from(at != place)))).min()?;
        total.0 += forgiven;
        total.2 += begun;
        total.3 += moved;
    }
    Some(total)
}

fn word_cost(typed: &str, of: &str) -> Option<(usize, usize)> {
    if alike(typed, of) {
        return Some((0, 0));
    }
    if of.starts_with(typed) {
        return Some((0, 1));
    }
    let letters = typed.chars().count();
    if letters < FORGIVEN_FROM {
        return None;
    }
    if slip(stem(typed), stem(of)).is_some() || slip(typed, of).is_some() {
        return Some((1, 0));
    }
    let begins = |length: usize| of.char_indices().nth(length).is_some_and(|(end, _)| slip(typed, &of[..end]).is_some());
    (letters - 1..=letters + 1).any(begins).then_some((1, 1))
}

/// The foods by the stems of their names. Of two with the same name, the first in the list has it.
static BY_NAME: LazyLock<HashMap<String, &'static Food>> = LazyLock::new(|| {
    let mut all = HashMap::new();
    for food in foods() {
        for name in &food.words {
            all.entry(key(name.iter().map(String::as_str))).or_insert(food);
        }
    }
    all
});

fn key<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let stems = words.map(|word| stem(word).strip_suffix('y').map_or_else(|| stem(word).to_owned(), |short| format!("{short}i")));
    stems.collect::<Vec<_>>().join(" ")
}

/// The food of exactly this name, word for word, but for case, accents, plural endings and a slip of the fingers in each long word. Less is forgiven
/// here than in a search, whose reader chooses: batter is no butter, and ancho no nacho.
pub(crate) fn called(words: &[&str]) -> Option<&'static Food> {
    if let Some(food) = BY_NAME.get(&key(words.iter().copied())) {
        return Some(food);
    }
    let slipped = |typed: &str, of: &str| stem(typed).chars().count() > FORGIVEN_FROM && slip(stem(typed), stem(of)) == Some(Slip::Fingers);
    let is = |name: &Vec<String>| name.len() == words.len() && words.iter().zip(name).all(|(typed, of)| alike(typed, of) || slipped(typed, of));
    foods().iter().find(|food| food.words.iter().any(is))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        search(text, 5).into_iter().map(|food| food.name).collect()
    }

    #[test]
    fn the_best_match_is_first() {
        for (text, first) in [
            ("ban", "banana"),
            ("BANANAS", "banana"),
            ("Haferfl", "oats"),
            ("mues", "muesli"),
            ("musli", "muesli"),
            ("gruyere", "gruyère"),
            ("choc", "milk chocolate"),
            ("rice", "cooked rice"),
            ("bread", "white bread"),
            ("coff", "coffee"),
            ("dark choc", "dark chocolate"),
            ("kase", "cheddar"),
            ("gel", "energy gel"),
            ("apfel", "apple"),
        ] {
            assert_eq!(names(text).first(), Some(&first), "{text}: {:?}", names(text));
        }
    }

    #[test]
    fn one_wrong_letter_is_forgiven_in_long_words_only() {
        for (text, first) in
            [("bananna", "banana"), ("brocoli", "broccoli"), ("yogurth", "yoghurt"), ("expresso", "espresso"), ("chiken br", "chicken breast")]
        {
            assert_eq!(names(text).first(), Some(&first), "{text}: {:?}", names(text));
        }
        assert!(names("mlik").is_empty());
        assert!(names("bannnanna").is_empty());
    }

    #[test]
    fn nothing_is_found_for_nothing() {
        assert!(names("").is_empty() && names(" ,; ").is_empty() && names("leftover curry").is_empty());
        assert_eq!(search("b", 3).len(), 3);
        assert!(search("b", 0).is_empty());
    }
}

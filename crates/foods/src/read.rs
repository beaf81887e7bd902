//! Quick text read into entries: `two bananas, 60 g oats at 8`. Nothing is refused: what is not understood stays as text, without numbers.

mod clock;
mod item;
mod tokens;
mod units;

use chrono::NaiveTime;

use crate::{Food, Nutrients};
use item::{names_a_food, read_item};
use tokens::{Token, tokens};

/// How much of a text is read, in characters.
pub const MOST_CHARACTERS: usize = 500;
/// How many items of a text are read.
pub const MOST_ITEMS: usize = 30;

/// What a quick text says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QuickEntry {
    /// What was eaten or drunk, in the order of the text.
    pub items: Vec<Item>,
    /// The time of day, if one is written. It is that of all items.
    pub time: Option<NaiveTime>,
    /// Whether the text went on after what was read ([`MOST_CHARACTERS`], [`MOST_ITEMS`]).
    pub cut: bool,
}

/// One thing that was eaten or drunk.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// As it was written, without the time.
    pub text: String,
    /// The food of the list, if its name was recognised.
    pub food: Option<&'static Food>,
    /// How much it weighs, in grams. None if no telling.
    pub grams: Option<f64>,
    /// What is in it: what is written goes before what the list says. All unknown for a food without numbers, and that is fine.
    pub nutrients: Nutrients,
    /// What the amount rests on.
    pub basis: Basis,
}

/// What the amount of an item rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// A weight, a volume or nutrients, as written: `60 g oats`, `gel 25 g carb`.
    Written,
    /// Usual portions, counted or named: `two bananas`, `a slice of bread`.
    Portion,
    /// Nothing was said, so one usual portion: `coffee`.
    Usual,
    /// Nothing is known of how much it is.
    Unknown,
}

impl QuickEntry {
    /// Everything together: at least so much, where something is unknown of an item.
    #[must_use]
    pub fn total(&self) -> Nutrients {
        self.items.iter().map(|item| item.nutrients).sum()
    }
}

/// Reads a quick text, English or German. Items are parted by commas, semicolons, lines, `and`, `with`, `&` and `+`; each may have a count, an amount with its
/// unit, a usual portion, and nutrients written out. A volume of something that is not in the list counts as drunk.
#[must_use]
pub fn read(text: &str) -> QuickEntry {
    let end = text.char_indices().nth(MOST_CHARACTERS).map_or(text.len(), |(end, _)| end);
    let (time, without) = clock::take_time(&text[..end]);
    let item = |(piece, with)| if with { read_item(piece).without_usual_drink() } else { read_item(piece) };
    let mut items: Vec<Item> = without.split(['\n', '\r', ';']).flat_map(pieces).map(item).collect();
    let cut = end < text.len() || items.len() > MOST_ITEMS;
    items.truncate(MOST_ITEMS);
    QuickEntry { items, time, cut }
}

/// The items of a line, and whether each comes `with` the one before. Two of them are one where `and` is part of a name, as in `macaroni and cheese`;
/// `with` parts two foods, but not a food from what is no food.
fn pieces(line: &str) -> Vec<(&str, bool)> {
    let all = tokens(line);
    let comes_with = |token: &Token| token.word().is_some_and(|word| matches!(word, "with" | "mit"));
    let joins = |token: &Token| comes_with(token) || token.is('&') || token.word().is_some_and(|word| matches!(word, "and" | "und"));
    let parts = |token: &Token| joins(token) || token.is(',') || token.is('+');
    let (mut pieces, mut start, mut with): (Vec<(&str, bool)>, usize, bool) = (Vec::new(), 0, false);
    for (at, token) in all.iter().enumerate().filter(|(_, token)| parts(token)) {
        let next = all[at + 1..].iter().find(|token| parts(token)).map_or(line.len(), |token| token.start);
        let (before, after) = (&line[start..token.start], &line[token.end..next]);
        let is_one = joins(token) && !before.trim().is_empty() && names_a_food(&line[start..next]);
        if is_one || (comes_with(token) && !(names_a_food(before) && names_a_food(after))) {
            continue;
        }
        pieces.push((before, with));
        (start, with) = (token.end, comes_with(token));
    }
    pieces.push((&line[start..], with));
    pieces.retain(|(piece, _)| piece.chars().any(char::is_alphanumeric));
    pieces
}

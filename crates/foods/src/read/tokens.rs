//! Numbers, words and signs of a text, each with its place in it.

use crate::fold::fold;

/// Numbers above this are not amounts of food, and a product of a few of them stays finite.
const MOST: f64 = 100_000.0;

/// A piece of text, from `start` to before `end`, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Digits, with decimals after a point or a comma, or a fraction: `1/2`, `½`, `1½`.
    Number(f64),
    /// Letters, folded.
    Word(String),
    /// Anything else that is no space.
    Sign(char),
}

impl Token {
    pub(super) fn word(&self) -> Option<&str> {
        if let Kind::Word(word) = &self.kind { Some(word) } else { None }
    }

    pub(super) fn number(&self) -> Option<f64> {
        if let Kind::Number(number) = self.kind { Some(number) } else { None }
    }

    pub(super) fn is(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }
}

/// All tokens of a text.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let (mut all, mut at) = (Vec::new(), 0);
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let (kind, length) = if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        } else if c.is_ascii_digit() || fraction(c).is_some() {
            number(rest)
        } else if c.is_alphabetic() {
            let length = rest.find(|c: char| !(c.is_alphabetic() || is_joined(c))).unwrap_or(rest.len());
            (Kind::Word(fold(&rest[..length])), length)
        } else {
            (Kind::Sign(c), c.len_utf8())
        };
        all.push(Token { kind, start: at, end: at + length });
        at += length;
    }
    all
}

/// Apostrophes and accents that stand by themselves are within a word.
fn is_joined(c: char) -> bool {
    matches!(c, '\'' | '’' | '\u{300}'..='\u{36f}')
}

fn fraction(c: char) -> Option<f64> {
    const FRACTIONS: [(char, f64); 9] =
        [('½', 0.5), ('¼', 0.25), ('¾', 0.75), ('⅓', 1.0 / 3.0), ('⅔', 2.0 / 3.0), ('⅛', 0.125), ('⅜', 0.375), ('⅕', 0.2), ('⅙', 1.0 / 6.0)];
    FRACTIONS.iter().find(|(sign, _)| *sign == c).map(|(_, value)| *value)
}

/// The number at the start of a text that starts with a digit or a fraction, and its length. What is no sensible amount is a word.
fn number(text: &str) -> (Kind, usize) {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let whole = digits(text);
    let mut length = whole;
    let mut value = text[..whole].parse().unwrap_or(0.0);
    let rest = &text[whole..];
    if let Some((sign, part)) = rest.chars().next().and_then(|c| Some((c, fraction(c)?))) {
        value += part;
        length += sign.len_utf8();
    } else if whole > 0 && rest.starts_with(['.', ',', '/']) && digits(&rest[1..]) > 0 {
        let after = digits(&rest[1..]);
        length += 1 + after;
        let (first, second) = (&text[..whole], &rest[1..=after]);
        if rest.starts_with('/') {
            value /= second.parse::<f64>().unwrap_or(0.0);
        } else if rest.starts_with(',') && after == 3 && !first.starts_with('0') && !counts_in_thousands(&text[length..]) {
            // `1,500 ml`: nobody measures a thousandth of a millilitre.
            value = value * 1000.0 + second.parse().unwrap_or(0.0);
        } else {
            value = format!("{first}.{second}").parse().unwrap_or(f64::NAN);
        }
    }
    let kind = if value.is_finite() && value <= MOST { Kind::Number(value) } else { Kind::Word(text[..length].to_owned()) };
    (kind, length)
}

/// Whether a unit follows of which a thousandth is an amount: `1,250 kg`.
fn counts_in_thousands(rest: &str) -> bool {
    let rest = rest.trim_start();
    let unit = &rest[..rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len())];
    ["l", "kg"].contains(&unit.to_lowercase().as_str()) || unit.to_lowercase().starts_with("lit")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<f64> {
        tokens(text).iter().filter_map(Token::number).collect()
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!(numbers("1,5 2.5 1/2 ½ 1½ 60g"), [1.5, 2.5, 0.5, 0.5, 1.5, 60.0]);
        assert_eq!(numbers("1,500 ml 1,250 kg 0,125 l 2x30"), [1500.0, 1.25, 0.125, 2.0, 30.0]);
        assert!(numbers("1/0 999999999").is_empty());
        assert_eq!(numbers("2, 3"), [2.0, 3.0]);
    }

    #[test]
    fn words_are_folded_and_keep_their_place() {
        let all = tokens("zwei Äpfel, goat's");
        assert_eq!(all.iter().filter_map(Token::word).collect::<Vec<_>>(), ["zwei", "apfel", "goats"]);
        assert_eq!((all[1].start, all[1].end), (5, 11));
        assert!(all[2].is(','));
    }
}

//! Words as they are compared: without case, accents and plural endings, and forgiving one letter.

/// A text in lower case and without accents; `ß` is `ss`.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'à'..='å' | 'ā' | 'ă' | 'ą' => folded.push('a'),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'è'..='ë' | 'ē' | 'ę' | 'ě' => folded.push('e'),
            'ì'..='ï' | 'ī' | 'ı' => folded.push('i'),
            'ñ' | 'ń' | 'ň' => folded.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => folded.push('o'),
            'ś' | 'š' | 'ş' => folded.push('s'),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ź' | 'ž' | 'ż' => folded.push('z'),
            'ł' => folded.push('l'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            // `goat's` is `goats`; an accent that stands by itself belongs to the letter before it.
            '\'' | '’' | '\u{300}'..='\u{36f}' => {}
            _ => folded.push(c),
        }
    }
    folded
}

/// The words of a folded text.
pub(crate) fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// A folded word without its plural ending, English or German. Crude, and applied to both sides of a comparison: that it makes `couscou` of
/// `couscous` does no harm.
pub(crate) fn stem(word: &str) -> &str {
    if word.len() <= 3 || !word.is_ascii() {
        return word;
    }
    let word = if word.ends_with("ss") { word } else { word.strip_suffix('s').unwrap_or(word) };
    let without_e = word.strip_suffix('e').filter(|w| w.len() > 2 && ["ch", "sh", "x", "ss", "zz", "o", "i"].iter().any(|end| w.ends_with(end)));
    without_e.or_else(|| word.strip_suffix('n').filter(|w| w.len() >= 5 && (w.ends_with('e') || w.ends_with("el")))).unwrap_or(word)
}

/// Whether two folded words are the same but for a plural ending. `berries` has the stem `berri`, and `berry` its own.
pub(crate) fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (stem(a), stem(b));
    a == b || a.strip_suffix(['i', 'y']).is_some_and(|a| b.strip_suffix(['i', 'y']) == Some(a))
}

/// How one word became the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slip {
    /// A letter more or less, or swapped with its neighbour.
    Fingers,
    /// Another letter in its place. That may well be another word: batter, butter.
    Letter,
}

/// The one letter in which two words differ. None if they do in more, or not at all.
pub(crate) fn slip(a: &str, b: &str) -> Option<Slip> {
    // What is the same at both ends is cut off; what remains is one letter at most on each side, or two that have changed places.
    let same = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).map(|(x, _)| x.len_utf8()).sum::<usize>();
    let (a, b) = (&a[same..], &b[same..]);
    let same = a.chars().rev().zip(b.chars().rev()).take_while(|(x, y)| x == y).map(|(x, _)| x.len_utf8()).sum::<usize>();
    let (mut a, mut b) = (a[..a.len() - same].chars(), b[..b.len() - same].chars());
    match (a.next(), a.next(), a.next(), b.next(), b.next(), b.next()) {
        (Some(_), None, None, Some(_), None, None) => Some(Slip::Letter),
        (Some(_), None, None, None, None, None) | (None, None, None, Some(_), None, None) => Some(Slip::Fingers),
        (Some(a), Some(after_a), None, Some(b), Some(after_b), None) => (a == after_b && b == after_a).then_some(Slip::Fingers),
        _ => None,
    }
}

/// How many letters a word has before a typo in it is forgiven: in short words, another letter is another word.
pub(crate) const FORGIVEN_FROM: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_plurals_do_not_matter() {
        assert_eq!(fold("Äpfel, GRUYÈRE"), "apfel, gruyere");
        assert_eq!(fold("Weißbrot"), "weissbrot");
        assert_eq!(fold("cre\u{300}me"), "creme");
        for (one, many) in [
            ("banana", "bananas"),
            ("berry", "berries"),
            ("cookie", "cookies"),
            ("potato", "potatoes"),
            ("peach", "peaches"),
            ("radish", "radishes"),
            ("glass", "glasses"),
            ("slice", "slices"),
            ("kartoffel", "kartoffeln"),
            ("karotte", "karotten"),
            ("couscous", "couscous"),
            ("brownie", "brownies"),
        ] {
            assert!(alike(one, many), "{one}");
        }
        assert!(!alike("brownie", "browns") && !alike("beer", "berry"));
        assert_eq!(words("2 x 30 g, mac & cheese").collect::<Vec<_>>(), ["2", "x", "30", "g", "mac", "cheese"]);
    }

    #[test]
    fn one_letter_is_a_slip_and_two_are_not() {
        for typo in ["bananna", "banan", "bnaana", "xbanana", "bananax", "abnana"] {
            assert_eq!(slip(typo, "banana"), Some(Slip::Fingers), "{typo}");
        }
        assert_eq!(slip("bqnana", "banana"), Some(Slip::Letter));
        for other in ["banana", "bannanna", "bana", "abnaan", "cabana", ""] {
            assert_eq!(slip(other, "banana"), None, "{other}");
        }
    }
}

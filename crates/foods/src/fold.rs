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
    if let Some(short) = without_e {
        // `berries` has lost its `es` here and `berry` its `y`.
        return short.strip_suffix('i').unwrap_or(short);
    }
    if let Some(short) = word.strip_suffix('y') {
        return short;
    }
    word.strip_suffix('n').filter(|w| w.len() >= 5 && (w.ends_with('e') || w.ends_with("el"))).unwrap_or(word)
}

/// Whether one letter more, less, other or swapped with its neighbour makes one word of the other.
pub(crate) fn within_one(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let start = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let rest = &short[start..];
    match long.len() - short.len() {
        0 => {
            let other = &long[start..];
            rest.get(1..) == other.get(1..) || (rest.len() > 1 && rest[0] == other[1] && rest[1] == other[0] && rest[2..] == other[2..])
        }
        1 => *rest == long[start + 1..],
        _ => false,
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
        ] {
            assert_eq!(stem(one), stem(many), "{one}");
        }
        assert_eq!(words("2 x 30 g, mac & cheese").collect::<Vec<_>>(), ["2", "x", "30", "g", "mac", "cheese"]);
    }

    #[test]
    fn one_letter_is_forgiven_and_two_are_not() {
        for typo in ["bananna", "banan", "bqnana", "bnaana", "banana", "xbanana", "bananax"] {
            assert!(within_one(typo, "banana"), "{typo}");
        }
        for other in ["bannanna", "bana", "abnaan", "cabana", ""] {
            assert!(!within_one(other, "banana"), "{other}");
        }
    }
}

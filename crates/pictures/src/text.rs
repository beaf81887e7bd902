//! Words of a known width: lines are broken here, because an SVG breaks none.

use std::sync::LazyLock;

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// The fonts of the pages, subset to Latin letters, with their licences beside them.
pub(crate) const FONTS: [&[u8]; 3] =
    [include_bytes!("../fonts/fraunces-latin.ttf"), include_bytes!("../fonts/inter-latin.ttf"), include_bytes!("../fonts/fraunces-latin-ext.ttf")];
/// The family of sentences.
pub(crate) const SERIF: &str = "Fraunces Medium";
/// The family of everything else.
pub(crate) const SANS: &str = "Inter";

static PARSED: LazyLock<Vec<FontRef<'static>>> = LazyLock::new(|| FONTS.iter().filter_map(|font| FontRef::new(font).ok()).collect());

/// The width of a character at a size, in the first of the fonts that has it.
fn advance(c: char, size: f32, order: [usize; 3]) -> Option<f32> {
    order.iter().filter_map(|at| PARSED.get(*at)).find_map(|font| {
        let glyph = font.charmap().map(c)?;
        font.glyph_metrics(Size::new(size), LocationRef::default()).advance_width(glyph)
    })
}

/// The width of a sentence's words.
pub(crate) fn serif_width(text: &str, size: f32) -> f32 {
    text.chars().filter_map(|c| advance(c, size, [0, 2, 1])).sum()
}

/// The width of a label.
pub(crate) fn sans_width(text: &str, size: f32) -> f32 {
    text.chars().filter_map(|c| advance(c, size, [1, 0, 2])).sum()
}

/// The text in characters that the fonts have, at most so many of them; others are left out.
pub(crate) fn drawable(text: &str, most: usize) -> String {
    let known = |c: &char| !c.is_control() && advance(*c, 16.0, [0, 1, 2]).is_some();
    let mut kept: String = text.chars().filter(known).take(most).collect();
    if text.chars().filter(known).nth(most).is_some() {
        kept.pop();
        kept.push('…');
    }
    kept
}

/// A word of a sentence, and whether the pen marked it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) marked: bool,
}

/// The words of a sentence whose middle is marked. What stands together without a space stays together, marked or not.
pub(crate) fn words([before, marked, after]: [&str; 3]) -> Vec<Word> {
    let of = |text: &str, marked: bool| {
        text.split(' ').filter(|word| !word.is_empty()).map(|word| Word { text: word.to_owned(), marked }).collect::<Vec<_>>()
    };
    [of(before, false), of(marked, true), of(after, false)].concat()
}

/// Lines of at most a width. A word that is longer than a line is cut.
pub(crate) fn lines(words: &[Word], size: f32, width: f32) -> Vec<Vec<Word>> {
    let space = serif_width(" ", size);
    let mut lines: Vec<Vec<Word>> = Vec::new();
    let mut used = 0.0;
    for word in words {
        let word = cut(word, size, width);
        let long = serif_width(&word.text, size);
        match lines.last_mut() {
            Some(line) if used + space + long <= width => {
                used += space + long;
                line.push(word);
            }
            _ => {
                used = long;
                lines.push(vec![word]);
            }
        }
    }
    lines
}

fn cut(word: &Word, size: f32, width: f32) -> Word {
    let mut text = String::new();
    let mut used = serif_width("…", size);
    for c in word.text.chars() {
        used += serif_width(c.encode_utf8(&mut [0; 4]), size);
        if used > width {
            text.push('…');
            break;
        }
        text.push(c);
    }
    Word { text, marked: word.marked }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_fits_and_no_word_is_lost() {
        let all = words(["An extra hour of sleep: ", "1.2\u{a0}%", " more efficient that day, give or take 0.4. Go to bed."]);
        assert_eq!(all.iter().filter(|word| word.marked).map(|word| word.text.as_str()).collect::<Vec<_>>(), ["1.2\u{a0}%"]);
        for size in [32.0, 48.0, 60.0] {
            let lines = lines(&all, size, 700.0);
            assert_eq!(lines.concat(), all, "{size}");
            for line in &lines {
                let text = line.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
                assert!(serif_width(&text, size) <= 700.5, "{text}");
            }
        }
    }

    #[test]
    fn what_no_font_has_is_left_out_and_what_is_too_long_is_cut() {
        assert_eq!(drawable("散歩 Łódź\u{0}", 20), " Łódź");
        assert_eq!(drawable("abcdef", 4), "abc…");
        let long = words([&"x".repeat(500), "", ""]);
        let cut = lines(&long, 40.0, 300.0);
        assert!(cut.len() == 1 && cut[0][0].text.ends_with('…') && serif_width(&cut[0][0].text, 40.0) <= 300.0);
    }
}

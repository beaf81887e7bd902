//! Types, units and validation shared by the browser and the server. No I/O, safe for WebAssembly.

pub mod access;
pub mod accounts;
pub mod activities;
pub mod audit;
pub mod calendar;
mod day;
pub mod discovery;
pub mod history;
pub mod imports;
pub mod journal;
pub mod list;
pub mod measures;
mod notice;
pub mod nutrition;
pub mod onboarding;
pub mod organisations;
pub mod permissions;
pub mod plan;
pub mod privacy;
mod problem;
pub mod race;
pub mod recordings;
pub mod sharing;
pub mod statistics;
pub mod units;
pub mod wellness;

pub use day::Day;
pub use notice::Notice;
pub use problem::{FieldErrors, Problem, ProblemKind, RefusedForm};

/// Text as a single line, as names are: without line breaks and other control characters, which would break a line of an email or a list, and without
/// what is invisible or reverses the text around it, by which one name could look like another. Empty if nothing can be seen.
#[must_use]
pub fn one_line(text: &str) -> String {
    let line = text.chars().filter(|c| !c.is_control() && !is_hidden(*c)).collect::<String>().trim().to_owned();
    // Joiners belong to emoji and to Persian words, and are nothing by themselves.
    if line.chars().all(|c| matches!(c, '\u{200c}' | '\u{200d}')) { String::new() } else { line }
}

/// Line and paragraph separators, spaces without width, marks of direction, and what is no character at all.
const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fff9}'..='\u{fffb}'
    ) || c as u32 & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_name_is_what_can_be_seen() {
        for nothing in ["\u{200b}", "\u{feff}", "\u{ffff}", " \u{200d} ", "\r\n\u{2028}"] {
            assert_eq!(one_line(nothing), "", "{nothing:?}");
        }
        assert_eq!(one_line(" \u{202e}evil\nKim\u{2066} "), "evilKim");
        assert_eq!(one_line("👩\u{200d}🚀 می\u{200c}روم"), "👩\u{200d}🚀 می\u{200c}روم");
    }
}

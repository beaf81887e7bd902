//! The time of day in a quick text.

use chrono::NaiveTime;

use super::tokens::{Token, tokens};
use super::units::is_unit;

/// Words before a time. `about 2` is not among them: it is rather about two bananas.
const BEFORE: [&str; 3] = ["at", "um", "gegen"];
/// Words after a number that is a distance or a duration, and so no time, beside the units of food.
const NO_TIME: [&str; 10] = ["km", "m", "mi", "mile", "miles", "min", "mins", "minutes", "bpm", "watts"];

/// The first time of day in a text, and the text without it.
pub(super) fn take_time(text: &str) -> (Option<NaiveTime>, String) {
    let all = tokens(text);
    for at in 0..all.len() {
        if let Some((time, start, end)) = time_at(text, &all, at) {
            return (Some(time), format!("{} {}", &text[..start], &text[end..]));
        }
    }
    (None, text.to_owned())
}

/// The time whose number is the token, with where its words start and end.
fn time_at(text: &str, all: &[Token], at: usize) -> Option<(NaiveTime, usize, usize)> {
    let token = &all[at];
    token.number()?;
    let before = at.checked_sub(1).map(|i| &all[i]).filter(|t| t.is('@') || t.word().is_some_and(|word| BEFORE.contains(&word)));
    let (written, mut end) = (&text[token.start..token.end], token.end);
    let mut next = at + 1;
    let touching = |i: usize, end: usize| all.get(i).filter(|t| t.start == end);
    // A point parts hours from minutes after `at` or before `am`; `at 8,2 eggs` is a time and two eggs.
    let (hours, mut minutes) = match written.split_once(['.', ',']) {
        None => (written, None),
        Some((hours, minutes)) if (before.is_some() || named(all, next).is_some()) && minutes.len() == 2 && written.contains('.') => {
            (hours, Some(minutes))
        }
        Some((hours, _)) if before.is_some() && written.contains(',') => {
            end = token.start + hours.len();
            return Some((clock(hours, None, None)?, before?.start, end));
        }
        Some(_) => return None,
    };
    let mut certain = false;
    if minutes.is_none() && touching(next, end).is_some_and(|t| t.is(':') || t.word() == Some("h")) {
        let colon = all[next].is(':');
        match touching(next + 1, all[next].end).filter(|t| t.end - t.start == 2 && t.number().is_some()) {
            Some(after) => {
                minutes = Some(&text[after.start..after.end]);
                end = after.end;
                next += 2;
            }
            None if colon => return None,
            None => {
                end = all[next].end;
                next += 1;
            }
        }
        certain = true;
    }
    let suffix = named(all, next);
    if let Some((_, after)) = suffix {
        end = after;
    } else if !certain && (before.is_none() || all.get(next).and_then(Token::word).is_some_and(|word| NO_TIME.contains(&word) || is_unit(word))) {
        return None;
    }
    Some((clock(hours, minutes, suffix.map(|(name, _)| name))?, before.map_or(token.start, |t| t.start), end))
}

/// What follows the number of a time, `am` or `Uhr`, and where that ends.
fn named(all: &[Token], at: usize) -> Option<(&str, usize)> {
    let token = all.get(at)?;
    match (token.word()?, all.get(at + 1..at + 3)) {
        (name @ ("am" | "pm" | "uhr" | "oclock"), _) => Some((name, token.end)),
        (half @ ("a" | "p"), Some([point, m])) if point.is('.') && m.word() == Some("m") => {
            let end = all.get(at + 3).filter(|last| last.is('.')).map_or(m.end, |last| last.end);
            Some((if half == "a" { "am" } else { "pm" }, end))
        }
        _ => None,
    }
}

fn clock(hours: &str, minutes: Option<&str>, suffix: Option<&str>) -> Option<NaiveTime> {
    if hours.len() > 2 {
        return None;
    }
    let hours: u32 = hours.parse().ok()?;
    let hours = match suffix {
        Some("am" | "pm") if !(1..=12).contains(&hours) => return None,
        Some("am") => hours % 12,
        Some("pm") => hours % 12 + 12,
        _ => hours,
    };
    NaiveTime::from_hms_opt(hours, minutes.map_or(Some(0), |minutes| minutes.parse().ok())?, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_found_and_taken_out() {
        for (text, time, rest) in [
            ("oats at 8", "08:00", "oats"),
            ("8:30 coffee", "08:30", "coffee"),
            ("coffee at 7pm", "19:00", "coffee"),
            ("coffee at 7:15 pm, cake", "19:15", "coffee , cake"),
            ("um 8 Brot", "08:00", "Brot"),
            ("Brot um 8 Uhr", "08:00", "Brot"),
            ("19h pasta", "19:00", "pasta"),
            ("19h30 pasta", "19:30", "pasta"),
            ("at 8.30 gel", "08:30", "gel"),
            ("7.30am gel", "07:30", "gel"),
            ("gel 7.30 Uhr", "07:30", "gel"),
            ("gel 10 p.m., tea", "22:00", "gel , tea"),
            ("at 8,2 eggs", "08:00", ",2 eggs"),
            ("6 am gel", "06:00", "gel"),
            ("12am gel", "00:00", "gel"),
            ("gel @ 9", "09:00", "gel"),
        ] {
            let (found, without) = take_time(text);
            let without = without.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!((found.map(|t| t.format("%H:%M").to_string()).as_deref(), without.as_str()), (Some(time), rest), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_no_times() {
        for text in
            ["60 g oats", "gel at 8 km", "2:1 mix", "at 25", "13 pm", "1.30 l water", "about 2 bananas", "1:60", "8 x gel", "at 8 g", "at 800"]
        {
            assert_eq!(take_time(text), (None, text.to_owned()), "{text}");
        }
    }
}

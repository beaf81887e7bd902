//! Reading steps from a line of text: `2km easy; 4 x (1km 4:35-4:42/km, 90s jog); 1km easy`. What is typed is read with some freedom; what is written is read as the
//! same steps, whatever the units.
//!
//! Blocks stand between semicolons, or between commas outside of brackets. A block is a step, or `N x` and a step or steps in brackets. A step is a length
//! (`2km`, `800m`, `1mi`, `400yd`, `90s`, `5min`, `1h30min`, `open`), what it is for (`warm-up`, `easy`, `jog`, `rest`, `cool-down`; otherwise work) and how
//! fast or hard (`4:35-4:42/km`, `7:30/mi`, `1:45/100m`, `140-150bpm`, `effort 6-7`), in any order.

use std::fmt;

use super::steps::{Aim, Block, HEART_RATES, LONGEST, Length, MOST_STEPS, MOST_TIMES, PACES, Role, SHORTEST_M, Step, Steps};

/// Most characters of a line.
pub const MAX_LINE: usize = 2000;
pub(super) const MILE_M: f64 = 1609.344;
const YARD_M: f64 = 0.9144;

/// What cannot be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The part of the line.
    pub part: String,
    /// What it could be.
    pub why: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part: String = self.part.chars().take(40).collect();
        if part.is_empty() { f.write_str(&self.why) } else { write!(f, "“{part}”: {}", self.why) }
    }
}

fn mistake<T>(part: &str, why: impl Into<String>) -> Result<T, Mistake> {
    Err(Mistake { part: part.trim().to_owned(), why: why.into() })
}

/// Reads a line. An empty one has no steps.
pub fn read(line: &str) -> Result<Steps, Mistake> {
    if line.chars().count() > MAX_LINE {
        return mistake("", format!("at most {MAX_LINE} characters."));
    }
    let line = plain(line);
    let mut blocks = Vec::new();
    for part in split(&line)? {
        blocks.push(block(part)?);
        if Steps(blocks.clone()).written() > MOST_STEPS {
            return mistake(part, format!("from here on it is more than {MOST_STEPS} steps."));
        }
    }
    Ok(Steps(blocks))
}

/// In lower case, with the signs that a keyboard has.
fn plain(line: &str) -> String {
    let signs = |c: char| match c {
        '–' | '—' | '−' => '-',
        '×' | '*' => 'x',
        '\n' | '\r' => ';',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    let line: String = line.to_lowercase().chars().map(signs).collect();
    line.replace("warm up", "warm-up").replace("cool down", "cool-down").replace(" to ", "-").replace(" - ", "-")
}

/// The blocks of a line. A comma between two digits is one of a decimal.
fn split(line: &str) -> Result<Vec<&str>, Mistake> {
    let (mut parts, mut from, mut inside) = (Vec::new(), 0, false);
    let bytes = line.as_bytes();
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'(' if inside => return mistake(&line[at..], "no brackets inside of brackets."),
            b'(' => inside = true,
            b')' if !inside => return mistake(&line[..=at], "this bracket was not opened."),
            b')' => inside = false,
            b';' if inside => return mistake(&line[from..at], "close the bracket before the semicolon."),
            b';' | b',' if !inside && !is_decimal(bytes, at) => {
                parts.push(&line[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    if inside {
        return mistake(&line[from..], "the bracket is not closed.");
    }
    parts.push(&line[from..]);
    Ok(parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect())
}

/// Whether the comma at this place stands in a number.
fn is_decimal(bytes: &[u8], at: usize) -> bool {
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    bytes[at] == b',' && digit(at.checked_sub(1)) && digit(Some(at + 1))
}

fn block(part: &str) -> Result<Block, Mistake> {
    let Some((times, rest)) = repeats(part) else {
        if part.contains(['(', ')']) {
            return mistake(part, "say how often, such as 4 x (1km, 90s jog).");
        }
        return step(part).map(Block::Once);
    };
    let times = match times.parse::<u8>() {
        Ok(times) if (1..=MOST_TIMES).contains(&times) => times,
        _ => return mistake(part, format!("1 to {MOST_TIMES} times.")),
    };
    let Some(inner) = rest.strip_prefix('(') else {
        if rest.contains(['(', ')']) {
            return mistake(part, "put the whole of what is repeated into the brackets.");
        }
        return Ok(Block::Repeat(times, vec![step(rest)?]));
    };
    let Some(inner) = inner.strip_suffix(')') else { return mistake(part, "a semicolon after the bracket.") };
    let mut steps = Vec::new();
    let (mut from, bytes) = (0, inner.as_bytes());
    for at in 0..=inner.len() {
        let ends = at == inner.len() || (bytes[at] == b',' && !is_decimal(bytes, at));
        if ends {
            let one = inner[from..at].trim();
            if !one.is_empty() {
                steps.push(step(one)?);
            }
            from = at + 1;
        }
    }
    if steps.is_empty() { mistake(part, "put what is repeated into the brackets.") } else { Ok(Block::Repeat(times, steps)) }
}

/// `4 x (…)` as `4` and `(…)`.
fn repeats(part: &str) -> Option<(&str, &str)> {
    let digits = part.find(|c: char| !c.is_ascii_digit()).filter(|at| *at > 0)?;
    let rest = part[digits..].trim_start().strip_prefix('x')?;
    Some((&part[..digits], rest.trim()))
}

/// The words of a step, with numbers and their units together.
fn words(part: &str) -> Vec<String> {
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && !word.ends_with(|c: char| c.is_alphabetic());
    let mut words: Vec<String> = Vec::new();
    for word in part.split_whitespace() {
        match words.last_mut() {
            Some(last) if is_number(last) && !is_number(word) && (is_unit(word) || word.starts_with('/')) => last.push_str(word),
            _ => words.push(word.to_owned()),
        }
    }
    words
}

fn is_unit(word: &str) -> bool {
    ["km", "k", "m", "mi", "mile", "miles", "yd", "s", "sec", "secs", "seconds", "min", "mins", "minutes", "h", "hr", "hours", "hour", "bpm"]
        .contains(&word)
}

fn step(part: &str) -> Result<Step, Mistake> {
    let (mut role, mut length, mut aim) = (None, None, None);
    let words = words(part);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let twice = |what: &str| mistake(part, format!("{what} stands here twice. A comma or a semicolon begins the next step."));
        if ["at", "@", "of", "with", "in", "run", "work", "hard", "steady"].contains(&word.as_str()) {
            continue;
        }
        if let Some(found) = role_of(word) {
            if role.replace(found).is_some_and(|before| before != found) {
                return twice("what it is for");
            }
        } else if ["effort", "rpe"].contains(&word.as_str()) {
            let Some(found) = words.next().and_then(|number| effort(number)) else {
                return mistake(part, "an effort is 1 to 10, such as effort 6 or effort 6-7.");
            };
            if aim.replace(found).is_some() {
                return twice("how hard");
            }
        } else if word.contains('/') {
            if aim.replace(pace(word)?).is_some() {
                return twice("how hard");
            }
        } else if let Some(range) = word.strip_suffix("bpm") {
            if aim.replace(heart_rate(word, range)?).is_some() {
                return twice("how hard");
            }
        } else if length.replace(read_length(word)?).is_some() {
            return twice("a length");
        }
    }
    let Some(length) = length else { return mistake(part, "how long: a distance such as 2km, a time such as 90s, or open.") };
    Ok(Step { role: role.unwrap_or(Role::Work), length, aim: aim.unwrap_or(Aim::Free) })
}

fn role_of(word: &str) -> Option<Role> {
    Some(match word {
        "warm-up" | "warmup" | "wu" => Role::WarmUp,
        "easy" => Role::Easy,
        "jog" | "recovery" | "float" | "walk" => Role::Jog,
        "rest" | "pause" => Role::Rest,
        "cool-down" | "cooldown" | "cd" | "home" => Role::CoolDown,
        _ => return None,
    })
}

/// Two ends of a range, or one number twice.
fn ends(range: &str) -> (&str, &str) {
    range.split_once('-').unwrap_or((range, range))
}

fn effort(range: &str) -> Option<Aim> {
    let (low, high) = ends(range);
    let number = |text: &str| text.parse::<u8>().ok().filter(|number| (1..=10).contains(number));
    let (low, high) = (number(low)?, number(high)?);
    Some(Aim::Effort(low.min(high), low.max(high)))
}

fn heart_rate(word: &str, range: &str) -> Result<Aim, Mistake> {
    let (low, high) = ends(range);
    let number = |text: &str| text.parse::<u8>().ok().filter(|number| (HEART_RATES.0..=HEART_RATES.1).contains(number));
    let Some((low, high)) = number(low).zip(number(high)) else {
        return mistake(word, format!("a heart rate from {} to {}, such as 140-150bpm.", HEART_RATES.0, HEART_RATES.1));
    };
    Ok(Aim::HeartRate(low.min(high), low.max(high)))
}

/// `4:35-4:42/km`, in tenths of a second per kilometre.
pub(super) fn pace(word: &str) -> Result<Aim, Mistake> {
    let wrong =
        || Mistake { part: word.to_owned(), why: "a pace from 1:00 to 60:00 a kilometre, such as 4:35-4:42/km, 7:30/mi or 1:45/100m.".to_owned() };
    let (range, unit) = word.split_once('/').ok_or_else(wrong)?;
    let metres = match unit {
        "km" | "k" => 1000.0,
        "mi" | "mile" => MILE_M,
        "100m" => 100.0,
        "100yd" => 100.0 * YARD_M,
        _ => return Err(wrong()),
    };
    let (low, high) = ends(range);
    let tenths = |text: &str| -> Option<u32> {
        let (minutes, seconds) = text.split_once(':')?;
        let is_number = |text: &str| !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let (minutes, seconds) = (minutes.parse::<u32>().ok()?, seconds.parse::<f64>().ok().filter(|s| is_number(seconds) && *s < 60.0)?);
        let pace = (f64::from(minutes.min(600) * 60) + seconds) * 10_000.0 / metres;
        Some(pace.round() as u32).filter(|pace| (PACES.0..=PACES.1).contains(pace))
    };
    let (a, b) = tenths(low).zip(tenths(high)).ok_or_else(wrong)?;
    Ok(Aim::Pace(a.min(b), a.max(b)))
}

pub(super) fn read_length(word: &str) -> Result<Length, Mistake> {
    if ["open", "lap"].contains(&word) {
        return Ok(Length::Open);
    }
    if let Some(seconds) = read_time(word) {
        return if (1..=LONGEST.1).contains(&seconds) { Ok(Length::Duration(seconds)) } else { mistake(word, "a time from 1s to 24h.") };
    }
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        let at = word.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(word.len());
        let unit = match &word[at..] {
            "km" | "k" => Some(1000.0),
            "m" => Some(1.0),
            "mi" | "mile" | "miles" => Some(MILE_M),
            "yd" => Some(YARD_M),
            _ => None,
        };
        let number = word[..at].replace(',', ".").parse::<f64>().ok();
        return match unit.zip(number).map(|(unit, number)| (unit * number).round()) {
            Some(metres) if (f64::from(SHORTEST_M)..=f64::from(LONGEST.0)).contains(&metres) => Ok(Length::Distance(metres as u32)),
            Some(_) => mistake(word, "a distance from 10m to 500km."),
            None => mistake(word, "a length with its unit, such as 2km, 800m, 90s, 5min or 1h30min."),
        };
    }
    mistake(word, "not a word that is known here. Known are warm-up, easy, jog, rest, cool-down, open, effort, paces, and lengths.")
}

/// Seconds of a time such as `90s`, `5min`, `1h30min`, `1h30`; nothing for what is none.
#[must_use]
pub fn read_time(text: &str) -> Option<u32> {
    let mut rest = text;
    let (mut seconds, mut last) = (0.0, f64::INFINITY);
    while !rest.is_empty() {
        let at = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(rest.len());
        let end = rest[at..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |end| at + end);
        let unit = match &rest[at..end] {
            "h" | "hr" | "hour" | "hours" => 3600.0,
            "min" | "mins" | "minutes" | "'" => 60.0,
            "s" | "sec" | "secs" | "seconds" | "\"" => 1.0,
            // The minutes of 1h30.
            "" if last.total_cmp(&3600.0).is_eq() => 60.0,
            _ => return None,
        };
        if unit >= last {
            return None;
        }
        seconds += rest[..at].replace(',', ".").parse::<f64>().ok()? * unit;
        (rest, last) = (&rest[end..], unit);
    }
    let seconds = seconds.round();
    (last.is_finite() && seconds <= 1e6).then_some(seconds as u32)
}

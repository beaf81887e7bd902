//! Steps as a line of text: `2km easy; 4 x (1km 4:35-4:42/km, 90s jog); 1km easy`. What is typed is read with some freedom; what is written is read as the
//! same steps, whatever the units.
//!
//! Blocks stand between semicolons, or between commas outside of brackets. A block is a step, or `N x` and a step or steps in brackets. A step is a length
//! (`2km`, `800m`, `1mi`, `400yd`, `90s`, `5min`, `1h30min`, `open`), what it is for (`warm-up`, `easy`, `jog`, `rest`, `cool-down`; otherwise work) and how
//! fast or hard (`4:35-4:42/km`, `7:30/mi`, `1:45/100m`, `140-150bpm`, `effort 6-7`), in any order.

use std::fmt;

use super::steps::{Aim, Block, HEART_RATES, LONGEST, Length, MOST_STEPS, MOST_TIMES, PACES, Role, SHORTEST_M, Step, Steps};
use crate::units::{Units, format_significant};

/// Most characters of a line.
pub const MAX_LINE: usize = 2000;
const MILE_M: f64 = 1609.344;
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
    if steps.is_empty() { mistake(part, "what is repeated is missing.") } else { Ok(Block::Repeat(times, steps)) }
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
fn pace(word: &str) -> Result<Aim, Mistake> {
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

fn read_length(word: &str) -> Result<Length, Mistake> {
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

/// `90s`, `5min`, `1h30min`.
#[must_use]
pub fn write_time(seconds: u32) -> String {
    if seconds < 120 && seconds != 60 {
        return format!("{seconds}s");
    }
    let (h, m, s) = (seconds / 3600, seconds % 3600 / 60, seconds % 60);
    [(h, "h"), (m, "min"), (s, "s")].into_iter().filter(|(number, _)| *number > 0).map(|(number, unit)| format!("{number}{unit}")).collect()
}

/// A number with at most so many decimals.
fn short(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A length as it is typed, in the viewer's units where that is exact.
#[must_use]
pub fn write_length(length: Length, units: Units) -> String {
    match length {
        Length::Open => "open".to_owned(),
        Length::Duration(seconds) => write_time(seconds),
        Length::Distance(metres) => {
            let own = format!("{}{}", short(f64::from(metres) / units.unit_m(), 2), units.distance_unit());
            let is_long = metres >= 1000 || !own.starts_with("0.");
            if is_long && read_length(&own) == Ok(length) { own } else { format!("{metres}m") }
        }
    }
}

/// How fast or how hard, as it is typed; empty if it does not say.
#[must_use]
pub fn write_aim(aim: Aim, units: Units) -> String {
    let range = |low: String, high: String| if low == high { low } else { format!("{low}-{high}") };
    match aim {
        Aim::Free => String::new(),
        Aim::HeartRate(low, high) => format!("{}bpm", range(low.to_string(), high.to_string())),
        Aim::Effort(low, high) => format!("effort {}", range(low.to_string(), high.to_string())),
        Aim::Pace(fast, slow) => {
            let clock = |s: f64| format!("{}:{:02}", s.round() as u32 / 60, s.round() as u32 % 60);
            let own = units.unit_m();
            let other = if (own - 1000.0).abs() < 1.0 { MILE_M } else { 1000.0 };
            for (metres, unit) in [(own, units.pace_unit()), (other, if other > 1000.0 { "/mi" } else { "/km" })] {
                let of = |tenths: u32| clock(f64::from(tenths) / 10_000.0 * metres);
                let text = format!("{}{unit}", range(of(fast), of(slow)));
                if pace(&text) == Ok(aim) {
                    return text;
                }
            }
            let exact = |tenths: u32| format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10);
            format!("{}/km", range(exact(fast), exact(slow)))
        }
    }
}

fn write_step(step: &Step, units: Units) -> String {
    let role = match step.role {
        Role::WarmUp => "warm-up",
        Role::Easy => "easy",
        Role::Work => "",
        Role::Jog => "jog",
        Role::Rest => "rest",
        Role::CoolDown => "cool-down",
    };
    let parts = [write_length(step.length, units), write_aim(step.aim, units), role.to_owned()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Writes steps as they are typed, in these units: read again, they are the same.
#[must_use]
pub fn write(steps: &Steps, units: Units) -> String {
    let block = |block: &Block| match block {
        Block::Once(step) => write_step(step, units),
        Block::Repeat(times, steps) => {
            format!("{times} x ({})", steps.iter().map(|step| write_step(step, units)).collect::<Vec<_>>().join(", "))
        }
    };
    steps.0.iter().map(block).collect::<Vec<_>>().join("; ")
}

/// The core of it in a few words: `4 × 1km at 4:35-4:42/km`; nothing without a repeat.
#[must_use]
pub fn gist(steps: &Steps, units: Units) -> Option<String> {
    steps.0.iter().find_map(|block| match block {
        Block::Repeat(times, steps) if *times > 1 => {
            let work = steps.iter().find(|step| step.role == Role::Work)?;
            let aim = write_aim(work.aim, units);
            let at = if aim.is_empty() || aim.starts_with("effort") { "" } else { " at" };
            let aim = if aim.is_empty() { aim } else { format!("{at} {aim}") };
            Some(format!("{} × {}{aim}", format_significant(f64::from(*times)), write_length(work.length, units)))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EXAMPLE: &str = "2km easy; 4 x (1km 4:35-4:42/km, 90s jog); 1km easy";

    fn arbitrary_step() -> impl Strategy<Value = Step> {
        let role = prop::sample::select(vec![Role::WarmUp, Role::Easy, Role::Work, Role::Jog, Role::Rest, Role::CoolDown]);
        let length = prop_oneof![
            (SHORTEST_M..=LONGEST.0).prop_map(Length::Distance),
            (1..=500_u32).prop_map(|n| Length::Distance(n * 100)),
            (1..=LONGEST.1).prop_map(Length::Duration),
            Just(Length::Open)
        ];
        let aim = prop_oneof![
            Just(Aim::Free),
            (PACES.0..=PACES.1, PACES.0..=PACES.1).prop_map(|(a, b)| Aim::Pace(a.min(b), a.max(b))),
            (HEART_RATES.0..=HEART_RATES.1, HEART_RATES.0..=HEART_RATES.1).prop_map(|(a, b)| Aim::HeartRate(a.min(b), a.max(b))),
            (1..=10_u8, 1..=10_u8).prop_map(|(a, b)| Aim::Effort(a.min(b), a.max(b)))
        ];
        (role, length, aim).prop_map(|(role, length, aim)| Step { role, length, aim })
    }

    fn arbitrary_steps() -> impl Strategy<Value = Steps> {
        let block = prop_oneof![
            arbitrary_step().prop_map(Block::Once),
            (1..=MOST_TIMES, prop::collection::vec(arbitrary_step(), 1..5)).prop_map(|(times, steps)| Block::Repeat(times, steps))
        ];
        prop::collection::vec(block, 0..9).prop_map(Steps)
    }

    #[test]
    fn a_line_is_read_as_it_would_be_said() {
        let steps = read(EXAMPLE).expect("valid");
        assert_eq!(write(&steps, Units::default()), EXAMPLE);
        for same in [
            "2 km easy, 4×(1 km at 4:35–4:42 /km, 90 s jog), 1,0 km easy",
            "2000m easy\n4 x (1km 4:35 to 4:42/km, 1min30s recovery)\n1k easy",
            "2KM EASY; 4x ( 1km @ 4:42-4:35/km , 90 sec jog ) ; 1 km easy;",
        ] {
            assert_eq!(read(same).as_ref(), Ok(&steps), "{same}");
        }
        assert_eq!(gist(&steps, Units::default()).as_deref(), Some("4 × 1km at 4:35-4:42/km"));
        assert_eq!(steps.extent(Some(330.0)), (Some(7000.0 + 4.0 * 90.0 / 330.0 * 1000.0), Some(3.0 * 330.0 + 4.0 * (278.5 + 90.0))));
        assert_eq!(steps.extent(None), (None, None));
        assert_eq!(read("3 x 5min effort 7; open cool-down; 1h30 140-150 bpm").map(|steps| steps.written()), Ok(3));
        assert_eq!(read("").map(|steps| steps.is_empty()), Ok(true));
    }

    #[test]
    fn miles_stay_miles_and_yards_are_read() {
        let line = "1mi warm-up; 6 x (0.5mi 7:30/mi, 2min jog); 400yd rest";
        let steps = read(line).expect("valid");
        assert_eq!(write(&steps, Units::AMERICAN), "1mi warm-up; 6 x (805m 7:30/mi, 2min jog); 366m rest");
        assert_eq!(write(&read("800m 4:00/km").expect("valid"), Units::AMERICAN), "800m 4:00/km");
    }

    #[test]
    fn a_mistake_names_the_part_that_is_wrong() {
        for (line, part) in [
            ("2km easy; 4 x (1km 4:35/km, 90 jog)", "90"),
            ("2km easy; fast 3km", "fast"),
            ("2km 3km", "2km 3km"),
            ("4 x (1km, 2 x (400m))", "(400m))"),
            ("4 x (1km; 90s jog", "4 x (1km"),
            ("4 x (1km", "4 x (1km"),
            ("1km)", "1km)"),
            ("60 x 400m", "60 x 400m"),
            ("1km 0:30/km", "0:30/km"),
            ("1km effort 11", "1km effort 11"),
            ("20min 300bpm", "300bpm"),
            ("easy", "easy"),
            ("4 x ()", "4 x ()"),
            ("1:30 easy", "1:30"),
            ("600km", "600km"),
        ] {
            let mistake = read(line).expect_err(line);
            assert_eq!(mistake.part, part, "{line}: {mistake}");
            assert!(mistake.to_string().ends_with('.'), "{mistake}");
        }
        assert!(read(&"1km;".repeat(MOST_STEPS)).is_ok() && read(&"1km;".repeat(MOST_STEPS + 1)).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same(steps in arbitrary_steps()) {
            for units in [Units::default(), Units::AMERICAN] {
                let line = write(&steps, units);
                prop_assert_eq!(read(&line), Ok(steps.clone()), "{}", line);
            }
        }

        #[test]
        fn any_text_is_steps_within_bounds_or_a_mistake(text in "[ -~×–é\n]{0,80}") {
            if let Ok(steps) = read(&text) {
                prop_assert!(steps.written() <= MOST_STEPS);
                prop_assert!(steps.0.iter().all(|block| (1..=MOST_TIMES).contains(&block.times()) && !block.steps().is_empty()));
                prop_assert_eq!(read(&write(&steps, Units::default())), Ok(steps));
            }
        }

        #[test]
        fn a_line_of_pieces_breaks_nothing(pieces in prop::collection::vec(prop::sample::select(vec!["4 x", "(", ")", ",", ";", "1km", "90s", "1:30", "/km", "4:35", "-", " ", "easy", "bpm", "150", "effort", "7", "1,5", "h", "é"]), 0..14)) {
            let line: String = pieces.concat();
            if let Err(mistake) = read(&line) {
                prop_assert!(!mistake.why.is_empty());
            }
        }
    }
}

//! An answer as people type it, and as they read it.

use chrono::NaiveTime;

use super::{Answer, DAY_MINUTES, Kind, Measure};
use crate::units::{Clock, NBSP, Units, format_significant};

const YES: [&str; 6] = ["yes", "y", "true", "1", "x", "ja"];
const NO: [&str; 5] = ["no", "n", "false", "0", "nein"];

impl Measure {
    /// Reads an answer as typed: empty is no answer, a decimal comma is accepted, and so is a word of the scale. The error names the measure, its
    /// bounds and its unit.
    pub fn read(&self, text: &str) -> Result<Option<Answer>, String> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let number = match &self.kind {
            Kind::Text { .. } => return self.checked(Answer::Text(text.to_owned())),
            Kind::Choice { options } => {
                let known = options.iter().find(|option| option.eq_ignore_ascii_case(text)).cloned();
                return self.checked(Answer::Text(known.unwrap_or_else(|| text.to_owned())));
            }
            Kind::Scale { words } => position(words, text).or_else(|| decimal(text)),
            Kind::YesNo => yes_or_no(text),
            Kind::Number { .. } | Kind::Count { .. } => decimal(text).map(|number| self.as_stored(number)),
            Kind::Clock { earliest } => clock(text).map(|minutes| (minutes - earliest).rem_euclid(DAY_MINUTES) + earliest),
            Kind::Duration { .. } => hours(text),
        };
        self.checked(Answer::Number(number.unwrap_or(f64::NAN)))
    }

    fn checked(&self, answer: Answer) -> Result<Option<Answer>, String> {
        self.check(&answer)?;
        Ok(Some(answer))
    }

    /// Checks an answer against the bounds. The error names the measure, its bounds and its unit.
    pub fn check(&self, answer: &Answer) -> Result<(), String> {
        if answer.text().is_some_and(|text| text.contains('\0')) {
            return Err(format!("{}: there is an invisible character in it that cannot be kept. Type it once more.", self.label));
        }
        let valid = match (&self.kind, answer) {
            (Kind::Text { longest }, Answer::Text(text)) => !text.trim().is_empty() && text.chars().count() <= *longest as usize,
            (Kind::Choice { options }, Answer::Text(text)) => options.contains(text),
            (Kind::Text { .. } | Kind::Choice { .. }, Answer::Number(_)) | (_, Answer::Text(_)) => false,
            (kind, Answer::Number(number)) => {
                let (min, max) = kind.range();
                let whole = matches!(kind, Kind::Scale { .. } | Kind::YesNo | Kind::Count { .. });
                *number >= min && *number <= max && (!whole || number.fract() == 0.0)
            }
        };
        if valid { Ok(()) } else { Err(format!("{}: {}", self.label, self.expected())) }
    }

    /// An answer as displayed: `7 h 30 min`, `good`, `61 bpm`.
    #[must_use]
    pub fn show(&self, answer: &Answer) -> String {
        match answer {
            Answer::Text(text) => text.clone(),
            Answer::Number(number) => self.show_number(*number),
        }
    }

    /// A number of this measure as displayed, such as a value or a mean of values.
    #[must_use]
    pub fn show_number(&self, number: f64) -> String {
        match &self.kind {
            Kind::Scale { words } if number.fract() == 0.0 => {
                words.get((number as usize).wrapping_sub(1)).cloned().unwrap_or_else(|| format_significant(number))
            }
            // A mean of several days is neither.
            Kind::YesNo if number.fract() == 0.0 => if number > 0.0 { "yes" } else { "no" }.into(),
            Kind::Clock { .. } if self.twelve_hours => {
                let minutes = number.round().rem_euclid(DAY_MINUTES) as u32;
                let time = NaiveTime::from_num_seconds_from_midnight_opt(minutes * 60, 0).unwrap_or_default();
                Units { clock: Clock::Hours12, ..Units::default() }.time(time)
            }
            Kind::Clock { .. } => show_clock(number),
            Kind::Duration { .. } => show_hours(number),
            _ => format!("{}{NBSP}{}", format_significant(self.as_shown(number)), self.unit()).trim_end().to_owned(),
        }
    }

    /// An answer as it stands in a form or a table, which [`Self::read`] reads back.
    #[must_use]
    pub fn write(&self, answer: &Answer) -> String {
        match (&self.kind, answer) {
            (_, Answer::Text(text)) => text.clone(),
            (Kind::Clock { .. }, Answer::Number(minutes)) => show_clock(*minutes),
            // What was typed comes back as it was typed, and no scale weighs five grams.
            (_, Answer::Number(number)) if self.shown.is_some() => ((self.as_shown(*number) * 1e2).round() / 1e2).to_string(),
            (_, Answer::Number(number)) => number.to_string(),
        }
    }

    /// What is asked for, as a sentence.
    fn expected(&self) -> String {
        let number = |value: f64| format_significant(value);
        match &self.kind {
            Kind::Number { min, max, .. } => {
                let (min, max) = (number(self.as_shown(*min)), number(self.as_shown(*max)));
                format!("a number from {min} to {max} {}", self.unit()).trim_end().to_owned() + "."
            }
            Kind::Scale { words } => format!("one of {}.", listed(words)),
            Kind::YesNo => "yes or no.".into(),
            Kind::Count { max, unit } => format!("a whole number from 0 to {max:.0} {unit}").trim_end().to_owned() + ".",
            Kind::Clock { .. } => "a time of day, such as 22:30.".into(),
            Kind::Duration { max } => format!("from 0 to {} hours, such as 7.5 or 7:30.", number(*max)),
            Kind::Text { longest } => format!("at most {longest} characters. Keep the rest for the memoir."),
            Kind::Choice { options } => format!("one of {}.", listed(options)),
        }
    }
}

impl Kind {
    /// The smallest and the largest number.
    #[must_use]
    pub fn range(&self) -> (f64, f64) {
        match self {
            Self::Number { min, max, .. } => (*min, *max),
            Self::Scale { words } => (1.0, words.len() as f64),
            Self::YesNo => (0.0, 1.0),
            Self::Count { max, .. } | Self::Duration { max } => (0.0, *max),
            Self::Clock { earliest } => (*earliest, earliest + DAY_MINUTES - 0.01),
            Self::Text { .. } | Self::Choice { .. } => (f64::NAN, f64::NAN),
        }
    }
}

fn listed(words: &[String]) -> String {
    words.join(", ")
}

fn position(words: &[String], text: &str) -> Option<f64> {
    words.iter().position(|word| word.eq_ignore_ascii_case(text)).map(|at| (at + 1) as f64)
}

fn decimal(text: &str) -> Option<f64> {
    text.replace(',', ".").replace('−', "-").parse().ok()
}

fn yes_or_no(text: &str) -> Option<f64> {
    let text = text.to_lowercase();
    match text.as_str() {
        _ if YES.contains(&text.as_str()) => Some(1.0),
        _ if NO.contains(&text.as_str()) => Some(0.0),
        _ => decimal(&text).map(|number| number.clamp(0.0, 1.0)).filter(|number| number.fract() == 0.0),
    }
}

/// Minutes after midnight of `22:30`, `22:30:15`, `22.30`, `2230`, `22`, `10:30 pm`.
fn clock(text: &str) -> Option<f64> {
    let text = text.to_lowercase();
    let (digits, afternoon) = match (text.strip_suffix("pm"), text.strip_suffix("am")) {
        (Some(rest), _) => (rest.trim(), Some(true)),
        (None, Some(rest)) => (rest.trim(), Some(false)),
        (None, None) => (text.as_str(), None),
    };
    // A date before the time, as devices write it, says nothing about which night it is.
    let digits = digits.rsplit(['t', ' ']).next().unwrap_or_default();
    let mut parts: Vec<u32> = digits.split([':', '.', 'h']).filter(|part| !part.is_empty()).map(str::parse).collect::<Result<_, _>>().ok()?;
    if let [both] = parts[..]
        && digits.len() == 4
    {
        parts = vec![both / 100, both % 100];
    }
    let (hour, minute) = match parts[..] {
        [hour] => (hour, 0),
        [hour, minute] | [hour, minute, _] => (hour, minute),
        _ => return None,
    };
    let hour = match afternoon {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
        None => hour,
    };
    (hour < 24 && minute < 60).then(|| f64::from(hour * 60 + minute))
}

/// Hours of `7.5`, `7:30`, `7h30`, `7 h 30 min`, `450 min`.
fn hours(text: &str) -> Option<f64> {
    let text: String = text.to_lowercase().split_whitespace().collect();
    if let Some(number) = decimal(&text) {
        return Some(number);
    }
    let minutes = |rest: &str| {
        let rest = rest.trim_end_matches("utes").trim_end_matches("min").trim_end_matches('m');
        if rest.is_empty() { Some(0.0) } else { decimal(rest) }
    };
    let (whole, rest) = match text.split_once([':', 'h']) {
        Some((whole, rest)) => {
            (decimal(whole)?, minutes(rest.trim_start_matches("ours").trim_start_matches("our").trim_start_matches('r').trim_start_matches('s'))?)
        }
        None if text.contains('m') => (0.0, minutes(&text)?),
        None => return None,
    };
    Some(whole + rest / 60.0)
}

/// A time of day of minutes that may be of the evening before.
fn show_clock(minutes: f64) -> String {
    let minutes = minutes.round().rem_euclid(DAY_MINUTES) as u32;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn show_hours(hours: f64) -> String {
    let minutes = (hours * 60.0).round() as i64;
    match (minutes / 60, minutes % 60) {
        (0, minutes) if minutes != 0 => format!("{minutes}{NBSP}min"),
        (hours, 0) => format!("{hours}{NBSP}h"),
        (hours, minutes) => format!("{hours}{NBSP}h{NBSP}{minutes}{NBSP}min"),
    }
}

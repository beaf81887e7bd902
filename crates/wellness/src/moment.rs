//! Dates and times as exports write them. Strict: what is not written in full is no date, so that a truncated one is never another day.

use chrono::NaiveDate;
use domain::Day;

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// A local time, to the second, with its offset from UTC if it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) day: NaiveDate,
    /// Seconds since midnight.
    pub(crate) second: i64,
    /// Minutes east of UTC.
    pub(crate) offset: Option<i32>,
}

impl Moment {
    /// `2026-11-02 06:40:03 +0100`, `2026-11-02T06:40:03.000`, with or without seconds, fraction and offset.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let day = day(text)?;
        let bytes = text.as_bytes();
        if !matches!(bytes.get(10), Some(b'T' | b' ')) || bytes.get(13) != Some(&b':') {
            return None;
        }
        let (hours, minutes) = (pair(bytes, 11)?, pair(bytes, 14)?);
        let (mut seconds, mut rest) = (0, bytes.get(16..)?);
        if rest.first() == Some(&b':') {
            seconds = pair(rest, 1)?;
            rest = &rest[3..];
            if rest.first() == Some(&b'.') {
                let digits = rest[1..].iter().take_while(|b| b.is_ascii_digit()).count();
                rest = &rest[1 + digits..];
            }
        }
        if hours > 23 || minutes > 59 || seconds > 59 {
            return None;
        }
        let offset = match rest.trim_ascii() {
            [] => None,
            [b'Z'] => Some(0),
            [sign @ (b'+' | b'-'), zone @ ..] if zone.len() >= 4 => {
                let minutes = pair(zone, 0)? * 60 + pair(zone, if zone[2] == b':' { 3 } else { 2 })?;
                let minutes = i32::try_from(minutes).ok().filter(|m| *m < 24 * 60)?;
                Some(if *sign == b'-' { -minutes } else { minutes })
            }
            _ => return None,
        };
        Some(Self { day, second: hours * 3600 + minutes * 60 + seconds, offset })
    }

    /// Seconds since 1970 by the local clock.
    pub(crate) fn local(self) -> i64 {
        days_since_1970(self.day) * DAY + self.second
    }

    /// Seconds since 1970; without an offset the local clock is taken for UTC.
    pub(crate) fn utc(self) -> i64 {
        self.local() - i64::from(self.offset.unwrap_or(0)) * 60
    }
}

/// Two digits.
fn pair(bytes: &[u8], at: usize) -> Option<i64> {
    match bytes.get(at..at + 2)? {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(i64::from(a - b'0') * 10 + i64::from(b - b'0')),
        _ => None,
    }
}

fn days_since_1970(day: NaiveDate) -> i64 {
    i64::from(day.to_epoch_days())
}

/// The day on which a local second falls, if people record on such a day.
pub(crate) fn day_of(local: i64) -> Option<NaiveDate> {
    let day = NaiveDate::from_epoch_days(i32::try_from(local.div_euclid(DAY)).ok()?)?;
    Day::try_from(day).ok().map(Day::date)
}

/// Seconds from midnight of a day to a local second.
pub(crate) fn seconds_into(day: NaiveDate, local: i64) -> i64 {
    local - days_since_1970(day) * DAY
}

/// Seconds after midnight from which on a sleep that ends counts for the next day: it is the beginning of a night that is not complete yet.
const EVENING: i64 = 20 * 3600;

/// The day to which a sleep belongs that ends at this moment.
pub(crate) fn night_of(end: Moment) -> Option<NaiveDate> {
    day_of(end.local() + if end.second >= EVENING { DAY - EVENING } else { 0 })
}

/// A date at the beginning of a text: `2026-11-02`, whatever follows.
pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    if bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') || bytes.get(10).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    known(pair(bytes, 0)? * 100 + pair(bytes, 2)?, pair(bytes, 5)?, pair(bytes, 8)?)
}

/// A date as Fitbit writes it: `11/02/26`, whatever follows.
pub(crate) fn fitbit_day(text: &str) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    if bytes.get(2) != Some(&b'/') || bytes.get(5) != Some(&b'/') || bytes.get(8).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    known(2000 + pair(bytes, 6)?, pair(bytes, 0)?, pair(bytes, 3)?)
}

/// A time as Fitbit writes it: `11/02/26 07:15:00`.
pub(crate) fn fitbit_moment(text: &str) -> Option<Moment> {
    let day = fitbit_day(text)?;
    let bytes = text.as_bytes();
    let (hours, minutes) = (pair(bytes, 9)?, pair(bytes, 12)?);
    (bytes.get(8) == Some(&b' ') && hours < 24 && minutes < 60).then_some(Moment { day, second: hours * 3600 + minutes * 60, offset: None })
}

fn known(year: i64, month: i64, day: i64) -> Option<NaiveDate> {
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?)?;
    Day::try_from(date).ok().map(Day::date)
}

/// Seconds of a duration as Polar writes it: `PT7H30M`, or `27000s` as in its newer interface.
pub(crate) fn duration(text: &str) -> Option<f64> {
    if let Some(seconds) = text.strip_suffix('s') {
        return seconds.parse().ok().filter(|s: &f64| s.is_finite());
    }
    let (mut total, mut number) = (0.0, String::new());
    for c in text.strip_prefix("PT")?.chars() {
        match c {
            '0'..='9' | '.' if number.len() < 12 => number.push(c),
            'H' | 'M' | 'S' => {
                let factor = if c == 'H' { 3600.0 } else { f64::from(if c == 'M' { 60 } else { 1 }) };
                total += number.parse::<f64>().ok()? * factor;
                number.clear();
            }
            _ => return None,
        }
    }
    number.is_empty().then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_seconds_and_offset() {
        let parsed = |text: &str| Moment::parse(text).map(|m| (m.day.to_string(), m.second, m.offset));
        let at = |second, offset| Some(("2026-11-02".to_owned(), second, offset));
        assert_eq!(parsed("2026-11-02 06:40:03 +0100"), at(24_003, Some(60)));
        assert_eq!(parsed("2026-11-02T06:40:03.000"), at(24_003, None));
        assert_eq!(parsed("2026-11-02T06:40:03.123-05:30"), at(24_003, Some(-330)));
        assert_eq!(parsed("2026-11-02T06:40Z"), at(24_000, Some(0)));
        for text in
            ["2026-11-02", "2026-11-02 6:40", "2026-11-02T25:00:00", "2026-11-02T06:40:03 CET", "2026-02-30 06:40:00", "1026-11-02 06:40:00", "ä"]
        {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_cut_date_is_none() {
        assert!(day("2026-11-02").is_some() && day("2026-11-02T00").is_some());
        assert!(day("2026-11-0").is_none() && day("2026-11-021").is_none());
        assert!(fitbit_day("11/02/26 00:00:00").is_some() && fitbit_day("11/02/2").is_none() && fitbit_day("11/02/2026").is_none());
        assert!(fitbit_moment("11/02/26 07:15:00").is_some_and(|m| m.second == 26_100));
    }

    #[test]
    fn durations_of_both_forms() {
        assert_eq!(duration("PT7H30M"), Some(27_000.0));
        assert_eq!(duration("PT1H0M30.5S"), Some(3_630.5));
        assert_eq!(duration("27000s"), Some(27_000.0));
        assert!(duration("PT7").is_none() && duration("7 h").is_none() && duration("infs").is_none());
    }
}

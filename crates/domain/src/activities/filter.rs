//! Which activities a list shows: parsed from an address or a form, written as an address, said in words.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Kind;
use super::thresholds::parse_clock;
use crate::units::{UNITS, Units, duration, format_significant};
use crate::{Day, FieldErrors, one_line};

/// Fields that are read of an address, and characters of a text in it.
const MAX_FIELDS: usize = 100;
const MAX_TEXT: usize = 100;
/// The largest distance in metres and duration in seconds that can be asked for: a year of either.
const MAX_METRES: f64 = 40_000_000.0;
const MAX_SECONDS: f64 = 31_536_000.0;
/// Beats per minute that a heart can have.
const MAX_BPM: f64 = 300.0;

/// From a number to another one, both included; `None` has no bound. What is not known is in no span with a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    /// The smallest.
    pub min: Option<u32>,
    /// The largest.
    pub max: Option<u32>,
}

impl Span {
    /// Whether it has no bound.
    #[must_use]
    pub const fn is_open(self) -> bool {
        self.min.is_none() && self.max.is_none()
    }

    /// Whether a number is in it.
    #[must_use]
    pub fn holds(self, number: Option<f64>) -> bool {
        self.is_open() || number.is_some_and(|n| self.min.is_none_or(|min| n >= f64::from(min)) && self.max.is_none_or(|max| n <= f64::from(max)))
    }

    /// The smaller one first.
    fn ordered(self) -> Self {
        match (self.min, self.max) {
            (Some(min), Some(max)) if min > max => Self { min: Some(max), max: Some(min) },
            _ => self,
        }
    }

    /// `5 to 10 km`, `from 5 km`, `up to 10 km`; nothing if it has no bound.
    fn words(self, number: impl Fn(u32) -> String, unit: &str) -> Option<String> {
        Some(match (self.min.map(&number), self.max.map(&number)) {
            (Some(min), Some(max)) => format!("{min} to {max}{unit}"),
            (Some(min), None) => format!("From {min}{unit}"),
            (None, Some(max)) => format!("Up to {max}{unit}"),
            (None, None) => return None,
        })
    }
}

/// What activities must be like to be in the list. The default lets all of them in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Of one of these kinds; any if there is none.
    pub kinds: BTreeSet<Kind>,
    /// On this day or later.
    pub from: Option<NaiveDate>,
    /// On this day or earlier.
    pub to: Option<NaiveDate>,
    /// Metres.
    pub distance_m: Span,
    /// Seconds in motion.
    pub moving_s: Span,
    /// Mean heart rate in beats per minute.
    pub hr_bpm: Span,
    /// With this tag.
    pub tag: Option<String>,
    /// With these shoes or this bicycle.
    pub gear: Option<String>,
    /// With these words, in this order, in the title, a tag, the gear or the beginning of the description.
    pub text: Option<String>,
    /// That began near where this one began.
    pub near: Option<Uuid>,
}

/// One condition of a filter in words, and the filter without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// `Since 1 August 2026`.
    pub words: String,
    /// What is left when it is taken away.
    pub without: Filter,
}

impl Filter {
    /// Reads the fields of an address or of the filter's form; what cannot be read is left out, and named in the errors. Fields of the form
    /// (`distance_min`, `distance_max`, `duration_min`, `duration_max`) are in the units that the field `units` names; those of an address
    /// (`min_distance_m` …) are as they are stored. Two bounds in the wrong order are turned round.
    pub fn read<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> (Self, FieldErrors) {
        let fields: Vec<(&str, &str)> =
            fields.take(MAX_FIELDS).map(|(name, text)| (name, text.trim())).filter(|(_, text)| !text.is_empty()).collect();
        let units = Units::from_code(fields.iter().find(|(name, _)| *name == UNITS).map_or("", |(_, code)| code));
        let (mut filter, mut errors) = (Self::default(), FieldErrors::default());
        for (name, text) in fields {
            filter.read_field(name, text, units, &mut errors);
        }
        for span in [&mut filter.distance_m, &mut filter.moving_s, &mut filter.hr_bpm] {
            *span = span.ordered();
        }
        if let (Some(from), Some(to)) = (filter.from, filter.to)
            && from > to
        {
            (filter.from, filter.to) = (Some(to), Some(from));
        }
        if filter.kinds.len() == Kind::ALL.len() {
            filter.kinds.clear();
        }
        (filter, errors)
    }

    /// The filter of an address, without what cannot be read of it.
    #[must_use]
    pub fn of_query(query: &str) -> Self {
        Self::read(pairs(&decoded(query))).0
    }

    fn read_field(&mut self, name: &str, text: &str, units: Units, errors: &mut FieldErrors) {
        let mut number = |unit: f64, max: f64, sentence: &str| {
            let read = text.replace(',', ".").parse::<f64>().ok().map(|n| n * unit).filter(|n| (0.0..=max).contains(n));
            if read.is_none() {
                errors.add(name, sentence);
            }
            read
        };
        // A bound never leaves out what rounds to it: the smallest is rounded down, the largest up.
        let (down, up) = (|n: f64| n.floor() as u32, |n: f64| n.ceil() as u32);
        let metres = "A distance, such as 10.";
        let seconds = "Minutes and seconds, such as 45:00 or 1:02:30.";
        match name {
            "sport" => {
                for code in text.split(',') {
                    match Kind::parse(code) {
                        Some(kind) => _ = self.kinds.insert(kind),
                        None => errors.add(name, "One of the sports in the list."),
                    }
                }
            }
            "from" | "to" => match text.parse::<Day>() {
                Ok(day) if name == "from" => self.from = Some(day.date()),
                Ok(day) => self.to = Some(day.date()),
                Err(_) => errors.add(name, "A day, such as 2026-11-21."),
            },
            "distance_min" => self.distance_m.min = number(units.unit_m(), MAX_METRES, metres).map(down),
            "distance_max" => self.distance_m.max = number(units.unit_m(), MAX_METRES, metres).map(up),
            "min_distance_m" => self.distance_m.min = number(1.0, MAX_METRES, "Metres.").map(down),
            "max_distance_m" => self.distance_m.max = number(1.0, MAX_METRES, "Metres.").map(up),
            "min_moving_s" => self.moving_s.min = number(1.0, MAX_SECONDS, "Seconds.").map(down),
            "max_moving_s" => self.moving_s.max = number(1.0, MAX_SECONDS, "Seconds.").map(up),
            "min_hr_bpm" => self.hr_bpm.min = number(1.0, MAX_BPM, "Beats per minute.").map(down),
            "max_hr_bpm" => self.hr_bpm.max = number(1.0, MAX_BPM, "Beats per minute.").map(up),
            "duration_min" | "duration_max" => match parse_clock(text).filter(|s| (0.0..=MAX_SECONDS).contains(s)) {
                Some(s) if name == "duration_min" => self.moving_s.min = Some(down(s)),
                Some(s) => self.moving_s.max = Some(up(s)),
                None => errors.add(name, seconds),
            },
            "tag" => self.tag = super::tags::read_tag(text),
            "gear" => self.gear = bounded(text),
            "q" => self.text = bounded(text),
            "near" => match text.parse() {
                Ok(id) => self.near = Some(id),
                Err(_) => errors.add(name, "The id of an activity."),
            },
            _ => {}
        }
    }

    /// Whether it lets every activity in.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// As it stands in an address, without a question mark: `sport=run&from=2026-08-01`. It is read back as the same filter.
    #[must_use]
    pub fn query(&self) -> String {
        let mut query = String::new();
        let mut add = |name: &str, text: Option<String>| {
            if let Some(text) = text {
                let and = if query.is_empty() { "" } else { "&" };
                _ = write!(query, "{and}{name}={}", encode(&text));
            }
        };
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.code()).collect();
        add("sport", (!kinds.is_empty()).then(|| kinds.join(",")));
        add("from", self.from.map(|day| day.to_string()));
        add("to", self.to.map(|day| day.to_string()));
        for (span, min, max) in [
            (self.distance_m, "min_distance_m", "max_distance_m"),
            (self.moving_s, "min_moving_s", "max_moving_s"),
            (self.hr_bpm, "min_hr_bpm", "max_hr_bpm"),
        ] {
            add(min, span.min.map(|n| n.to_string()));
            add(max, span.max.map(|n| n.to_string()));
        }
        add("tag", self.tag.clone());
        add("gear", self.gear.clone());
        add("q", self.text.clone());
        add("near", self.near.map(|id| id.to_string()));
        query
    }

    /// Its conditions in words.
    #[must_use]
    pub fn chips(&self, units: Units) -> Vec<Chip> {
        let mut chips = Vec::new();
        let mut add = |words: Option<String>, take: &dyn Fn(&mut Self)| {
            if let Some(words) = words {
                let mut without = self.clone();
                take(&mut without);
                chips.push(Chip { words, without });
            }
        };
        add(self.kinds_in_words(), &|f| f.kinds.clear());
        let days = match (self.from, self.to) {
            (Some(from), Some(to)) if from == to => Some(units.date(from)),
            (Some(from), Some(to)) => Some(format!("{} to {}", units.date(from), units.date(to))),
            (Some(from), None) => Some(format!("Since {}", units.date(from))),
            (None, Some(to)) => Some(format!("Until {}", units.date(to))),
            (None, None) => None,
        };
        add(days, &|f| (f.from, f.to) = (None, None));
        let unit = format!(" {}", units.distance_unit());
        add(self.distance_m.words(|m| format_significant(f64::from(m) / units.unit_m()), &unit), &|f| f.distance_m = Span::default());
        add(self.moving_s.words(|s| duration(f64::from(s)), ""), &|f| f.moving_s = Span::default());
        add(self.hr_bpm.words(|bpm| bpm.to_string(), " bpm"), &|f| f.hr_bpm = Span::default());
        add(self.tag.as_ref().map(|tag| format!("Tag {tag}")), &|f| f.tag = None);
        add(self.gear.clone(), &|f| f.gear = None);
        add(self.text.as_ref().map(|text| format!("“{text}”")), &|f| f.text = None);
        add(self.near.map(|_| "Near here".to_owned()), &|f| f.near = None);
        chips
    }

    /// `Runs`, `Runs and rides`, `Any sport but yoga`.
    fn kinds_in_words(&self) -> Option<String> {
        if self.kinds.is_empty() {
            return None;
        }
        let missing: Vec<&str> = Kind::ALL.iter().filter(|kind| !self.kinds.contains(kind)).map(|kind| kind.plural()).collect();
        let listed = |words: &[&str]| match words {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{} and {}", first.join(", "), last.to_lowercase()),
        };
        if missing.len() <= 3 {
            return Some(format!("Any sport but {}", listed(&missing).to_lowercase()));
        }
        let mut words: Vec<String> = self.kinds.iter().map(|kind| kind.plural().to_lowercase()).collect();
        words[0] = self.kinds.first().map(|kind| kind.plural().to_owned()).unwrap_or_default();
        Some(listed(&words.iter().map(String::as_str).collect::<Vec<_>>()))
    }
}

/// The fields of an address, after its question mark.
pub(super) fn decoded(query: &str) -> Vec<(String, String)> {
    query.split('&').take(MAX_FIELDS).filter_map(|pair| pair.split_once('=')).map(|(name, text)| (decode(name), decode(text))).collect()
}

/// Fields as [`Filter::read`] takes them.
pub(super) fn pairs(fields: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    fields.iter().map(|(name, text)| (name.as_str(), text.as_str()))
}

/// A text of an address on one line.
fn bounded(text: &str) -> Option<String> {
    let text: String = one_line(text).chars().take(MAX_TEXT).collect();
    let text = text.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// A text for the value of a field in an address.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b',') {
            out.push(char::from(byte));
        } else {
            _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The text of a field in an address. What is no escape stands for itself.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        let hex = |b: u8| char::from(b).to_digit(16);
        match (byte, tail) {
            (b'%', [high, low, after @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                bytes.push((hex(*high).unwrap_or(0) * 16 + hex(*low).unwrap_or(0)) as u8);
                rest = after;
            }
            (b'+', _) => bytes.push(b' '),
            _ => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spans() -> impl Strategy<Value = Span> {
        (prop::option::of(0..300_u32), prop::option::of(0..300_u32)).prop_map(|(min, max)| Span { min, max }.ordered())
    }

    fn filters() -> impl Strategy<Value = Filter> {
        let kinds = prop::collection::btree_set(prop::sample::select(Kind::ALL.to_vec()), 0..13);
        let day = || prop::option::of((0..100_000_u64).prop_map(|n| NaiveDate::from_ymd_opt(1900, 1, 1).expect("a day") + chrono::Days::new(n)));
        let text = || prop::option::of("\\PC{0,120}").prop_map(|text| text.as_deref().and_then(bounded));
        (kinds, (day(), day()), spans(), spans(), spans(), text(), text(), text(), prop::option::of(any::<u128>())).prop_map(
            |(kinds, (from, to), distance_m, moving_s, hr_bpm, tag, gear, text, near)| {
                let (from, to) = if from.is_some() && to.is_some() && from > to { (to, from) } else { (from, to) };
                let tag = tag.as_deref().and_then(super::super::tags::read_tag);
                Filter { kinds, from, to, distance_m, moving_s, hr_bpm, tag, gear, text, near: near.map(Uuid::from_u128) }
            },
        )
    }

    fn read(fields: &[(&str, &str)]) -> (Filter, FieldErrors) {
        Filter::read(fields.iter().copied())
    }

    proptest! {
        #[test]
        fn a_filter_is_read_back_from_its_address(filter in filters()) {
            let query = filter.query();
            prop_assert!(query.bytes().all(|b| b.is_ascii_graphic()), "{query}");
            prop_assert_eq!(Filter::of_query(&query), filter);
        }

        #[test]
        fn each_chip_takes_one_condition_away(filter in filters()) {
            let chips = filter.chips(Units::default());
            prop_assert_eq!(chips.is_empty(), filter.is_open());
            for chip in &chips {
                prop_assert_eq!(chip.without.chips(Units::default()).len() + 1, chips.len());
            }
        }

        #[test]
        fn nothing_in_an_address_breaks_it(query in "\\PC{0,300}") {
            let filter = Filter::of_query(&query);
            prop_assert_eq!(Filter::of_query(&filter.query()), filter);
        }
    }

    #[test]
    fn a_form_is_in_its_own_units() {
        let (filter, errors) = read(&[
            ("distance_min", "5"),
            ("distance_max", "6.5"),
            ("units", "mi"),
            ("duration_min", "1:00:00"),
            ("sport", "run"),
            ("sport", "ride"),
        ]);
        assert!(errors.is_empty());
        // Five miles are 8046.72 m: one of 8046.9 m is in it.
        assert_eq!((filter.distance_m, filter.moving_s.min), (Span { min: Some(8046), max: Some(10_461) }, Some(3600)));
        assert_eq!(filter.query(), "sport=run,ride&min_distance_m=8046&max_distance_m=10461&min_moving_s=3600");
        let chips: Vec<String> = filter.chips(Units::AMERICAN).into_iter().map(|chip| chip.words).collect();
        assert_eq!(chips, ["Runs and rides", "5 to 6.5 mi", "From 1:00:00"]);
    }

    #[test]
    fn what_cannot_be_read_is_named_and_left_out() {
        let (filter, errors) = read(&[
            ("from", "yesterday"),
            ("sport", "chess"),
            ("distance_min", "-3"),
            ("hr", "x"),
            ("min_hr_bpm", "NaN"),
            ("near", "x"),
            ("to", "2026-08-01"),
        ]);
        assert_eq!(errors.names().collect::<Vec<_>>(), ["distance_min", "from", "min_hr_bpm", "near", "sport"]);
        assert_eq!(filter, Filter { to: NaiveDate::from_ymd_opt(2026, 8, 1), ..Filter::default() });
    }

    #[test]
    fn bounds_in_the_wrong_order_are_turned_round() {
        let (filter, _) = read(&[("from", "2026-08-03"), ("to", "2026-08-01"), ("min_hr_bpm", "150"), ("max_hr_bpm", "130")]);
        assert_eq!(filter.hr_bpm, Span { min: Some(130), max: Some(150) });
        assert!(filter.from < filter.to);
        assert!(filter.hr_bpm.holds(Some(130.0)) && !filter.hr_bpm.holds(Some(129.9)) && !filter.hr_bpm.holds(None));
        let all_but_yoga: Vec<&str> = Kind::ALL.iter().filter(|kind| **kind != Kind::Yoga).map(|kind| kind.code()).collect();
        let (filter, _) = read(&[("sport", &all_but_yoga.join(","))]);
        assert_eq!(filter.chips(Units::default())[0].words, "Any sport but yoga");
    }
}

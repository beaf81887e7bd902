//! The units that an athlete chose, and how they are kept: as words, so that what is not there is as usual.

use serde::{Deserialize, Serialize};

use crate::{FieldErrors, Problem};

/// An enumeration whose values are words: stored, sent in forms, and labelled.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident: $($(#[$usual:meta])* $value:ident = $word:literal, $label:literal;)+) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub enum $name {
            $(
                #[doc = $label]
                $(#[$usual])*
                $value,
            )+
        }

        impl $name {
            /// All of them with their labels.
            pub const ALL: &[(Self, &str)] = &[$((Self::$value, $label),)+];

            /// The word that stands for it.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$value => $word,)+ }
            }

            /// From the word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$value),)+ _ => None }
            }
        }
    };
}

words! {
    /// Unit of distance, and with it of heights.
    Length:
    #[default] Metric = "km", "Kilometres and metres";
    Imperial = "mi", "Miles and feet";
}

words! {
    /// Unit of body weight.
    Weight:
    #[default] Kilograms = "kg", "Kilograms";
    Pounds = "lb", "Pounds";
}

words! {
    /// Unit of temperature.
    Temperature:
    #[default] Celsius = "celsius", "°C";
    Fahrenheit = "fahrenheit", "°F";
}

words! {
    /// How the time of day is written.
    Clock:
    #[default] Hours24 = "24h", "16:05";
    Hours12 = "12h", "4:05 pm";
}

words! {
    /// The order of day, month and year.
    DateOrder:
    #[default] DayFirst = "dmy", "26 November 2026";
    MonthFirst = "mdy", "November 26, 2026";
    YearFirst = "ymd", "2026-11-26";
}

words! {
    /// The first day of a week.
    WeekStart:
    #[default] Monday = "monday", "Monday";
    Sunday = "sunday", "Sunday";
    Saturday = "saturday", "Saturday";
}

words! {
    /// Whether a sport is told by pace or by speed.
    Rate:
    #[default] Pace = "pace", "Pace";
    Speed = "speed", "Speed";
}

/// Pace or speed of each sport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pacing {
    /// Runs.
    pub running: Rate,
    /// Walks and hikes.
    pub walking: Rate,
    /// Rides.
    pub cycling: Rate,
    /// Swims: a pace is that of a hundred metres or yards.
    pub swimming: Rate,
    /// Everything else.
    pub other: Rate,
}

impl Default for Pacing {
    fn default() -> Self {
        Self { running: Rate::Pace, walking: Rate::Pace, cycling: Rate::Speed, swimming: Rate::Pace, other: Rate::Speed }
    }
}

/// In which units an athlete reads and types. Serialized as [`Self::code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Units {
    /// Distances and heights.
    pub length: Length,
    /// Body weight.
    pub weight: Weight,
    /// Temperatures.
    pub temperature: Temperature,
    /// Pace or speed.
    pub pacing: Pacing,
    /// First day of a week.
    pub week: WeekStart,
    /// Time of day.
    pub clock: Clock,
    /// Dates.
    pub dates: DateOrder,
}

/// The field of a form that says in which units it was filled in: their code.
pub const UNITS: &str = "units";

/// The sports that have a rate of their own, and the fields of the form.
const RATES: [&str; 5] = ["running", "walking", "cycling", "swimming", "other"];

impl Units {
    /// What the United States use.
    pub const AMERICAN: Self = Self {
        length: Length::Imperial,
        weight: Weight::Pounds,
        temperature: Temperature::Fahrenheit,
        pacing: Pacing { running: Rate::Pace, walking: Rate::Pace, cycling: Rate::Speed, swimming: Rate::Pace, other: Rate::Speed },
        week: WeekStart::Sunday,
        clock: Clock::Hours12,
        dates: DateOrder::MonthFirst,
    };

    /// What is usual where a browser's languages are spoken (`Accept-Language`): American units for whoever prefers American English, metric ones for
    /// everybody else.
    #[must_use]
    pub fn for_languages(accepted: &str) -> Self {
        let first = accepted.split([',', ';']).next().unwrap_or_default().trim();
        if first.eq_ignore_ascii_case("en-US") { Self::AMERICAN } else { Self::default() }
    }

    /// Pace or speed of a sport.
    #[must_use]
    pub fn rate(self, sport: &str) -> Rate {
        match sport {
            "running" => self.pacing.running,
            "walking" => self.pacing.walking,
            "cycling" => self.pacing.cycling,
            "swimming" => self.pacing.swimming,
            _ => self.pacing.other,
        }
    }

    /// What differs from the usual units, as words: `mi lb 12h cycling-pace`. Nothing if nothing does.
    #[must_use]
    pub fn code(self) -> String {
        let usual = Self::default();
        let words = |units: Self| {
            [units.length.word(), units.weight.word(), units.temperature.word(), units.week.word(), units.clock.word(), units.dates.word()]
        };
        let own = words(self).into_iter().zip(words(usual)).filter(|(own, usual)| own != usual).map(|(own, _)| own.to_owned());
        let rates =
            RATES.into_iter().filter(|sport| self.rate(sport) != usual.rate(sport)).map(|sport| format!("{sport}-{}", self.rate(sport).word()));
        own.chain(rates).collect::<Vec<_>>().join(" ")
    }

    /// From [`Self::code`]. Words that this version does not know change nothing.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        let mut units = Self::default();
        for word in code.split_ascii_whitespace().take(32) {
            if let Some((sport, rate)) = word.split_once('-') {
                if let Some(rate) = Rate::parse(rate) {
                    units.set_rate(sport, rate);
                }
                continue;
            }
            units.length = Length::parse(word).unwrap_or(units.length);
            units.weight = Weight::parse(word).unwrap_or(units.weight);
            units.temperature = Temperature::parse(word).unwrap_or(units.temperature);
            units.week = WeekStart::parse(word).unwrap_or(units.week);
            units.clock = Clock::parse(word).unwrap_or(units.clock);
            units.dates = DateOrder::parse(word).unwrap_or(units.dates);
        }
        units
    }

    fn set_rate(&mut self, sport: &str, rate: Rate) {
        match sport {
            "running" => self.pacing.running = rate,
            "walking" => self.pacing.walking = rate,
            "cycling" => self.pacing.cycling = rate,
            "swimming" => self.pacing.swimming = rate,
            "other" => self.pacing.other = rate,
            _ => {}
        }
    }

    /// Checks a form with the fields `length`, `weight`, `temperature`, `week`, `clock`, `dates`, and one for each sport: `running`, `walking`,
    /// `cycling`, `swimming`, `other`. What is not there is as usual. A field `preset` with `metric` or
    /// `american` chooses all at once.
    pub fn parse<'a>(fields: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Problem> {
        match fields("preset") {
            Some("metric") => return Ok(Self::default()),
            Some("american") => return Ok(Self::AMERICAN),
            Some(_) => return Err(Problem::of_field("preset", "One of the choices.")),
            None => {}
        }
        let mut errors = FieldErrors::default();
        let mut chosen = Self::default();
        macro_rules! read {
            ($($field:ident: $kind:ident,)+) => {
                $(if let Some(word) = fields(stringify!($field)) {
                    match $kind::parse(word) {
                        Some(value) => chosen.$field = value,
                        None => errors.add(stringify!($field), "One of the choices."),
                    }
                })+
            };
        }
        read! { length: Length, weight: Weight, temperature: Temperature, week: WeekStart, clock: Clock, dates: DateOrder, }
        for sport in RATES {
            if let Some(word) = fields(sport) {
                match Rate::parse(word) {
                    Some(rate) => chosen.set_rate(sport, rate),
                    None => errors.add(sport, "One of the choices."),
                }
            }
        }
        errors.into_result()?;
        Ok(chosen)
    }
}

impl From<String> for Units {
    fn from(code: String) -> Self {
        Self::from_code(&code)
    }
}

impl From<Units> for String {
    fn from(units: Units) -> Self {
        units.code()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every combination of the first two values of everything.
    fn all() -> impl Iterator<Item = Units> {
        (0..1u32 << 11).map(|bits| {
            let on = |n: u32| bits & (1 << n) != 0;
            let rate = |n: u32| if on(n) { Rate::Speed } else { Rate::Pace };
            Units {
                length: if on(0) { Length::Imperial } else { Length::Metric },
                weight: if on(1) { Weight::Pounds } else { Weight::Kilograms },
                temperature: if on(2) { Temperature::Fahrenheit } else { Temperature::Celsius },
                pacing: Pacing { running: rate(3), walking: rate(4), cycling: rate(5), swimming: rate(6), other: rate(7) },
                week: if on(8) { WeekStart::Saturday } else { WeekStart::Monday },
                clock: if on(9) { Clock::Hours12 } else { Clock::Hours24 },
                dates: if on(10) { DateOrder::YearFirst } else { DateOrder::DayFirst },
            }
        })
    }

    #[test]
    fn units_are_kept_as_words_and_read_back() {
        for units in all().chain([Units::AMERICAN]) {
            assert_eq!(Units::from_code(&units.code()), units);
            assert!(units.code().len() <= 200, "the database keeps no more");
        }
        assert_eq!(Units::default().code(), "");
        assert_eq!(Units::AMERICAN.code(), "mi lb fahrenheit sunday 12h mdy");
        assert_eq!(Units::from_code("furlong running-hop mi"), Units { length: Length::Imperial, ..Units::default() });
    }

    #[test]
    fn a_form_names_the_field_that_cannot_be() {
        let form = [("length", "mi"), ("cycling", "pace"), ("clock", "noon")];
        let field = |name: &str| form.iter().find(|(field, _)| *field == name).map(|(_, value)| *value);
        let refused = Units::parse(field).expect_err("there is no such clock");
        assert_eq!(refused.fields.names().collect::<Vec<_>>(), ["clock"]);
        let read = Units::parse(|name| field(name).filter(|_| name != "clock")).expect("the rest can be");
        assert_eq!((read.length, read.rate("cycling"), read.clock), (Length::Imperial, Rate::Pace, Clock::Hours24));
    }

    #[test]
    fn american_english_means_american_units() {
        assert_eq!(Units::for_languages("en-US,en;q=0.9"), Units::AMERICAN);
        for other in ["", "en-GB,en-US;q=0.8", "de", "*", "en"] {
            assert_eq!(Units::for_languages(other), Units::default(), "{other}");
        }
    }
}

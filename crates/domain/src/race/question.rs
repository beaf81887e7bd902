//! What an address asks of the race planner.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{BOUNDS_M, POSSIBLE_MPS};
use crate::FieldErrors;
use crate::onboarding::read_distance;
use crate::units::{Length, Units};

/// Distances that are planned without a course, in metres.
pub const FLAT_M: [f64; 4] = [5000.0, 10_000.0, 21_097.5, 42_195.0];
const TIME: &str = "A time such as 1:36:00, or 45:30 for a short race.";

/// How the time is spread over the course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Pacing {
    /// The same pace everywhere.
    EvenPace,
    /// The same effort everywhere: slower uphill, faster downhill.
    #[default]
    EvenEffort,
}

impl Pacing {
    /// Both, with their codes in addresses and their labels.
    pub const ALL: [(Self, &str, &str); 2] = [(Self::EvenPace, "pace", "Even pace"), (Self::EvenEffort, "effort", "Even effort")];

    /// As an address has it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::EvenPace => "pace",
            Self::EvenEffort => "effort",
        }
    }
}

/// After how much there is a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Every {
    /// A kilometre.
    Kilometre,
    /// A mile.
    Mile,
    /// Five kilometres.
    FiveKilometres,
}

impl Every {
    /// All of them, with their codes in addresses and their labels.
    pub const ALL: [(Self, &str, &str); 3] =
        [(Self::Kilometre, "km", "every kilometre"), (Self::Mile, "mi", "every mile"), (Self::FiveKilometres, "5km", "every 5 km")];

    /// What an athlete with these units reads.
    #[must_use]
    pub const fn usual(units: Units) -> Self {
        match units.length {
            Length::Metric => Self::Kilometre,
            Length::Imperial => Self::Mile,
        }
    }

    /// Metres.
    #[must_use]
    pub const fn metres(self) -> f64 {
        match self {
            Self::Kilometre => 1000.0,
            Self::Mile => 1609.344,
            Self::FiveKilometres => 5000.0,
        }
    }

    /// As an address has it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Kilometre => "km",
            Self::Mile => "mi",
            Self::FiveKilometres => "5km",
        }
    }
}

/// What is planned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum On {
    /// A course of the athlete's.
    Course(Uuid),
    /// So many metres on the flat.
    Flat(f64),
}

/// The address after its question mark, as it was typed; what is not there is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Typed {
    /// A course, metres, or `other`.
    pub on: String,
    /// The distance of `other`.
    pub far: String,
    /// In which units it was typed ([`Units::code`]); `None` in those of the athlete.
    pub units: Option<String>,
    /// The target.
    pub target: String,
    /// [`Pacing::code`].
    pub pacing: String,
    /// [`Every::code`].
    pub by: String,
    /// An activity whose route is to become a course.
    pub activity: String,
}

/// The same as it is understood.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Question {
    /// What is planned; `None` if nothing is asked yet, or it cannot be understood.
    pub on: Option<On>,
    /// How the time is spread.
    pub pacing: Pacing,
    /// After how much there is a split; `None` as is usual.
    pub every: Option<Every>,
    /// The activity whose route is to become a course.
    pub activity: Option<Uuid>,
    /// What cannot be understood, by fields.
    pub errors: FieldErrors,
}

impl Question {
    /// Reads what was typed. What is chosen among a few and is none of them is as usual.
    #[must_use]
    pub fn of(typed: &Typed, units: Units) -> Self {
        let mut errors = FieldErrors::default();
        let within = |metres: &f64| (BOUNDS_M.0..=BOUNDS_M.1).contains(metres);
        let on = match typed.on.as_str() {
            "" => None,
            "other" => {
                let units = typed.units.as_deref().map_or(units, Units::from_code);
                let metres = read_distance(&typed.far, units);
                if metres.is_none() {
                    errors.add("far", format!("A distance in {}, such as 12.5.", units.distance_unit()));
                }
                metres.map(On::Flat)
            }
            text => match (text.parse(), text.parse::<f64>()) {
                (Ok(course), _) => Some(On::Course(course)),
                (_, Ok(metres)) if within(&metres) => Some(On::Flat(metres)),
                _ => {
                    errors.add("on", "Choose a course or a distance.");
                    None
                }
            },
        };
        let pacing = Pacing::ALL.into_iter().find(|(_, code, _)| *code == typed.pacing).map(|(pacing, ..)| pacing).unwrap_or_default();
        let every = Every::ALL.into_iter().find(|(_, code, _)| *code == typed.by).map(|(every, ..)| every);
        Self { on, pacing, every, activity: typed.activity.parse().ok(), errors }
    }
}

/// A target as it is typed, in seconds, for so many metres: `1:36:00`, `45:30`, and `3:30` for a marathon, which nobody runs in minutes.
#[must_use]
pub fn read_target(text: &str, distance_m: f64) -> Option<u32> {
    let parts: Vec<&str> = text.trim().split(':').collect();
    let number = |text: &&str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten().filter(|n| *n < 10_000);
    let numbers = parts.iter().map(number).collect::<Option<Vec<u32>>>()?;
    let two = |i: usize| parts.get(i).is_some_and(|part| part.len() == 2) && numbers[i] < 60;
    match numbers[..] {
        [minutes] => Some(minutes * 60),
        [first, second] if two(1) => {
            let seconds = first * 60 + second;
            let too_fast = distance_m > f64::from(seconds) * POSSIBLE_MPS.1;
            Some(if too_fast { seconds * 60 } else { seconds })
        }
        [hours, minutes, seconds] if two(1) && two(2) => Some(hours * 3600 + minutes * 60 + seconds),
        _ => None,
    }
}

/// The same with what is wrong with it.
pub fn check_target(text: &str, distance_m: f64) -> Result<u32, &'static str> {
    let seconds = read_target(text, distance_m).ok_or(TIME)?;
    let mps = distance_m / f64::from(seconds);
    match mps {
        _ if mps > POSSIBLE_MPS.1 => Err("That is faster than anybody runs so far."),
        _ if mps < POSSIBLE_MPS.0 => Err("That is slower than this can plan."),
        _ => Ok(seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_read_as_what_can_be_run() {
        for (text, metres, seconds) in [
            ("1:36:00", 21_097.5, 5760),
            ("1:36", 21_097.5, 5760),
            ("3:30", 42_195.0, 12_600),
            ("20:30", 5000.0, 1230),
            ("45:30", 10_000.0, 2730),
            ("95:30", 21_097.5, 5730),
            (" 45 ", 10_000.0, 2700),
            ("24:00:00", 100_000.0, 86_400),
        ] {
            assert_eq!(read_target(text, metres), Some(seconds), "{text}");
        }
        for wrong in ["", ":", "1:2:3", "1:60", "1:00:60", "fast", "-3:00", "+1:30", "1:36:00:00", "99999", "1:3", "４５"] {
            assert!(check_target(wrong, 10_000.0).is_err(), "{wrong}");
        }
        assert!(check_target("0", 5000.0).is_err() && check_target("0:05", 5000.0).is_err() && check_target("9999", 5000.0).is_err());
        assert_eq!(check_target("7:00", 5000.0), Ok(420));
    }

    #[test]
    fn an_address_is_understood_or_says_why_not() {
        let typed = |on: &str, far: &str| Typed { on: on.into(), far: far.into(), ..Typed::default() };
        let of = |typed: &Typed| Question::of(typed, Units::default());
        assert_eq!(of(&Typed::default()), Question::default());
        let id = Uuid::from_u128(7);
        assert_eq!(of(&typed(&id.to_string(), "")).on, Some(On::Course(id)));
        assert_eq!(of(&typed("21097.5", "")).on, Some(On::Flat(21_097.5)));
        assert_eq!(of(&typed("other", "12,5")).on, Some(On::Flat(12_500.0)));
        let miles = Typed { units: Some(Units::AMERICAN.code()), ..typed("other", "10") };
        assert_eq!(of(&miles).on, Some(On::Flat(16_093.44)));
        for (wrong, field) in [(typed("NaN", ""), "on"), (typed("5", ""), "on"), (typed("x", ""), "on"), (typed("other", ""), "far")] {
            let question = of(&wrong);
            assert!(question.on.is_none() && question.errors.get(field).is_some(), "{wrong:?}");
        }
        let spread = Typed { pacing: "pace".into(), by: "5km".into(), ..Typed::default() };
        assert_eq!((of(&spread).pacing, of(&spread).every), (Pacing::EvenPace, Some(Every::FiveKilometres)));
        assert_eq!((Every::usual(Units::AMERICAN), Every::usual(Units::default())), (Every::Mile, Every::Kilometre));
    }
}

//! What the analysis of a recording says about it, as codes with arguments; the words for the runner are made here.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::units::Units;
use crate::{Problem, ProblemKind};

/// Something that the numbers of an activity leave out or cannot contain. It prints as the sentence for a runner who reads kilometres;
/// see [`Self::in_units`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Caveat {
    /// All samples have one time, and nothing else says how long it took.
    OneInstant,
    /// All samples have one time; only the device's totals say how long it took.
    TimesOfTotals,
    /// Metres across pauses or between segments.
    NotRun {
        /// How far.
        metres: f64,
    },
    /// Heart rate for less than half of the recorded time.
    LittleHeartRate {
        /// Of the recorded time, 0 to 50.
        percent: f64,
    },
    /// The cadence counted the steps of both legs and was halved.
    StepsOfBothLegs,
    /// The clock was set during the recording, and the seconds by which it was shifted do not count.
    ClockSet,
    /// More than twelve days of moving time: metrics per second are not computed.
    TooLongForSeconds,
}

impl Caveat {
    /// The sentence for a runner who reads these units.
    #[must_use]
    pub fn in_units(self, units: Units) -> String {
        match self {
            Self::NotRun { metres } => {
                format!("{} lie across a pause or between two segments. They were not run and do not count.", units.distance(metres))
            }
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneInstant => f.write_str("All points carry the same time: there is a distance, and no pace."),
            Self::TimesOfTotals => f.write_str("All points carry the same time. How long it took is what the device says for the whole."),
            Self::NotRun { .. } => f.write_str(&self.in_units(Units::default())),
            Self::LittleHeartRate { percent } => write!(f, "There is a heart rate for {percent:.0} % of the time. Its mean speaks for that alone."),
            Self::StepsOfBothLegs => f.write_str("The cadence counted the steps of both legs. It was halved."),
            Self::ClockSet => f.write_str("The clock was set during the recording. The jump is no time."),
            Self::TooLongForSeconds => f.write_str("It moves for more than twelve days. What is computed second by second is left out."),
        }
    }
}

/// Why a recording cannot become an activity. It prints as the sentence for the runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Unusable {
    /// A route: no point has a time.
    NoTimes,
    /// Its year is one that no calendar can show.
    NoDay,
    /// Neither time nor distance.
    NothingMeasured,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoTimes => "It holds a route without times, so there is no pace to compute. Export the activity itself, not its route.",
            Self::NoDay => "Its clock was never set, so there is no telling which day it belongs to.",
            Self::NothingMeasured => "It has neither time nor distance in it.",
        })
    }
}

impl From<Unusable> for Problem {
    fn from(reason: Unusable) -> Self {
        Self::new(ProblemKind::Invalid, reason.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_run_is_as_long_in_miles() {
        let caveat = Caveat::NotRun { metres: 3218.688 };
        assert!(caveat.to_string().starts_with("3.22\u{a0}km lie across"), "{caveat}");
        let read = caveat.in_units(Units::AMERICAN);
        assert!(read.starts_with("2.00\u{a0}mi lie across"), "{read}");
        assert_eq!(Caveat::ClockSet.in_units(Units::AMERICAN), Caveat::ClockSet.to_string());
    }
}

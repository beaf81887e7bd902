//! Caveats about a recording that a runner should know before relying on its numbers.

use std::fmt;

/// Something that the numbers of an activity leave out or cannot contain. The sentence is meant for the runner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Caution {
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

impl fmt::Display for Caution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneInstant => f.write_str("All points carry the same time: there is a distance, and no pace."),
            Self::TimesOfTotals => f.write_str("All points carry the same time. How long it took is what the device says for the whole."),
            Self::NotRun { metres } => {
                write!(f, "{:.2} km lie across a pause or between two segments. They were not run and do not count.", metres / 1000.0)
            }
            Self::LittleHeartRate { percent } => write!(f, "There is a heart rate for {percent:.0} % of the time. Its mean speaks for that alone."),
            Self::StepsOfBothLegs => f.write_str("The cadence counted the steps of both legs. It was halved."),
            Self::ClockSet => f.write_str("The clock was set during the recording. The jump is no time."),
            Self::TooLongForSeconds => f.write_str("It moves for more than twelve days. What is computed second by second is left out."),
        }
    }
}

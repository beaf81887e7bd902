//! What was assumed of an athlete who did not say it: shown under every number that rests on it.

use serde::{Deserialize, Serialize};

use crate::units::NBSP;

/// Heart rates that formulas used although the athlete gave none.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Assumed {
    /// The maximum in beats per minute, if it was assumed.
    pub hr_max: Option<f64>,
    /// Whether that one follows from the athlete's age.
    pub by_age: bool,
    /// The resting heart rate in beats per minute, if it was assumed.
    pub resting_hr: Option<f64>,
}

impl Assumed {
    /// The sentence about what rests on maximum and resting heart rate, as loads do; `None` where both were given.
    #[must_use]
    pub fn sentence(self) -> Option<String> {
        let max = self.hr_max.map(|bpm| {
            if self.by_age {
                format!("a maximum of {bpm:.0}{NBSP}bpm, assumed by your age")
            } else {
                format!("an assumed maximum of {bpm:.0}{NBSP}bpm")
            }
        });
        let rest = self.resting_hr.map(|bpm| format!("an assumed resting heart rate of {bpm:.0}{NBSP}bpm"));
        let parts: Vec<String> = [max, rest].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| format!("With {}.", parts.join(" and ")))
    }

    /// The same without the resting heart rate, for what rests on the maximum alone.
    #[must_use]
    pub const fn of_maximum(self) -> Self {
        Self { resting_hr: None, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_assumed_is_said_and_what_was_given_is_not() {
        let said = |assumed: Assumed| assumed.sentence().map(|s| s.replace(NBSP, " "));
        let both = Assumed { hr_max: Some(190.0), by_age: false, resting_hr: Some(60.0) };
        assert_eq!(said(both).as_deref(), Some("With an assumed maximum of 190 bpm and an assumed resting heart rate of 60 bpm."));
        assert_eq!(said(both.of_maximum()).as_deref(), Some("With an assumed maximum of 190 bpm."));
        let aged = Assumed { hr_max: Some(180.0), by_age: true, resting_hr: None };
        assert_eq!(said(aged).as_deref(), Some("With a maximum of 180 bpm, assumed by your age."));
        assert_eq!(said(Assumed::default()), None);
    }
}

//! What pages show of a plan.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Expected, PlannedSession, about_time, gist, write_time};
use crate::units::{NBSP, Units};

/// A session on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// The session.
    pub session: PlannedSession,
    /// What it comes to.
    pub expected: Expected,
    /// The activity that it became.
    pub activity: Option<Uuid>,
}

impl Planned {
    /// How much: `8 km`, `45min`, or what it is.
    #[must_use]
    pub fn amount(&self, units: Units) -> String {
        let session = &self.session;
        let shape = session.shape();
        // Steps that are measured in time are as far as the usual pace says.
        let metres = shape.metres.or_else(|| self.expected.metres.filter(|_| !session.steps.is_empty() && session.kind.sport() == "running"));
        match (metres, shape.seconds) {
            (_, Some(seconds)) if matches!(session.target, super::Target::Duration(_)) => write_time(seconds.round() as u32),
            (Some(metres), _) => {
                let (number, unit) = session.kind.distance(metres, units);
                format!("{}{NBSP}{unit}", number.strip_suffix(".0").unwrap_or(&number))
            }
            (None, Some(seconds)) => about_time(seconds),
            (None, None) => session.kind.name().to_owned(),
        }
    }

    /// What: its words, else the core of its steps, else the sport unless it is a run.
    #[must_use]
    pub fn words(&self, units: Units) -> String {
        let session = &self.session;
        let named = self.amount(units) == session.kind.name();
        let sport = || if session.kind.sport() == "running" || named { String::new() } else { session.kind.name().to_lowercase() };
        if session.words.is_empty() { gist(&session.steps, units).unwrap_or_else(sport) } else { session.words.clone() }
    }

    /// Its name: `8 km tempo`.
    #[must_use]
    pub fn name(&self, units: Units) -> String {
        let (amount, words, kind) = (self.amount(units), self.words(units), self.session.kind.name());
        match (words.is_empty(), amount == kind) {
            (false, _) => format!("{amount} {words}"),
            (true, true) => amount,
            (true, false) => format!("{amount} {}", kind.to_lowercase()),
        }
    }
}

/// An activity that a session may have become.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Which.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// Its day.
    pub day: NaiveDate,
}

/// What the page of a session shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionView {
    /// Today, in the athlete's time zone.
    pub today: NaiveDate,
    /// The session; nothing for a new one.
    pub planned: Option<Planned>,
    /// Activities of the days around it.
    pub candidates: Vec<Candidate>,
}

#[cfg(test)]
mod tests {
    use super::super::{Choice, Steps, Target, read};
    use super::*;
    use crate::activities::Kind;

    #[test]
    fn a_session_has_a_name_whatever_is_said_of_it() {
        let named = |kind, words: &str, target, steps: &str, metres| {
            let (day, steps) = (NaiveDate::default(), if steps.is_empty() { Steps::default() } else { read(steps).expect("steps") });
            let session = PlannedSession { id: Uuid::nil(), day, kind, words: words.into(), target, steps, choice: Choice::ByShape };
            Planned { session, expected: Expected { metres, ..Expected::default() }, activity: None }.name(Units::default()).replace(NBSP, " ")
        };
        assert_eq!(named(Kind::Run, "tempo", Target::Distance(8000), "", None), "8 km tempo");
        assert_eq!(named(Kind::Run, "", Target::Distance(8250), "", None), "8.2 km run");
        assert_eq!(named(Kind::Run, "", Target::None, "6 x (800m 4:20/km, 2min jog)", Some(6982.0)), "7 km 6 × 800m at 4:20/km");
        assert_eq!(named(Kind::Run, "", Target::None, "", None), "Run");
        assert_eq!(named(Kind::Strength, "", Target::Duration(1800), "", None), "30min strength");
        assert_eq!(named(Kind::Ride, "easy spin", Target::Load(40), "", Some(20_000.0)), "Ride easy spin");
    }
}

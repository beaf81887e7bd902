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
        let words = self.words(units);
        if words.is_empty() {
            format!("{} {}", self.amount(units), self.session.kind.name().to_lowercase())
        } else {
            format!("{} {words}", self.amount(units))
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

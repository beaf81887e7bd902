//! The steps, and how far somebody is.

use serde::{Deserialize, Serialize};

/// A step of the onboarding, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// What for.
    Goals,
    /// Bring what is there.
    Import,
    /// When.
    Availability,
    /// Height, weight, year of birth, sex.
    Body,
    /// What was found in the recordings.
    Thresholds,
    /// What to ask each day.
    Questions,
    /// What is known now.
    Done,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Self; 7] = [Self::Goals, Self::Import, Self::Availability, Self::Body, Self::Thresholds, Self::Questions, Self::Done];
    /// Those that ask something.
    pub const ASKING: [Self; 6] = [Self::Goals, Self::Import, Self::Availability, Self::Body, Self::Thresholds, Self::Questions];

    /// As it is stored and in addresses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Goals => "goals",
            Self::Import => "import",
            Self::Availability => "availability",
            Self::Body => "body",
            Self::Thresholds => "thresholds",
            Self::Questions => "questions",
            Self::Done => "done",
        }
    }

    /// The step with this key.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.key() == key)
    }

    /// The address of its page.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Goals => "/welcome/goals",
            Self::Import => "/welcome/import",
            Self::Availability => "/welcome/availability",
            Self::Body => "/welcome/body",
            Self::Thresholds => "/welcome/thresholds",
            Self::Questions => "/welcome/questions",
            Self::Done => "/welcome/done",
        }
    }

    /// Its place, from one.
    #[must_use]
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    /// The step after it.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self.number()).copied()
    }

    /// The step before it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        (self as usize).checked_sub(1).map(|at| Self::ALL[at])
    }

    /// What it is called within a sentence.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Goals => "goals",
            Self::Import => "what you bring",
            Self::Availability => "availability",
            Self::Body => "the body",
            Self::Thresholds => "thresholds",
            Self::Questions => "daily questions",
            Self::Done => "the end",
        }
    }
}

/// How far an athlete is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Whether any step was answered or skipped yet.
    pub begun: bool,
    /// Answered.
    pub done: Vec<Step>,
    /// Skipped, and not answered since.
    pub skipped: Vec<Step>,
    /// Left for good.
    pub left: bool,
    /// Finished.
    pub finished: bool,
}

impl Progress {
    /// The steps that are neither answered nor skipped, in order.
    pub fn open(&self) -> impl Iterator<Item = Step> {
        Step::ASKING.into_iter().filter(|step| !self.done.contains(step) && !self.skipped.contains(step))
    }

    /// The first of them.
    #[must_use]
    pub fn stopped_at(&self) -> Option<Step> {
        self.open().next()
    }

    /// Whether it is over: finished, or left for good. Then a step leads back to the settings, and nothing asks for the others.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.left || self.finished
    }

    /// Where somebody goes on: at the first open step, unless it is over.
    #[must_use]
    pub fn goes_on_at(&self) -> Option<Step> {
        if self.is_over() { None } else { self.stopped_at() }
    }
}

/// What of the onboarding the settings show: a line each.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stage {
    /// `Riverside Half, knowing`; nothing if none is said.
    pub goals: Option<String>,
    /// How many parts of the week; nothing if it is not said.
    pub slots: Option<usize>,
    /// How many of the three thresholds are confirmed.
    pub confirmed: usize,
    /// How many measures are asked.
    pub asked: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_one_order_and_are_found_by_their_keys() {
        for (at, step) in Step::ALL.into_iter().enumerate() {
            assert_eq!((step.number(), Step::parse(step.key())), (at + 1, Some(step)));
            assert_eq!(step.path(), format!("/welcome/{}", step.key()));
            assert_eq!(step.next().and_then(Step::previous), step.next().map(|_| step));
        }
        assert_eq!((Step::parse("none"), Step::Goals.previous(), Step::Done.next()), (None, None, None));
    }

    #[test]
    fn what_is_open_is_neither_answered_nor_skipped() {
        let mut progress = Progress { begun: true, done: vec![Step::Goals], skipped: vec![Step::Import], ..Progress::default() };
        assert_eq!((progress.goes_on_at(), progress.open().count()), (Some(Step::Availability), 4));
        progress.left = true;
        assert_eq!((progress.goes_on_at(), progress.stopped_at()), (None, Some(Step::Availability)));
        let all = Progress { done: Step::ASKING.to_vec(), ..Progress::default() };
        assert_eq!(all.goes_on_at(), None);
    }
}

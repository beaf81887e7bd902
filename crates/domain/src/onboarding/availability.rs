//! When somebody could run: a week in three parts a day.

use serde::{Deserialize, Serialize};

use crate::units::{lowercase_label, spell_number};
use crate::{FieldErrors, Problem};

/// The days of the week as they are stored, and their names. Monday is the first.
pub const DAYS: [(&str, &str); 7] =
    [("mon", "Monday"), ("tue", "Tuesday"), ("wed", "Wednesday"), ("thu", "Thursday"), ("fri", "Friday"), ("sat", "Saturday"), ("sun", "Sunday")];

/// A part of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// Before the day begins.
    Early,
    /// Around noon.
    Midday,
    /// After it.
    Evening,
}

impl Part {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::Early, Self::Midday, Self::Evening];

    /// As it is stored and shown.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Early => "early",
            Self::Midday => "midday",
            Self::Evening => "evening",
        }
    }
}

/// The day of the long run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LongRun {
    /// On this day, counted from Monday, which is 0.
    On(u8),
    /// On no day.
    Never,
}

impl LongRun {
    /// As it is stored.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::On(day) => DAYS[usize::from(day) % DAYS.len()].0,
            Self::Never => "none",
        }
    }

    /// The day with this key.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        if key == "none" {
            return Some(Self::Never);
        }
        DAYS.iter().zip(0..).find(|((name, _), _)| *name == key).map(|(_, day)| Self::On(day))
    }
}

/// When somebody could run. Roughly: a plan asks, it does not insist.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Availability {
    /// For each day from Monday, each part of [`Part::ALL`].
    pub week: [[bool; 3]; 7],
    /// Nothing if it is not said.
    pub long_run: Option<LongRun>,
}

impl Availability {
    /// Whether somebody could run then; the day counts from Monday, which is 0.
    #[must_use]
    pub fn is_free(&self, day: usize, part: Part) -> bool {
        self.week.get(day).is_some_and(|parts| parts[part as usize])
    }

    /// How many parts of the week.
    #[must_use]
    pub fn count(&self) -> usize {
        self.week.iter().flatten().filter(|free| **free).count()
    }

    /// The parts of the week as they are stored and in forms: `mon_early`.
    #[must_use]
    pub fn slots(&self) -> Vec<String> {
        let all = DAYS.iter().enumerate().flat_map(|(day, (name, _))| Part::ALL.map(|part| (day, *name, part)));
        all.filter(|(day, _, part)| self.is_free(*day, *part)).map(|(_, name, part)| format!("{name}_{}", part.word())).collect()
    }

    /// Adds a part of the week. `false` if there is no such part.
    pub fn add(&mut self, slot: &str) -> bool {
        let Some((name, word)) = slot.split_once('_') else { return false };
        let day = DAYS.iter().position(|(day, _)| *day == name);
        let part = Part::ALL.into_iter().find(|part| part.word() == word);
        let (Some(day), Some(part)) = (day, part) else { return false };
        self.week[day][part as usize] = true;
        true
    }

    /// Checks a form: `slot` once for each part of the week, and `long_run`.
    pub fn parse<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Problem> {
        let (mut found, mut errors) = (Self::default(), FieldErrors::default());
        for (name, value) in pairs {
            match name {
                "slot" if !found.add(value) => errors.add("slot", "A part of a day of the week, such as mon_early."),
                "long_run" if !value.is_empty() => {
                    found.long_run = LongRun::parse(value);
                    if found.long_run.is_none() {
                        errors.add("long_run", "A day of the week, or none.");
                    }
                }
                _ => {}
            }
        }
        errors.into_result().map(|()| found)
    }

    /// `Seven slots, most of them early.`
    #[must_use]
    pub fn sentence(&self) -> String {
        let count = self.count();
        let number = spell_number(count);
        if count == 0 {
            return "Nothing marked, and that is an answer, too.".to_owned();
        }
        let of = |part: Part| self.week.iter().filter(|parts| parts[part as usize]).count();
        let most = Part::ALL.into_iter().find(|part| of(*part) * 2 > count);
        let slots = if count == 1 { "slot" } else { "slots" };
        match most {
            Some(part) if of(part) == count && count > 1 => format!("{number} {slots}, all of them {}.", lowercase_label(part.word())),
            Some(part) if count > 1 => format!("{number} {slots}, most of them {}.", part.word()),
            _ => format!("{number} {slots}."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_what_was_ticked() {
        let ticked = ["tue_early", "wed_evening", "thu_early", "fri_midday", "sat_early", "sun_early", "sun_midday"];
        let pairs = ticked.map(|slot| ("slot", slot)).into_iter().chain([("long_run", "sun")]);
        let week = Availability::parse(pairs).expect("valid");
        assert_eq!(week.slots(), ticked);
        assert_eq!((week.sentence().as_str(), week.long_run), ("Seven slots, most of them early.", Some(LongRun::On(6))));
        assert!(week.is_free(6, Part::Midday) && !week.is_free(0, Part::Early) && !week.is_free(9, Part::Early));
        let never = Availability::parse([("long_run", "none"), ("slot", "mon_evening"), ("slot", "mon_evening")]).expect("valid");
        assert_eq!((never.count(), never.long_run.map(LongRun::key), never.sentence().as_str()), (1, Some("none"), "One slot."));
        assert_eq!(Availability::parse([("long_run", "")]).expect("nothing is an answer"), Availability::default());
    }

    #[test]
    fn what_is_no_part_of_a_week_is_refused_beside_its_field() {
        let wrong = Availability::parse([("slot", "mon_night"), ("slot", "early"), ("long_run", "someday")]).expect_err("refused");
        assert_eq!(wrong.fields.names().collect::<Vec<_>>(), ["long_run", "slot"]);
    }
}

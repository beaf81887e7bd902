//! How an activity felt: asked after it, one tap each, and never needed.

use serde::{Deserialize, Serialize};

use crate::{FieldErrors, Problem};

/// The longest words about it, in characters.
pub const MAX_FELT: usize = 500;
/// How hard it was (RPE) from 1 to 10, on Borg's CR10 scale (Borg 1982; asked of a whole session by Foster et al. 2001).
pub const EFFORTS: [&str; 10] = [
    "hardly moving",
    "very easy",
    "easy, could sing",
    "comfortable, could chat",
    "steady, could talk",
    "brisk, short sentences",
    "hard, single words",
    "very hard",
    "nearly everything",
    "everything I had",
];
/// How the legs were, from 1 to 5.
pub const LEGS: [&str; 5] = ["heavy", "flat", "fine", "good", "springy"];
/// The mood, from 1 to 5.
pub const MOODS: [&str; 5] = ["low", "meh", "ok", "good", "great"];

/// How an activity felt to its athlete. What was not answered is `None` or empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Perception {
    /// The effort (RPE), 1 to 10.
    pub effort: Option<u8>,
    /// The legs, 1 to 5; see [`LEGS`].
    pub legs: Option<u8>,
    /// The mood, 1 to 5; see [`MOODS`].
    pub mood: Option<u8>,
    /// In the athlete's words.
    pub felt: String,
}

impl Perception {
    /// Sets what the fields `effort`, `legs`, `mood` and `felt` say; an empty one takes its answer back, and one that is not there leaves it.
    ///
    /// # Errors
    /// Names the fields that cannot be read. Then nothing is set.
    pub fn answer<'a>(&mut self, fields: impl Fn(&str) -> Option<&'a str>) -> Result<(), Problem> {
        let mut errors = FieldErrors::default();
        let mut next = self.clone();
        for (name, most, place) in [("effort", 10, &mut next.effort), ("legs", 5, &mut next.legs), ("mood", 5, &mut next.mood)] {
            let Some(text) = fields(name).map(str::trim) else { continue };
            match text.parse() {
                Ok(number) if (1..=most).contains(&number) => *place = Some(number),
                _ if text.is_empty() => *place = None,
                _ => errors.add(name, format!("A number from 1 to {most}.")),
            }
        }
        if let Some(words) = fields("felt").map(str::trim) {
            next.felt = words.chars().filter(|c| !c.is_control() || *c == '\n').collect();
            if next.felt.chars().count() > MAX_FELT {
                errors.add("felt", format!("At most {MAX_FELT} characters."));
            }
        }
        errors.into_result()?;
        *self = next;
        Ok(())
    }

    /// Effort times minutes: the load of a session by how it felt (Foster et al. 2001), in arbitrary units.
    #[must_use]
    pub fn session_load(&self, moving_s: f64) -> Option<f64> {
        let effort = self.effort?;
        (moving_s > 0.0).then(|| f64::from(effort) * moving_s / 60.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(was: &Perception, fields: &[(&str, &str)]) -> Result<Perception, Problem> {
        let mut now = was.clone();
        now.answer(|name| fields.iter().find(|(field, _)| *field == name).map(|(_, text)| *text)).map(|()| now)
    }

    #[test]
    fn answers_come_one_by_one_and_can_be_taken_back() {
        let first = answers(&Perception::default(), &[("effort", "5")]).expect("an effort");
        assert_eq!(first, Perception { effort: Some(5), ..Perception::default() });
        let more = answers(&first, &[("legs", "4"), ("felt", " windy\u{7} home\n")]).expect("more");
        assert_eq!(more, Perception { effort: Some(5), legs: Some(4), mood: None, felt: "windy home".into() });
        assert_eq!(answers(&more, &[("effort", ""), ("felt", "")]).expect("less"), Perception { legs: Some(4), ..Perception::default() });
    }

    #[test]
    fn what_is_no_answer_is_named_and_changes_nothing() {
        let long = "x".repeat(MAX_FELT + 1);
        let refused =
            answers(&Perception::default(), &[("effort", "11"), ("legs", "0"), ("mood", "good"), ("felt", &long)]).expect_err("four errors");
        assert_eq!(refused.fields.names().collect::<Vec<_>>(), ["effort", "felt", "legs", "mood"]);
    }

    #[test]
    fn a_session_is_its_minutes_times_its_effort() {
        let felt = Perception { effort: Some(5), ..Perception::default() };
        assert_eq!(felt.session_load(51.0 * 60.0 + 38.0).map(f64::round), Some(258.0));
        assert_eq!((felt.session_load(0.0), Perception::default().session_load(3600.0)), (None, None));
    }
}

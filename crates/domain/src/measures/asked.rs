//! How much the journal asks, in the same words wherever it is said.

use super::keys;
use crate::units::spell_number;

/// Questions that so many measures are, by their keys: illness and injury are one.
pub fn count_questions<'a>(asked: impl IntoIterator<Item = &'a str>) -> usize {
    let (mut count, mut wrong) = (0, false);
    for key in asked {
        match key {
            keys::ILLNESS | keys::INJURY | keys::INJURY_SIDE => wrong = true,
            _ => count += 1,
        }
    }
    count + usize::from(wrong)
}

/// `Nine questions, about 20 seconds`: eight take fifteen.
#[must_use]
pub fn questions_and_seconds(count: usize) -> String {
    let seconds = (count * 15).div_ceil(8).next_multiple_of(5);
    let questions = if count == 1 { "question" } else { "questions" };
    format!("{} {questions}, about {seconds} seconds", spell_number(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn illness_and_injury_are_one_question() {
        assert_eq!(count_questions(["sleep_hours", keys::ILLNESS, "mood", keys::INJURY]), 3);
        assert_eq!(count_questions(super::super::DEFAULT_ASKED), 9);
        assert_eq!(count_questions([]), 0);
    }

    #[test]
    fn so_many_questions_take_so_long() {
        let said = [1, 4, 8, 10].map(questions_and_seconds);
        assert_eq!(said[..2], ["One question, about 5 seconds", "Four questions, about 10 seconds"]);
        assert_eq!(said[2..], ["Eight questions, about 15 seconds", "Ten questions, about 20 seconds"]);
    }
}

//! Whether a finding was of use, as its reader says.

use serde::{Deserialize, Serialize};

use super::Group;
use crate::{FieldErrors, Problem};

/// Characters of a comment, at most.
pub const MAX_COMMENT: usize = 500;

/// An answer to “Was this helpful?”.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// Yes or no.
    pub helpful: bool,
    /// In the reader's words.
    pub comment: Option<String>,
}

impl Feedback {
    /// From the fields `helpful` (`yes` or `no`) and `comment` of a form.
    ///
    /// # Errors
    /// Beside its field: neither yes nor no, or a comment that is too long.
    pub fn parse<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Problem> {
        let helpful = match field("helpful") {
            Some("yes") => Some(true),
            Some("no") => Some(false),
            _ => None,
        };
        Self::new(helpful, field("comment"))
    }

    /// The same of an answer that was sent by a program.
    ///
    /// # Errors
    /// As [`Feedback::parse`].
    pub fn new(helpful: Option<bool>, comment: Option<&str>) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        if helpful.is_none() {
            errors.add("helpful", "Yes or no.");
        }
        // Paragraphs become one line: a comment is a sentence or three.
        let words: Vec<&str> = comment.unwrap_or_default().split_whitespace().collect();
        let comment = crate::one_line(&words.join(" "));
        if comment.chars().count() > MAX_COMMENT {
            errors.add("comment", format!("At most {MAX_COMMENT} characters."));
        }
        errors.into_result()?;
        Ok(Self { helpful: helpful.unwrap_or_default(), comment: Some(comment).filter(|comment| !comment.is_empty()) })
    }
}

/// What several people said of the findings of a pair that stood in the same group: counts, and no names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedbackCount {
    /// Key of the input.
    pub input: String,
    /// Key of the outcome.
    pub outcome: String,
    /// Where the findings stood; nothing if this version does not know that group.
    pub group: Option<Group>,
    /// The engine that computed them.
    pub engine: String,
    /// The version of the formulas behind the metrics; zero if it is not known.
    pub formulas: i32,
    /// Who answered.
    pub people: u32,
    /// Answers that were yes.
    pub helpful: u32,
    /// Answers that were no.
    pub unhelpful: u32,
    /// Answers with a comment.
    pub comments: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(helpful: &str, comment: &str) -> Result<Feedback, Problem> {
        Feedback::parse(|name| match name {
            "helpful" => Some(helpful),
            "comment" => Some(comment),
            _ => None,
        })
    }

    #[test]
    fn an_answer_is_yes_or_no_and_a_comment_is_a_line() {
        assert_eq!(parse("yes", " \r\n "), Ok(Feedback { helpful: true, comment: None }));
        let said = parse("no", "Knew that.\r\n\r\nAnd  the lag is\u{202e} odd.").expect("valid");
        assert_eq!(said, Feedback { helpful: false, comment: Some("Knew that. And the lag is odd.".into()) });
        assert_eq!(parse("", "x").expect_err("neither").fields.get("helpful"), Some("Yes or no."));
    }

    #[test]
    fn a_comment_is_bounded_by_its_characters() {
        assert!(parse("yes", &"ä".repeat(MAX_COMMENT)).is_ok());
        let refused = parse("yes", &"ä".repeat(MAX_COMMENT + 1)).expect_err("too long");
        assert_eq!(refused.fields.names().collect::<Vec<_>>(), ["comment"]);
    }
}

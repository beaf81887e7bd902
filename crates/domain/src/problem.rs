//! Errors, worded for the person who has to do something about them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// An error message for each invalid field; the key is the field's name in the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FieldErrors(BTreeMap<String, String>);

impl FieldErrors {
    /// Adds an error for a field; the first one stays.
    pub fn add(&mut self, field: &str, sentence: impl Into<String>) {
        self.0.entry(field.to_owned()).or_insert_with(|| sentence.into());
    }

    /// Checks a name or a title, which is one line of 1 to `max` characters, and returns it as that. The sentence is for one that is not.
    #[must_use]
    pub fn check_line(&mut self, field: &str, text: &str, max: usize, sentence: &str) -> String {
        let line = crate::one_line(text);
        if line.is_empty() || line.chars().count() > max {
            self.add(field, sentence);
        }
        line
    }

    /// The error of a field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// The invalid fields.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether every field is valid.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` when every field is valid, else the problem to respond with.
    pub fn into_result(self) -> Result<(), Problem> {
        if self.is_empty() {
            return Ok(());
        }
        let message = match self.0.len() {
            1 => self.0.values().next().cloned().unwrap_or_default(),
            n => format!("{n} fields need another look."),
        };
        Err(Problem { fields: self, ..Problem::new(ProblemKind::Invalid, message) })
    }
}

/// The kind decides the HTTP status and what a page offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// The request is not authenticated, or the password is wrong.
    NotSignedIn,
    /// It does not exist, or belongs to another user.
    NotFound,
    /// Something in the form is invalid.
    Invalid,
    /// It conflicts with what already exists.
    Conflict,
    /// It is no longer what the client read before it asked for a change.
    Changed,
    /// More than is allowed at once.
    TooLarge,
    /// The user may do it, but not in this state: without a second factor, or without a recent authentication.
    NotAllowed,
    /// Too many requests in too short a time.
    TooMany,
    /// The server could not be reached.
    Offline,
    /// The server's disk is full.
    Full,
    /// The server is up, but its database is temporarily unreachable.
    Unavailable,
    /// Our fault.
    Internal,
}

/// Seconds after which to retry when the database is unreachable.
const RETRY_AFTER_S: u64 = 3;

/// A problem as it is sent to the client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind.
    pub kind: ProblemKind,
    /// What happened and what to do, in a sentence or two.
    pub message: String,
    /// Errors per field, where it is about fields.
    #[serde(default)]
    pub fields: FieldErrors,
    /// Seconds to wait, after too many requests or while the database is unreachable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
}

impl Problem {
    /// A problem without fields.
    #[must_use]
    pub fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), fields: FieldErrors::default(), retry_after_s: None }
    }

    /// What is wrong with one field.
    #[must_use]
    pub fn of_field(field: &str, sentence: impl Into<String>) -> Self {
        let sentence = sentence.into();
        let mut fields = FieldErrors::default();
        fields.add(field, sentence.clone());
        Self { fields, ..Self::new(ProblemKind::Invalid, sentence) }
    }

    /// Too many requests, and when to retry.
    #[must_use]
    pub fn too_many(seconds: u64) -> Self {
        let message = match seconds {
            0..=1 => "That was a lot at once. Try again in a second.".to_owned(),
            2..=90 => format!("That was a lot at once. Try again in {seconds} seconds."),
            _ => format!("That was a lot at once. Try again in {} minutes.", seconds.div_ceil(60)),
        };
        Self { retry_after_s: Some(seconds.max(1)), ..Self::new(ProblemKind::TooMany, message) }
    }

    /// The database cannot be reached; a retry in a moment should succeed.
    #[must_use]
    pub fn unavailable() -> Self {
        let message = "Legwork cannot reach its database right now. Nothing is lost. Try again in a few seconds.";
        Self { retry_after_s: Some(RETRY_AFTER_S), ..Self::new(ProblemKind::Unavailable, message) }
    }

    /// The account's address is not confirmed, and this requires that it is.
    #[must_use]
    pub fn unconfirmed() -> Self {
        let message = "Confirm your address first, with the link in the email that you got. Settings, Security sends it again.";
        Self::new(ProblemKind::NotAllowed, message)
    }

    /// The HTTP status that fits.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self.kind {
            ProblemKind::NotSignedIn => 401,
            ProblemKind::NotFound => 404,
            ProblemKind::Invalid => 422,
            ProblemKind::Conflict => 409,
            ProblemKind::Changed => 412,
            ProblemKind::TooLarge => 413,
            ProblemKind::NotAllowed => 403,
            ProblemKind::TooMany => 429,
            ProblemKind::Offline | ProblemKind::Unavailable => 503,
            ProblemKind::Full => 507,
            ProblemKind::Internal => 500,
        }
    }
}

/// A form that was refused, for the page that shows it again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RefusedForm {
    /// The page with the form: a path, perhaps with a query.
    pub page: String,
    /// What happened, in a sentence or two.
    pub message: String,
    /// Errors per field, where it is about fields.
    pub fields: FieldErrors,
    /// Fields and what was typed into them, without secrets.
    pub typed: Vec<(String, String)>,
}

impl RefusedForm {
    /// What was typed into a field.
    #[must_use]
    pub fn typed(&self, field: &str) -> Option<&str> {
        self.typed.iter().find(|(name, _)| name == field).map(|(_, text)| text.as_str())
    }

    /// Why a field was refused.
    #[must_use]
    pub fn error(&self, field: &str) -> Option<String> {
        self.fields.get(field).map(ToOwned::to_owned)
    }

    /// Whether a path leads to the page with the form.
    #[must_use]
    pub fn is_on(&self, path: &str) -> bool {
        self.page.split('?').next() == Some(path)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

//! What can go wrong in a feature, and the problem that a person is told.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{FieldErrors, Problem, ProblemKind, RefusedForm};
use thiserror::Error;

use crate::Fault;

/// Bytes of a sentence that a person is told: several times the longest of ours.
const MAX_BYTES: usize = 2000;

/// The error of every service function.
#[derive(Debug, Error)]
pub enum Error {
    /// Something that the person can mend or should know.
    #[error("{0}")]
    Problem(#[from] Problem),
    /// The database did not answer as it should.
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
    /// The file store did not.
    #[error("files: {0}")]
    Files(#[from] std::io::Error),
    /// Something stored cannot be read back.
    #[error("stored data: {0}")]
    Internal(String),
    /// The database is not set up as it must be. The sentence is for whoever runs the server.
    #[error("{0}")]
    Setup(String),
}

impl Error {
    /// A problem of a kind, with its sentence.
    #[must_use]
    pub fn problem(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self::Problem(Problem::new(kind, message))
    }

    /// Not there, or not yours: the same answer, so that nobody learns which.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::problem(ProblemKind::NotFound, format!("There is no such {what}. It may have been undone or deleted."))
    }

    /// Whether the database cannot be reached for the moment: what was asked is not to blame, and asking again will do.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        self.fault() == Some(Fault::Unavailable)
    }

    /// What the person is told. Our own faults are logged with their cause, and told without it but with the number of the request.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        match self {
            Self::Problem(mut problem) => {
                // A sentence may quote what was sent, which is as long as somebody made it.
                problem.message.truncate(problem.message.floor_char_boundary(MAX_BYTES));
                problem
            }
            other if other.fault() == Some(Fault::Full) => {
                tracing::error!(error = %other, "the disk is full");
                let words = "The disk is full, so this could not be taken in. What came in before is safe. Try again when there is room.";
                Problem::new(ProblemKind::Full, words)
            }
            away if away.is_unavailable() => {
                tracing::warn!(error = %away, "the database is away");
                Problem::unavailable()
            }
            other => {
                tracing::error!(error = %other, "request failed");
                let number = crate::telemetry::request_id().map_or_else(String::new, |n| format!(" If it stays, tell us this number: {n}."));
                let words = "Something broke on our side. Nothing of yours is lost. Try again in a moment.";
                Problem::new(ProblemKind::Internal, format!("{words}{number}"))
            }
        }
    }
}

/// SQLSTATE of a character that no text can hold: U+0000 in a text, and the same written as `\\u0000` in JSON.
const INVALID_CHARACTER: [&str; 2] = ["22021", "22P05"];

/// SQLSTATE by which the database refuses what opens an account whose address is not confirmed (`confirmed_first`).
const UNCONFIRMED: &str = "LW002";

/// Whatever is written or asked for passes here, so this is the one place that looks for characters that cannot be kept, and for what the
/// database refuses by itself.
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        if code.as_deref().is_some_and(|code| INVALID_CHARACTER.contains(&code)) {
            let words = "There is an invisible character in the text that cannot be kept (U+0000). Write it anew without it.";
            return Self::problem(ProblemKind::Invalid, words);
        }
        if code.as_deref() == Some(UNCONFIRMED) {
            return Problem::unconfirmed().into();
        }
        Self::Database(error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

/// A problem as whoever asked for a path understands it: a program, a server function's caller, or a person.
#[must_use]
pub fn at(path: &str, problem: &Problem) -> Response {
    if path.starts_with("/v1/") {
        return problem_json(problem);
    }
    if path.starts_with("/api/") {
        // As server functions tell their errors.
        let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        return with_retry_after(problem, (status, axum::Json(problem)).into_response());
    }
    problem_text(problem)
}

/// A problem as a program is told (RFC 9457).
#[must_use]
pub fn problem_json(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::json!({
        "type": "about:blank", "title": status.canonical_reason().unwrap_or_default(), "status": status.as_u16(), "detail": problem.message,
    });
    with_retry_after(problem, (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response())
}

/// The page that says what went wrong where no form does.
pub const PROBLEM_PAGE: &str = "/problem";

/// A problem as a page of its own, which the server renders in place of this text. Text only: nothing in it can be markup.
#[must_use]
pub fn problem_text(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = format!("{}\n\nGo back in the browser, and try again.\n", problem.message);
    let mut response = with_retry_after(problem, (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response());
    if problem.kind == ProblemKind::Unavailable {
        response.extensions_mut().insert(Unavailable);
    } else {
        let (page, message) = (PROBLEM_PAGE.to_owned(), problem.message.clone());
        response.extensions_mut().insert(RefusedForm { page, message, fields: FieldErrors::default(), typed: Vec::new() });
    }
    response
}

/// Marks a page that says that the database is away, for the server's middleware: it puts one in its place that tries again by itself.
#[derive(Debug, Clone, Copy)]
pub struct Unavailable;

/// Says when to come back, where that is known.
#[must_use]
pub fn with_retry_after(problem: &Problem, mut response: Response) -> Response {
    if let Some(seconds) = problem.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

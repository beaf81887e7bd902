//! What can go wrong in a feature, and the problem that a user is shown.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{FieldErrors, Problem, ProblemKind, RefusedForm};
use serde::Serialize;
use thiserror::Error;

use crate::Fault;
use crate::causes::Causes;

/// Maximum bytes of a message that a user is shown: several times the longest of ours.
const MAX_BYTES: usize = 2000;

/// The error of every service function.
#[derive(Debug, Error)]
pub enum Error {
    /// Something that the user can fix or should know.
    #[error("{0}")]
    Problem(#[from] Problem),
    /// The database did not answer as it should.
    #[error("database: {}", Causes(.0))]
    Database(#[source] sqlx::Error),
    /// The file store failed.
    #[error("files: {}", Causes(.0))]
    Files(#[from] std::io::Error),
    /// An internal error, such as stored data that cannot be read back; the text is for the log.
    #[error("internal: {0}")]
    Internal(String),
    /// The database is not set up as it must be. The message is for the operator.
    #[error("{0}")]
    Setup(String),
}

impl Error {
    /// A problem of a kind, with its message.
    #[must_use]
    pub fn problem(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self::Problem(Problem::new(kind, message))
    }

    /// An internal error: what was being done, and what caused it, with the causes behind that.
    #[must_use]
    pub fn internal(what: &str, cause: &(dyn std::error::Error + 'static)) -> Self {
        Self::Internal(format!("{what}: {}", Causes(cause)))
    }

    /// Not there, or not yours: the same answer, so that it does not reveal which.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::problem(ProblemKind::NotFound, format!("There is no such {what}. It may have been undone or deleted."))
    }

    /// The machine's fault behind an error; `None` when the request, or our code, is at fault.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        match self {
            Self::Files(error) => Fault::of_io(error),
            Self::Database(error) => Fault::of_sql(error),
            _ => None,
        }
    }

    /// Whether the database cannot be reached at the moment: the request is not to blame, and trying again will do.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        self.fault() == Some(Fault::Unavailable)
    }

    /// The problem that the user is shown. Our own faults are logged with their cause, and shown without it but with the request id.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        match self {
            Self::Problem(mut problem) => {
                // A message may quote what was sent, which can be of any length.
                problem.message.truncate(problem.message.floor_char_boundary(MAX_BYTES));
                problem
            }
            other if other.fault() == Some(Fault::Full) => {
                tracing::error!(error = %other, "the disk is full");
                let words = "The disk is full, so this could not be stored. What was stored before is safe. Try again when there is room.";
                Problem::new(ProblemKind::Full, words)
            }
            unavailable if unavailable.is_unavailable() => {
                tracing::warn!(error = %unavailable, "the database is unavailable");
                Problem::unavailable()
            }
            other => {
                tracing::error!(error = %other, "request failed");
                let number = crate::telemetry::request_id().map_or_else(String::new, |n| format!(" If it happens again, tell us this number: {n}."));
                let words = "Something broke on our side. Nothing of yours is lost. Try again in a moment.";
                Problem::new(ProblemKind::Internal, format!("{words}{number}"))
            }
        }
    }
}

/// SQLSTATE of a character that no text can hold: U+0000 in a text, and the same escaped as `\\u0000` in JSON.
const INVALID_CHARACTER: [&str; 2] = ["22021", "22P05"];

/// SQLSTATE by which the database refuses login methods for an account whose address is not confirmed (`confirmed_first`).
const UNCONFIRMED: &str = "LW002";

/// Every error of a query passes here, so this is the one place that handles characters that cannot be stored, and what the
/// database itself refuses.
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        if code.as_deref().is_some_and(|code| INVALID_CHARACTER.contains(&code)) {
            let words = "There is an invisible character in the text that cannot be stored (U+0000). Remove it and try again.";
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
        Self::internal("JSON", &error)
    }
}

/// Who reads the responses at an address, which decides what an error looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// A person in a browser.
    Person,
    /// A server function's caller: a page that is open already.
    Page,
    /// An API client.
    Api,
}

impl Reader {
    /// Who reads the responses at a path.
    #[must_use]
    pub fn of(path: &str) -> Self {
        match path.split('/').nth(1) {
            Some("v1") => Self::Api,
            Some("api") => Self::Page,
            _ => Self::Person,
        }
    }
}

/// A problem in the form that suits who reads the responses at the path.
#[must_use]
pub fn at(path: &str, problem: &Problem) -> Response {
    match Reader::of(path) {
        Reader::Api => problem_json(problem),
        Reader::Page => {
            // As server functions return their errors.
            let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            with_retry_after(problem, (status, axum::Json(problem)).into_response())
        }
        Reader::Person => problem_text(problem),
    }
}

/// The response to a request that no handler took, since it is not as its endpoint needs it: in the form that suits who reads the responses at
/// the path, with the status of the rejection. People read a sentence, programs the reason.
#[must_use]
pub fn rejected(path: &str, status: StatusCode, reason: &str) -> Response {
    let (kind, sentence) = match status {
        StatusCode::NOT_FOUND => (ProblemKind::NotFound, "There is nothing at this address."),
        StatusCode::METHOD_NOT_ALLOWED => (ProblemKind::NotAllowed, "There is nothing at this address that takes this method."),
        StatusCode::PAYLOAD_TOO_LARGE => (ProblemKind::TooLarge, "That is more than this form may hold."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (ProblemKind::Invalid, "This was sent in a format that cannot be read here."),
        StatusCode::BAD_REQUEST => (ProblemKind::Invalid, "Something in the address or in the form cannot be read."),
        _ => (ProblemKind::Invalid, "Something in the form is missing, or is not what belongs there."),
    };
    let reader = Reader::of(path);
    let message = if reader == Reader::Person || reason.is_empty() { sentence } else { reason };
    let problem = Problem::new(kind, message);
    let mut response = match reader {
        Reader::Api => problem_json_with(status, &problem),
        Reader::Page | Reader::Person => at(path, &problem),
    };
    *response.status_mut() = status;
    response
}

/// A problem as an API client reads it (RFC 9457), for the API's description.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemJson {
    /// Always `about:blank`: `code` says which problem it is.
    pub r#type: String,
    /// The status in words.
    pub title: String,
    /// The status.
    pub status: u16,
    /// Which problem: `invalid`, `not_signed_in`, `not_allowed`, `not_found`, `conflict`, `changed`, `too_large`, `too_many`, `internal`,
    /// `unavailable` or `full`; more may come.
    #[schema(value_type = String)]
    pub code: ProblemKind,
    /// What happened and what to do, for people.
    pub detail: String,
    /// What is wrong with each field, if it is about fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<std::collections::BTreeMap<String, String>>,
}

/// A problem as JSON for API clients (RFC 9457).
#[must_use]
pub fn problem_json(problem: &Problem) -> Response {
    problem_json_with(StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), problem)
}

fn problem_json_with(status: StatusCode, problem: &Problem) -> Response {
    let errors = problem.fields.names().filter_map(|name| Some((name.to_owned(), problem.fields.get(name)?.to_owned()))).collect();
    let body = ProblemJson {
        r#type: "about:blank".to_owned(),
        title: status.canonical_reason().unwrap_or_default().to_owned(),
        status: status.as_u16(),
        code: problem.kind,
        detail: problem.message.clone(),
        errors: (!problem.fields.is_empty()).then_some(errors),
    };
    let mut response = with_retry_after(problem, (status, axum::Json(body)).into_response());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

/// The page that shows a problem that belongs to no form.
pub const PROBLEM_PAGE: &str = "/problem";

/// A problem as a separate page, which the server renders in place of this text. Plain text: nothing in it can be markup.
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

/// Marks a response while the database is unavailable, for the server's middleware: it puts a page in its place that retries by itself.
#[derive(Debug, Clone, Copy)]
pub struct Unavailable;

/// Adds `Retry-After`, if the time is known.
#[must_use]
pub fn with_retry_after(problem: &Problem, mut response: Response) -> Response {
    if let Some(seconds) = problem.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

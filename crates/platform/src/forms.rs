//! What a posted form answers: on to a page, or back to its own with what was refused. No script is needed for either.

use axum::response::{IntoResponse, Redirect, Response};

use crate::{Error, error, percent_encode};

/// On to the page that `then` names, or back to the form.
pub fn answer<T>(result: Result<T, Error>, then: impl FnOnce(T) -> String, form: &str) -> Response {
    match result {
        Ok(done) => Redirect::to(&then(done)).into_response(),
        Err(error) => again(error, form, &[]),
    }
}

/// The form again, with the names of the fields that were refused and what was typed but secrets. The page makes the sentences anew from
/// the same rules: an address cannot put words into it. Other problems are a page of their own.
#[must_use]
pub fn again(error: Error, form: &str, typed: &[(&str, &str)]) -> Response {
    match error {
        Error::Problem(problem) if !problem.fields.is_empty() => {
            let wrong: Vec<&str> = problem.fields.names().collect();
            let mut query = vec![format!("wrong={}", wrong.join(","))];
            query.extend(typed.iter().map(|(key, value)| format!("{key}={}", percent_encode(value))));
            Redirect::to(&with(form, &query.join("&"))).into_response()
        }
        other => error::page(&other.into_problem()),
    }
}

/// An address with more in its query.
#[must_use]
pub fn with(page: &str, query: &str) -> String {
    format!("{page}{}{query}", if page.contains('?') { '&' } else { '?' })
}

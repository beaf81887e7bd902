//! Responses to posted forms: a redirect to a page, or the form's own page again with the errors. Neither needs JavaScript.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Notice, Problem, RefusedForm};

use crate::{Error, error};

/// Maximum bytes of typed text that come back with a refused form: the longest description is 20 kB.
const MAX_TYPED_BYTES: usize = 64 << 10;

/// The fields of a posted form, by name and in order.
pub type Fields = Vec<(String, String)>;

/// What a field of a form says; of several with the name, the first.
#[must_use]
pub fn field<'a>(form: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs(form).find(|(field, _)| *field == name).map(|(_, text)| text)
}

/// The fields of a form as pairs of name and text.
pub fn pairs(form: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    form.iter().map(|(name, text)| (name.as_str(), text.as_str()))
}

/// When answers were saved that a page sends as they are given, on the athlete's clock (such as `07:12`); or the problem, with the fields that were
/// refused.
pub fn saved_or_problem(result: Result<(), Error>, at: impl FnOnce() -> String) -> Response {
    match result {
        Ok(()) => Json(serde_json::json!({ "at": at() })).into_response(),
        Err(error) => {
            let problem = error.into_problem();
            (StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(problem)).into_response()
        }
    }
}

/// Redirects to the page that `then` returns, or back to the form with the errors.
pub fn redirect_or_error<T>(result: Result<T, Error>, then: impl FnOnce(T) -> String, form: &str) -> Response {
    match result {
        Ok(done) => Redirect::to(&then(done)).into_response(),
        Err(error) => redirect_with_errors(error, form, &[]),
    }
}

/// Back to the page of the form, which says what was done, or again with what was refused.
pub fn redirect_with_notice<T>(result: Result<T, Error>, page: &str, done: Notice) -> Response {
    redirect_or_error(result, |_| done.on(page), page)
}

/// The page of the form again, with the fields that were refused and what was typed, except secrets. Other problems get a separate page.
#[must_use]
pub fn redirect_with_errors(error: Error, page: &str, typed: &[(&str, &str)]) -> Response {
    match error {
        Error::Problem(problem) if !problem.fields.is_empty() => rerender_with_errors(problem, page, typed.iter().copied()),
        other => error::problem_text(&other.into_problem()),
    }
}

/// The page of the form again, whatever the problem. The response only carries the data; the server renders the page in its place. What was typed
/// is in that page alone: a URL would leave it in histories and logs.
#[must_use]
pub fn rerender_with_errors<'a>(problem: Problem, page: &str, typed: impl IntoIterator<Item = (&'a str, &'a str)>) -> Response {
    let mut left = MAX_TYPED_BYTES;
    let typed = typed.into_iter().filter(|(name, text)| {
        let fits = name.len() + text.len() <= left;
        left -= if fits { name.len() + text.len() } else { 0 };
        fits
    });
    let typed = typed.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    // The text for clients that no page is rendered for.
    let mut response = error::problem_text(&problem);
    let Problem { message, fields, .. } = problem;
    response.extensions_mut().insert(RefusedForm { page: page.to_owned(), message, fields, typed });
    response
}

/// A redirect target from a form or a URL, if it is a page of this site: a path of plain characters. Nothing else is accepted, so
/// that no spelling that a browser corrects leads to another site.
#[must_use]
pub fn safe_redirect_path(target: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
    (target.starts_with('/') && !target.contains("//") && target.chars().all(plain)).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_redirect_leads_to_another_site() {
        for page in ["/", "/settings/privacy", "/activities/019ab-7/edit"] {
            assert_eq!(safe_redirect_path(page), Some(page));
        }
        for away in [
            "",
            "settings",
            "https://evil.example",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "/ /evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: b",
            "/a?next=//evil.example",
            "/a#b",
            "/%09/evil.example",
            "/%2F/evil.example",
            "/a//evil.example",
            "/@evil.example",
            "/\u{2028}/evil.example",
            "/\u{ff0f}evil.example",
            "/\0/evil.example",
        ] {
            assert_eq!(safe_redirect_path(away), None, "{away:?}");
        }
    }

    #[test]
    fn what_was_typed_comes_back_up_to_a_bound_and_in_no_address() {
        let problem = Problem::new(domain::ProblemKind::Invalid, "No.");
        let long = "x".repeat(MAX_TYPED_BYTES);
        let response = rerender_with_errors(problem, "/register", [("email", "kim@example.org"), ("note", &long), ("name", "Kim")]);
        assert!(response.headers().get(axum::http::header::LOCATION).is_none() && response.status().as_u16() == 422);
        let form = response.extensions().get::<RefusedForm>().expect("a form");
        assert_eq!((form.typed("email"), form.typed("note"), form.typed("name")), (Some("kim@example.org"), None, Some("Kim")));
    }
}

//! What a posted form answers: on to a page, or its own page once more with what was refused. No script is needed for either.

use axum::response::{IntoResponse, Redirect, Response};
use domain::{Problem, RefusedForm};

use crate::{Error, error};

/// Bytes of what was typed that come back with a refused form: the longest description is 20 kB.
const MAX_TYPED_BYTES: usize = 64 << 10;

/// On to the page that `then` names, or back to the form.
pub fn redirect_or_error<T>(result: Result<T, Error>, then: impl FnOnce(T) -> String, form: &str) -> Response {
    match result {
        Ok(done) => Redirect::to(&then(done)).into_response(),
        Err(error) => redirect_with_errors(error, form, &[]),
    }
}

/// The page of the form again, with the fields that were refused and what was typed but secrets. Other problems are a page of their own.
#[must_use]
pub fn redirect_with_errors(error: Error, page: &str, typed: &[(&str, &str)]) -> Response {
    match error {
        Error::Problem(problem) if !problem.fields.is_empty() => rerender_with_errors(problem, page, typed.iter().copied()),
        other => error::problem_text(&other.into_problem()),
    }
}

/// The page of the form again, whatever the problem. The response only says so; the server renders the page in its place. What was typed
/// is in that page alone: an address would keep it in histories and logs.
#[must_use]
pub fn rerender_with_errors<'a>(problem: Problem, page: &str, typed: impl IntoIterator<Item = (&'a str, &'a str)>) -> Response {
    let mut left = MAX_TYPED_BYTES;
    let typed = typed.into_iter().filter(|(name, text)| {
        let fits = name.len() + text.len() <= left;
        left -= if fits { name.len() + text.len() } else { 0 };
        fits
    });
    let typed = typed.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    // What is read where no page is rendered.
    let mut response = error::problem_text(&problem);
    let Problem { message, fields, .. } = problem;
    response.extensions_mut().insert(RefusedForm { page: page.to_owned(), message, fields, typed });
    response
}

/// A page of this site that a form or an address asks to go on to, if it is one: a path of plain letters. Nothing else is a target, so
/// that no spelling that a browser mends leads to another site.
#[must_use]
pub fn safe_redirect_path(target: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
    (target.starts_with('/') && !target.contains("//") && target.chars().all(plain)).then_some(target)
}

/// An address with more in its query.
#[must_use]
pub fn append_query(page: &str, query: &str) -> String {
    format!("{page}{}{query}", if page.contains('?') { '&' } else { '?' })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_another_site() {
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
            "/a?then=//evil.example",
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

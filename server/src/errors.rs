//! Responses to what no handler answers: a panic, and a request that an extractor rejected. axum answers both in a line of plain text; users get what
//! suits them (`platform::error::at`), and a new feature gets that for free.

use std::any::Any;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::RefusedForm;
use platform::Error;
use platform::error::{Reader, Unavailable};
use tower_http::catch_panic::CatchPanicLayer;

use crate::guard::with_default_no_store;

/// The longest rejection that is passed on, in bytes; axum's are a sentence.
const MAX_TEXT_BYTES: usize = 4 << 10;

/// Marks the response to a request whose handler panicked.
#[derive(Clone, Copy)]
struct Panicked;

/// How a panic is answered.
type Answer = fn(Box<dyn Any + Send + 'static>) -> Response;

/// Turns a panic into a response, which [`explain_panic`] or [`explain`] gives its words. The panic itself is in the log, under the request id.
pub(crate) fn catch_panic() -> CatchPanicLayer<Answer> {
    CatchPanicLayer::custom(|_| {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(Panicked);
        response
    })
}

/// Explains a panic.
pub(crate) async fn explain_panic(request: Request<Body>, next: Next) -> Response {
    let uri = request.uri().clone();
    let response = next.run(request).await;
    if response.extensions().get::<Panicked>().is_some() { panic_response(uri.path()) } else { response }
}

/// Explains a panic, a rejected request, and an address or a method that does not exist.
pub(crate) async fn explain(request: Request<Body>, next: Next) -> Response {
    let uri = request.uri().clone();
    let response = next.run(request).await;
    let status = response.status();
    if response.extensions().get::<Panicked>().is_some() {
        return panic_response(uri.path());
    }
    if !(status.is_client_error() || status.is_server_error()) || is_explained(&response, Reader::of(uri.path())) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let is_text = parts.headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let text = if is_text { to_bytes(body, MAX_TEXT_BYTES).await.unwrap_or_default() } else { Vec::new().into() };
    let text = String::from_utf8_lossy(&text);
    let mut explained = if status.is_server_error() {
        // Such as an extractor that does not fit its route.
        platform::error::at(uri.path(), &Error::Internal(text.into_owned()).into_problem())
    } else {
        platform::error::rejected(uri.path(), status, &text)
    };
    // Such as `Allow`.
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        parts.headers.remove(name);
    }
    for (name, value) in &parts.headers {
        explained.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    explained
}

fn panic_response(path: &str) -> Response {
    with_default_no_store(platform::error::at(path, &Error::Internal("a handler panicked".to_owned()).into_problem()))
}

/// Whether a response to an error is already as its reader needs it.
fn is_explained(response: &Response, reader: Reader) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match reader {
        Reader::Api | Reader::Page => kind.starts_with("application/json") || kind.starts_with("application/problem+json"),
        Reader::Person => {
            let extensions = response.extensions();
            extensions.get::<RefusedForm>().is_some()
                || extensions.get::<Unavailable>().is_some()
                || !(kind.is_empty() || kind.starts_with("text/plain"))
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::extract::Path;
    use axum::middleware::{from_fn, from_fn_with_state};
    use axum::response::Html;
    use axum::routing::get;
    use platform::error::PROBLEM_PAGE;
    use platform::telemetry::Measured;
    use tower::ServiceExt;
    use uuid::Uuid;

    use super::*;
    use crate::guard::rerender_form;

    #[expect(clippy::disallowed_methods, reason = "a router of these tests")]
    fn router() -> Router {
        async fn breaks() -> &'static str {
            panic!("a test");
        }
        let page = async |request: Request<Body>| {
            let form = request.extensions().get::<RefusedForm>().expect("a problem");
            Html(format!("<h1>{}</h1>", form.message))
        };
        Router::new()
            .route("/page", get(breaks))
            .route("/v1/thing", get(breaks))
            .route("/api/thing", get(breaks))
            .route("/file/{id}", get(async |Path(id): Path<Uuid>| id.to_string()))
            .route("/v1/file/{id}", get(async |Path(id): Path<Uuid>| id.to_string()))
            .layer(catch_panic())
            .layer(from_fn(explain))
            .layer(from_fn_with_state(Router::new().route(PROBLEM_PAGE, get(page)), rerender_form))
    }

    async fn answer(router: &Router, path: &str) -> (StatusCode, String, String) {
        let request = Request::get(path).header(header::ACCEPT, "text/html").body(Body::empty()).expect("request");
        let response = Measured::request("0123456789ab".to_owned()).run(router.clone().oneshot(request)).await.expect("response");
        let (status, kind) = (response.status(), response.headers()[header::CONTENT_TYPE].to_str().expect("text").to_owned());
        let body = to_bytes(response.into_body(), 1 << 16).await.expect("body");
        (status, kind, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn a_panic_is_a_page_with_its_number_and_the_next_request_is_served() {
        let router = router();
        for (path, expected) in [("/page", "text/html"), ("/v1/thing", "application/problem+json"), ("/api/thing", "application/json")] {
            let (status, kind, body) = answer(&router, path).await;
            assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
            assert!(kind.starts_with(expected) && body.contains("tell us this number: 0123456789ab."), "{path}: {kind} {body}");
        }
        assert_eq!(answer(&router, &format!("/file/{}", Uuid::nil())).await.0, StatusCode::OK);
    }

    #[tokio::test]
    async fn people_read_a_sentence_and_programs_the_reason() {
        let router = router();
        let (status, kind, body) = answer(&router, "/file/7").await;
        assert!(status == StatusCode::BAD_REQUEST && kind.starts_with("text/html") && body.contains("cannot be read"), "{kind} {body}");
        let (status, kind, body) = answer(&router, "/v1/file/7").await;
        assert!(status == StatusCode::BAD_REQUEST && kind == "application/problem+json" && body.contains("UUID"), "{kind} {body}");
    }
}

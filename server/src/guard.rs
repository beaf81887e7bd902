//! Middleware for every request: authentication, CSRF protection and security headers.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use accounts::{AuthContext, BearerAuth, OptionalUser};
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::RefusedForm;
use futures::FutureExt;
use platform::error::PROBLEM_PAGE;
use platform::{Error, Platform};
use tower::ServiceExt;

/// Pages only for those who are not signed in.
const ANONYMOUS_ONLY: [&str; 4] = ["/welcome", "/sign-in", "/sign-in/mfa", "/register"];
/// Pages for everyone, signed in or not: targets of links in emails, the privacy notice, the API description.
const PUBLIC: [&str; 7] =
    ["/privacy", PROBLEM_PAGE, "/forgot-password", "/reset-password", "/verify-email", "/confirm-email-change", "/v1/openapi.json"];

/// Whether a path is for everyone. All others need a signed-in user.
pub(crate) fn is_public(path: &str) -> bool {
    ANONYMOUS_ONLY.contains(&path) || PUBLIC.contains(&path) || path.starts_with("/auth/") || path.starts_with("/shared/")
}

/// Resolves the authenticated user, and redirects to the sign-in page if there is none. Server functions and the API decide for themselves.
pub(crate) async fn authenticate(State(platform): State<Platform>, request: Request<Body>, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let viewer = match OptionalUser::from_request_parts(&mut parts, &platform).await {
        Ok(OptionalUser(viewer)) => viewer,
        Err(response) => return with_default_no_store(response),
    };
    let path = parts.uri.path();
    let page = parts.method == Method::GET && !path.starts_with("/api/") && !path.starts_with("/v1/");
    if page && viewer.is_none() && !is_public(path) {
        return with_default_no_store(Redirect::to(if path == "/" { "/welcome" } else { "/sign-in" }).into_response());
    }
    if page && viewer.is_some() && ANONYMOUS_ONLY.contains(&path) {
        return with_default_no_store(Redirect::to("/").into_response());
    }
    if path.starts_with("/v1/") {
        match BearerAuth::from_request_parts(&mut parts, &platform).await {
            Ok(bearer) => parts.extensions.insert(bearer),
            Err(response) => return with_default_no_store(response),
        };
    }
    parts.extensions.insert(AuthContext(viewer));
    with_default_no_store(next.run(Request::from_parts(parts, body)).await)
}

/// Keeps a response out of caches, and forbids it to run anything unless it has a policy of its own.
pub(crate) fn with_default_no_store(mut response: Response) -> Response {
    // Pages hold personal data: no cache may keep them.
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    // A response that is no page needs nothing, whatever a browser takes it for: an opened download runs nothing.
    let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox");
    response.headers_mut().entry(header::CONTENT_SECURITY_POLICY).or_insert(nothing);
    response
}

/// Responds to a request whose handler panicked. The panic itself is in the log, under the request id.
pub(crate) async fn catch_panic(request: Request<Body>, next: Next) -> Response {
    let wants_json = ["/v1/", "/api/"].iter().any(|prefix| request.uri().path().starts_with(prefix));
    if let Ok(response) = AssertUnwindSafe(next.run(request)).catch_unwind().await {
        return response;
    }
    let problem = Error::Internal("a handler panicked".to_owned()).into_problem();
    with_default_no_store(if wants_json { platform::error::problem_json(&problem) } else { platform::error::problem_text(&problem) })
}

/// Responds with an error if a page is not rendered in time: up to its head, that is, since the rest is streamed.
pub(crate) async fn render_deadline(State(deadline): State<Duration>, request: Request<Body>, next: Next) -> Response {
    match tokio::time::timeout(deadline, next.run(request)).await {
        Ok(response) => response,
        Err(_) => with_default_no_store(platform::error::problem_text(&Error::Internal("a page was not rendered in time".to_owned()).into_problem())),
    }
}

/// Responds to a rejected form with its page, filled with what was typed: it is in no URL, in no browser history and in no log. `pages` renders
/// the page.
pub(crate) async fn rerender_form(State(pages): State<Router>, mut request: Request<Body>, next: Next) -> Response {
    let (headers, auth) = (request.headers().clone(), request.extensions().get::<AuthContext>().cloned());
    // Only handlers may fill in a form.
    request.extensions_mut().remove::<RefusedForm>();
    let mut refused = next.run(request).await;
    let Some(form) = refused.extensions_mut().remove::<RefusedForm>() else { return refused };
    // A script that uploads a file reads the message itself.
    let reads_pages = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    if form.page == PROBLEM_PAGE && !reads_pages {
        return refused;
    }
    let Ok(mut request) = Request::get(&form.page).body(Body::empty()) else { return refused };
    for name in [header::COOKIE, header::HOST, header::ACCEPT, header::ACCEPT_LANGUAGE, header::USER_AGENT] {
        if let Some(value) = headers.get(&name) {
            request.headers_mut().insert(name, value.clone());
        }
    }
    if let Some(auth) = auth {
        request.extensions_mut().insert(auth);
    }
    request.extensions_mut().insert(form);
    let Ok(mut page) = pages.oneshot(request).await;
    if !page.status().is_success() {
        return refused;
    }
    *page.status_mut() = refused.status();
    for name in [header::SET_COOKIE, header::RETRY_AFTER] {
        for value in refused.headers().get_all(&name) {
            page.headers_mut().append(&name, value.clone());
        }
    }
    page
}

/// Refuses requests that another site makes a browser send. Browsers send the origin of a request; other clients do not carry our cookie.
pub(crate) async fn csrf_protection(request: Request<Body>, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // A provider may post its response; that endpoint only turns it into a redirect.
    let path = request.uri().path();
    let callback = path.starts_with("/auth/") && path.ends_with("/callback");
    if changes && !callback && !is_same_origin(request.headers()) {
        return (StatusCode::FORBIDDEN, "This form was sent from another site, so nothing was done.").into_response();
    }
    next.run(request).await
}

fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, o)| o == host),
        // Every browser of this decade sends at least one of them with a form.
        _ => true,
    }
}

/// Gives each request an id, for its response, its errors and the log.
pub(crate) async fn request_id(State(platform): State<Platform>, request: Request<Body>, next: Next) -> Response {
    let id = platform::hex(&platform.ids.bytes::<6>());
    let mut response = platform::telemetry::with_request_id(id.clone(), next.run(request)).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// Headers for every response. Pages set their own content security policy, because it carries their nonce.
pub(crate) async fn security_headers(State(https): State<bool>, request: Request<Body>, next: Next) -> Response {
    let mut response = next.run(request).await;
    if https {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains"));
    }
    let fixed = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)",
        ),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use leptos::prelude::{Resource, Suspend, Suspense, view};

    use super::*;

    fn headers_of(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (header::HeaderName::from_static(k), HeaderValue::from_static(v))).collect()
    }

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "a router of one test")]
    async fn a_panic_gets_an_error_response() {
        async fn breaks() -> &'static str {
            panic!("a test");
        }
        let router = Router::new()
            .route("/page", axum::routing::get(breaks))
            .route("/v1/thing", axum::routing::get(breaks))
            .layer(axum::middleware::from_fn(catch_panic));
        for (path, kind, words) in
            [("/page", "text/plain", "Something broke on our side."), ("/v1/thing", "application/problem+json", "\"status\":500")]
        {
            let response = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert!(response.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with(kind));
            assert!(response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("no-store"));
            let body = axum::body::to_bytes(response.into_body(), 1 << 16).await.unwrap();
            assert!(String::from_utf8_lossy(&body).contains(words), "{body:?}");
        }
    }

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "a router of one test")]
    async fn a_page_whose_rendering_panics_or_never_ends_gets_an_error_response() {
        async fn rendered(request: Request<Body>, broken: fn() -> bool) -> Response {
            let page = move || {
                // Like our pages: a resource on its own task, and a section that waits for it before anything is sent.
                let resource = Resource::new_blocking(
                    || (),
                    move |()| async move {
                        // The first poll happens on the request's task, the others on a task of their own.
                        tokio::task::yield_now().await;
                        if broken() { 1 } else { std::future::pending().await }
                    },
                );
                view! { <Suspense>{move || Suspend::new(async move { resource.await })}</Suspense> }
            };
            leptos_axum::render_app_to_stream(page)(request).await
        }
        // Listing the pages initialises Leptos.
        std::sync::LazyLock::force(&crate::serve::ROUTES);
        let (soon, whenever) = (Duration::from_millis(100), Duration::from_hours(1));
        let router = Router::new()
            .route("/panics", axum::routing::get(|request| rendered(request, || panic!("a test"))))
            .route("/never-ends", axum::routing::get(|request| rendered(request, || false)))
            .layer(axum::middleware::from_fn_with_state(soon, render_deadline))
            .route("/page", axum::routing::get(|request| rendered(request, || true)))
            .layer(axum::middleware::from_fn_with_state(whenever, render_deadline))
            .layer(axum::middleware::from_fn(catch_panic));
        for (path, status) in [("/panics", 500), ("/never-ends", 500), ("/page", 200)] {
            let sent = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
            let response = platform::telemetry::with_request_id("0123456789ab".to_owned(), sent).await.unwrap();
            assert_eq!(response.status(), status, "{path}");
            if status == 500 {
                let body = axum::body::to_bytes(response.into_body(), 1 << 16).await.unwrap();
                assert!(String::from_utf8_lossy(&body).contains("tell us this number: 0123456789ab."), "{path}: {body:?}");
            }
        }
    }

    #[test]
    fn forms_of_other_sites_are_refused() {
        assert!(is_same_origin(&headers_of(&[("sec-fetch-site", "same-origin")])));
        assert!(!is_same_origin(&headers_of(&[("sec-fetch-site", "cross-site")])));
        assert!(!is_same_origin(&headers_of(&[("sec-fetch-site", "same-site")])));
        assert!(is_same_origin(&headers_of(&[("origin", "http://a.org"), ("host", "a.org")])));
        assert!(!is_same_origin(&headers_of(&[("origin", "http://evil.org"), ("host", "a.org")])));
    }
}

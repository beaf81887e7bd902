//! Middleware for every request: authentication, authorisation, CSRF protection and security headers.

use std::time::Duration;

use accounts::{ApiUser, AuthContext, BearerAuth, OptionalUser};
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::Access;
use domain::{Problem, ProblemKind, RefusedForm};
use platform::error::{PROBLEM_PAGE, Reader};
use platform::{Error, Platform};
use tower::ServiceExt;

use crate::endpoints::{Declared, declared};

/// Resolves the authenticated user, or the token of a request to the API.
pub(crate) async fn authenticate(State(platform): State<Platform>, request: Request<Body>, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let viewer = match OptionalUser::from_request_parts(&mut parts, &platform).await {
        Ok(OptionalUser(viewer)) => viewer,
        Err(response) => return with_default_no_store(response),
    };
    if Reader::of(parts.uri.path()) == Reader::Api {
        match BearerAuth::from_request_parts(&mut parts, &platform).await {
            Ok(bearer) => parts.extensions.insert(bearer),
            Err(response) => return with_default_no_store(response),
        };
    }
    parts.extensions.insert(AuthContext(viewer));
    with_default_no_store(next.run(Request::from_parts(parts, body)).await)
}

/// Refuses a request to an endpoint that is not for its user. The handlers check it once more.
pub(crate) async fn authorise(State(platform): State<Platform>, request: Request<Body>, next: Next) -> Response {
    let Declared { access, page, .. } = declared(&request);
    let (mut parts, body) = request.into_parts();
    match permit(&platform, access, &mut parts).await {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        // A page for staff looks to others as if there were none: it says so itself, in the app's own layout. If it does not, it is withheld.
        Err(refusal) if page && refusal.status() == StatusCode::NOT_FOUND => {
            let response = next.run(Request::from_parts(parts, body)).await;
            if response.status() == StatusCode::NOT_FOUND { response } else { refusal }
        }
        Err(refusal) => refusal,
    }
}

/// The response to a user whom an endpoint is not for.
async fn permit(platform: &Platform, access: Option<Access>, parts: &mut Parts) -> Result<(), Response> {
    let reader = Reader::of(parts.uri.path());
    let permission = match access {
        Some(Access::SignedOut) => {
            let OptionalUser(viewer) = OptionalUser::from_request_parts(parts, platform).await?;
            return if viewer.is_some() { Err(Redirect::to(HOME).into_response()) } else { Ok(()) };
        }
        Some(Access::Athlete | Access::ResourceOwner | Access::Member) => None,
        Some(Access::Staff(permission)) => Some(permission),
        // Whether there is something at an address is nothing to tell a passer-by.
        None if reader == Reader::Person && matches!(parts.method, Method::GET | Method::HEAD) => None,
        None | Some(Access::Public | Access::Shared) => return Ok(()),
    };
    let viewer = match reader {
        Reader::Api => ApiUser::from_request_parts(parts, platform).await?.0,
        Reader::Page | Reader::Person => {
            let OptionalUser(viewer) = OptionalUser::from_request_parts(parts, platform).await?;
            viewer.ok_or_else(|| sign_in_first(reader, parts.uri.path()))?
        }
    };
    let Some(permission) = permission else { return Ok(()) };
    accounts::require_role_with(&viewer, permission).map_err(|error| platform::error::at(parts.uri.path(), &error.into_problem()))
}

const HOME: &str = "/";

/// The response to a request that nobody is signed in for. The first page that a visitor opens says what Legwork is.
fn sign_in_first(reader: Reader, path: &str) -> Response {
    match reader {
        Reader::Person => Redirect::to(if path == HOME { "/welcome" } else { "/sign-in" }).into_response(),
        Reader::Page | Reader::Api => platform::error::at(path, &Problem::new(ProblemKind::NotSignedIn, "Sign in first.")),
    }
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
    if changes && !declared(&request).cross_site && !is_same_origin(request.headers()) {
        let problem = Problem::new(ProblemKind::NotAllowed, "This form was sent from another site, so nothing was done.");
        return with_default_no_store(platform::error::at(request.uri().path(), &problem));
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
    use platform::telemetry::Measured;

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
            .layer(crate::errors::catch_panic())
            .layer(axum::middleware::from_fn(crate::errors::explain_panic));
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
            .layer(crate::errors::catch_panic())
            .layer(axum::middleware::from_fn(crate::errors::explain_panic));
        for (path, status) in [("/panics", 500), ("/never-ends", 500), ("/page", 200)] {
            let sent = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
            let response = Measured::request("0123456789ab".to_owned()).run(sent).await.unwrap();
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

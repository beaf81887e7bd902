//! What every response carries: security headers, the request id of an error, and when to retry.

use axum::body::to_bytes;
use axum::http::{Method, StatusCode, header};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::endpoints::Sample;
use super::fixtures::{Person, set_up};
use super::names::Whose;
use super::{Served, send};

#[sqlx::test(migrations = "../migrations")]
async fn every_response_carries_its_security_headers(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let mut config = (*fixtures.platform.config).clone();
    config.server.base_url = Some("https://legwork.example".parse().expect("URL"));
    fixtures.platform.config = std::sync::Arc::new(config);
    let served = Served::new(&fixtures);
    for sample in served.samples.iter().chain([&Sample::get("/nothing-here")]) {
        let response = served.response(sample.request(&fixtures.names, Whose::Nobodys, None)).await;
        let text = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let at = format!("{} {}: {}", sample.method, sample.path, response.status());
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ] {
            assert_eq!(text(name), value, "{at}");
        }
        let policy = text("content-security-policy");
        assert!(policy.contains("default-src 'none'") || policy.contains("'nonce-"), "{at}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{at}: {policy}");
        assert!(text("cache-control").contains("no-store"), "{at}: {}", text("cache-control"));
        assert!(!text("permissions-policy").is_empty() && text("x-request-id").len() == 12, "{at}");
        let kind = text("content-type");
        assert!(!kind.starts_with("text/") || kind.contains("charset=utf-8"), "{at}: {kind}");
        for cookie in response.headers().get_all(header::SET_COOKIE).iter().filter_map(|v| v.to_str().ok()).filter(|c| c.contains("legwork")) {
            assert!(cookie.starts_with("__Host-") && cookie.contains("HttpOnly") && cookie.contains("Secure"), "{at}: {cookie}");
        }
    }
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_error_shows_the_request_id_that_is_in_the_log(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let cookie = fixtures.victim.cookie();
    // The database responds, but with an error.
    sqlx::query("revoke usage on schema public from legwork_app, public").execute(&mut fixtures.owner).await.expect("revoked");
    let post = async |path: &str, cookie: Option<&str>| {
        served.response(served.sample(&Method::POST, path).request(&fixtures.names, Whose::Victims, cookie)).await
    };
    assert_eq!(post("/forgot-password", None).await.status(), StatusCode::SEE_OTHER, "the response does not depend on the query");
    let response = post("/sign-in", cookie.as_deref()).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let request_id = response.headers()["x-request-id"].to_str().expect("text").to_owned();
    let body = to_bytes(response.into_body(), 1 << 16).await.expect("body");
    assert!(String::from_utf8_lossy(&body).contains(&format!("tell us this number: {request_id}.")), "{body:?}");
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn too_many_attempts_get_a_retry_after(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let mut config = (*fixtures.platform.config).clone();
    config.limits.auth_per_minute = std::num::NonZeroU32::new(3).expect("three");
    fixtures.platform.config = std::sync::Arc::new(config);
    let served = Served::new(&fixtures);
    let sample = served.sample(&Method::POST, "/reauthenticate");
    let cookie_of = |name: &str| fixtures.others.iter().find(|p| p.name == name).and_then(Person::cookie);
    let cookie = cookie_of("athlete");
    let mut last = None;
    for _ in 0..4 {
        last = Some(send(&fixtures, &served, sample, cookie.as_deref(), Whose::Nobodys).await);
    }
    let refused = last.expect("a response");
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.body.contains("Try again in") && refused.body.contains("Go back in the browser"), "{refused:?}");
    // Other users and other endpoints are not limited.
    let other = cookie_of("employee");
    assert_ne!(send(&fixtures, &served, sample, other.as_deref(), Whose::Nobodys).await.status, StatusCode::TOO_MANY_REQUESTS);
    let settings = served.sample(&Method::GET, "/settings");
    assert_eq!(send(&fixtures, &served, settings, cookie.as_deref(), Whose::Nobodys).await.status, StatusCode::OK);
    fixtures.platform.database.close().await;
}

//! What every response carries: security headers, the request id of an error, and when to retry.

use axum::body::to_bytes;
use axum::http::{StatusCode, header};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::endpoints::{Access, Endpoint, FORMS};
use super::fixtures::set_up;
use super::{Ids, all_endpoints, router, send, send_body};

#[sqlx::test(migrations = "../migrations")]
async fn every_response_carries_its_security_headers(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let mut config = (*fixtures.platform.config).clone();
    config.server.base_url = Some("https://legwork.example".parse().expect("URL"));
    fixtures.platform.config = std::sync::Arc::new(config);
    let (router, _) = router(&fixtures);
    for endpoint in all_endpoints() {
        let response = send_body(&router, &endpoint, None, Ids::Unknown, fixtures.victim.id).await;
        let text = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let at = format!("{} {}: {}", endpoint.method, endpoint.path, response.status());
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
    let (router, _) = router(&fixtures);
    let token = fixtures.victim.token.clone();
    // The database responds, but with an error.
    sqlx::query("revoke usage on schema public from legwork_app, public").execute(&mut fixtures.owner).await.expect("revoked");
    let endpoint = Endpoint { method: "post", path: "/forgot-password", body: "email=x", is_for: Access::Public };
    assert_eq!(
        send_body(&router, &endpoint, None, Ids::Victim, fixtures.victim.id).await.status(),
        StatusCode::SEE_OTHER,
        "the response does not depend on the query"
    );
    let endpoint = Endpoint { method: "post", path: "/sign-in", body: "email=x@x.org&password=y", is_for: Access::Public };
    let response = send_body(&router, &endpoint, token.as_deref(), Ids::Victim, fixtures.victim.id).await;
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
    let (router, _) = router(&fixtures);
    let endpoint = FORMS.iter().find(|d| d.path == "/reauthenticate").expect("an endpoint");
    let token = fixtures.others.iter().find(|p| p.name == "athlete").and_then(|p| p.token.clone());
    let mut last = None;
    for _ in 0..4 {
        last = Some(send(&router, endpoint, token.as_deref(), Ids::Unknown, fixtures.victim.id).await);
    }
    let refused = last.expect("a response");
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.body.contains("Try again in") && refused.body.contains("Go back in the browser"), "{refused:?}");
    // Other users and other endpoints are not limited.
    let other = fixtures.others.iter().find(|p| p.name == "employee").and_then(|p| p.token.clone());
    assert_ne!(send(&router, endpoint, other.as_deref(), Ids::Unknown, fixtures.victim.id).await.status, StatusCode::TOO_MANY_REQUESTS);
    let home = Endpoint { method: "get", path: "/settings", body: "", is_for: Access::Viewer };
    assert_eq!(send(&router, &home, token.as_deref(), Ids::Unknown, fixtures.victim.id).await.status, StatusCode::OK);
    fixtures.platform.database.close().await;
}

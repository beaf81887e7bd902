//! What an API token gives access to, and how often.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use domain::access::Access;
use platform::error::Reader;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

use super::Served;
use super::fixtures::set_up;
use super::names::Whose;

/// The response to an API client at the address 203.0.113.`from`, with a token or without one.
async fn send(router: &Router, token: Option<&str>, method: &str, path: &str, from: u8) -> Response {
    let peer = std::net::SocketAddr::from(([203, 0, 113, from], 4000));
    let mut request = Request::builder().method(method).uri(path).extension(ConnectInfo(peer));
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    router.clone().oneshot(request.body(Body::empty()).expect("request")).await.expect("response")
}

async fn access_token(router: &Router, email: &str) -> String {
    let body = serde_json::json!({ "email": email, "password": "marmot violin trench" }).to_string();
    let request = Request::post("/v1/tokens").header(header::CONTENT_TYPE, "application/json").body(Body::from(body)).expect("request");
    let response = router.clone().oneshot(request).await.expect("response");
    let body = to_bytes(response.into_body(), 1 << 16).await.expect("body");
    let pair: serde_json::Value = serde_json::from_slice(&body).expect("tokens");
    pair["access_token"].as_str().expect("a token").to_owned()
}

#[sqlx::test(migrations = "../migrations")]
async fn api_tokens_are_limited_by_account_and_organisation_from_any_address(_: PgPoolOptions, connect: PgConnectOptions) {
    let n = |n| std::num::NonZeroU32::new(n).expect("not zero");
    let mut fixtures = set_up(connect).await;
    let mut config = (*fixtures.platform.config).clone();
    (config.limits.discovery_per_hour, config.limits.organisation_multiplier) = (n(2), n(1));
    fixtures.platform.config = std::sync::Arc::new(config);
    let served = Served::new(&fixtures);
    let router = &served.router;
    let mut tokens = Vec::new();
    for who in ["athlete", "employee", "partner", "insider"] {
        tokens.push(access_token(router, &format!("{who}@example.org")).await);
    }
    let [athlete, employee, partner, insider] = &tokens[..] else { panic!("four") };
    let endpoint = "/v1/correlations/discover";
    assert!(send(router, Some(athlete), "GET", endpoint, 1).await.status().is_success());
    assert!(send(router, Some(athlete), "GET", endpoint, 2).await.status().is_success());
    let refused = send(router, Some(athlete), "GET", endpoint, 3).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let seconds: u64 = refused.headers()[header::RETRY_AFTER].to_str().expect("text").parse().expect("seconds");
    assert!((1..=1801).contains(&seconds), "{seconds}");
    assert!(send(router, Some(employee), "GET", endpoint, 4).await.status().is_success(), "another account is not limited");
    // Two members of one organisation, whose limit is that of one account.
    assert!(send(router, Some(partner), "GET", endpoint, 5).await.status().is_success());
    assert!(send(router, Some(insider), "GET", endpoint, 6).await.status().is_success());
    assert_eq!(send(router, Some(insider), "GET", endpoint, 7).await.status(), StatusCode::TOO_MANY_REQUESTS, "two requests of the organisation");
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_api_token_opens_the_api_and_nothing_else(_: PgPoolOptions, connect: PgConnectOptions) {
    let fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let router = &served.router;
    let token = access_token(router, "owner@example.org").await;
    let mut opened = 0;
    for sample in served.samples.iter().filter(|sample| !matches!(sample.access, Access::SignedOut | Access::Public | Access::Shared)) {
        let (method, path) = (sample.method.as_str(), sample.path_for(&fixtures.names, Whose::Nobodys));
        let response = send(router, Some(&token), method, &path, 1).await;
        if Reader::of(&path) == Reader::Api {
            assert_ne!(response.status(), StatusCode::UNAUTHORIZED, "{method} {path}");
            opened += 1;
            continue;
        }
        let without = send(router, None, method, &path, 1).await;
        assert_eq!(response.status(), without.status(), "{method} {path}");
        assert_eq!(response.headers().get(header::LOCATION), without.headers().get(header::LOCATION), "{method} {path}");
    }
    assert!(opened > 0, "the API has endpoints");
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_address_is_limited_before_any_lookup(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let mut config = (*fixtures.platform.config).clone();
    config.limits.general_per_minute = std::num::NonZeroU32::new(2).expect("two");
    fixtures.platform.config = std::sync::Arc::new(config);
    let served = Served::new(&fixtures);
    let router = &served.router;
    // Every response from here on is given without a lookup.
    fixtures.platform.database.close().await;
    let endpoint = "/v1/correlations/what-works";
    for _ in 0..2 {
        assert_ne!(send(router, Some("legwork_unknown"), "GET", endpoint, 1).await.status(), StatusCode::TOO_MANY_REQUESTS);
    }
    let refused = send(router, Some("legwork_unknown"), "GET", endpoint, 1).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key(header::RETRY_AFTER) && refused.headers()[header::CACHE_CONTROL] == "no-store");
    assert_ne!(send(router, Some("legwork_unknown"), "GET", endpoint, 2).await.status(), StatusCode::TOO_MANY_REQUESTS, "another address");
}

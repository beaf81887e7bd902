//! What a token of a program opens, and how often.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

use super::endpoints::Access;
use super::fixtures::world;
use super::{all_endpoints, router};

/// What a program gets that asks with a token, or without one, from an address of its own.
async fn asks(router: &Router, token: Option<&str>, method: &str, path: &str, from: u8) -> Response {
    let peer = std::net::SocketAddr::from(([203, 0, 113, from], 4000));
    let mut request = Request::builder().method(method).uri(path).extension(ConnectInfo(peer));
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    router.clone().oneshot(request.body(Body::empty()).expect("request")).await.expect("answer")
}

async fn access_token(router: &Router, email: &str) -> String {
    let body = serde_json::json!({ "email": email, "password": "marmot violin trench" }).to_string();
    let request = Request::post("/v1/tokens").header(header::CONTENT_TYPE, "application/json").body(Body::from(body)).expect("request");
    let response = router.clone().oneshot(request).await.expect("answer");
    let body = to_bytes(response.into_body(), 1 << 16).await.expect("body");
    let pair: serde_json::Value = serde_json::from_slice(&body).expect("tokens");
    pair["access_token"].as_str().expect("a token").to_owned()
}

#[sqlx::test(migrations = "../migrations")]
async fn programs_are_counted_by_account_and_organisation_wherever_they_ask_from(_: PgPoolOptions, connect: PgConnectOptions) {
    let n = |n| std::num::NonZeroU32::new(n).expect("not zero");
    let mut world = world(connect).await;
    let mut config = (*world.platform.config).clone();
    (config.limits.discovery_per_hour, config.limits.organisation_multiplier) = (n(2), n(1));
    world.platform.config = std::sync::Arc::new(config);
    let (router, _) = router(&world);
    let mut tokens = Vec::new();
    for who in ["athlete", "employee", "partner", "insider"] {
        tokens.push(access_token(&router, &format!("{who}@example.org")).await);
    }
    let [athlete, employee, partner, insider] = &tokens[..] else { panic!("four") };
    let door = "/v1/correlations/discover";
    assert!(asks(&router, Some(athlete), "GET", door, 1).await.status().is_success());
    assert!(asks(&router, Some(athlete), "GET", door, 2).await.status().is_success());
    let refused = asks(&router, Some(athlete), "GET", door, 3).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let seconds: u64 = refused.headers()[header::RETRY_AFTER].to_str().expect("text").parse().expect("seconds");
    assert!((1..=1801).contains(&seconds), "{seconds}");
    assert!(asks(&router, Some(employee), "GET", door, 4).await.status().is_success(), "another account is not held up");
    // Two of one organisation, which has the share of one account.
    assert!(asks(&router, Some(partner), "GET", door, 5).await.status().is_success());
    assert!(asks(&router, Some(insider), "GET", door, 6).await.status().is_success());
    assert_eq!(asks(&router, Some(insider), "GET", door, 7).await.status(), StatusCode::TOO_MANY_REQUESTS, "the organisation asked twice");
    world.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_opens_the_api_and_nothing_else(_: PgPoolOptions, connect: PgConnectOptions) {
    let world = world(connect).await;
    let (router, _) = router(&world);
    let token = access_token(&router, "owner@example.org").await;
    let mut opened = 0;
    for door in all_endpoints().iter().filter(|d| matches!(d.is_for, Access::Viewer | Access::Victim | Access::Staff(_))) {
        let path = door.path.replace("{day}", "2026-01-05").replace(['{', '}'], "");
        let method = door.method.to_uppercase();
        let answer = asks(&router, Some(&token), &method, &path, 1).await;
        if door.path.starts_with("/v1/") {
            assert_ne!(answer.status(), StatusCode::UNAUTHORIZED, "{method} {path}");
            opened += 1;
            continue;
        }
        let without = asks(&router, None, &method, &path, 1).await;
        assert_eq!(answer.status(), without.status(), "{method} {path}");
        assert_eq!(answer.headers().get(header::LOCATION), without.headers().get(header::LOCATION), "{method} {path}");
    }
    assert!(opened > 0, "the API has doors");
    world.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_address_is_counted_before_anything_is_looked_up_for_it(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut world = world(connect).await;
    let mut config = (*world.platform.config).clone();
    config.limits.general_per_minute = std::num::NonZeroU32::new(2).expect("two");
    world.platform.config = std::sync::Arc::new(config);
    let (router, _) = router(&world);
    // Whatever is answered from here on was not looked up.
    world.platform.database.close().await;
    let door = "/v1/correlations/what-works";
    for _ in 0..2 {
        assert_ne!(asks(&router, Some("legwork_unknown"), "GET", door, 1).await.status(), StatusCode::TOO_MANY_REQUESTS);
    }
    let refused = asks(&router, Some("legwork_unknown"), "GET", door, 1).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key(header::RETRY_AFTER) && refused.headers()[header::CACHE_CONTROL] == "no-store");
    assert_ne!(asks(&router, Some("legwork_unknown"), "GET", door, 2).await.status(), StatusCode::TOO_MANY_REQUESTS, "another address");
}

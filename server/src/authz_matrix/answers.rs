//! What every answer carries: headers, the number of a fault, and when to come back.

use axum::body::to_bytes;
use axum::http::{StatusCode, header};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::endpoints::{Access, Endpoint, FORMS};
use super::fixtures::world;
use super::{Ids, all_endpoints, router, send, send_body};

#[sqlx::test(migrations = "../migrations")]
async fn every_answer_carries_its_protection(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut world = world(connect).await;
    let mut config = (*world.platform.config).clone();
    config.server.base_url = Some("https://legwork.example".parse().expect("address"));
    world.platform.config = std::sync::Arc::new(config);
    let (router, _) = router(&world);
    for door in all_endpoints() {
        let response = send_body(&router, &door, None, Ids::Nothings, world.victim.id).await;
        let text = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let at = format!("{} {}: {}", door.method, door.path, response.status());
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
    world.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_fault_has_a_number_that_the_log_knows(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut world = world(connect).await;
    let (router, _) = router(&world);
    let token = world.victim.token.clone();
    // A database that answers, and not as it should.
    sqlx::query("revoke usage on schema public from legwork_app, public").execute(&mut world.owner).await.expect("revoked");
    let door = Endpoint { method: "post", path: "/forgot", body: "email=x", is_for: Access::Public };
    assert_eq!(send_body(&router, &door, None, Ids::Victims, world.victim.id).await.status(), StatusCode::SEE_OTHER, "what needs no answer");
    let door = Endpoint { method: "post", path: "/sign-in", body: "email=x@x.org&password=y", is_for: Access::Public };
    let response = send_body(&router, &door, token.as_deref(), Ids::Victims, world.victim.id).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let number = response.headers()["x-request-id"].to_str().expect("text").to_owned();
    let body = to_bytes(response.into_body(), 1 << 16).await.expect("body");
    assert!(String::from_utf8_lossy(&body).contains(&format!("tell us this number: {number}.")), "{body:?}");
    world.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn too_many_tries_are_told_when_to_come_back(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut world = world(connect).await;
    let mut config = (*world.platform.config).clone();
    config.limits.auth_per_minute = std::num::NonZeroU32::new(3).expect("three");
    world.platform.config = std::sync::Arc::new(config);
    let (router, _) = router(&world);
    let door = FORMS.iter().find(|d| d.path == "/prove").expect("a door");
    let token = world.others.iter().find(|p| p.name == "athlete").and_then(|p| p.token.clone());
    let mut last = None;
    for _ in 0..4 {
        last = Some(send(&router, door, token.as_deref(), Ids::Nothings, world.victim.id).await);
    }
    let refused = last.expect("an answer");
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.body.contains("Try again in") && refused.body.contains("Go back in the browser"), "{refused:?}");
    // Somebody else, and other doors, are not held up.
    let other = world.others.iter().find(|p| p.name == "employee").and_then(|p| p.token.clone());
    assert_ne!(send(&router, door, other.as_deref(), Ids::Nothings, world.victim.id).await.status, StatusCode::TOO_MANY_REQUESTS);
    let home = Endpoint { method: "get", path: "/settings", body: "", is_for: Access::Viewer };
    assert_eq!(send(&router, &home, token.as_deref(), Ids::Nothings, world.victim.id).await.status, StatusCode::OK);
    world.platform.database.close().await;
}

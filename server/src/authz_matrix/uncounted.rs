//! Endpoints without a rate limit, and that they cost nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use platform::Clock;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

use super::Served;
use super::fixtures::set_up;
use super::names::Whose;

/// Routes that are not rate-limited: they query the database at most once a second, or never.
const UNCOUNTED: [&str; 4] = ["/health", "/health/live", "/health/ready", "/dev/build-id"];

async fn send(router: &Router, method: &str, path: &str, from: u16) -> StatusCode {
    let [high, low] = from.to_be_bytes();
    let peer = std::net::SocketAddr::from(([203, 0, high, low], 4000));
    let request = Request::builder().method(method).uri(path).extension(ConnectInfo(peer)).body(Body::empty());
    router.clone().oneshot(request.expect("request")).await.expect("response").status()
}

#[sqlx::test(migrations = "../migrations")]
async fn every_endpoint_is_rate_limited_by_address(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let mut config = (*fixtures.platform.config).clone();
    let limits = &mut config.limits;
    for limit in [
        &mut limits.general_per_minute,
        &mut limits.uploads_per_minute,
        &mut limits.discovery_per_hour,
        &mut limits.admin_per_minute,
        &mut limits.auth_per_minute,
    ] {
        *limit = std::num::NonZeroU32::MIN;
    }
    fixtures.platform.config = std::sync::Arc::new(config);
    let served = Served::new(&fixtures);
    let router = &served.router;
    // A refusal here needs no lookup.
    fixtures.platform.database.close().await;
    let endpoints = served.samples.iter().map(|sample| (sample.method.to_string(), sample.path_for(&fixtures.names, Whose::Nobodys)));
    let more = UNCOUNTED.into_iter().chain(["/nothing-here-either", "/favicon.svg"]).map(|path| ("GET".to_owned(), path.to_owned()));
    for (from, (method, path)) in (0..).zip(endpoints.chain(more)) {
        let first = send(router, &method, &path, from).await;
        assert_ne!(first, StatusCode::TOO_MANY_REQUESTS, "{method} {path}");
        let second = send(router, &method, &path, from).await;
        assert_eq!(second == StatusCode::TOO_MANY_REQUESTS, !UNCOUNTED.contains(&&*path), "{method} {path}: {second}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_rate_limited_request_is_refused_before_its_body_is_read(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let mut config = (*fixtures.platform.config).clone();
    config.limits.general_per_minute = std::num::NonZeroU32::MIN;
    fixtures.platform.config = std::sync::Arc::new(config);
    let served = Served::new(&fixtures);
    let router = &served.router;
    let peer = std::net::SocketAddr::from(([203, 0, 113, 9], 4000));
    for expected in [StatusCode::BAD_REQUEST, StatusCode::TOO_MANY_REQUESTS] {
        let read = Arc::new(AtomicBool::new(false));
        let noted = read.clone();
        let body = Body::from_stream(futures::stream::once(async move {
            noted.store(true, Ordering::Relaxed);
            Err::<&str, _>(std::io::Error::other("it ends here"))
        }));
        let request = Request::post("/settings/theme").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.header(header::CONTENT_LENGTH, 200_000).extension(ConnectInfo(peer)).body(body).expect("request");
        let response = router.clone().oneshot(request).await.expect("response");
        assert_eq!(response.status(), expected);
        assert_eq!(read.load(Ordering::Relaxed), expected == StatusCode::BAD_REQUEST);
    }
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn health_checks_query_the_database_once_a_second_at_most(_: PgPoolOptions, connect: PgConnectOptions) {
    let fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let router = &served.router;
    assert_eq!(send(router, "GET", "/health", 1).await, StatusCode::OK);
    fixtures.platform.database.close().await;
    for from in 0..50 {
        assert_eq!(send(router, "GET", "/health", from).await, StatusCode::OK, "the database was queried again");
    }
    let Clock::Manual(micros) = &fixtures.platform.clock else { panic!("a clock that stands still") };
    micros.fetch_add(1_000_000, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(send(router, "GET", "/health", 1).await, StatusCode::SERVICE_UNAVAILABLE);
}

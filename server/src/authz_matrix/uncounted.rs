//! What nobody's count stands before, and that it costs nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use platform::Clock;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;

use super::fixtures::world;
use super::{all_endpoints, router};

/// Routes that are not counted: they ask the database once a second at most, or nothing.
const UNCOUNTED: [&str; 2] = ["/health", "/started"];

async fn asks(router: &Router, method: &str, path: &str, from: u16) -> StatusCode {
    let [high, low] = from.to_be_bytes();
    let peer = std::net::SocketAddr::from(([203, 0, high, low], 4000));
    let request = Request::builder().method(method).uri(path).extension(ConnectInfo(peer)).body(Body::empty());
    router.clone().oneshot(request.expect("request")).await.expect("answer").status()
}

#[sqlx::test(migrations = "../migrations")]
async fn every_door_is_counted_by_address(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut world = world(connect).await;
    let mut config = (*world.platform.config).clone();
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
    world.platform.config = std::sync::Arc::new(config);
    let (router, _) = router(&world);
    // What is refused here was not looked up.
    world.platform.database.close().await;
    let doors = all_endpoints().into_iter().map(|d| (d.method.to_uppercase(), d.path.replace("{day}", "2026-01-05").replace(['{', '}'], "")));
    let more = UNCOUNTED.into_iter().chain(["/nothing-here-either", "/favicon.svg"]).map(|path| ("GET".to_owned(), path.to_owned()));
    for (from, (method, path)) in (0..).zip(doors.chain(more)) {
        let first = asks(&router, &method, &path, from).await;
        assert_ne!(first, StatusCode::TOO_MANY_REQUESTS, "{method} {path}");
        let second = asks(&router, &method, &path, from).await;
        assert_eq!(second == StatusCode::TOO_MANY_REQUESTS, !UNCOUNTED.contains(&&*path), "{method} {path}: {second}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_asked_too_often_is_refused_before_a_body_is_read(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut world = world(connect).await;
    let mut config = (*world.platform.config).clone();
    config.limits.general_per_minute = std::num::NonZeroU32::MIN;
    world.platform.config = std::sync::Arc::new(config);
    let (router, _) = router(&world);
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
        let answer = router.clone().oneshot(request).await.expect("answer");
        assert_eq!(answer.status(), expected);
        assert_eq!(read.load(Ordering::Relaxed), expected == StatusCode::BAD_REQUEST);
    }
    world.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn however_many_ask_for_its_health_the_database_is_asked_once_a_second(_: PgPoolOptions, connect: PgConnectOptions) {
    let world = world(connect).await;
    let (router, _) = router(&world);
    assert_eq!(asks(&router, "GET", "/health", 1).await, StatusCode::OK);
    world.platform.database.close().await;
    for from in 0..50 {
        assert_eq!(asks(&router, "GET", "/health", from).await, StatusCode::OK, "it was asked again");
    }
    let Clock::Manual(micros) = &world.platform.clock else { panic!("a clock that stands still") };
    micros.fetch_add(1_000_000, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(asks(&router, "GET", "/health", 1).await, StatusCode::SERVICE_UNAVAILABLE);
}

//! What is in the log, and in the headers of a response, of each request.

use std::sync::Arc;

use axum::http::{Method, StatusCode, header};
use platform::testing::LogLines;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::Served;
use super::endpoints::Sample;
use super::fixtures::set_up;
use super::names::Whose;

/// Logs what the tasks of this thread do, as the server does.
pub(super) fn logging(lines: &LogLines, filter: &str) -> DefaultGuard {
    let written = tracing_subscriber::fmt::layer().with_ansi(false).with_target(false).with_writer(lines.clone()).with_filter(EnvFilter::new(filter));
    tracing::subscriber::set_default(tracing_subscriber::registry().with(written).with(platform::telemetry::counting_queries()))
}

/// The value of a field in a line.
fn field<'a>(line: &'a str, name: &str) -> &'a str {
    line.split([' ', '{', '}']).find_map(|field| field.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default()
}

#[sqlx::test(migrations = "../migrations")]
async fn every_endpoint_logs_a_line_with_its_route_and_its_queries_and_nothing_else_of_the_address(_: PgPoolOptions, connect: PgConnectOptions) {
    let fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    let cookie = fixtures.victim.cookie();
    let nothing = Sample::get("/nothing-here");
    let mut with_queries = 0;
    for sample in served.samples.iter().chain([&nothing]) {
        let lines = LogLines::default();
        let logging = logging(&lines, "info,sqlx=warn");
        let mut request = sample.request(&fixtures.names, Whose::Nobodys, cookie.as_deref());
        // Somebody else's id.
        request.headers_mut().insert("x-request-id", "000000000000".parse().expect("value"));
        let response = served.response(request).await;
        drop(logging);
        let log = lines.text();
        let served = log.lines().filter(|line| line.ends_with("served") || line.contains(" served ")).collect::<Vec<_>>();
        if sample.path == nothing.path {
            assert!(served.is_empty(), "files and unknown addresses are not at this level: {log}");
            continue;
        }
        let [line] = served[..] else { panic!("{} {}: {log}", sample.method, sample.path) };
        let id = response.headers()["x-request-id"].to_str().expect("text").to_owned();
        assert!(id.len() == 12 && id != "000000000000" && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
        let at = format!("{} {}: {line}", sample.method, sample.path);
        assert_eq!(field(line, "number"), format!("\"{id}\""), "{at}");
        assert_eq!(field(line, "method"), format!("\"{}\"", sample.method), "{at}");
        assert!(line.contains(&format!("route=\"{}\"", sample.path)), "{at}");
        assert_eq!(field(line, "status"), response.status().as_u16().to_string(), "{at}");
        let queries: u32 = field(line, "queries").parse().expect("a number");
        // The session alone is a transaction with a query, which is rolled back with the next one.
        assert!(queries >= 2, "{at}");
        with_queries += u32::from(queries > 3);
        assert!(field(line, "ms").parse::<f64>().is_ok_and(|ms| ms > 0.0), "{at}");
        // In development the same is in the response.
        let timing = response.headers()["server-timing"].to_str().expect("text");
        assert!(timing.starts_with("total;dur=") && timing.ends_with(&format!("desc=\"{queries} queries\"")), "{timing}");
    }
    assert!(with_queries > 50, "pages and functions query on other tasks, too: {with_queries}");
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_a_page_logs_on_its_own_tasks_carries_the_id(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let served = Served::new(&fixtures);
    // The session can be read, the activities cannot.
    sqlx::query("revoke select on activities from legwork_app").execute(&mut fixtures.owner).await.expect("revoked");
    let lines = LogLines::default();
    let logging = logging(&lines, "error");
    let page = served.sample(&Method::GET, "/activities").request(&fixtures.names, Whose::Own, fixtures.victim.cookie().as_deref());
    let response = served.response(page).await;
    drop(logging);
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let id = response.headers()["x-request-id"].to_str().expect("text").to_owned();
    let body = axum::body::to_bytes(response.into_body(), 16 << 20).await.expect("body");
    assert!(String::from_utf8_lossy(&body).contains(&format!("tell us this number: {id}.")));
    let log = lines.text();
    assert!(log.lines().count() > 0 && log.lines().all(|line| field(line, "number") == format!("\"{id}\"")), "{log}");
    fixtures.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn in_production_no_response_says_how_long_it_took(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let mut config = (*fixtures.platform.config).clone();
    config.security.environment = platform::config::Environment::Production;
    fixtures.platform.config = Arc::new(config);
    let served = Served::new(&fixtures);
    let response = served.response(Sample::get("/sign-in").request(&fixtures.names, Whose::Own, None)).await;
    assert!(
        response.status().is_success() && !response.headers().contains_key("server-timing") && response.headers().contains_key(header::CACHE_CONTROL)
    );
    fixtures.platform.database.close().await;
}

//! Logging, and the id of each request, which connects a user's report with the log.

use std::future::Future;

use tracing::Instrument;
use tracing_subscriber::EnvFilter;

tokio::task_local! {
    static REQUEST_ID: String;
}

/// Starts logging to standard error, filtered by `RUST_LOG`, else `default`; panics, too, on the first call in a process.
pub fn start(default: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    // It writes a line for each file that it cannot read, which any client can cause; we log that ourselves, a few times a minute.
    let filter = match "tower_http::services=off".parse() {
        Ok(off) => filter.add_directive(off),
        Err(_) => filter,
    };
    let started = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).try_init();
    // A second call in one process keeps the first subscriber.
    if started.is_ok() {
        crate::panics::log_panics();
    }
}

/// Runs a request with its id: every log line carries it, and an internal error shows it.
pub async fn with_request_id<T>(number: String, request: impl Future<Output = T>) -> T {
    let span = tracing::info_span!("request", number);
    REQUEST_ID.scope(number, request.instrument(span)).await
}

/// The id of the current request, if there is one.
#[must_use]
pub fn request_id() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok()
}

//! Logs, and the number of each request, by which a person and the log speak of the same thing.

use std::future::Future;

use tracing::Instrument;
use tracing_subscriber::EnvFilter;

tokio::task_local! {
    static REQUEST_ID: String;
}

/// Logs to standard error, as loud as `RUST_LOG` says, else `default`; panics, too, where this is the first start.
pub fn start(default: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    // It writes a line for each file that it cannot read, which anybody can bring about; we tell it ourselves, a few times a minute.
    let filter = match "tower_http::services=off".parse() {
        Ok(off) => filter.add_directive(off),
        Err(_) => filter,
    };
    let started = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).try_init();
    // A second start in one process keeps the first.
    if started.is_ok() {
        crate::panics::log_panics();
    }
}

/// Runs a request under its number: every line of the log carries it, and a fault tells it.
pub async fn with_request_id<T>(number: String, request: impl Future<Output = T>) -> T {
    let span = tracing::info_span!("request", number);
    REQUEST_ID.scope(number, request.instrument(span)).await
}

/// The number of the request that is being answered, if one is.
#[must_use]
pub fn request_id() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok()
}

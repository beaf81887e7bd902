//! Logs.

use tracing_subscriber::EnvFilter;

/// Logs to standard error, as loud as `RUST_LOG` says, else `default`.
pub fn start(default: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let started = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).try_init();
    drop(started); // a second start in one process, as in tests, keeps the first
}

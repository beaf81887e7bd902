//! Numbers for the operator in the format of Prometheus, on an address of their own (`metrics.address`). Without one nothing is collected. Labels are
//! names of this program (routes, methods, jobs): nothing that a client sends makes a new one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use platform::{Platform, jobs};
use tokio::sync::Mutex;
use tokio::time::MissedTickBehavior;

use crate::http_listener;

/// How often what was recorded is added up, so that it takes no more memory while nobody reads it.
const UPKEEP: Duration = Duration::from_secs(15);
/// How old the numbers of the queue may be: they are a query.
const QUEUE_MAX_AGE: Duration = Duration::from_secs(5);
/// How long that query may take; the other numbers do not wait for a database that is down.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(2);

const REQUEST: &str = "http_request_duration_seconds";
/// Upper bounds of the classes of durations, in seconds.
const BUCKETS: [(&str, &[f64]); 3] = [
    (REQUEST, &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]),
    ("db_query_duration_seconds", &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0]),
    ("job_duration_seconds", &[0.01, 0.1, 0.5, 1.0, 5.0, 10.0, 60.0, 600.0]),
];

/// Records a request. Its route is a template, and its method a known one.
pub(crate) fn record_request(route: Arc<str>, method: &'static str, status: StatusCode, took: Duration) {
    let class = match status.as_u16() / 100 {
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        5 => "5xx",
        _ => "1xx",
    };
    metrics::histogram!(REQUEST, "route" => route, "method" => method, "status" => class).record(took);
}

/// Begins to collect, and serves what was collected until the process stops.
pub(crate) fn serve(platform: &Platform) -> Result<(), String> {
    let Some(address) = platform.config.metrics.address else { return Ok(()) };
    let handle = recorder().map_err(|e| format!("Metrics cannot be collected: {e}"))?;
    let listener = http_listener::listen(address).map_err(|e| format!("{address} cannot be listened on for metrics: {e}"))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    println!("Metrics are at http://{address}/metrics");
    let (upkeep, stop) = (handle.clone(), platform.tasks.stopping());
    platform.tasks.spawn(async move {
        let mut interval = tokio::time::interval(UPKEEP);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(interval.tick()).await.is_some() {
            upkeep.run_upkeep();
        }
    });
    let (router, stop) = (router(Exporter { handle, platform: platform.clone(), queue: Arc::default() }), platform.tasks.stopping());
    platform.tasks.spawn(async move {
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await {
            tracing::error!(%error, "metrics are not served any more");
        }
    });
    Ok(())
}

fn recorder() -> Result<PrometheusHandle, metrics_exporter_prometheus::BuildError> {
    let builder = BUCKETS
        .into_iter()
        .try_fold(PrometheusBuilder::new(), |builder, (name, bounds)| builder.set_buckets_for_metric(Matcher::Full(name.to_owned()), bounds))?;
    let handle = builder.install_recorder()?;
    metrics::describe_histogram!(REQUEST, "Time to the head of a response, by route, method and class of status");
    metrics::describe_histogram!(
        "db_query_duration_seconds",
        "Time of a round trip to the database; that of a transaction's begin includes the wait for a connection"
    );
    metrics::describe_histogram!("job_duration_seconds", "Time of an attempt at a background job in this process");
    metrics::describe_gauge!("db_connections", "Connections of the pool for requests");
    metrics::describe_gauge!("jobs", "Background jobs of all processes: waiting for a worker, running, or failed for good");
    metrics::describe_gauge!("jobs_oldest_waiting_seconds", "For how long the oldest job that waits has been due");
    metrics::describe_gauge!("process_resident_memory_bytes", "Memory of this process");
    Ok(handle)
}

#[derive(Clone)]
struct Exporter {
    handle: PrometheusHandle,
    platform: Platform,
    /// When the queue was last looked at.
    queue: Arc<Mutex<Option<Instant>>>,
}

#[expect(clippy::disallowed_methods, reason = "a router without users, on an address of its own")]
fn router(exporter: Exporter) -> Router {
    Router::new().route("/metrics", get(async move || exporter.answer().await))
}

impl Exporter {
    async fn answer(&self) -> Response {
        let (open, idle) = self.platform.database.connections();
        let used = f64::from(open) - idle as f64;
        metrics::gauge!("db_connections", "state" => "idle").set(idle as f64);
        metrics::gauge!("db_connections", "state" => "used").set(used.max(0.0));
        if let Some(bytes) = std::fs::read_to_string("/proc/self/status").ok().as_deref().and_then(resident_bytes) {
            metrics::gauge!("process_resident_memory_bytes").set(bytes);
        }
        self.look_at_queue().await;
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], self.handle.render()).into_response()
    }

    async fn look_at_queue(&self) {
        let mut last = self.queue.lock().await;
        if last.is_some_and(|at| at.elapsed() < QUEUE_MAX_AGE) {
            return;
        }
        *last = Some(Instant::now());
        // Without an answer there is no number, rather than an old one.
        let status = tokio::time::timeout(QUEUE_TIMEOUT, jobs::queue_status(&self.platform.database)).await.ok().and_then(Result::ok);
        let of = |number: fn(&jobs::QueueStatus) -> f64| status.as_ref().map_or(f64::NAN, number);
        metrics::gauge!("jobs", "state" => "waiting").set(of(|s| s.waiting as f64));
        metrics::gauge!("jobs", "state" => "running").set(of(|s| s.running as f64));
        metrics::gauge!("jobs", "state" => "failed").set(of(|s| s.failed as f64));
        metrics::gauge!("jobs_oldest_waiting_seconds").set(of(|s| s.oldest_waiting_s));
    }
}

/// Bytes in memory, of what Linux says of a process.
fn resident_bytes(status: &str) -> Option<f64> {
    let kibibytes: f64 = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_what_linux_says() {
        assert_eq!(resident_bytes("Name:\tlegwork\nVmRSS:\t   10240 kB\nThreads:\t8\n"), Some(10_485_760.0));
        assert_eq!(resident_bytes("Name:\tlegwork\n"), None);
    }
}

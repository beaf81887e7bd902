//! Logging, and what is measured of each request and each job: its id, which connects a user's report with the log, and its queries.

mod queries;

use std::future::Future;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tracing::Instrument;
use tracing::instrument::Instrumented;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

pub use self::queries::counting_queries;

tokio::task_local! {
    static CURRENT: Measured;
}

/// Starts logging to standard error, filtered by `RUST_LOG`, else `default`; panics, too, on the first call in a process. Queries are counted
/// whatever the filter says.
pub fn start(default: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    // The first writes a line for each file that it cannot read, which any client can cause; the second all of what a job was given, emails above all.
    // What of both is worth a line, we log ourselves.
    let silent = ["tower_http::services=off", "graphile_worker::runner::task_execution=off"];
    let filter = silent.iter().filter_map(|off| off.parse().ok()).fold(filter, EnvFilter::add_directive);
    // In a file or a journal, the codes of colours are noise between the words that are looked for.
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colours).with_target(false).with_filter(filter);
    let started = tracing_subscriber::registry().with(lines).with(counting_queries()).try_init();
    // A second call in one process keeps the first subscriber.
    if started.is_ok() {
        crate::panics::log_panics();
    }
}

/// What is measured of a request or a job while it runs, on all tasks that are part of it ([`with_current`]). Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Measured(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    /// The id of the request; a job has its own in the queue.
    request_id: Option<String>,
    queries: AtomicU32,
    query_nanos: AtomicU64,
}

impl Measured {
    /// Of a request with this id.
    #[must_use]
    pub fn request(id: String) -> Self {
        Self(Arc::new(Counts { request_id: Some(id), ..Counts::default() }))
    }

    /// Runs something as part of it.
    pub async fn run<T>(self, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self, work).await
    }

    /// Round trips to the database so far: queries, begins and commits of transactions.
    #[must_use]
    pub fn queries(&self) -> u32 {
        self.0.queries.load(Ordering::Relaxed)
    }

    /// How long they took in sum, with the wait for a connection. Concurrent ones count each.
    #[must_use]
    pub fn query_time(&self) -> Duration {
        Duration::from_nanos(self.0.query_nanos.load(Ordering::Relaxed))
    }
}

/// Counts a query, for the current request or job, too, if there is one.
pub(crate) fn count_query(took: Duration) {
    metrics::histogram!("db_query_duration_seconds").record(took);
    let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
    let _ = CURRENT.try_with(|Measured(counts)| {
        counts.queries.fetch_add(1, Ordering::Relaxed);
        counts.query_nanos.fetch_add(nanos, Ordering::Relaxed);
    });
}

/// Makes a task part of the current request or job, for whoever spawns it: its log lines carry the id, and its queries are counted.
pub fn with_current<T>(task: impl Future<Output = T>) -> Instrumented<impl Future<Output = T>> {
    let current = CURRENT.try_with(Clone::clone).ok();
    let task = async move {
        match current {
            Some(current) => current.run(task).await,
            None => task.await,
        }
    };
    task.in_current_span()
}

/// The id of the current request, if there is one.
#[must_use]
pub fn request_id() -> Option<String> {
    CURRENT.try_with(|Measured(counts)| counts.request_id.clone()).ok().flatten()
}

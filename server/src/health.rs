//! Whether the process is alive, and whether it is ready: `GET /health` for pages and people, `/health/live` and `/health/ready` for what starts
//! processes and spreads requests over them.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use platform::Platform;
use tokio::sync::Mutex;

/// How old a result may be: requests here are not rate-limited, so the database is queried once in this time, however many there are.
const MAX_AGE: TimeDelta = TimeDelta::seconds(1);

/// When the database was queried, and whether it responded.
type Check = (DateTime<Utc>, bool);

/// The last check. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Health(Arc<Mutex<Option<Check>>>);

impl Health {
    /// `GET /health/ready`: whether requests should be sent here. Not any more from the signal to stop on, although they are still served.
    pub(crate) async fn ready(&self, platform: &Platform) -> Response {
        if platform.tasks.is_draining() {
            return (StatusCode::SERVICE_UNAVAILABLE, "This process is stopping.").into_response();
        }
        self.answer(platform).await
    }

    /// `GET /health`: whether the process and its database respond. A request that comes during a query waits for its result.
    pub(crate) async fn answer(&self, platform: &Platform) -> Response {
        let mut last = self.0.lock().await;
        let now = platform.clock.now();
        let known = last.filter(|(at, _)| (now - at).abs() < MAX_AGE).map(|(_, healthy)| healthy);
        let healthy = match known {
            Some(healthy) => healthy,
            None => platform.database.begin_anonymous().await.is_ok(),
        };
        if known.is_none() {
            *last = Some((platform.clock.now(), healthy));
        }
        if healthy { "ok".into_response() } else { (StatusCode::SERVICE_UNAVAILABLE, "The database does not answer.").into_response() }
    }
}

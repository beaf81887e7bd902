//! `GET /health`: whether the process and its database answer.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use platform::Platform;
use tokio::sync::Mutex;

/// How old an answer may be: nobody counts who asks here, so the database is asked once in this time however many do.
const FRESH: TimeDelta = TimeDelta::seconds(1);

/// When the database was asked, and whether it answered.
type Answer = (DateTime<Utc>, bool);

/// The last answer. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Health(Arc<Mutex<Option<Answer>>>);

impl Health {
    /// Whoever comes while the database is asked waits for that answer.
    pub(crate) async fn answer(&self, platform: &Platform) -> Response {
        let mut last = self.0.lock().await;
        let now = platform.clock.now();
        let known = last.filter(|(at, _)| (now - at).abs() < FRESH).map(|(_, answers)| answers);
        let answers = match known {
            Some(answers) => answers,
            None => platform.database.begin_anonymous().await.is_ok(),
        };
        if known.is_none() {
            *last = Some((platform.clock.now(), answers));
        }
        if answers { "ok".into_response() } else { (StatusCode::SERVICE_UNAVAILABLE, "The database does not answer.").into_response() }
    }
}

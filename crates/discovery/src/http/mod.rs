//! Endpoints of discovery: what its page loads and sends, and `/v1/correlations` and `/v1/feedback`.

mod feedback;
mod page;
mod v1;

use axum::extract::FromRef;
use platform::Platform;
use platform::http::Endpoints;

/// All of them.
pub fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    page::router().merge(feedback::router()).merge(v1::router())
}

//! Endpoints of the race planner: the forms of its page.

mod forms;
#[cfg(test)]
mod tests;

use axum::extract::FromRef;
use platform::Platform;
use platform::http::Endpoints;

/// All of them.
pub fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    forms::router()
}

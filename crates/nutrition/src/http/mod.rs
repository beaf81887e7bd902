//! Endpoints of nutrition: the forms of its page, and `/v1/nutrition`.

mod forms;
#[cfg(test)]
mod tests;
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
    forms::router().merge(v1::router())
}

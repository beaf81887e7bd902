//! Endpoints of the plan: the forms of its pages, its files for a watch and a calendar, and `/v1/plan`.

mod files;
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
    forms::router().merge(files::router()).merge(v1::router())
}

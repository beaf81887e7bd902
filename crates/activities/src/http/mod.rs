//! Endpoints of activities: the forms of pages, and `/v1/activities`.

mod forms;
mod intervals;
mod list;
mod perception;
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
    forms::router().merge(list::router()).merge(intervals::router()).merge(perception::router()).merge(v1::router())
}

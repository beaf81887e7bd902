//! Endpoints of the journal: the forms of pages, `/v1/journal/days` and `/v1/journal/measures`.

mod forms;
mod measure_forms;
mod measures;
mod v1;

use axum::extract::FromRef;
use platform::Platform;
use platform::http::Endpoints;

pub use self::forms::preview;

/// All of them.
pub fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    forms::router().merge(v1::router()).merge(measures::router()).merge(measure_forms::router())
}

//! Endpoints of imports: the forms of pages, and `/v1/imports`.

mod forms;
mod v1;

use axum::extract::FromRef;
use platform::Platform;
use platform::http::Endpoints;

#[cfg(test)]
pub(crate) use self::forms::receive_files;

/// All of them.
pub fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    forms::router().merge(v1::router())
}

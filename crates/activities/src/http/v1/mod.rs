//! `/v1/activities`.

mod model;
mod read;
mod streams;
mod write;

use axum::extract::FromRef;
use domain::access::{Access, Limit};
use platform::Platform;
use platform::http::Endpoints;
use utoipa_axum::routes;

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(read::list), Access::Athlete, Limit::General)
        .route(routes!(write::create), Access::Athlete, Limit::General)
        .route(routes!(read::get), Access::ResourceOwner, Limit::General)
        .route(routes!(write::change), Access::ResourceOwner, Limit::General)
        .route(routes!(write::delete), Access::ResourceOwner, Limit::General)
        .route(routes!(streams::streams), Access::ResourceOwner, Limit::General)
}

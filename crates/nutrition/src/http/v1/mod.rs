//! `/v1/nutrition`.

mod entries;
mod favourites;
mod foods;
mod model;

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
        .route(routes!(entries::list), Access::Athlete, Limit::General)
        .route(routes!(entries::create), Access::Athlete, Limit::General)
        .route(routes!(entries::get), Access::ResourceOwner, Limit::General)
        .route(routes!(entries::put), Access::ResourceOwner, Limit::General)
        .route(routes!(entries::change), Access::ResourceOwner, Limit::General)
        .route(routes!(entries::delete), Access::ResourceOwner, Limit::General)
        .route(routes!(favourites::list), Access::Athlete, Limit::General)
        .route(routes!(favourites::create), Access::Athlete, Limit::General)
        .route(routes!(favourites::get), Access::ResourceOwner, Limit::General)
        .route(routes!(favourites::put), Access::ResourceOwner, Limit::General)
        .route(routes!(favourites::delete), Access::ResourceOwner, Limit::General)
        .route(routes!(foods::search), Access::Athlete, Limit::General)
        .route(routes!(foods::reading), Access::Athlete, Limit::General)
        .route(routes!(foods::prompt), Access::Athlete, Limit::General)
        .route(routes!(foods::set_prompt), Access::Athlete, Limit::General)
}

//! The API description, at `/v1/openapi.json`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::access::{Access, Limit};
use platform::http::Endpoints;
use utoipa::openapi::{InfoBuilder, OpenApi};
use utoipa_axum::routes;

use crate::serve::AppState;

/// The endpoint with the description.
pub(crate) fn router() -> Endpoints<AppState> {
    Endpoints::new().route(routes!(describe), Access::Public, Limit::General)
}

/// This description.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "api")]
async fn describe(State(api): State<Arc<OpenApi>>) -> Json<Arc<OpenApi>> {
    Json(api)
}

/// The stable interface for API clients: the endpoints under `/v1`. The forms of pages are endpoints, too, but no interface.
pub(crate) fn public(mut api: OpenApi) -> OpenApi {
    api.info = InfoBuilder::new()
        .title("Legwork")
        .version("1")
        .description(Some("Sign in with POST /v1/tokens, or with a personal token from the settings, and send it as `Authorization: Bearer`."))
        .build();
    api.paths.paths.retain(|path, _| path.starts_with("/v1/"));
    api
}

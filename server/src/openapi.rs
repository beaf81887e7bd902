//! The API description, at `/v1/openapi.json`.

use utoipa::openapi::{InfoBuilder, OpenApi};

/// The stable interface for API clients: the endpoints under `/v1`. The forms of pages are endpoints, too, but no interface.
pub(crate) fn public(listed: &OpenApi) -> OpenApi {
    let mut api = listed.clone();
    api.info = InfoBuilder::new()
        .title("Legwork")
        .version("1")
        .description(Some("Sign in with POST /v1/tokens, or with a personal token from the settings, and send it as `Authorization: Bearer`."))
        .build();
    api.paths.paths.retain(|path, _| path.starts_with("/v1/"));
    api
}

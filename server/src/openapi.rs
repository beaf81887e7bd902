//! The API's own description, at `/v1/openapi.json`.

use utoipa::openapi::{InfoBuilder, OpenApi};

/// The part that is promised to programs: what lies under `/v1`. Forms of pages are doors, too, but nobody's interface.
pub(crate) fn public(listed: &OpenApi) -> OpenApi {
    let mut api = listed.clone();
    api.info = InfoBuilder::new()
        .title("Legwork")
        .version("1")
        .description(Some("Sign in with POST /v1/tokens, or with a personal token of the settings, and send it as `Authorization: Bearer`."))
        .build();
    api.paths.paths.retain(|path, _| path.starts_with("/v1/"));
    api
}

//! The API description, at `/v1/openapi.json`.

#[cfg(test)]
mod compatibility;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::access::{Access, Limit};
use platform::http::{Endpoint, Endpoints};
use platform::rest::ProblemJson;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, InfoBuilder, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::routes;

use crate::serve::AppState;

/// What the description calls the way in.
const TOKEN: &str = "token";

/// The endpoint with the description.
pub(crate) fn router() -> Endpoints<AppState> {
    Endpoints::new().route(routes!(describe), Access::Public, Limit::General)
}

/// This description.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "api", responses((status = 200, body = serde_json::Value)))]
async fn describe(State(api): State<Arc<OpenApi>>) -> Json<Arc<OpenApi>> {
    Json(api)
}

/// The stable interface for API clients: the endpoints under `/v1`, with what they all do alike. The forms of pages are endpoints, too, but no
/// interface.
pub(crate) fn public(mut api: OpenApi, endpoints: &[Endpoint]) -> OpenApi {
    api.info = InfoBuilder::new()
        .title("Legwork")
        .version("1")
        .description(Some("Sign in with POST /v1/tokens, or with a personal token from the settings, and send it as `Authorization: Bearer`."))
        .build();
    api.paths.paths.retain(|path, _| path.starts_with("/v1/"));
    let components = api.components.get_or_insert_default();
    components.schemas.insert(ProblemJson::name().into_owned(), ProblemJson::schema());
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    components.security_schemes.insert(TOKEN.to_owned(), bearer.into());
    for endpoint in endpoints {
        let operation = api.paths.paths.get_mut(&endpoint.path).and_then(|item| platform::http::operation_mut(item, &endpoint.method));
        let Some(operation) = operation else { continue };
        // What an example needs in a test concerns nobody else.
        operation.extensions = None;
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemJson::name()))).build();
        let problem = ResponseBuilder::new().description("A problem (RFC 9457)").content("application/problem+json", problem).build();
        operation.operation_id = Some(operation_id(endpoint));
        operation.summary = operation.summary.take().map(|summary| summary.replace('\n', " "));
        for (status, response) in &mut operation.responses.responses {
            if let RefOr::T(response) = response
                && response.description.is_empty()
            {
                let status = status.parse().ok().and_then(|status| StatusCode::from_u16(status).ok());
                status.and_then(|status| status.canonical_reason()).unwrap_or_default().clone_into(&mut response.description);
            }
        }
        operation.responses.responses.insert("default".to_owned(), RefOr::T(problem));
        if endpoint.access != Access::Public {
            operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(TOKEN, [])]);
        }
    }
    api
}

/// What generated clients call an endpoint: `get_activities_activity_streams`.
fn operation_id(endpoint: &Endpoint) -> String {
    let words = endpoint.path.split(['/', '-', '.']).skip(2).map(|word| word.trim_matches(['{', '}']));
    std::iter::once(endpoint.method.as_str().to_lowercase().as_str()).chain(words).collect::<Vec<_>>().join("_")
}

/// The description as JSON.
#[cfg(test)]
pub(crate) fn public_description() -> serde_json::Value {
    let (_, document, list) = crate::serve::endpoints().into_parts();
    serde_json::to_value(public(document, &list)).expect("JSON")
}

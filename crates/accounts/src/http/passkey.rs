//! Endpoints that the page's script calls for passkeys. Without JavaScript there are passwords and codes.

use axum::Json;
use axum::extract::{FromRef, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use domain::Notice;
use domain::access::{Access, Limit};
use platform::http::Endpoints;
use platform::{Error, Platform, forms};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa_axum::routes;

use super::login::AFTER_REAUTHENTICATION;
use super::{flash_secret, start_session_response};
use crate::cookie::Cookie;
use crate::devices::DeviceInfo;
use crate::passkeys::{begin_passkey, begin_passkey_sign_in, finish_passkey, finish_passkey_sign_in, reauthenticate_with_passkey};
use crate::{CurrentUser, require_recent_auth, session_token};

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(post_begin), Access::Athlete, Limit::General)
        .route(routes!(post_finish), Access::Athlete, Limit::General)
        .route(routes!(post_begin_sign_in), Access::Public, Limit::SignIn)
        .route(routes!(post_sign_in), Access::Public, Limit::SignIn)
        .route(routes!(post_reauthenticate), Access::Athlete, Limit::SignIn)
}

/// The browser's answer to a challenge.
#[derive(Deserialize)]
struct Signed {
    ticket: String,
    #[serde(default)]
    name: String,
    answer: Value,
    /// The page to go on to, if one asked for reauthentication.
    #[serde(default)]
    next: String,
}

#[utoipa::path(post, path = "/settings/passkeys/begin", tag = "passkeys")]
async fn post_begin(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser) -> Response {
    let result = async {
        require_recent_auth(&viewer, platform.clock.now())?;
        begin_passkey(&platform, &viewer).await
    };
    match result.await {
        Ok(challenge) => Json(challenge).into_response(),
        Err(error) => refused(error),
    }
}

#[utoipa::path(post, path = "/settings/passkeys", tag = "passkeys",
    request_body(content_type = "application/json", example = json!({"ticket": "x", "name": "x", "answer": {}})),
    extensions(("x-example-response" = json!({"status": 422, "because": "only an authenticator can sign the answer"}))))]
async fn post_finish(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Json(form): Json<Signed>) -> Response {
    let result = async {
        require_recent_auth(&viewer, platform.clock.now())?;
        finish_passkey(&platform, &viewer, &form.ticket, &form.name, form.answer).await
    };
    match result.await {
        Ok(codes) => match codes {
            Some(codes) => with_cookies(flash_secret(&platform, viewer.id, &codes.join("\n"), ""), &Notice::RecoveryCodes.on("/settings/security")),
            None => Json(json!({ "next": Notice::LoginMethodsChanged.on("/settings/security") })).into_response(),
        },
        Err(error) => refused(error),
    }
}

#[utoipa::path(post, path = "/sign-in/passkey/begin", tag = "passkeys")]
async fn post_begin_sign_in(State(platform): State<Platform>) -> Response {
    match begin_passkey_sign_in(&platform).await {
        Ok(challenge) => Json(challenge).into_response(),
        Err(error) => refused(error),
    }
}

#[utoipa::path(post, path = "/sign-in/passkey", tag = "passkeys",
    request_body(content_type = "application/json", example = json!({"ticket": "x", "answer": {}})),
    extensions(("x-example-response" = json!({"status": 422, "because": "only an authenticator can sign the answer"}))))]
async fn post_sign_in(State(platform): State<Platform>, device_info: DeviceInfo, Json(form): Json<Signed>) -> Response {
    match finish_passkey_sign_in(&platform, &form.ticket, form.answer).await {
        Ok(signed_in) => with_cookies(start_session_response(&platform, &signed_in, &device_info, "/").await, "/"),
        Err(error) => refused(error),
    }
}

#[utoipa::path(post, path = "/reauthenticate/passkey", tag = "passkeys",
    request_body(content_type = "application/json", example = json!({"ticket": "x", "answer": {}})),
    extensions(("x-example-response" = json!({"status": 422, "because": "only an authenticator can sign the answer"}))))]
async fn post_reauthenticate(
    State(platform): State<Platform>,
    CurrentUser(viewer): CurrentUser,
    headers: HeaderMap,
    Json(form): Json<Signed>,
) -> Response {
    let token = session_token(&headers, &platform).unwrap_or_default();
    let next = forms::safe_redirect_path(&form.next).unwrap_or(AFTER_REAUTHENTICATION);
    match reauthenticate_with_passkey(&platform, &viewer, &token, &form.ticket, form.answer).await {
        Ok(fresh) => ([Cookie::Session.set(&fresh, &platform.config.server)], Json(json!({ "next": next }))).into_response(),
        Err(error) => refused(error),
    }
}

/// The cookies of a form's response, with the next page as JSON for the script.
fn with_cookies(form: Response, next: &str) -> Response {
    let mut response = Json(json!({ "next": next })).into_response();
    for cookie in form.headers().get_all(axum::http::header::SET_COOKIE) {
        response.headers_mut().append(axum::http::header::SET_COOKIE, cookie.clone());
    }
    response
}

fn refused(error: Error) -> Response {
    platform::error::problem_json(&error.into_problem())
}

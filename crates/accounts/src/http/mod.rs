//! The forms of accounts, which need no script, and the tokens of programs.

mod admin;
mod login;
mod oidc;
mod passkey;
mod settings;
mod tokens;

use axum::extract::FromRef;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ProblemKind;
use platform::{Email, Error, Platform, forms};
use utoipa_axum::router::OpenApiRouter;

use crate::cookie::Cookie;
use crate::devices::record_login;
use crate::extract::DeviceInfo;
use crate::service::NewSession;

/// Every form of accounts, and `/v1/tokens`.
pub fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .merge(login::router())
        .merge(oidc::router())
        .merge(passkey::router())
        .merge(settings::router())
        .merge(admin::router())
        .merge(tokens::router())
}

/// Into the account, with the cookies; a letter tells of a browser that it was never opened in.
async fn start_session_response(platform: &Platform, signed_in: &NewSession, origin: &DeviceInfo, to: &str) -> Response {
    let (response, letter) = session_cookies(platform, signed_in, origin, to).await;
    platform.mail.send_in_background(letter);
    response
}

/// Into the account, with the cookies, and the letter that `welcome` sends.
async fn session_cookies(platform: &Platform, signed_in: &NewSession, origin: &DeviceInfo, to: &str) -> (Response, Option<Email>) {
    let device = origin.device.clone().unwrap_or_else(|| platform::secrets::token(&platform.ids));
    // What is known of the browser is a nicety; without it the session is as good.
    let news = record_login(platform, &signed_in.viewer, &signed_in.token, &device, origin).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "a session keeps no name");
        None
    });
    let server = &platform.config.server;
    let mut response = Redirect::to(to).into_response();
    let cookies = [
        Cookie::Session.set(&signed_in.token, server),
        Cookie::Device.set(&device, server),
        Cookie::Waiting.clear(server),
        Cookie::Elsewhere.clear(server),
    ];
    for (name, value) in cookies {
        response.headers_mut().append(name, value);
    }
    (response, news)
}

/// To the sign-in page, for whose session ended over wrong tries.
fn signed_out(platform: &Platform) -> Response {
    ([Cookie::Session.clear(&platform.config.server)], Redirect::to("/sign-in?late=1")).into_response()
}

/// The form again; or the sign-in page, for whose session ended over what they typed into it.
fn reauthentication_failed(platform: &Platform, error: Error, form: &str, typed: &[(&str, &str)]) -> Response {
    match error {
        Error::Problem(problem) if problem.kind == ProblemKind::NotSignedIn => signed_out(platform),
        error => forms::redirect_with_errors(error, form, typed),
    }
}

/// Back to a page with what was done, or with what was refused.
fn redirect_back<T>(result: Result<T, Error>, page: &str, done: &str) -> Response {
    forms::redirect_or_error(result, |_| forms::append_query(page, done), page)
}

/// A secret that the next page shows, sealed for who it is for and gone after five minutes.
fn flash_secret(platform: &Platform, viewer: uuid::Uuid, secret: &str, to: &str) -> Response {
    match platform.keys.seal(&platform.ids, &format!("once {viewer}"), secret.as_bytes()) {
        Ok(sealed) => ([Cookie::Once.set(&platform::hex(&sealed), &platform.config.server)], Redirect::to(to)).into_response(),
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

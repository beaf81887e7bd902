//! The forms of accounts, which work without JavaScript, and the endpoints for API tokens.

mod admin;
mod login;
mod me;
mod oidc;
mod passkey;
mod settings;
mod tokens;

use axum::extract::FromRef;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Notice, ProblemKind};
use platform::http::Endpoints;
use platform::{Error, Platform, forms};

use crate::cookie::Cookie;
use crate::devices::{DeviceInfo, NewDevice, record_login};
use crate::sessions::NewSession;

/// Every form of accounts, `/v1/tokens` and `/v1/me`.
pub fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .merge(login::router())
        .merge(oidc::router())
        .merge(passkey::router())
        .merge(settings::router())
        .merge(admin::router())
        .merge(tokens::router())
        .merge(me::router())
}

/// Redirects into the account with its cookies; an email says so if the account was never opened in this browser.
async fn start_session_response(platform: &Platform, signed_in: &NewSession, device_info: &DeviceInfo, to: &str) -> Response {
    session_cookies(platform, signed_in, device_info, NewDevice::Notified, to).await
}

/// Redirects into the account with its cookies.
async fn session_cookies(platform: &Platform, signed_in: &NewSession, device_info: &DeviceInfo, new: NewDevice, to: &str) -> Response {
    let device = device_info.device.clone().unwrap_or_else(|| platform::secrets::token(&platform.ids));
    // The description of the browser is a nicety; the session works without it.
    if let Err(error) = record_login(platform, &signed_in.viewer, &signed_in.token, &device, device_info, new).await {
        tracing::warn!(%error, "a session has no device name");
    }
    let server = &platform.config.server;
    let mut response = Redirect::to(to).into_response();
    let cookies =
        [Cookie::Session.set(&signed_in.token, server), Cookie::Device.set(&device, server), Cookie::Mfa.clear(server), Cookie::Oidc.clear(server)];
    for (name, value) in cookies {
        response.headers_mut().append(name, value);
    }
    response
}

/// Redirects to the sign-in page after a session ended because of wrong attempts.
fn signed_out(platform: &Platform) -> Response {
    ([Cookie::Session.clear(&platform.config.server)], Redirect::to(&Notice::SignInExpired.on("/sign-in"))).into_response()
}

/// The form again; or the sign-in page, if the session ended because of what was typed into it.
fn reauthentication_failed(platform: &Platform, error: Error, form: &str, typed: &[(&str, &str)]) -> Response {
    match error {
        Error::Problem(problem) if problem.kind == ProblemKind::NotSignedIn => signed_out(platform),
        error => forms::redirect_with_errors(error, form, typed),
    }
}

/// Redirects to a page that shows a secret, sealed for its viewer in a cookie of five minutes.
pub fn flash_secret(platform: &Platform, viewer: uuid::Uuid, secret: &str, to: &str) -> Response {
    match platform.keys.seal(&platform.ids, &format!("flash {viewer}"), secret.as_bytes()) {
        Ok(sealed) => ([Cookie::Flash.set(&platform::hex(&sealed), &platform.config.server)], Redirect::to(to)).into_response(),
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

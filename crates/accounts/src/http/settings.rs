//! The settings that add and remove login methods. The dangerous ones require recent authentication.

use axum::extract::{Form, FromRef, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Notice;
use domain::access::{Access, Limit};
use domain::accounts::{NewToken, Scope, Viewer};
use domain::units::Units;
use platform::forms::{Fields, field, pairs};
use platform::http::{Endpoints, FORM, Kept};
use platform::{Error, Platform, forms};
use serde::Deserialize;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{flash_secret, reauthentication_failed, session_cookies};
use crate::cookie::Cookie;
use crate::devices::{DeviceInfo, NewDevice};
use crate::{
    CurrentUser, api_tokens, change_password, change_profile, change_units, email_change, email_verification, mfa, passkeys, require_recent_auth,
    revoke_other_sessions, revoke_session, session_token,
};

const PAGE: &str = "/settings/security";
const UNITS_PAGE: &str = "/settings/units";

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(post_password), Access::Athlete, Limit::SignIn)
        .route(routes!(post_email), Access::Athlete, Limit::SignIn)
        .kept(Kept::Whole)
        .route(routes!(post_verify), Access::Athlete, Limit::SignIn)
        .route(routes!(post_revoke_other_sessions), Access::Athlete, Limit::General)
        .route(routes!(post_revoke_session), Access::ResourceOwner, Limit::General)
        .route(routes!(post_begin_authenticator), Access::Athlete, Limit::General)
        .route(routes!(post_confirm_authenticator), Access::Athlete, Limit::SignIn)
        .route(routes!(post_remove_authenticator), Access::Athlete, Limit::General)
        .route(routes!(post_codes), Access::Athlete, Limit::General)
        .route(routes!(post_remove_passkey), Access::ResourceOwner, Limit::General)
        .route(routes!(post_token), Access::Athlete, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(post_revoke_token), Access::ResourceOwner, Limit::General)
        .route(routes!(post_dismiss_flash), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(post_profile), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(post_units), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
}

#[derive(Deserialize)]
struct ProfileForm {
    name: String,
    time_zone: String,
}

/// Saves the account's name and time zone.
#[utoipa::path(post, path = "/settings/profile", tag = "forms",
    request_body(content_type = FORM, example = json!({"name": "Nobody", "time_zone": "Asia/Tokyo"})))]
async fn post_profile(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<ProfileForm>) -> Response {
    match platform.database.transact(viewer.id, async |tx| change_profile(tx, &form.name, &form.time_zone).await).await {
        Ok(zone_changed) => Redirect::to(&if zone_changed { Notice::TimeZoneSaved } else { Notice::Saved }.on("/settings")).into_response(),
        Err(error) => forms::redirect_with_errors(error, "/settings", &[("name", &form.name), ("time_zone", &form.time_zone)]),
    }
}

/// Saves the units in which the account reads and types.
#[utoipa::path(post, path = "/settings/units", tag = "forms",
    request_body(content_type = FORM, example = json!({"length": "mi", "weight": "lb", "temperature": "celsius", "clock": "12h", "dates": "dmy"})))]
async fn post_units(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let result = async {
        let units = Units::parse(|name| field(&form, name))?;
        platform.database.transact(viewer.id, async |tx| change_units(tx, units).await).await
    };
    match result.await {
        Ok(()) => Redirect::to(&Notice::Saved.on(UNITS_PAGE)).into_response(),
        Err(error) => forms::redirect_with_errors(error, UNITS_PAGE, &pairs(&form).collect::<Vec<_>>()),
    }
}

#[derive(Deserialize)]
struct PasswordForm {
    #[serde(default)]
    old: String,
    new: String,
}

#[utoipa::path(post, path = "/settings/password", tag = "forms",
    request_body(content_type = FORM, example = json!({"old": "{password}", "new": "marmot violin bench"})))]
async fn post_password(
    State(platform): State<Platform>,
    CurrentUser(viewer): CurrentUser,
    device_info: DeviceInfo,
    headers: HeaderMap,
    Form(form): Form<PasswordForm>,
) -> Response {
    let token = session_token(&headers, &platform).unwrap_or_default();
    match change_password(&platform, &viewer, &token, &form.old, &form.new).await {
        Ok(signed_in) => {
            // The change of password forgot every browser; this one needs no email as a new device.
            session_cookies(&platform, &signed_in, &device_info, NewDevice::Expected, &Notice::PasswordChanged.on(PAGE)).await
        }
        Err(error) => reauthentication_failed(&platform, error, PAGE, &[]),
    }
}

#[derive(Deserialize)]
struct EmailForm {
    email: String,
}

#[utoipa::path(post, path = "/settings/email", tag = "forms",
    request_body(content_type = FORM, example = json!({"email": "kim@example.org"})))]
async fn post_email(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<EmailForm>) -> Response {
    let result = async {
        require_recent_auth(&viewer, platform.clock.now())?;
        email_change::request_email_change(&platform, &viewer, &form.email).await
    };
    match result.await {
        Ok(_) => Redirect::to(&Notice::EmailChangeRequested.on(PAGE)).into_response(),
        Err(error) => forms::redirect_with_errors(error, PAGE, &[("email", &form.email)]),
    }
}

/// Sends the verification email again.
#[utoipa::path(post, path = "/settings/verify", tag = "forms")]
async fn post_verify(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser) -> Response {
    let sent = email_verification::send_verification(&platform, &viewer).await;
    forms::redirect_with_notice(sent, PAGE, Notice::VerificationSent)
}

#[utoipa::path(post, path = "/settings/sessions/{session}/revoke", tag = "forms")]
async fn post_revoke_session(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact(viewer.id, async |tx| revoke_session(tx, id).await);
    forms::redirect_with_notice(result.await, PAGE, Notice::SessionRevoked)
}

#[utoipa::path(post, path = "/settings/sessions/revoke-others", tag = "forms")]
async fn post_revoke_other_sessions(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, headers: HeaderMap) -> Response {
    let result =
        platform.database.transact(viewer.id, async |tx| revoke_other_sessions(tx, &session_token(&headers, &platform).unwrap_or_default()).await);
    forms::redirect_with_notice(result.await, PAGE, Notice::OtherSessionsRevoked)
}

#[utoipa::path(post, path = "/settings/authenticator", tag = "forms")]
async fn post_begin_authenticator(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser) -> Response {
    let result = async {
        require_recent_auth(&viewer, platform.clock.now())?;
        mfa::start_totp(&platform, &viewer).await
    };
    forms::redirect_or_error(result.await, |()| PAGE.to_owned(), PAGE)
}

#[derive(Deserialize)]
struct CodeForm {
    code: String,
}

#[utoipa::path(post, path = "/settings/authenticator/confirm", tag = "forms",
    request_body(content_type = FORM, example = json!({"code": "{code}"})))]
async fn post_confirm_authenticator(
    State(platform): State<Platform>,
    CurrentUser(viewer): CurrentUser,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> Response {
    let token = session_token(&headers, &platform).unwrap_or_default();
    let result = async {
        require_recent_auth(&viewer, platform.clock.now())?;
        mfa::confirm_totp(&platform, &viewer, &token, &form.code).await
    };
    match result.await {
        Ok(codes) => changed(&platform, &viewer, codes),
        Err(error) => reauthentication_failed(&platform, error, PAGE, &[]),
    }
}

#[utoipa::path(post, path = "/settings/authenticator/remove", tag = "forms")]
async fn post_remove_authenticator(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser) -> Response {
    let result = async {
        require_recent_auth(&viewer, platform.clock.now())?;
        mfa::disable_totp(&platform, &viewer).await
    };
    match result.await {
        Ok(()) => changed(&platform, &viewer, None),
        Err(error) => forms::redirect_with_errors(error, PAGE, &[]),
    }
}

#[utoipa::path(post, path = "/settings/recovery-codes", tag = "forms")]
async fn post_codes(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser) -> Response {
    let result = async {
        require_recent_auth(&viewer, platform.clock.now())?;
        mfa::regenerate_recovery_codes(&platform, &viewer).await
    };
    match result.await {
        Ok(codes) => flash_secret(&platform, viewer.id, &codes.join("\n"), &Notice::RecoveryCodes.on(PAGE)),
        Err(error) => forms::redirect_with_errors(error, PAGE, &[]),
    }
}

#[utoipa::path(post, path = "/settings/passkeys/{passkey}/remove", tag = "forms")]
async fn post_remove_passkey(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = async {
        require_recent_auth(&viewer, platform.clock.now())?;
        passkeys::remove_passkey(&platform, &viewer, id).await
    };
    match result.await {
        Ok(()) => changed(&platform, &viewer, None),
        Err(error) => forms::redirect_with_errors(error, PAGE, &[]),
    }
}

#[derive(Deserialize)]
struct TokenForm {
    name: String,
    #[serde(default)]
    writes: Option<String>,
    days: String,
}

#[utoipa::path(post, path = "/settings/tokens", tag = "forms",
    request_body(content_type = FORM, example = json!({"name": "x", "days": "9"})))]
async fn post_token(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<TokenForm>) -> Response {
    let scopes: &[Scope] = if form.writes.is_some() { &[Scope::Read, Scope::Write] } else { &[Scope::Read] };
    let result = async {
        require_recent_auth(&viewer, platform.clock.now())?;
        api_tokens::create_personal_token(&platform, &viewer, &NewToken::parse(&form.name, &form.days)?, scopes).await
    };
    match result.await {
        Ok(token) => flash_secret(&platform, viewer.id, &token, &Notice::TokenCreated.on(PAGE)),
        Err(error) => forms::redirect_with_errors(error, PAGE, &[("name", &form.name), ("days", &form.days)]),
    }
}

#[utoipa::path(post, path = "/settings/tokens/{token}/revoke", tag = "forms")]
async fn post_revoke_token(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact(viewer.id, async |tx| api_tokens::revoke_token(tx, id).await);
    forms::redirect_with_notice(result.await, PAGE, Notice::TokenRevoked)
}

/// Deletes the cookie with the secret that a page showed, and leads back to that page.
#[utoipa::path(post, path = "/settings/flash/dismiss", tag = "forms", request_body(content_type = FORM, example = json!({"next": "/settings/security"})))]
async fn post_dismiss_flash(State(platform): State<Platform>, CurrentUser(_viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let next = forms::field(&form, "next").and_then(forms::safe_redirect_path).unwrap_or(PAGE);
    ([Cookie::Flash.clear(&platform.config.server)], Redirect::to(next)).into_response()
}

/// Back to the page, with recovery codes if there are new ones.
fn changed(platform: &Platform, viewer: &Viewer, codes: Option<Vec<String>>) -> Response {
    match codes {
        Some(codes) => flash_secret(platform, viewer.id, &codes.join("\n"), &Notice::RecoveryCodes.on(PAGE)),
        None => forms::redirect_with_notice(Ok::<_, Error>(()), PAGE, Notice::LoginMethodsChanged),
    }
}

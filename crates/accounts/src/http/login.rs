//! Register, sign in, second factor, sign out, and the links in emails.

use axum::extract::{Form, FromRef, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::{Access, Limit};
use domain::accounts::{Registration, Viewer};
use domain::onboarding::Step;
use domain::{Notice, Problem, ProblemKind};
use platform::http::{Endpoints, FORM, Kept};
use platform::{Error, Platform, forms};
use serde::Deserialize;
use utoipa_axum::routes;

use super::{reauthentication_failed, start_session_response};
use crate::cookie::Cookie;
use crate::devices::DeviceInfo;
use crate::email_links::Opener;
use crate::profile::usual_units;
use crate::reauthenticate::reauthenticate;
use crate::{
    CurrentUser, LoginOutcome, NewAccount, OptionalUser, email_change, email_verification, login_attempts, mfa, password_reset, register,
    session_token, sign_in, sign_out,
};

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(post_register), Access::Public, Limit::SignIn)
        .kept(Kept::But(&[("password", "Password")]))
        .route(routes!(post_sign_in), Access::Public, Limit::SignIn)
        .kept(Kept::But(&[("password", "Password")]))
        .route(routes!(post_mfa), Access::Public, Limit::SignIn)
        .route(routes!(post_sign_out), Access::Athlete, Limit::General)
        .route(routes!(post_forgot_password), Access::Public, Limit::SignIn)
        .kept(Kept::Whole)
        .route(routes!(post_reset_password), Access::Public, Limit::SignIn)
        .route(routes!(post_verify_email), Access::Public, Limit::SignIn)
        .route(routes!(post_confirm_email_change), Access::Public, Limit::SignIn)
        .route(routes!(post_reauthenticate), Access::Athlete, Limit::SignIn)
}

#[derive(Deserialize)]
struct RegisterForm {
    name: String,
    email: String,
    password: String,
    #[serde(default)]
    time_zone: String,
}

/// Creates an account, signs it in, and sends the email that verifies the address.
#[utoipa::path(post, path = "/register", tag = "forms",
    request_body(content_type = FORM, example = json!({"name": "Kim", "email": "kim@example.org", "password": "marmot violin trench"})))]
async fn post_register(State(platform): State<Platform>, device_info: DeviceInfo, headers: HeaderMap, Form(form): Form<RegisterForm>) -> Response {
    // What was typed goes back into the form; the password never does.
    let rerender = |problem: Problem| forms::rerender_with_errors(problem, "/register", [("name", &*form.name), ("email", &*form.email)]);
    let registration = match Registration::parse(&form.name, &form.email, &form.password) {
        Ok(registration) => registration,
        Err(problem) => return rerender(problem),
    };
    match register(&platform, NewAccount { registration, time_zone: form.time_zone.clone(), units: usual_units(&headers), synthetic: false }).await {
        Ok(signed_in) => {
            if let Err(error) = email_verification::send_verification(&platform, &signed_in.viewer).await {
                tracing::error!(%error, "no verification email for a new account");
            }
            // A new account is led to the onboarding, this once.
            start_session_response(&platform, &signed_in, &device_info, Step::Goals.path()).await
        }
        Err(Error::Problem(problem)) if problem.kind == ProblemKind::Conflict || !problem.fields.is_empty() => rerender(problem),
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

#[derive(Deserialize)]
struct SignInForm {
    email: String,
    password: String,
}

#[utoipa::path(post, path = "/sign-in", tag = "forms",
    request_body(content_type = FORM, example = json!({"email": "{email}", "password": "{password}"})))]
async fn post_sign_in(State(platform): State<Platform>, device_info: DeviceInfo, Form(form): Form<SignInForm>) -> Response {
    if let Err(error) = login_attempts::throttle_login(&platform, &form.email, device_info.device.as_deref()).await {
        return platform::error::problem_text(&error.into_problem());
    }
    match sign_in(&platform, &form.email, &form.password).await {
        Ok(outcome) => respond_to_login(&platform, outcome, &device_info, "/").await,
        Err(Error::Problem(problem)) => forms::rerender_with_errors(problem, "/sign-in", [("email", &*form.email)]),
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

/// Starts the session and leads to a page, or redirects to that of the second factor.
pub(super) async fn respond_to_login(platform: &Platform, outcome: LoginOutcome, device_info: &DeviceInfo, to: &str) -> Response {
    match outcome {
        LoginOutcome::In(signed_in) => start_session_response(platform, &signed_in, device_info, to).await,
        LoginOutcome::SecondFactor(token) => ([Cookie::Mfa.set(&token, &platform.config.server)], Redirect::to("/sign-in/mfa")).into_response(),
    }
}

#[derive(Deserialize)]
struct CodeForm {
    code: String,
}

#[utoipa::path(post, path = "/sign-in/mfa", tag = "forms",
    request_body(content_type = FORM, example = json!({"code": "{recovery_code}"})))]
async fn post_mfa(State(platform): State<Platform>, device_info: DeviceInfo, headers: HeaderMap, Form(form): Form<CodeForm>) -> Response {
    let challenge = Cookie::Mfa.value(&headers, &platform.config.server).unwrap_or_default();
    match mfa::complete_mfa_login(&platform, &challenge, &form.code, device_info.device.as_deref()).await {
        Ok(signed_in) => start_session_response(&platform, &signed_in, &device_info, "/").await,
        Err(Error::Problem(problem)) if problem.kind == ProblemKind::NotSignedIn => {
            Redirect::to(&Notice::SignInExpired.on("/sign-in")).into_response()
        }
        Err(error) => forms::redirect_with_errors(error, "/sign-in/mfa", &[]),
    }
}

#[utoipa::path(post, path = "/sign-out", tag = "forms")]
async fn post_sign_out(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, headers: HeaderMap) -> Response {
    if let Some(token) = session_token(&headers, &platform)
        && let Err(error) = sign_out(&platform, viewer.id, &token).await
    {
        return platform::error::problem_text(&error.into_problem());
    }
    ([Cookie::Session.clear(&platform.config.server)], Redirect::to("/welcome")).into_response()
}

#[derive(Deserialize)]
struct EmailForm {
    email: String,
}

/// The same answer at once for every address; whether an email is sent is decided in the background.
#[utoipa::path(post, path = "/forgot-password", tag = "forms",
    request_body(content_type = FORM, example = json!({"email": "nobody@example.org"})))]
async fn post_forgot_password(State(platform): State<Platform>, Form(form): Form<EmailForm>) -> Response {
    // Checked before the answer, and the same for every address: while the database is down no email is sent, and the page must not claim one.
    if let Err(error) = platform.database.begin_anonymous().await {
        return forms::redirect_with_errors(error, "/forgot-password", &[("email", &form.email)]);
    }
    let tasks = platform.tasks.clone();
    tasks.spawn(async move {
        if let Err(error) = password_reset::request_password_reset(&platform, &form.email).await {
            tracing::error!(%error, "a new password was requested, and no email is sent");
        }
    });
    Redirect::to(&Notice::ResetRequested.on("/forgot-password")).into_response()
}

#[derive(Deserialize)]
struct ResetForm {
    token: String,
    new: String,
}

#[utoipa::path(post, path = "/reset-password", tag = "forms",
    request_body(content_type = FORM, example = json!({"token": "{reset_token}", "new": "marmot violin bench"})))]
async fn post_reset_password(State(platform): State<Platform>, Form(form): Form<ResetForm>) -> Response {
    match password_reset::reset(&platform, &form.token, &form.new).await {
        Ok(()) => ([Cookie::Session.clear(&platform.config.server)], Redirect::to(&Notice::PasswordReset.on("/sign-in"))).into_response(),
        Err(error) => forms::redirect_with_errors(error, "/reset-password", &[("token", &form.token)]),
    }
}

#[derive(Deserialize)]
struct TokenForm {
    token: String,
    #[serde(default)]
    password: String,
}

#[utoipa::path(post, path = "/verify-email", tag = "forms",
    request_body(content_type = FORM, example = json!({"token": "{verify_token}"})))]
async fn post_verify_email(
    State(platform): State<Platform>,
    OptionalUser(viewer): OptionalUser,
    device_info: DeviceInfo,
    headers: HeaderMap,
    Form(form): Form<TokenForm>,
) -> Response {
    let session = session_token(&headers, &platform);
    let confirmed = email_verification::verify(&platform, &form.token, opener(viewer.as_ref(), session.as_deref(), &device_info, &form)).await;
    confirmed_page(&platform, confirmed, "/verify-email", &form)
}

#[utoipa::path(post, path = "/confirm-email-change", tag = "forms",
    request_body(content_type = FORM, example = json!({"token": "{email_token}"})))]
async fn post_confirm_email_change(
    State(platform): State<Platform>,
    OptionalUser(viewer): OptionalUser,
    device_info: DeviceInfo,
    headers: HeaderMap,
    Form(form): Form<TokenForm>,
) -> Response {
    let session = session_token(&headers, &platform);
    let moved = email_change::change_email(&platform, &form.token, opener(viewer.as_ref(), session.as_deref(), &device_info, &form)).await;
    confirmed_page(&platform, moved, "/confirm-email-change", &form)
}

fn opener<'a>(viewer: Option<&Viewer>, session: Option<&'a str>, device_info: &'a DeviceInfo, form: &'a TokenForm) -> Opener<'a> {
    Opener { signed_in: viewer.map(|v| v.id).zip(session), password: &form.password, device: device_info.device.as_deref() }
}

/// Back to the page of the link with a notice, and with the new cookie of the session that stays.
fn confirmed_page(platform: &Platform, confirmed: Result<Option<String>, Error>, page: &str, form: &TokenForm) -> Response {
    let done = Redirect::to(&Notice::EmailVerified.on(page));
    match confirmed {
        Ok(Some(token)) => ([Cookie::Session.set(&token, &platform.config.server)], done).into_response(),
        Ok(None) => done.into_response(),
        Err(error) => forms::redirect_with_errors(error, page, &[("token", &form.token)]),
    }
}

/// Where reauthentication leads when no page asked for it.
pub(super) const AFTER_REAUTHENTICATION: &str = "/settings/security";

#[derive(Deserialize)]
struct ReauthenticateForm {
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// Reauthenticates before a dangerous action, and redirects to the page that asked for it.
#[utoipa::path(post, path = "/reauthenticate", tag = "forms",
    request_body(content_type = FORM, example = json!({"password": "{password}", "code": "{recovery_code}", "next": "/"})))]
async fn post_reauthenticate(
    State(platform): State<Platform>,
    CurrentUser(viewer): CurrentUser,
    headers: HeaderMap,
    Form(form): Form<ReauthenticateForm>,
) -> Response {
    let token = session_token(&headers, &platform).unwrap_or_default();
    let next = forms::safe_redirect_path(&form.next).unwrap_or(AFTER_REAUTHENTICATION);
    match reauthenticate(&platform, &viewer, &token, &form.password, &form.code).await {
        Ok(fresh) => ([Cookie::Session.set(&fresh, &platform.config.server)], Redirect::to(next)).into_response(),
        Err(error) => reauthentication_failed(&platform, error, "/reauthenticate", &[("next", next)]),
    }
}

//! Register, sign in, second factor, sign out, and what letters lead to.

use axum::extract::{Form, FromRef, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use domain::accounts::{Registration, Viewer};
use domain::{Problem, ProblemKind};
use platform::{Error, Platform, forms};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{reauthentication_failed, start_session_response};
use crate::cookie::Cookie;
use crate::emails::Opener;
use crate::extract::DeviceInfo;
use crate::reauthenticate::reauthenticate;
use crate::{CurrentUser, LoginOutcome, NewAccount, OptionalUser, emails, login_attempts, mfa, register, session_token, sign_in, sign_out};

pub(super) fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(post_register))
        .routes(routes!(post_sign_in))
        .routes(routes!(post_mfa))
        .routes(routes!(post_sign_out))
        .routes(routes!(post_forgot_password))
        .routes(routes!(post_reset_password))
        .routes(routes!(post_verify_email))
        .routes(routes!(post_confirm_email_change))
        .routes(routes!(post_reauthenticate))
}

#[derive(Deserialize)]
struct RegisterForm {
    name: String,
    email: String,
    password: String,
    #[serde(default)]
    time_zone: String,
}

/// Makes an account, signs it in, and sends a letter that asks for the address.
#[utoipa::path(post, path = "/register", tag = "forms")]
async fn post_register(State(platform): State<Platform>, origin: DeviceInfo, Form(form): Form<RegisterForm>) -> Response {
    // What was typed goes back into the form; the password never does.
    let again = |problem: Problem| forms::rerender_with_errors(problem, "/register", [("name", &*form.name), ("email", &*form.email)]);
    let registration = match Registration::parse(&form.name, &form.email, &form.password) {
        Ok(registration) => registration,
        Err(problem) => return again(problem),
    };
    match register(&platform, NewAccount { registration, time_zone: form.time_zone.clone(), synthetic: false }).await {
        Ok(signed_in) => {
            match emails::send_verification(&platform, &signed_in.viewer).await {
                Ok(letter) => platform.mail.send_in_background([letter]),
                Err(error) => tracing::error!(%error, "a new account has no letter"),
            }
            start_session_response(&platform, &signed_in, &origin, "/").await
        }
        Err(Error::Problem(problem)) if problem.kind == ProblemKind::Conflict || !problem.fields.is_empty() => again(problem),
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

#[derive(Deserialize)]
struct SignInForm {
    email: String,
    password: String,
}

#[utoipa::path(post, path = "/sign-in", tag = "forms")]
async fn post_sign_in(State(platform): State<Platform>, origin: DeviceInfo, Form(form): Form<SignInForm>) -> Response {
    if let Err(error) = login_attempts::throttle_login(&platform, &form.email, origin.device.as_deref()).await {
        return platform::error::problem_text(&error.into_problem());
    }
    match sign_in(&platform, &form.email, &form.password).await {
        Ok(entry) => respond_to_login(&platform, entry, &origin).await,
        Err(Error::Problem(problem)) => forms::rerender_with_errors(problem, "/sign-in", [("email", &*form.email)]),
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

/// Into the account, or to the page of the second factor.
pub(super) async fn respond_to_login(platform: &Platform, entry: LoginOutcome, origin: &DeviceInfo) -> Response {
    match entry {
        LoginOutcome::In(signed_in) => start_session_response(platform, &signed_in, origin, "/").await,
        LoginOutcome::SecondFactor(token) => {
            ([Cookie::Waiting.set(&token, &platform.config.server)], Redirect::to("/sign-in/second")).into_response()
        }
    }
}

#[derive(Deserialize)]
struct CodeForm {
    code: String,
}

#[utoipa::path(post, path = "/sign-in/second", tag = "forms")]
async fn post_mfa(State(platform): State<Platform>, origin: DeviceInfo, headers: HeaderMap, Form(form): Form<CodeForm>) -> Response {
    let waiting = Cookie::Waiting.value(&headers, &platform.config.server).unwrap_or_default();
    match mfa::complete_mfa_login(&platform, &waiting, &form.code, origin.device.as_deref()).await {
        Ok(signed_in) => start_session_response(&platform, &signed_in, &origin, "/").await,
        Err(Error::Problem(problem)) if problem.kind == ProblemKind::NotSignedIn => Redirect::to("/sign-in?late=1").into_response(),
        Err(error) => forms::redirect_with_errors(error, "/sign-in/second", &[]),
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

/// The same answer at once for every address; whether a letter goes out is decided beside the request.
#[utoipa::path(post, path = "/forgot", tag = "forms")]
async fn post_forgot_password(State(platform): State<Platform>, Form(form): Form<EmailForm>) -> Response {
    // Asked before the answer, and the same for every address: a database that is away sends no letter, and the page must not say so.
    if let Err(error) = platform.database.begin_anonymous().await {
        return forms::redirect_with_errors(error, "/forgot", &[("email", &form.email)]);
    }
    let tasks = platform.tasks.clone();
    tasks.spawn(async move {
        let asked = match emails::request_password_reset(&platform, &form.email).await {
            Ok(Some(letter)) => platform.mail.send(&letter).await,
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = asked {
            tracing::error!(%error, "a letter stays behind");
        }
    });
    Redirect::to("/forgot?sent=1").into_response()
}

#[derive(Deserialize)]
struct ResetForm {
    token: String,
    new: String,
}

#[utoipa::path(post, path = "/reset", tag = "forms")]
async fn post_reset_password(State(platform): State<Platform>, Form(form): Form<ResetForm>) -> Response {
    match emails::reset(&platform, &form.token, &form.new).await {
        Ok(notice) => {
            platform.mail.send_in_background([notice]);
            ([Cookie::Session.clear(&platform.config.server)], Redirect::to("/sign-in?reset=1")).into_response()
        }
        Err(error) => forms::redirect_with_errors(error, "/reset", &[("token", &form.token)]),
    }
}

#[derive(Deserialize)]
struct TokenForm {
    token: String,
    #[serde(default)]
    password: String,
}

#[utoipa::path(post, path = "/confirm", tag = "forms")]
async fn post_verify_email(
    State(platform): State<Platform>,
    OptionalUser(viewer): OptionalUser,
    origin: DeviceInfo,
    headers: HeaderMap,
    Form(form): Form<TokenForm>,
) -> Response {
    let session = session_token(&headers, &platform);
    let confirmed = emails::verify(&platform, &form.token, opener(viewer.as_ref(), session.as_deref(), &origin, &form)).await;
    confirmed_page(&platform, confirmed, "/confirm", &form)
}

#[utoipa::path(post, path = "/confirm-address", tag = "forms")]
async fn post_confirm_email_change(
    State(platform): State<Platform>,
    OptionalUser(viewer): OptionalUser,
    origin: DeviceInfo,
    headers: HeaderMap,
    Form(form): Form<TokenForm>,
) -> Response {
    let session = session_token(&headers, &platform);
    let moved = emails::change_email(&platform, &form.token, opener(viewer.as_ref(), session.as_deref(), &origin, &form)).await;
    confirmed_page(&platform, moved, "/confirm-address", &form)
}

fn opener<'a>(viewer: Option<&Viewer>, session: Option<&'a str>, origin: &'a DeviceInfo, form: &'a TokenForm) -> Opener<'a> {
    Opener { signed_in: viewer.map(|v| v.id).zip(session), password: &form.password, device: origin.device.as_deref() }
}

/// The page that the letter leads to again, with thanks, and with the new cookie of the session that stays.
fn confirmed_page(platform: &Platform, confirmed: Result<Option<String>, Error>, page: &str, form: &TokenForm) -> Response {
    let done = Redirect::to(&forms::append_query(page, "done=1"));
    match confirmed {
        Ok(Some(token)) => ([Cookie::Session.set(&token, &platform.config.server)], done).into_response(),
        Ok(None) => done.into_response(),
        Err(error) => forms::redirect_with_errors(error, page, &[("token", &form.token)]),
    }
}

/// Where a proof leads that was asked for by no page.
pub(super) const AFTER_REAUTHENTICATION: &str = "/settings/security";

#[derive(Deserialize)]
struct ProveForm {
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    then: String,
}

/// Proves who it is before something dangerous, and goes on to the page that asked.
#[utoipa::path(post, path = "/prove", tag = "forms")]
async fn post_reauthenticate(
    State(platform): State<Platform>,
    CurrentUser(viewer): CurrentUser,
    headers: HeaderMap,
    Form(form): Form<ProveForm>,
) -> Response {
    let token = session_token(&headers, &platform).unwrap_or_default();
    let then = forms::safe_redirect_path(&form.then).unwrap_or(AFTER_REAUTHENTICATION);
    match reauthenticate(&platform, &viewer, &token, &form.password, &form.code).await {
        Ok(fresh) => ([Cookie::Session.set(&fresh, &platform.config.server)], Redirect::to(then)).into_response(),
        Err(error) => reauthentication_failed(&platform, error, "/prove", &[("then", then)]),
    }
}

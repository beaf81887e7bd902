//! The forms of accounts: register, sign in, sign out. They need no script.

use axum::Router;
use axum::extract::{Form, FromRef, Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use domain::ProblemKind;
use domain::accounts::Registration;
use platform::{Error, Platform};
use serde::Deserialize;
use uuid::Uuid;

use crate::devices::{describe, end_device, end_other_devices};
use crate::{CurrentViewer, NewAccount, SignedIn, change_password, clear_cookie, register, session_cookie, sign_in, sign_out, token_in};

/// `POST /register`, `/sign-in`, `/sign-out`, `/settings/password`, `/settings/devices/{id}/end`, `/settings/devices/end-others`.
pub fn router<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Router::new()
        .route("/register", post(post_register))
        .route("/sign-in", post(post_sign_in))
        .route("/sign-out", post(post_sign_out))
        .route("/settings/password", post(post_password))
        .route("/settings/devices/end-others", post(post_end_others))
        .route("/settings/devices/{id}/end", post(post_end))
}

#[derive(Deserialize)]
struct RegisterForm {
    name: String,
    email: String,
    password: String,
    #[serde(default)]
    time_zone: String,
}

#[derive(Deserialize)]
struct SignInForm {
    email: String,
    password: String,
}

async fn post_register(State(platform): State<Platform>, headers: HeaderMap, Form(form): Form<RegisterForm>) -> Response {
    // What was typed goes back into the form by its address; the password never does.
    let back = |wrong: &str| {
        let query = [("name", form.name.as_str()), ("email", form.email.as_str()), ("wrong", wrong)];
        Redirect::to(&format!("/register?{}", encode(&query))).into_response()
    };
    let registration = match Registration::parse(&form.name, &form.email, &form.password) {
        Ok(registration) => registration,
        Err(problem) => {
            let wrong: Vec<&str> = ["name", "email", "password"].into_iter().filter(|f| problem.fields.get(f).is_some()).collect();
            return back(&wrong.join(","));
        }
    };
    match register(&platform, NewAccount { registration, time_zone: form.time_zone.clone(), synthetic: false }).await {
        Ok(signed_in) => welcome(&platform, &signed_in, &headers, "/").await,
        Err(Error::Problem(problem)) if problem.kind == ProblemKind::Conflict => back("taken"),
        Err(error) => platform::error::page(&error.into_problem()),
    }
}

async fn post_sign_in(State(platform): State<Platform>, headers: HeaderMap, Form(form): Form<SignInForm>) -> Response {
    match sign_in(&platform, &form.email, &form.password).await {
        Ok(signed_in) => welcome(&platform, &signed_in, &headers, "/").await,
        Err(Error::Problem(_)) => Redirect::to(&format!("/sign-in?{}", encode(&[("email", &form.email), ("wrong", "1")]))).into_response(),
        Err(error) => platform::error::page(&error.into_problem()),
    }
}

async fn post_sign_out(State(platform): State<Platform>, CurrentViewer(viewer): CurrentViewer, headers: HeaderMap) -> Response {
    if let Some(token) = token_in(&headers)
        && let Err(error) = sign_out(&platform, viewer.id, token).await
    {
        return platform::error::page(&error.into_problem());
    }
    ([(header::SET_COOKIE, clear_cookie())], Redirect::to("/welcome")).into_response()
}

#[derive(Deserialize)]
struct PasswordForm {
    old: String,
    new: String,
}

async fn post_password(
    State(platform): State<Platform>,
    CurrentViewer(viewer): CurrentViewer,
    headers: HeaderMap,
    Form(form): Form<PasswordForm>,
) -> Response {
    match change_password(&platform, &viewer, &form.old, &form.new).await {
        Ok(signed_in) => welcome(&platform, &signed_in, &headers, "/settings/security?changed=1").await,
        Err(Error::Problem(problem)) => {
            let wrong: Vec<&str> = ["old", "new"].into_iter().filter(|f| problem.fields.get(f).is_some()).collect();
            Redirect::to(&format!("/settings/security?wrong={}", wrong.join(","))).into_response()
        }
        Err(error) => platform::error::page(&error.into_problem()),
    }
}

async fn post_end(State(platform): State<Platform>, CurrentViewer(viewer): CurrentViewer, Path(id): Path<Uuid>) -> Response {
    let result = async {
        let mut session = platform.database.as_viewer(viewer.id).await?;
        end_device(&mut session, id).await?;
        session.commit().await
    };
    back_to_security(result.await, "ended=1")
}

async fn post_end_others(State(platform): State<Platform>, CurrentViewer(viewer): CurrentViewer, headers: HeaderMap) -> Response {
    let result = async {
        let mut session = platform.database.as_viewer(viewer.id).await?;
        end_other_devices(&mut session, token_in(&headers).unwrap_or_default()).await?;
        session.commit().await
    };
    back_to_security(result.await, "ended=all")
}

fn back_to_security(result: Result<(), Error>, said: &str) -> Response {
    match result {
        Ok(()) => Redirect::to(&format!("/settings/security?{said}")).into_response(),
        Err(error) => platform::error::page(&error.into_problem()),
    }
}

async fn welcome(platform: &Platform, signed_in: &SignedIn, headers: &HeaderMap, to: &str) -> Response {
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    // The name of the browser is a nicety; without it the session is as good.
    if let Err(error) = describe(platform, signed_in.viewer.id, &signed_in.token, agent).await {
        tracing::warn!(%error, "a session keeps no name");
    }
    ([(header::SET_COOKIE, session_cookie(&signed_in.token, platform.config.server.https))], Redirect::to(to)).into_response()
}

fn encode(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(k, v)| format!("{k}={}", platform::percent_encode(v))).collect::<Vec<_>>().join("&")
}

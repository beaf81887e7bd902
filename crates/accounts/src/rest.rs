//! The forms of accounts: register, sign in, sign out. They need no script.

use axum::Router;
use axum::extract::{Form, FromRef, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use domain::ProblemKind;
use domain::accounts::Registration;
use platform::{Error, Platform};
use serde::Deserialize;

use crate::{CurrentViewer, NewAccount, SignedIn, clear_cookie, register, session_cookie, sign_in, sign_out, token_in};

/// `POST /register`, `POST /sign-in`, `POST /sign-out`.
pub fn router<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Router::new().route("/register", post(post_register)).route("/sign-in", post(post_sign_in)).route("/sign-out", post(post_sign_out))
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

async fn post_register(State(platform): State<Platform>, Form(form): Form<RegisterForm>) -> Response {
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
        Ok(signed_in) => welcome(&platform, &signed_in),
        Err(Error::Problem(problem)) if problem.kind == ProblemKind::Conflict => back("taken"),
        Err(error) => platform::error::page(&error.into_problem()),
    }
}

async fn post_sign_in(State(platform): State<Platform>, Form(form): Form<SignInForm>) -> Response {
    match sign_in(&platform, &form.email, &form.password).await {
        Ok(signed_in) => welcome(&platform, &signed_in),
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

fn welcome(platform: &Platform, signed_in: &SignedIn) -> Response {
    ([(header::SET_COOKIE, session_cookie(&signed_in.token, platform.config.server.https))], Redirect::to("/")).into_response()
}

fn encode(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(k, v)| format!("{k}={}", platform::percent_encode(v))).collect::<Vec<_>>().join("&")
}

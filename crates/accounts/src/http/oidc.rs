//! Sign-in through an external `OpenID` provider: the redirect there and the callback.

use axum::extract::{Form, FromRef, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Notice;
use domain::access::{Access, Limit};
use domain::onboarding::Step;
use platform::http::{Endpoints, FORM, Kept};
use platform::{Error, Platform, forms, percent_encode};
use serde::Deserialize;
use utoipa_axum::routes;

use super::login;
use crate::cookie::Cookie;
use crate::devices::DeviceInfo;
use crate::oidc::{Outcome, begin, finish, unlink};
use crate::profile::usual_units;
use crate::{CurrentUser, OptionalUser};

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(start), Access::Public, Limit::General)
        .route(routes!(callback), Access::Public, Limit::General)
        .route(routes!(callback_post), Access::Public, Limit::SignIn)
        .from_other_sites()
        .route(routes!(post_unlink), Access::Athlete, Limit::General)
        .kept(Kept::Whole)
}

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    link: Option<String>,
}

/// Redirects to the provider. A link and not a form, because the page's content security policy lets no form lead to another site.
#[utoipa::path(get, path = "/auth/{provider}", tag = "forms",
    extensions(("x-example-response" = json!({"status": 404, "because": "a provider is another server"}))))]
async fn start(
    State(platform): State<Platform>,
    OptionalUser(viewer): OptionalUser,
    Path(provider): Path<String>,
    Query(query): Query<Link>,
) -> Response {
    let viewer = viewer.filter(|_| query.link.is_some());
    match begin(&platform, &provider, viewer.as_ref()).await {
        Ok((url, cookie)) => ([Cookie::Oidc.set(&cookie, &platform.config.server)], Redirect::to(&url)).into_response(),
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
}

/// The callback from the provider.
#[utoipa::path(get, path = "/auth/{provider}/callback", tag = "forms",
    extensions(("x-example-response" = json!({"status": 401, "because": "a provider is another server"}))))]
async fn callback(
    State(platform): State<Platform>,
    OptionalUser(viewer): OptionalUser,
    device_info: DeviceInfo,
    headers: HeaderMap,
    Path(provider): Path<String>,
    Query(answer): Query<Answer>,
) -> Response {
    let cookie = Cookie::Oidc.value(&headers, &platform.config.server).unwrap_or_default();
    match finish(&platform, viewer.as_ref(), &provider, (&cookie, usual_units(&headers)), &answer.state, &answer.code).await {
        Ok(Outcome::Entry(outcome)) => login::respond_to_login(&platform, outcome, &device_info, "/").await,
        Ok(Outcome::Registration(outcome)) => login::respond_to_login(&platform, outcome, &device_info, Step::Goals.path()).await,
        Ok(Outcome::Linked) => {
            ([Cookie::Oidc.clear(&platform.config.server)], Redirect::to(&Notice::LoginMethodsChanged.on("/settings/security"))).into_response()
        }
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

/// Some providers post their answer from their own site, without our cookies. This only redirects to the same callback as a link, which has them.
#[utoipa::path(post, path = "/auth/{provider}/callback", tag = "forms",
    request_body(content_type = FORM, example = json!({"state": "x", "code": "x"})))]
async fn callback_post(Path(provider): Path<String>, Form(answer): Form<Answer>) -> Response {
    let (provider, state, code) = (percent_encode(&provider), percent_encode(&answer.state), percent_encode(&answer.code));
    Redirect::to(&format!("/auth/{provider}/callback?state={state}&code={code}")).into_response()
}

#[derive(Deserialize)]
struct Unlink {
    provider: String,
}

#[utoipa::path(post, path = "/settings/identities/unlink", tag = "forms",
    request_body(content_type = FORM, example = json!({"provider": "{linked_provider}"})))]
async fn post_unlink(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Unlink>) -> Response {
    let issuer = platform.config.security.oidc_providers.iter().find(|p| p.id == form.provider).map(|p| p.issuer.clone());
    let result = match issuer {
        Some(issuer) => unlink(&platform, &viewer, &issuer).await,
        None => Err(Error::not_found("link")),
    };
    forms::redirect_with_notice(result, "/settings/security", Notice::LoginMethodsChanged)
}

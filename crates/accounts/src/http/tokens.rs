//! `/v1/tokens`: how an API client signs in without a browser.

use axum::Json;
use axum::extract::{FromRef, State};
use axum::response::{IntoResponse, Response};
use domain::ProblemKind;
use domain::access::{Access, Limit};
use domain::accounts::Scope;
use platform::http::Endpoints;
use platform::{Error, Platform};
use serde::Deserialize;
use utoipa_axum::routes;

use crate::api_tokens::{TokenPair, create_token_pair, refresh};
use crate::devices::DeviceInfo;
use crate::{LoginOutcome, login_attempts, mfa, sign_in};

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new().route(routes!(post_tokens), Access::Public, Limit::SignIn).route(routes!(post_refresh), Access::Public, Limit::SignIn)
}

/// The credentials that tokens are requested with.
#[derive(Deserialize, utoipa::ToSchema)]
struct Credentials {
    /// The account's address.
    email: String,
    /// Its password.
    password: String,
    /// A code of the second factor, if the account has one.
    #[serde(default)]
    code: String,
    /// The client's name, for the list in the settings.
    #[serde(default)]
    name: String,
    /// Whether the tokens may write.
    #[serde(default)]
    writes: bool,
}

/// An access token of fifteen minutes, and a refresh token that works once.
#[utoipa::path(post, path = "/v1/tokens", tag = "tokens", request_body(content = Credentials, example = json!({"email": "{email}", "password": "{password}", "code": "{recovery_code}"})),
    responses((status = 200, body = TokenPair), (status = 401, description = "Address, password or code do not match")))]
async fn post_tokens(State(platform): State<Platform>, device_info: DeviceInfo, Json(request): Json<Credentials>) -> Response {
    let result = async {
        login_attempts::throttle_login(&platform, &request.email, None).await?;
        let signed_in = match sign_in(&platform, &request.email, &request.password).await? {
            LoginOutcome::In(signed_in) => *signed_in,
            LoginOutcome::SecondFactor(challenge) => mfa::complete_mfa_login(&platform, &challenge, &request.code, None).await?,
        };
        let scopes: &[Scope] = if request.writes { &[Scope::Read, Scope::Write] } else { &[Scope::Read] };
        create_token_pair(&platform, &signed_in, &request.name, scopes, device_info.location.as_deref()).await
    };
    answer(result.await)
}

/// A refresh token.
#[derive(Deserialize, utoipa::ToSchema)]
struct Refresh {
    /// The one from the last response.
    refresh_token: String,
}

/// The next pair. A refresh token that is used a second time revokes every token of its family.
#[utoipa::path(post, path = "/v1/tokens/refresh", tag = "tokens", request_body(content = Refresh, example = json!({"refresh_token": "{refresh_token}"})),
    responses((status = 200, body = TokenPair), (status = 401, description = "The token was used already, or ended")))]
async fn post_refresh(State(platform): State<Platform>, Json(request): Json<Refresh>) -> Response {
    answer(refresh(&platform, &request.refresh_token).await)
}

fn answer(result: Result<TokenPair, Error>) -> Response {
    match result {
        Ok(pair) => Json(pair).into_response(),
        Err(error) => {
            let mut problem = error.into_problem();
            // To an API client a wrong code is a failed sign-in.
            if problem.kind == ProblemKind::Invalid {
                problem.kind = ProblemKind::NotSignedIn;
            }
            platform::error::problem_json(&problem)
        }
    }
}

//! Extractors: the authenticated user of a request, and what is known of their device.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::accounts::Viewer;
use domain::{Problem, ProblemKind};
use platform::Platform;

use crate::api_tokens::{Bearer, bearer};
use crate::cookie::Cookie;
use crate::devices::DeviceInfo;
use crate::sessions::viewer_of;

/// The authenticated user, if there is one; the server's middleware looks it up once per request.
#[derive(Clone, Debug, Default)]
pub struct AuthContext(pub Option<Viewer>);

/// The authenticated user; a request without a session is redirected to sign in.
pub struct CurrentUser(pub Viewer);

/// The authenticated user, or `None` for an anonymous request.
pub struct OptionalUser(pub Option<Viewer>);

/// The caller of the API: by a session, or by a token with the scope that the request needs. Others get a problem as JSON.
pub struct ApiUser(pub Viewer);

/// The bearer token of a request; the server's middleware looks it up once per request to the API. Nothing else takes tokens.
#[derive(Clone, Debug)]
pub enum BearerAuth {
    /// No token was sent: a browser, or an anonymous caller.
    None,
    /// The token is not valid.
    Unknown,
    /// The token is valid.
    Of(Bearer),
}

impl BearerAuth {
    /// The token's account.
    #[must_use]
    pub const fn viewer(&self) -> Option<&Viewer> {
        if let Self::Of(bearer) = self { Some(&bearer.viewer) } else { None }
    }
}

/// The client's address, as trusted proxies report it; set by the server's middleware. An IPv6 address is cut to the household's network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

impl<S> FromRequestParts<S> for DeviceInfo
where
    S: Send + Sync,
    Platform: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let platform = Platform::from_ref(state);
        let agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let location = parts.extensions.get::<ClientIp>().and_then(|c| platform.geoip.lookup(c.0));
        let device = Cookie::Device.value(&parts.headers, &platform.config.server).filter(|t| t.len() == 64);
        Ok(Self { agent, location, device })
    }
}

/// The session token of a request.
#[must_use]
pub fn session_token(headers: &HeaderMap, platform: &Platform) -> Option<String> {
    Cookie::Session.value(headers, &platform.config.server).filter(|t| t.len() == 64)
}

impl<S> FromRequestParts<S> for OptionalUser
where
    S: Send + Sync,
    Platform: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        if let Some(AuthContext(viewer)) = parts.extensions.get() {
            return Ok(Self(viewer.clone()));
        }
        let platform = Platform::from_ref(state);
        let Some(token) = session_token(&parts.headers, &platform) else { return Ok(Self(None)) };
        // A database that does not answer must not look like a sign-out.
        let viewer = viewer_of(&platform, &token).await;
        viewer.map(Self).map_err(|error| platform::error::at(parts.uri.path(), &error.into_problem()))
    }
}

impl<S> FromRequestParts<S> for CurrentUser
where
    S: Send + Sync,
    Platform: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let OptionalUser(viewer) = OptionalUser::from_request_parts(parts, state).await?;
        viewer.map(Self).ok_or_else(|| Redirect::to("/sign-in").into_response())
    }
}

impl<S> FromRequestParts<S> for BearerAuth
where
    S: Send + Sync,
    Platform: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let token = parts.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
        let Some(token) = token else { return Ok(Self::None) };
        let found = bearer(&Platform::from_ref(state), token.trim()).await.map_err(|e| platform::error::problem_json(&e.into_problem()))?;
        Ok(found.map_or(Self::Unknown, Self::Of))
    }
}

impl<S> FromRequestParts<S> for ApiUser
where
    S: Send + Sync,
    Platform: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let refuse = |kind: ProblemKind, message: &str| {
            let mut response = platform::error::problem_json(&Problem::new(kind, message));
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        };
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        match BearerAuth::from_request_parts(parts, state).await? {
            BearerAuth::Of(bearer) if reads || bearer.writes => Ok(Self(bearer.viewer)),
            BearerAuth::Of(_) => Err(refuse(ProblemKind::NotAllowed, "That token may only read.")),
            BearerAuth::Unknown => Err(refuse(ProblemKind::NotSignedIn, "That token is not valid. It may have expired.")),
            BearerAuth::None => {
                let OptionalUser(viewer) = OptionalUser::from_request_parts(parts, state).await?;
                viewer.map(Self).ok_or_else(|| refuse(ProblemKind::NotSignedIn, "Sign in first, or send a token."))
            }
        }
    }
}

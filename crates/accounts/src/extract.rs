//! Who is looking, out of a request.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::accounts::Viewer;
use domain::{Problem, ProblemKind};
use platform::Platform;

use crate::cookie::Cookie;
use crate::{Bearer, bearer, viewer_of};

/// Who is asking; the server's middleware finds out once a request.
#[derive(Clone, Debug, Default)]
pub struct AuthContext(pub Option<Viewer>);

/// Who is looking; a request without a session is sent to sign in.
pub struct CurrentUser(pub Viewer);

/// Who is looking, if anybody.
pub struct OptionalUser(pub Option<Viewer>);

/// Who calls the API: by a session, or by a token that may do what is asked. Others are told so as a program understands it.
pub struct ApiUser(pub Viewer);

/// The program that sent a request; the server's middleware finds out once a request to the API. Nothing else takes tokens.
#[derive(Clone, Debug)]
pub enum BearerAuth {
    /// No token was sent: a person with a browser, or somebody who is nobody.
    None,
    /// The token opens nothing.
    Unknown,
    /// The token stands for somebody.
    Of(Bearer),
}

impl BearerAuth {
    /// Whom it stands for.
    #[must_use]
    pub const fn viewer(&self) -> Option<&Viewer> {
        if let Self::Of(bearer) = self { Some(&bearer.viewer) } else { None }
    }
}

/// Where a request comes from, proxies seen through; the server's middleware finds out. IPv6 addresses are the network of the household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

/// What is known of the browser that signs in.
#[derive(Debug, Default)]
pub(crate) struct DeviceInfo {
    /// As it calls itself.
    pub(crate) agent: String,
    /// Town and country, as far as they are known.
    pub(crate) place: Option<String>,
    /// The token that it carries since an earlier sign-in.
    pub(crate) device: Option<String>,
}

impl<S> FromRequestParts<S> for DeviceInfo
where
    S: Send + Sync,
    Platform: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let platform = Platform::from_ref(state);
        let agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let place = parts.extensions.get::<ClientIp>().and_then(|c| platform.geoip.lookup(c.0));
        let device = Cookie::Device.value(&parts.headers, &platform.config.server).filter(|t| t.len() == 64);
        Ok(Self { agent, place, device })
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
        // A database that does not answer is no sign-out.
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
            BearerAuth::Of(_) => Err(refuse(ProblemKind::NotAllowed, "That token may read, and nothing else.")),
            BearerAuth::Unknown => Err(refuse(ProblemKind::NotSignedIn, "That token opens nothing. It may have ended.")),
            BearerAuth::None => {
                let OptionalUser(viewer) = OptionalUser::from_request_parts(parts, state).await?;
                viewer.map(Self).ok_or_else(|| refuse(ProblemKind::NotSignedIn, "Sign in first, or send a token."))
            }
        }
    }
}

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
pub struct Asking(pub Option<Viewer>);

/// Who is looking; a request without a session is sent to sign in.
pub struct CurrentViewer(pub Viewer);

/// Who is looking, if anybody.
pub struct MaybeViewer(pub Option<Viewer>);

/// Who calls the API: by a session, or by a token that may do what is asked. Others are told so as a program understands it.
pub struct Caller(pub Viewer);

/// The program that sent a request; the server's middleware finds out once a request to the API. Nothing else takes tokens.
#[derive(Clone, Debug)]
pub enum Program {
    /// No token was sent: a person with a browser, or somebody who is nobody.
    None,
    /// The token opens nothing.
    Unknown,
    /// The token stands for somebody.
    Of(Bearer),
}

impl Program {
    /// Whom it stands for.
    #[must_use]
    pub const fn viewer(&self) -> Option<&Viewer> {
        if let Self::Of(bearer) = self { Some(&bearer.viewer) } else { None }
    }
}

/// Where a request comes from, proxies seen through; the server's middleware finds out. IPv6 addresses are the network of the household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client(pub IpAddr);

/// What is known of the browser that signs in.
#[derive(Debug, Default)]
pub(crate) struct Origin {
    /// As it calls itself.
    pub(crate) agent: String,
    /// Town and country, as far as they are known.
    pub(crate) place: Option<String>,
    /// The token that it carries since an earlier sign-in.
    pub(crate) device: Option<String>,
}

impl<S> FromRequestParts<S> for Origin
where
    S: Send + Sync,
    Platform: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let platform = Platform::from_ref(state);
        let agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let place = parts.extensions.get::<Client>().and_then(|c| platform.places.of(c.0));
        let device = Cookie::Device.value(&parts.headers, &platform.config.server).filter(|t| t.len() == 64);
        Ok(Self { agent, place, device })
    }
}

/// The session token of a request.
#[must_use]
pub fn token_in(headers: &HeaderMap, platform: &Platform) -> Option<String> {
    Cookie::Session.value(headers, &platform.config.server).filter(|t| t.len() == 64)
}

impl<S> FromRequestParts<S> for MaybeViewer
where
    S: Send + Sync,
    Platform: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        if let Some(Asking(viewer)) = parts.extensions.get() {
            return Ok(Self(viewer.clone()));
        }
        let platform = Platform::from_ref(state);
        let Some(token) = token_in(&parts.headers, &platform) else { return Ok(Self(None)) };
        // A database that does not answer is no sign-out.
        let viewer = viewer_of(&platform, &token).await;
        viewer.map(Self).map_err(|error| platform::error::at(parts.uri.path(), &error.into_problem()))
    }
}

impl<S> FromRequestParts<S> for CurrentViewer
where
    S: Send + Sync,
    Platform: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let MaybeViewer(viewer) = MaybeViewer::from_request_parts(parts, state).await?;
        viewer.map(Self).ok_or_else(|| Redirect::to("/sign-in").into_response())
    }
}

impl<S> FromRequestParts<S> for Program
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
        let found = bearer(&Platform::from_ref(state), token.trim()).await.map_err(|e| platform::error::api(&e.into_problem()))?;
        Ok(found.map_or(Self::Unknown, Self::Of))
    }
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Platform: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let refuse = |kind: ProblemKind, message: &str| {
            let mut response = platform::error::api(&Problem::new(kind, message));
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        };
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        match Program::from_request_parts(parts, state).await? {
            Program::Of(bearer) if reads || bearer.writes => Ok(Self(bearer.viewer)),
            Program::Of(_) => Err(refuse(ProblemKind::NotAllowed, "That token may read, and nothing else.")),
            Program::Unknown => Err(refuse(ProblemKind::NotSignedIn, "That token opens nothing. It may have ended.")),
            Program::None => {
                let MaybeViewer(viewer) = MaybeViewer::from_request_parts(parts, state).await?;
                viewer.map(Self).ok_or_else(|| refuse(ProblemKind::NotSignedIn, "Sign in first, or send a token."))
            }
        }
    }
}

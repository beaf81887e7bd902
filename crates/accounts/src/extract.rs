//! Who is looking, out of a request.

use std::convert::Infallible;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use domain::accounts::Viewer;
use platform::Platform;

use crate::{token_in, viewer_of};

/// Who is looking; a request without a session is sent to sign in.
pub struct CurrentViewer(pub Viewer);

/// Who is looking, if anybody.
pub struct MaybeViewer(pub Option<Viewer>);

impl<S> FromRequestParts<S> for MaybeViewer
where
    S: Send + Sync,
    Platform: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let platform = Platform::from_ref(state);
        let Some(token) = token_in(&parts.headers) else { return Ok(Self(None)) };
        // A database that does not answer must not look like a sign-out; the page's own queries will say what is wrong.
        Ok(Self(viewer_of(&platform, token).await.unwrap_or_default()))
    }
}

impl<S> FromRequestParts<S> for CurrentViewer
where
    S: Send + Sync,
    Platform: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let Ok(MaybeViewer(viewer)) = MaybeViewer::from_request_parts(parts, state).await;
        viewer.map(Self).ok_or_else(|| Redirect::to("/sign-in").into_response())
    }
}

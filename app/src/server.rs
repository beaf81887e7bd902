//! What server functions need on the server: the platform, and who is asking.

pub use accounts::AuthContext;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use chrono::NaiveDate;
use domain::accounts::Viewer;
use domain::{Problem, ProblemKind, RefusedForm};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use platform::{Error, Platform, Tx};

use crate::AppError;

/// The platform that the server provides.
pub fn platform() -> Result<Platform, AppError> {
    use_context::<Platform>().ok_or_else(|| AppError(Problem::new(ProblemKind::Internal, "The server is still starting. Try again in a moment.")))
}

/// Who is asking, if anybody.
#[must_use]
pub fn current_user_opt() -> Option<Viewer> {
    use_context::<Parts>()?.extensions.get::<AuthContext>()?.0.clone()
}

/// Who is asking; every server function that shows or changes something begins with it.
pub fn current_user() -> Result<Viewer, AppError> {
    current_user_opt().ok_or_else(|| to_app_error(Error::problem(ProblemKind::NotSignedIn, "Sign in first.")))
}

/// The request's headers.
#[must_use]
pub fn headers() -> HeaderMap {
    use_context::<Parts>().map(|p| p.headers).unwrap_or_default()
}

/// The form that was refused and is shown again, if this page does that.
#[must_use]
pub fn refused_form() -> Option<RefusedForm> {
    use_context::<Parts>()?.extensions.get::<RefusedForm>().cloned()
}

/// The theme that the cookie asks for; nothing means what the system says.
#[must_use]
pub fn theme() -> Option<&'static str> {
    let headers = headers();
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    ["light", "dark", "contrast"].into_iter().find(|theme| cookies.split(';').any(|c| c.trim() == format!("theme={theme}")))
}

/// The platform, the viewer, and a database session of theirs.
pub async fn user_tx() -> Result<(Platform, Viewer, Tx), AppError> {
    let (platform, viewer) = (platform()?, current_user()?);
    let session = platform.database.begin_as(viewer.id).await.map_err(to_app_error)?;
    Ok((platform, viewer, session))
}

/// Turns an error into the one that travels, with its HTTP status.
#[must_use]
pub fn to_app_error(error: Error) -> AppError {
    let problem = error.into_problem();
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(problem.status())) {
        response.set_status(status);
        if let Some(seconds) = problem.retry_after_s {
            response.insert_header(header::RETRY_AFTER, seconds.into());
        }
    }
    AppError(problem)
}

/// The zone of whoever is asking; of nobody, UTC.
#[must_use]
pub fn time_zone() -> String {
    current_user_opt().map_or_else(|| "UTC".to_owned(), |viewer| viewer.time_zone)
}

/// The day that it is where the athlete is.
#[must_use]
pub fn today(platform: &Platform, viewer: &Viewer) -> NaiveDate {
    platform.clock.today(&viewer.time_zone)
}

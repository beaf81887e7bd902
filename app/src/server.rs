//! What server functions need on the server: the platform and the authenticated user.

pub use accounts::AuthContext;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use chrono::NaiveDate;
use domain::accounts::Viewer;
use domain::units::Units;
use domain::{Problem, ProblemKind, RefusedForm};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use platform::{Error, Platform, Tx};

use crate::AppError;

/// The platform that the server provides.
pub fn platform() -> Result<Platform, AppError> {
    use_context::<Platform>().ok_or_else(|| AppError(Problem::new(ProblemKind::Internal, "The server is still starting. Try again in a moment.")))
}

/// The authenticated user, if there is one.
#[must_use]
pub fn current_user_opt() -> Option<Viewer> {
    use_context::<Parts>()?.extensions.get::<AuthContext>()?.0.clone()
}

/// The authenticated user, or an error; every server function that reads or changes data begins with it.
pub fn current_user() -> Result<Viewer, AppError> {
    current_user_opt().ok_or_else(|| to_app_error(Error::problem(ProblemKind::NotSignedIn, "Sign in first.")))
}

/// The request's headers.
#[must_use]
pub fn headers() -> HeaderMap {
    use_context::<Parts>().map(|p| p.headers).unwrap_or_default()
}

/// The refused form that this page shows again, if it does.
#[must_use]
pub fn refused_form() -> Option<RefusedForm> {
    use_context::<Parts>()?.extensions.get::<RefusedForm>().cloned()
}

/// The theme from the cookie; `None` follows the system setting.
#[must_use]
pub fn theme() -> Option<&'static str> {
    let headers = headers();
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    ["light", "dark", "contrast"].into_iter().find(|theme| cookies.split(';').any(|c| c.trim() == format!("theme={theme}")))
}

/// The platform, the user, and a transaction of theirs that only reads.
pub async fn user_tx() -> Result<(Platform, Viewer, Tx), AppError> {
    let (platform, viewer) = (platform()?, current_user()?);
    let tx = platform.database.begin_read_only_as(viewer.id).await.map_err(to_app_error)?;
    Ok((platform, viewer, tx))
}

/// Turns an error into the one sent to the browser, and sets the HTTP status.
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

/// The time zone of the authenticated user; UTC for anonymous requests.
#[must_use]
pub fn time_zone() -> String {
    current_user_opt().map_or_else(|| "UTC".to_owned(), |viewer| viewer.time_zone)
}

/// The units of the authenticated user; those that the browser's languages suggest for anonymous requests.
#[must_use]
pub fn units() -> Units {
    current_user_opt().map_or_else(|| accounts::usual_units(&headers()), |viewer| viewer.units)
}

/// Today's date in the athlete's time zone.
#[must_use]
pub fn today(platform: &Platform, viewer: &Viewer) -> NaiveDate {
    platform.clock.today(&viewer.time_zone)
}

//! The account's name and time zone. It is here because a new time zone re-dates activities.

use accounts::CurrentUser;
use activities::Recomputer;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::Notice;
use platform::{Platform, forms};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::serve::AppState;

/// The profile form of the settings.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(post_profile))
}

#[derive(Deserialize)]
struct ProfileForm {
    name: String,
    time_zone: String,
}

#[utoipa::path(post, path = "/settings/profile", tag = "forms")]
async fn post_profile(
    State(platform): State<Platform>,
    State(recomputer): State<Recomputer>,
    CurrentUser(viewer): CurrentUser,
    Form(form): Form<ProfileForm>,
) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact(viewer.id, async |tx| {
        let zone_changed = accounts::change_profile(tx, &form.name, &form.time_zone).await?;
        if zone_changed {
            activities::recompute_local_dates(tx, platform.ids.uuid(now), now).await?;
        }
        Ok(zone_changed)
    });
    match result.await {
        Ok(zone_changed) => {
            recomputer.wake();
            Redirect::to(&if zone_changed { Notice::TimeZoneSaved } else { Notice::Saved }.on("/settings")).into_response()
        }
        Err(error) => forms::redirect_with_errors(error, "/settings", &[("name", &form.name), ("time_zone", &form.time_zone)]),
    }
}

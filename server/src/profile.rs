//! What the account is called, and where its days begin and end. It stands here because activities are dated anew with it.

use accounts::CurrentUser;
use activities::Recomputer;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use platform::{Platform, forms};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::serve::AppState;

/// The form of the settings.
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
    let result = platform.database.transact(viewer.id, async |session| {
        let moved = accounts::change_profile(session, &form.name, &form.time_zone).await?;
        if moved {
            activities::recompute_local_dates(session, platform.ids.uuid(now), now).await?;
        }
        Ok(moved)
    });
    match result.await {
        Ok(moved) => {
            recomputer.wake();
            Redirect::to(if moved { "/settings?saved=zone" } else { "/settings?saved=1" }).into_response()
        }
        Err(error) => forms::redirect_with_errors(error, "/settings", &[("name", &form.name), ("time_zone", &form.time_zone)]),
    }
}

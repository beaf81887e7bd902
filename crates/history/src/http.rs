//! Endpoints for undo and restore, as forms.

use accounts::CurrentUser;
use axum::extract::{FromRef, Path, State};
use axum::response::Response;
use domain::Notice;
use domain::access::{Access, Limit};
use platform::http::Endpoints;
use platform::{Platform, forms};
use utoipa_axum::routes;
use uuid::Uuid;

const PAGE: &str = "/settings/history";

/// `POST /settings/history/{change}/undo` and `POST /settings/trash/{trashed_activity}/restore`.
pub fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new().route(routes!(post_undo), Access::ResourceOwner, Limit::General).route(
        routes!(post_restore),
        Access::ResourceOwner,
        Limit::General,
    )
}

#[utoipa::path(post, path = "/settings/history/{change}/undo", tag = "forms")]
async fn post_undo(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<i64>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::undo(tx, platform.features, id).await).await;
    forms::redirect_with_notice(result, PAGE, Notice::Undone)
}

#[utoipa::path(post, path = "/settings/trash/{trashed_activity}/restore", tag = "forms")]
async fn post_restore(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| activities::restore(tx, id).await).await;
    forms::redirect_or_error(result, |activity| format!("/activities/{activity}"), PAGE)
}

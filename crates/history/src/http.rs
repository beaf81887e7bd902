//! Endpoints for undo and restore, as forms.

use accounts::CurrentUser;
use axum::extract::{FromRef, Path, State};
use axum::response::Response;
use domain::Notice;
use platform::{Platform, forms};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const PAGE: &str = "/settings/history";

/// `POST /settings/history/{id}/undo` and `POST /settings/trash/{id}/restore`.
pub fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(post_undo)).routes(routes!(post_restore))
}

#[utoipa::path(post, path = "/settings/history/{id}/undo", tag = "forms")]
async fn post_undo(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<i64>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::undo(tx, platform.features, id).await).await;
    forms::redirect_with_notice(result, PAGE, Notice::Undone)
}

#[utoipa::path(post, path = "/settings/trash/{id}/restore", tag = "forms")]
async fn post_restore(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| activities::restore(tx, id).await).await;
    forms::redirect_or_error(result, |activity| format!("/activities/{activity}"), PAGE)
}

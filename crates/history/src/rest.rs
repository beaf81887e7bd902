//! Undo and restore, as forms.

use accounts::CurrentViewer;
use axum::extract::{FromRef, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use platform::{Error, Platform};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const PAGE: &str = "/settings/history";

/// `POST /settings/history/{id}/undo` and `POST /settings/bin/{id}/restore`.
pub fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(post_undo)).routes(routes!(post_restore))
}

#[utoipa::path(post, path = "/settings/history/{id}/undo", tag = "forms")]
async fn post_undo(State(platform): State<Platform>, CurrentViewer(viewer): CurrentViewer, Path(id): Path<i64>) -> Response {
    let result = async {
        let mut session = platform.database.as_viewer(viewer.id).await?;
        crate::undo(&mut session, id).await?;
        session.commit().await
    };
    back(result.await.map(|()| format!("{PAGE}?undone=1")))
}

#[utoipa::path(post, path = "/settings/bin/{id}/restore", tag = "forms")]
async fn post_restore(State(platform): State<Platform>, CurrentViewer(viewer): CurrentViewer, Path(id): Path<Uuid>) -> Response {
    let result = async {
        let mut session = platform.database.as_viewer(viewer.id).await?;
        let activity = activities::restore(&mut session, id).await?;
        session.commit().await?;
        Ok(activity)
    };
    back(result.await.map(|activity| format!("/activities/{activity}")))
}

fn back(result: Result<String, Error>) -> Response {
    match result {
        Ok(to) => Redirect::to(&to).into_response(),
        Err(error) => platform::error::page(&error.into_problem()),
    }
}

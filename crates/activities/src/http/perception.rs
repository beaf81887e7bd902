//! Endpoints for how an activity felt: the form, and its answers one by one as they are tapped.

use accounts::CurrentUser;
use axum::Json;
use axum::extract::{Form, FromRef, Path, State};
use axum::response::Response;
use domain::Notice;
use domain::access::{Access, Limit};
use platform::http::{Endpoints, FORM, Kept};
use platform::{Platform, clock, forms};
use utoipa_axum::routes;
use uuid::Uuid;

use super::forms::{field, redirect};
use crate::perceive;

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(write), Access::ResourceOwner, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(answer), Access::ResourceOwner, Limit::General)
        .kept(Kept::Repeated)
}

/// Saves how an activity felt.
#[utoipa::path(post, path = "/activities/{activity}/perception", tag = "forms",
    request_body(content_type = FORM, example = json!({"effort": "5", "felt": "x"})))]
async fn write(
    State(platform): State<Platform>,
    CurrentUser(viewer): CurrentUser,
    Path(id): Path<Uuid>,
    Form(form): Form<forms::Fields>,
) -> Response {
    let page = format!("/activities/{id}");
    let result = platform.database.transact(viewer.id, async |tx| perceive(tx, id, field(&form)).await).await;
    redirect(result, |()| Notice::Saved.on(&page), &form, &page)
}

/// Saves answers about an activity as they are tapped, for the page's script: pairs of field and text, of which an empty one takes an answer back. If
/// one is refused, none is saved.
#[utoipa::path(post, path = "/activities/{activity}/perception/answers", tag = "forms",
    request_body(content = Vec<(String, String)>, example = json!([["effort", "5"]])))]
async fn answer(
    State(platform): State<Platform>,
    CurrentUser(viewer): CurrentUser,
    Path(id): Path<Uuid>,
    Json(answers): Json<forms::Fields>,
) -> Response {
    let result = platform.database.transact(viewer.id, async |tx| perceive(tx, id, field(&answers)).await).await;
    forms::saved_or_problem(result, || viewer.units.time(clock::on_wall(platform.clock.now(), &viewer.time_zone).time()))
}

//! Endpoints for correcting the intervals that were found in an activity.

use accounts::CurrentUser;
use axum::extract::{Form, FromRef, Path, State};
use axum::response::Response;
use domain::Notice;
use domain::access::{Access, Limit};
use platform::forms::Fields;
use platform::http::{Endpoints, FORM, Kept};
use platform::{Error, Platform};
use utoipa_axum::routes;
use uuid::Uuid;

use super::forms::{field, redirect};

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(add), Access::ResourceOwner, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(remove), Access::ResourceOwner, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(find), Access::ResourceOwner, Limit::General)
        .kept(Kept::Repeated)
}

/// Adds an interval, in place of those that it overlaps.
#[utoipa::path(post, path = "/activities/{activity}/intervals", tag = "forms",
    request_body(content_type = FORM, example = json!({"from": "1:00", "to": "2:00"})))]
async fn add(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    answer(platform.database.transact_heavy(viewer.id, async |tx| crate::add_interval(tx, id, field(&form)).await).await, id, &form)
}

/// Removes the interval that begins at a time.
#[utoipa::path(post, path = "/activities/{activity}/intervals/remove", tag = "forms",
    request_body(content_type = FORM, example = json!({"from": "1:00"})))]
async fn remove(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    answer(platform.database.transact_heavy(viewer.id, async |tx| crate::remove_interval(tx, id, field(&form)).await).await, id, &form)
}

/// Lets those count again that are found from pace and heart rate.
#[utoipa::path(post, path = "/activities/{activity}/intervals/find", tag = "forms")]
async fn find(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    answer(platform.database.transact_heavy(viewer.id, async |tx| crate::find_intervals(tx, id).await).await, id, &Fields::new())
}

fn answer(result: Result<(), Error>, id: Uuid, form: &Fields) -> Response {
    let page = format!("/activities/{id}");
    redirect(result, |()| format!("{}#parts", Notice::Saved.on(&format!("{page}?parts=intervals"))), form, &page)
}

//! The forms of organisations.

use accounts::CurrentUser;
use axum::extract::{Form, FromRef, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::Notice;
use domain::access::{Access, Limit};
use platform::http::{Endpoints, FORM, Kept};
use platform::{Platform, forms};
use serde::Deserialize;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::{change_role, create, invite, join, remove, rename, revoke_invitation};

/// Everything under `/organisations`, and `/invitations/accept`.
pub fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(post_create), Access::Athlete, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(post_rename), Access::ResourceOwner, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(post_invite), Access::ResourceOwner, Limit::SignIn)
        .kept(Kept::Whole)
        .route(routes!(post_revoke_invitation), Access::ResourceOwner, Limit::General)
        .route(routes!(post_role), Access::ResourceOwner, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(post_remove), Access::ResourceOwner, Limit::General)
        .route(routes!(post_accept_invitation), Access::Athlete, Limit::General)
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

#[utoipa::path(post, path = "/organisations", tag = "forms",
    request_body(content_type = FORM, example = json!({"name": "x"})))]
async fn post_create(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Name>) -> Response {
    let result = create(&platform, viewer.id, &form.name).await;
    match result {
        Ok(id) => Redirect::to(&page(id)).into_response(),
        Err(error) => forms::redirect_with_errors(error, "/organisations", &[("name", &form.name)]),
    }
}

#[utoipa::path(post, path = "/organisations/{organisation}/rename", tag = "forms",
    request_body(content_type = FORM, example = json!({"name": "Geheimrunde"})))]
async fn post_rename(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Name>) -> Response {
    let result = rename(&platform, &viewer, id, &form.name).await;
    forms::redirect_or_error(result, |()| page(id), &page(id))
}

#[derive(Deserialize)]
struct Invitation {
    email: String,
    role: String,
}

#[utoipa::path(post, path = "/organisations/{organisation}/invite", tag = "forms",
    request_body(content_type = FORM, example = json!({"email": "x@example.org", "role": "athlete"})))]
async fn post_invite(
    State(platform): State<Platform>,
    CurrentUser(viewer): CurrentUser,
    Path(id): Path<Uuid>,
    Form(form): Form<Invitation>,
) -> Response {
    match invite(&platform, &viewer, id, &form.email, &form.role).await {
        Ok(_) => Redirect::to(&Notice::Invited.on(&page(id))).into_response(),
        Err(error) => forms::redirect_with_errors(error, &page(id), &[("email", &form.email), ("role", &form.role)]),
    }
}

#[utoipa::path(post, path = "/organisations/{organisation}/invitations/{invitation}/withdraw", tag = "forms")]
async fn post_revoke_invitation(
    State(platform): State<Platform>,
    CurrentUser(viewer): CurrentUser,
    Path((id, invitation)): Path<(Uuid, Uuid)>,
) -> Response {
    let result = revoke_invitation(&platform, &viewer, id, invitation).await;
    forms::redirect_or_error(result, |()| page(id), &page(id))
}

#[derive(Deserialize)]
struct RoleForm {
    role: String,
}

#[utoipa::path(post, path = "/organisations/{organisation}/members/{member}/role", tag = "forms",
    request_body(content_type = FORM, example = json!({"role": "business_owner"})))]
async fn post_role(
    State(platform): State<Platform>,
    CurrentUser(viewer): CurrentUser,
    Path((id, member)): Path<(Uuid, Uuid)>,
    Form(form): Form<RoleForm>,
) -> Response {
    let result = change_role(&platform, &viewer, id, member, &form.role).await;
    forms::redirect_or_error(result, |()| page(id), &page(id))
}

#[utoipa::path(post, path = "/organisations/{organisation}/members/{member}/remove", tag = "forms")]
async fn post_remove(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path((id, member)): Path<(Uuid, Uuid)>) -> Response {
    let result = remove(&platform, &viewer, id, member).await;
    let then = if member == viewer.id { "/organisations".to_owned() } else { page(id) };
    forms::redirect_or_error(result, |()| then, &page(id))
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

#[utoipa::path(post, path = "/invitations/accept", tag = "forms",
    request_body(content_type = FORM, example = json!({"token": "{invitation_token}"})))]
async fn post_accept_invitation(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Token>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact(viewer.id, async |tx| join(tx, &form.token, now).await).await;
    forms::redirect_or_error(result, page, "/invitations/accept")
}

fn page(id: Uuid) -> String {
    format!("/organisations/{id}")
}

//! The forms of organisations.

use accounts::CurrentViewer;
use axum::extract::{Form, FromRef, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use platform::{Error, Platform, Session};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::{change_role, found, invite, join, remove, rename, withdraw};

/// Everything under `/organisations`, and `/join`.
pub fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(post_found))
        .routes(routes!(post_rename))
        .routes(routes!(post_invite))
        .routes(routes!(post_withdraw))
        .routes(routes!(post_role))
        .routes(routes!(post_remove))
        .routes(routes!(post_join))
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

#[utoipa::path(post, path = "/organisations", tag = "forms")]
async fn post_found(State(platform): State<Platform>, CurrentViewer(viewer): CurrentViewer, Form(form): Form<Name>) -> Response {
    let result = found(&platform, viewer.id, &form.name).await;
    back(result.map(|id| format!("/organisations/{id}")), "/organisations")
}

#[utoipa::path(post, path = "/organisations/{id}/rename", tag = "forms")]
async fn post_rename(
    State(platform): State<Platform>,
    CurrentViewer(viewer): CurrentViewer,
    Path(id): Path<Uuid>,
    Form(form): Form<Name>,
) -> Response {
    let result = within(&platform, viewer.id, async |session| rename(session, id, &form.name).await).await;
    back(result.map(|()| page(id)), &page(id))
}

#[derive(Deserialize)]
struct Invitation {
    email: String,
    role: String,
}

#[utoipa::path(post, path = "/organisations/{id}/invite", tag = "forms")]
async fn post_invite(
    State(platform): State<Platform>,
    CurrentViewer(viewer): CurrentViewer,
    Path(id): Path<Uuid>,
    Form(form): Form<Invitation>,
) -> Response {
    let result = invite(&platform, &viewer, id, &form.email, &form.role).await.map(|letter| {
        let platform = platform.clone();
        tokio::spawn(async move {
            if let Err(error) = platform.mail.send(&letter).await {
                tracing::error!(%error, "an invitation stays behind");
            }
        });
    });
    back(result.map(|()| format!("{}?invited=1", page(id))), &page(id))
}

#[utoipa::path(post, path = "/organisations/{id}/invitations/{invitation}/withdraw", tag = "forms")]
async fn post_withdraw(
    State(platform): State<Platform>,
    CurrentViewer(viewer): CurrentViewer,
    Path((id, invitation)): Path<(Uuid, Uuid)>,
) -> Response {
    let result = within(&platform, viewer.id, async |session| withdraw(session, id, invitation).await).await;
    back(result.map(|()| page(id)), &page(id))
}

#[derive(Deserialize)]
struct RoleForm {
    role: String,
}

#[utoipa::path(post, path = "/organisations/{id}/members/{member}/role", tag = "forms")]
async fn post_role(
    State(platform): State<Platform>,
    CurrentViewer(viewer): CurrentViewer,
    Path((id, member)): Path<(Uuid, Uuid)>,
    Form(form): Form<RoleForm>,
) -> Response {
    let result = within(&platform, viewer.id, async |session| change_role(session, id, member, &form.role).await).await;
    back(result.map(|()| page(id)), &page(id))
}

#[utoipa::path(post, path = "/organisations/{id}/members/{member}/remove", tag = "forms")]
async fn post_remove(State(platform): State<Platform>, CurrentViewer(viewer): CurrentViewer, Path((id, member)): Path<(Uuid, Uuid)>) -> Response {
    let result = within(&platform, viewer.id, async |session| remove(session, id, member).await).await;
    let then = if member == viewer.id { "/organisations".to_owned() } else { page(id) };
    back(result.map(|()| then), &page(id))
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

#[utoipa::path(post, path = "/join", tag = "forms")]
async fn post_join(State(platform): State<Platform>, CurrentViewer(viewer): CurrentViewer, Form(form): Form<Token>) -> Response {
    let now = platform.clock.now();
    let result = within(&platform, viewer.id, async |session| join(session, &form.token, now).await).await;
    back(result.map(page), "/join")
}

fn page(id: Uuid) -> String {
    format!("/organisations/{id}")
}

async fn within<T>(platform: &Platform, viewer: Uuid, act: impl AsyncFnOnce(&mut Session) -> Result<T, Error>) -> Result<T, Error> {
    let mut session = platform.database.as_viewer(viewer).await?;
    let done = act(&mut session).await?;
    session.commit().await?;
    Ok(done)
}

fn back(result: Result<String, Error>, form: &str) -> Response {
    match result {
        Ok(to) => Redirect::to(&to).into_response(),
        Err(Error::Problem(problem)) if !problem.fields.is_empty() => {
            let wrong: Vec<&str> = problem.fields.names().collect();
            Redirect::to(&format!("{form}?wrong={}", wrong.join(","))).into_response()
        }
        Err(error) => platform::error::page(&error.into_problem()),
    }
}

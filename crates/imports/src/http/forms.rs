//! The upload endpoint: multipart, streamed. The same for the page with and without JavaScript.

use accounts::CurrentUser;
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRef, Multipart, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::{Access, Limit};
use platform::http::{Endpoints, MULTIPART};
use platform::{Error, Platform, forms};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::receive::{broke_off, receive};
use crate::{retry, undo};

/// Upload, undo and retry. `POST /imports/upload` with a field `file` per file; the query parameter `import` adds to an existing import, and
/// `next` names the page that follows.
pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    // Each file has its own size limit; the request as a whole may be a folder of years.
    Endpoints::new()
        .route(routes!(upload), Access::Athlete, Limit::Uploads)
        .body_limit(DefaultBodyLimit::disable())
        .route(routes!(post_undo), Access::ResourceOwner, Limit::General)
        .route(routes!(post_retry), Access::ResourceOwner, Limit::General)
}

/// Fields of the form that are not files; ours has none.
const MAX_OTHER_FIELDS: usize = 100;

#[derive(serde::Deserialize)]
struct Target {
    import: Option<Uuid>,
    /// The page that follows a form post; the import's own otherwise.
    next: Option<String>,
}

#[utoipa::path(post, path = "/imports/upload", tag = "forms",
    request_body(content_type = MULTIPART, example = json!({"file": "day,sleep\n2026-01-05,7\n"})))]
async fn upload(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Query(target): Query<Target>, mut form: Multipart) -> Response {
    // With an id the request comes from the page's script, which wants a status; without, from a form post, which wants a page.
    let scripted = target.import.is_some();
    let import = target.import.unwrap_or_else(|| platform.ids.uuid(platform.clock.now()));
    let result = receive_files(&platform, viewer.id, import, &mut form).await;
    match result {
        Ok(0) if !scripted => Redirect::to("/imports").into_response(),
        Ok(_) if scripted => StatusCode::NO_CONTENT.into_response(),
        Ok(_) => {
            let next = target.next.as_deref().and_then(forms::safe_redirect_path);
            Redirect::to(next.unwrap_or(&format!("/imports/{import}"))).into_response()
        }
        Err(error) => {
            let problem = error.into_problem();
            let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], problem.message).into_response()
        }
    }
}

#[utoipa::path(post, path = "/imports/{import}/undo", tag = "forms")]
async fn post_undo(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(import): Path<Uuid>) -> Response {
    match undo(&platform, viewer.id, import).await {
        Ok(()) => Redirect::to(&format!("/imports/{import}")).into_response(),
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

#[utoipa::path(post, path = "/imports/{import}/retry/{file}", tag = "forms")]
async fn post_retry(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path((import, file)): Path<(Uuid, Uuid)>) -> Response {
    let result = async {
        let mut tx = platform.database.begin_as(viewer.id).await?;
        retry(&mut tx, import, file).await?;
        tx.commit().await
    }
    .await;
    match result {
        Ok(()) => Redirect::to(&format!("/imports/{import}")).into_response(),
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

/// Receives every file of a form; returns how many there were.
pub(crate) async fn receive_files(platform: &Platform, viewer: Uuid, import: Uuid, form: &mut Multipart) -> Result<usize, Error> {
    let (mut files, mut others) = (0, 0);
    loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => return Ok(files),
            Err(error) => return Err(upload_aborted(&error)),
        };
        let name = field.file_name().unwrap_or_default().to_owned();
        if field.name() != Some("file") || name.is_empty() {
            others += 1;
            if others > MAX_OTHER_FIELDS {
                return Err(Error::problem(domain::ProblemKind::Invalid, "That form holds more than files."));
            }
            continue;
        }
        receive(platform, viewer, import, &name, field).await?;
        files += 1;
    }
}

fn upload_aborted(error: &MultipartError) -> Error {
    tracing::info!(%error, "an upload was aborted");
    broke_off()
}

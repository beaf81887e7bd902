//! The forms of one's data: archive, bring back, delete, keep.

use accounts::{CurrentUser, require_recent_auth};
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Form, FromRef, Multipart, Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::ProblemKind;
use platform::{Error, Platform, forms};
use serde::Deserialize;
use tokio_util::io::ReaderStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::import::{UnderWay, receive};
use crate::{cancel_deletion, cancel_export, export, give_consent, request_deletion, request_export};

const PAGE: &str = "/settings/privacy";
/// Fields of the form with the archive; ours has one.
const MAX_FIELDS: usize = 8;

/// Everything under `/settings/privacy`.
pub fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(post_import))
        // The file has its own bound, which is counted as it arrives.
        .layer(DefaultBodyLimit::disable())
        .routes(routes!(post_export))
        .routes(routes!(post_cancel))
        .routes(routes!(get_export))
        .routes(routes!(post_delete))
        .routes(routes!(post_cancel_deletion))
        .routes(routes!(post_consent))
}

fn back<T>(result: Result<T, Error>, done: &str) -> Response {
    forms::redirect_or_error(result, |_| format!("{PAGE}?{done}"), PAGE)
}

#[utoipa::path(post, path = "/settings/privacy/export", tag = "forms")]
async fn post_export(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser) -> Response {
    let result = async {
        require_recent_auth(&viewer, platform.clock.now())?;
        request_export(&platform, viewer.id).await
    };
    back(result.await, "asked=1")
}

#[utoipa::path(post, path = "/settings/privacy/export/{id}/cancel", tag = "forms")]
async fn post_cancel(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    back(cancel_export(&platform, viewer.id, id).await, "cancelled=1")
}

#[utoipa::path(get, path = "/settings/privacy/export/{id}/legwork.zip", tag = "forms")]
async fn get_export(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let opened = async {
        require_recent_auth(&viewer, platform.clock.now())?;
        let path = export::file(&platform, viewer.id, id).await?;
        Ok::<_, Error>(tokio::fs::File::open(path).await?)
    };
    match opened.await {
        Ok(file) => {
            let told = [(header::CONTENT_TYPE, "application/zip"), (header::CONTENT_DISPOSITION, "attachment; filename=\"legwork.zip\"")];
            (told, Body::from_stream(ReaderStream::new(file))).into_response()
        }
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

#[utoipa::path(post, path = "/settings/privacy/bring-back", tag = "forms")]
async fn post_import(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, mut form: Multipart) -> Response {
    let result = async {
        // Before anything is received.
        let under_way = UnderWay::begin(viewer.id)?;
        let too_large = |e: axum::extract::multipart::MultipartError| Error::problem(ProblemKind::Invalid, e.body_text());
        for _ in 0..MAX_FIELDS {
            let Some(mut field) = form.next_field().await.map_err(too_large)? else { break };
            if field.name() != Some("file") {
                continue;
            }
            let mut upload = platform.files.begin_upload(platform.ids.uuid(platform.clock.now())).await?;
            while let Some(chunk) = field.chunk().await.map_err(too_large)? {
                upload.write(&chunk).await?;
                if upload.bytes() > platform.config.uploads.max_file_bytes {
                    return Err(Error::problem(ProblemKind::TooLarge, "That file is larger than this server takes."));
                }
            }
            // Removed when it was read, whoever has gone away by then.
            return receive(&platform, under_way, upload.into_temp_path().await?).await;
        }
        Err(Error::problem(ProblemKind::Invalid, "There was no file in the form."))
    };
    back(result.await, "back=1")
}

#[derive(Deserialize)]
struct DeleteForm {
    email: String,
}

#[utoipa::path(post, path = "/settings/privacy/delete", tag = "forms")]
async fn post_delete(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<DeleteForm>) -> Response {
    back(request_deletion(&platform, &viewer, &form.email).await, "going=1")
}

#[utoipa::path(post, path = "/settings/privacy/keep", tag = "forms")]
async fn post_cancel_deletion(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser) -> Response {
    back(cancel_deletion(&platform, viewer.id).await, "kept=1")
}

/// Agrees to the privacy notice, where its words changed since the account was made.
#[utoipa::path(post, path = "/privacy/agree", tag = "forms")]
async fn post_consent(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact(viewer.id, async |session| give_consent(session, now).await).await;
    forms::redirect_or_error(result, |()| "/".to_owned(), PAGE)
}

//! The forms for a user's own data: export, import, delete, cancel deletion.

use accounts::{CurrentUser, give_consent, require_recent_auth};
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Form, FromRef, Multipart, Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::access::{Access, Limit};
use domain::{Notice, ProblemKind};
use platform::http::{Endpoints, FORM, Kept, MULTIPART};
use platform::uploads::Receiver;
use platform::{Error, Platform, forms};
use serde::Deserialize;
use tokio_util::io::ReaderStream;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::import::{PendingImport, receive};
use crate::{cancel_deletion, cancel_export, export, request_deletion, request_export};

const PAGE: &str = "/settings/privacy";
/// Maximum fields of the form with the archive; ours has one.
const MAX_FIELDS: usize = 8;

/// The forms of the settings' page on data and privacy, and `/consents`.
pub fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(post_import), Access::Athlete, Limit::Uploads)
        // The file has its own limit, which is checked as it arrives.
        .body_limit(DefaultBodyLimit::disable())
        .route(routes!(post_export), Access::Athlete, Limit::General)
        .route(routes!(post_cancel), Access::ResourceOwner, Limit::General)
        .route(routes!(get_export), Access::ResourceOwner, Limit::General)
        .route(routes!(post_delete), Access::Athlete, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(post_cancel_deletion), Access::Athlete, Limit::General)
        .route(routes!(post_consent), Access::Athlete, Limit::General)
}

#[utoipa::path(post, path = "/settings/privacy/export", tag = "forms")]
async fn post_export(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser) -> Response {
    let result = async {
        require_recent_auth(&viewer, platform.clock.now())?;
        request_export(&platform, viewer.id).await
    };
    forms::redirect_with_notice(result.await, PAGE, Notice::ExportRequested)
}

#[utoipa::path(post, path = "/settings/privacy/export/{pending_export}/cancel", tag = "forms")]
async fn post_cancel(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    forms::redirect_with_notice(cancel_export(&platform, viewer.id, id).await, PAGE, Notice::ExportCancelled)
}

#[utoipa::path(get, path = "/settings/privacy/export/{finished_export}/legwork.zip", tag = "forms")]
async fn get_export(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let opened = async {
        require_recent_auth(&viewer, platform.clock.now())?;
        let path = export::file(&platform, viewer.id, id).await?;
        Ok::<_, Error>(tokio::fs::File::open(path).await?)
    };
    match opened.await {
        Ok(file) => {
            let headers = [(header::CONTENT_TYPE, "application/zip"), (header::CONTENT_DISPOSITION, "attachment; filename=\"legwork.zip\"")];
            (headers, Body::from_stream(ReaderStream::new(file))).into_response()
        }
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

#[utoipa::path(post, path = "/settings/data/import", tag = "forms",
    request_body(content_type = MULTIPART, example = json!({"file": "{archive}"})),
    extensions(("x-example-response" = json!({"status": 422, "because": "an archive goes into an account that is still empty"}))))]
async fn post_import(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, mut form: Multipart) -> Response {
    let result = async {
        // Before anything is received.
        let pending = PendingImport::begin(viewer.id)?;
        let unreadable = |e: axum::extract::multipart::MultipartError| Error::problem(ProblemKind::Invalid, e.body_text());
        for _ in 0..MAX_FIELDS {
            let Some(field) = form.next_field().await.map_err(unreadable)? else { break };
            if field.name() != Some("file") {
                continue;
            }
            let mut receiver = Receiver::start(&platform).await?;
            receiver.read(field).await?;
            // Removed once it is read, even if the client has disconnected by then.
            return receive(&platform, pending, receiver.into_temp_path().await?).await;
        }
        Err(Error::problem(ProblemKind::Invalid, "There was no file in the form."))
    };
    forms::redirect_with_notice(result.await, PAGE, Notice::ArchiveImported)
}

#[derive(Deserialize)]
struct DeleteForm {
    email: String,
}

#[utoipa::path(post, path = "/settings/privacy/delete", tag = "forms",
    request_body(content_type = FORM, example = json!({"email": "{email}"})))]
async fn post_delete(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<DeleteForm>) -> Response {
    forms::redirect_with_notice(request_deletion(&platform, &viewer, &form.email).await, PAGE, Notice::DeletionRequested)
}

#[utoipa::path(post, path = "/settings/account/cancel-deletion", tag = "forms")]
async fn post_cancel_deletion(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser) -> Response {
    forms::redirect_with_notice(cancel_deletion(&platform, viewer.id).await, PAGE, Notice::DeletionCancelled)
}

/// Gives consent to the privacy notice, after its text changed.
#[utoipa::path(post, path = "/consents", tag = "forms")]
async fn post_consent(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact(viewer.id, async |tx| give_consent(tx, now).await).await;
    forms::redirect_or_error(result, |()| "/".to_owned(), PAGE)
}

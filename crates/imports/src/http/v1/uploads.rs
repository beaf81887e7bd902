//! `/v1/uploads`: a large file in pieces, for connections that break.

use accounts::ApiUser;
use axum::extract::{FromRef, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::{Access, Limit};
use platform::http::Endpoints;
use platform::rest::{Done, IdempotencyKey, Once, Refused, Tagged};
use platform::{Error, Platform, Tx, uploads};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::FEATURE;

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(begin), Access::Athlete, Limit::Uploads)
        .route(routes!(get), Access::ResourceOwner, Limit::Uploads)
        .route(routes!(append), Access::ResourceOwner, Limit::Uploads)
        .route(routes!(delete), Access::ResourceOwner, Limit::Uploads)
}

/// A file that is to be uploaded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUpload {
    /// Its name, for the athlete.
    name: String,
    /// Bytes of the whole file.
    bytes: u64,
}

/// A file that is being uploaded.
#[derive(Debug, Serialize, ToSchema)]
struct Upload {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
    /// Bytes of the whole file.
    bytes: u64,
    /// Bytes that have come, and where the next piece begins.
    received: u64,
    /// Whether all of it has come.
    complete: bool,
}

impl From<uploads::Upload> for Upload {
    fn from(upload: uploads::Upload) -> Self {
        Self { complete: upload.is_complete(), id: upload.id, name: upload.name, bytes: upload.bytes, received: upload.received }
    }
}

/// Where a piece belongs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Piece {
    /// How many bytes lie before it: as many as have come.
    #[param(example = "0")]
    offset: u64,
}

/// Begins an upload. Send its pieces to the address in `Location`, then name it to `POST /v1/imports`. It is kept for a day after the last piece.
#[utoipa::path(post, path = "/v1/uploads", tag = "uploads", params(IdempotencyKey),
    request_body(content = NewUpload, example = json!({"name": "x.fit", "bytes": 1000})),
    responses((status = 201, body = Upload)))]
async fn begin(State(platform): State<Platform>, ApiUser(viewer): ApiUser, request: Once<NewUpload>) -> Result<Response, Refused> {
    let begin = async |tx: &mut Tx, new: NewUpload| {
        let name = recordings::archive::display_name(&new.name);
        let upload = uploads::begin(&platform, tx, FEATURE.name, &name, new.bytes).await?;
        Ok(Done::created(format!("/v1/uploads/{}", upload.id), Upload::from(upload)))
    };
    Ok(request.run(&platform, viewer.id, begin).await?)
}

/// How much of an upload has come.
#[utoipa::path(get, path = "/v1/uploads/{upload}", tag = "uploads", params(("upload" = Uuid, Path, description = "Its id")),
    responses((status = 200, body = Upload, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
async fn get(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(id): Path<Uuid>) -> Result<Tagged<Upload>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Tagged(uploads::find(&mut tx, FEATURE.name, id).await?.into()))
}

/// Appends a piece, of any size. If the connection breaks, ask how much has come, and go on from there.
#[utoipa::path(patch, path = "/v1/uploads/{upload}", tag = "uploads", params(("upload" = Uuid, Path, description = "Its id"), Piece),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", example = json!("x")),
    responses((status = 200, body = Upload)))]
async fn append(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Path(id): Path<Uuid>,
    Query(piece): Query<Piece>,
    request: Request,
) -> Result<Tagged<Upload>, Refused> {
    let bytes = request.into_body().into_data_stream();
    Ok(Tagged(uploads::append(&platform, viewer.id, FEATURE.name, id, piece.offset, bytes).await?.into()))
}

/// Gives an upload up.
#[utoipa::path(delete, path = "/v1/uploads/{upload}", tag = "uploads", params(("upload" = Uuid, Path, description = "Its id")),
    responses((status = 204)))]
async fn delete(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(id): Path<Uuid>) -> Result<StatusCode, Refused> {
    platform.database.transact(viewer.id, async |tx| uploads::delete(tx, FEATURE.name, id).await).await?;
    tokio::task::spawn_blocking(move || uploads::remove(&platform, id)).await.map_err(std::io::Error::from).map_err(Error::from)?;
    Ok(StatusCode::NO_CONTENT)
}

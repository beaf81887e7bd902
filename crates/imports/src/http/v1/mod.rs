//! `/v1/imports`: files in, and what became of them.

mod uploads;

use accounts::ApiUser;
use axum::Json;
use axum::extract::{FromRef, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::access::{Access, Limit};
use domain::imports::{ImportSummary, Outcome, Totals};
use domain::list::Order;
use domain::{Problem, ProblemKind};
use platform::http::Endpoints;
use platform::rest::{After, Done, IdempotencyKey, List, Once, Refused, Tagged, digest};
use platform::uploads::Receiver;
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::receive::queue_file;
use crate::{FEATURE, service};

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(add), Access::Athlete, Limit::Uploads)
        .route(routes!(list), Access::Athlete, Limit::General)
        .route(routes!(get), Access::ResourceOwner, Limit::General)
        .route(routes!(files), Access::ResourceOwner, Limit::General)
        .route(routes!(retry), Access::ResourceOwner, Limit::General)
        .route(routes!(undo), Access::ResourceOwner, Limit::General)
        .merge(uploads::router())
}

/// An import: one file or many, and what became of them.
#[derive(Debug, Serialize, ToSchema)]
struct Import {
    /// Its id.
    id: Uuid,
    /// When its first file came.
    created_at: DateTime<Utc>,
    /// Whether it was undone.
    undone: bool,
    /// Whether no file waits any more; missing in a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    finished: Option<bool>,
    /// Recordings and other files, without archives and what was skipped in them.
    files: u32,
    /// Activities that came from it.
    activities: u32,
    /// Files that were merged into an activity from another source.
    merged: u32,
    /// Files that had been imported before.
    duplicates: u32,
    /// Files of which nothing could be imported.
    failed: u32,
    /// Days of which files brought values for the journal; a day counts for each file.
    days: u32,
}

impl Import {
    fn of(id: Uuid, created_at: DateTime<Utc>, undone: bool, finished: Option<bool>, totals: Totals) -> Self {
        let Totals { files, activities, merged, duplicates, failed, days } = totals;
        Self { id, created_at, undone, finished, files, activities, merged, duplicates, failed, days }
    }
}

impl From<ImportSummary> for Import {
    fn from(summary: ImportSummary) -> Self {
        Self::of(summary.id, summary.created_at, summary.undone, None, summary.totals)
    }
}

/// A file of an import.
#[derive(Debug, Serialize, ToSchema)]
struct ImportFile {
    /// Its id.
    id: Uuid,
    /// As the athlete knows it.
    name: String,
    /// `queued`, `unpacked` (an archive: its files are listed, too), `imported`, `merged`, `duplicate`, `recovered` (as far as damage allowed),
    /// `skipped`, `failed` or `undone`; more may come.
    outcome: String,
    /// Why, for people, where there is something to add.
    #[serde(skip_serializing_if = "String::is_empty")]
    message: String,
    /// The first activity that came from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<Uuid>,
    /// Whether its bytes are kept, so that it can be retried.
    can_retry: bool,
}

impl From<domain::imports::ImportFile> for ImportFile {
    fn from(f: domain::imports::ImportFile) -> Self {
        let outcome = f.outcome.as_str().to_owned();
        Self { id: f.id, name: f.name, outcome, message: f.message, activity: f.activity, can_retry: f.can_retry }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Target {
    /// The name of the file, for the athlete; needed unless an upload is named.
    #[param(example = "days.csv")]
    name: Option<String>,
    /// An import of the athlete's to add to; without it, a new one. The id of a new import may be chosen.
    import: Option<Uuid>,
    /// A whole upload, instead of a body.
    upload: Option<Uuid>,
}

/// Imports a recording, a table of days or an archive of them: the body of the request, or an upload. It is read in the background: the import says
/// when it is finished, and what became of it.
#[utoipa::path(post, path = "/v1/imports", tag = "imports", params(Target, IdempotencyKey),
    request_body(content = Option<Vec<u8>>, content_type = "application/octet-stream", example = json!("day,sleep\n2026-01-05,7\n")),
    responses((status = 202, body = Import)))]
async fn add(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Query(target): Query<Target>,
    key: IdempotencyKey,
    request: Request,
) -> Result<Response, Refused> {
    let import = target.import.unwrap_or_else(|| platform.ids.uuid(platform.clock.now()));
    let (method, uri) = (request.method().clone(), request.uri().to_string());
    let location = format!("/v1/imports/{import}");
    if let Some(upload) = target.upload {
        let request = Once::of(key, digest(&method, &uri, b""), ());
        let queue = async |tx: &mut Tx, ()| {
            let upload = platform::uploads::take(tx, FEATURE.name, upload).await?;
            queue_file(&platform, tx, import, &upload.name, upload.bytes, &upload.key()).await?;
            Ok(Done::accepted(location, read(tx, import, platform.clock.now()).await?))
        };
        return Ok(request.run(&platform, viewer.id, queue).await?);
    }
    let name = target.name.ok_or_else(|| Problem::new(ProblemKind::Invalid, "Say what the file is called, as `name` in the query."))?;
    let mut receiver = Receiver::start(&platform).await?;
    receiver.read(request.into_body().into_data_stream()).await.map_err(Error::from)?;
    let received = receiver.finish().await?;
    let request = Once::of(key, digest(&method, &uri, &received.sha256), ());
    let mut queued = false;
    let queue = async |tx: &mut Tx, ()| {
        queue_file(&platform, tx, import, &name, received.bytes, &received.key()).await?;
        queued = true;
        Ok(Done::accepted(location, read(tx, import, platform.clock.now()).await?))
    };
    let response = request.run(&platform, viewer.id, queue).await;
    // Either it was refused, or the same was received before.
    if !queued {
        platform.files.remove_upload(&received.key());
    }
    Ok(response?)
}

/// The athlete's imports, latest first, twenty-five a page.
#[utoipa::path(get, path = "/v1/imports", tag = "imports", params(After), responses((status = 200, body = List<Import>)))]
async fn list(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Query(query): Query<After>) -> Result<Json<List<Import>>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Json(service::page(&mut tx, &query.request(Order::Moment)?).await?.map(Import::from).into()))
}

/// An import and its totals.
#[utoipa::path(get, path = "/v1/imports/{import}", tag = "imports", params(("import" = Uuid, Path, description = "Its id")),
    responses((status = 200, body = Import, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
async fn get(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(id): Path<Uuid>) -> Result<Tagged<Import>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Tagged(read(&mut tx, id, platform.clock.now()).await?))
}

/// The files of an import in the order in which they came, two hundred a page.
#[utoipa::path(get, path = "/v1/imports/{import}/files", tag = "imports", params(("import" = Uuid, Path, description = "Its id"), After),
    responses((status = 200, body = List<ImportFile>)))]
async fn files(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Path(id): Path<Uuid>,
    Query(query): Query<After>,
) -> Result<Json<List<ImportFile>>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    let import = service::get(&mut tx, id, &query.request(Order::Id)?, false, platform.clock.now()).await?;
    Ok(Json(import.files.map(ImportFile::from).into()))
}

/// Reads a file again that failed.
#[utoipa::path(post, path = "/v1/imports/{import}/files/{file}/retry", tag = "imports",
    params(("import" = Uuid, Path, description = "The import"), ("file" = Uuid, Path, description = "The file"), IdempotencyKey),
    responses((status = 202, body = Import)))]
async fn retry(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Path((import, file)): Path<(Uuid, Uuid)>,
    request: Once<()>,
) -> Result<Response, Refused> {
    let retry = async |tx: &mut Tx, ()| {
        service::retry(tx, import, file).await?;
        Ok(Done::accepted(format!("/v1/imports/{import}"), read(tx, import, platform.clock.now()).await?))
    };
    Ok(request.run(&platform, viewer.id, retry).await?)
}

/// Undoes an import: its activities are deleted, and what still waits is not read.
#[utoipa::path(delete, path = "/v1/imports/{import}", tag = "imports", params(("import" = Uuid, Path, description = "Its id")),
    responses((status = 204)))]
async fn undo(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(id): Path<Uuid>) -> Result<StatusCode, Refused> {
    crate::undo(&platform, viewer.id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn read(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<Import, Error> {
    let (summary, counts) = service::summary(tx, id, now).await?;
    Ok(Import::of(id, summary.created_at, summary.undone, Some(counts.of(Outcome::Queued) == 0), summary.totals))
}

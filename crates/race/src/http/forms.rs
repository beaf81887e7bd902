//! Forms of the page: they post here with and without JavaScript, and are redirected to the plan.

use std::path::Path;

use accounts::CurrentUser;
use axum::extract::multipart::MultipartError;
use axum::extract::{self, DefaultBodyLimit, Form, FromRef, Multipart, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::{Access, Limit};
use domain::race::read_name;
use domain::{Notice, Problem, ProblemKind};
use platform::forms::{Fields, field};
use platform::http::{Endpoints, FORM, Kept, MULTIPART};
use platform::uploads::{Interrupted, Receiver};
use platform::{Error, Platform, forms};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::courses;
use crate::read::{FILE_BYTES, too_large};

/// The page with the forms.
const PAGE: &str = "/performance/race";
/// Fields of the form with the file; ours has two.
const MAX_FIELDS: usize = 8;
/// Bytes of a typed name: what is longer is cut.
const NAME_BYTES: usize = 1000;

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(upload), Access::Athlete, Limit::Uploads)
        // Twice: the file itself is refused before the form around it is.
        .body_limit(DefaultBodyLimit::max(2 * FILE_BYTES as usize))
        .route(routes!(keep), Access::Athlete, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(rename), Access::ResourceOwner, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(delete), Access::ResourceOwner, Limit::General)
}

/// To the page where something was done, or back to it with the errors beside their fields.
fn respond(done: Result<String, Error>, form: &[(&str, &str)]) -> Response {
    match done {
        Ok(page) => Redirect::to(&page).into_response(),
        Err(error) => forms::redirect_with_errors(error, PAGE, form),
    }
}

/// The page with a course.
fn page_of(course: Uuid) -> String {
    format!("{PAGE}?on={course}")
}

/// Keeps the course of a file.
#[utoipa::path(post, path = "/performance/race/courses", tag = "forms",
    request_body(content_type = MULTIPART, example = json!({"name": "Riverside Half",
        "file": "<gpx><rte><rtept lat=\"48\" lon=\"9\"/><rtept lat=\"48.01\" lon=\"9\"/></rte></gpx>"})))]
async fn upload(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, mut form: Multipart) -> Response {
    let mut typed = String::new();
    let done = async {
        let (name, file) = receive(&platform, &mut form, &mut typed).await?;
        let id = courses::keep_file(&platform, viewer.id, file, &typed, &name).await?;
        Ok(Notice::CourseKept.on(&page_of(id)))
    };
    let done = done.await;
    respond(done, &[("name", &typed)])
}

/// The file of the form with its name. What else is typed comes first.
async fn receive(platform: &Platform, form: &mut Multipart, typed: &mut String) -> Result<(String, impl AsRef<Path> + Send + use<>), Error> {
    let broken = |error: MultipartError| Error::from(Problem::of_field("file", error.body_text()));
    for _ in 0..MAX_FIELDS {
        let Some(mut field) = form.next_field().await.map_err(broken)? else { break };
        match field.name() {
            Some("name") => {
                while let Some(chunk) = field.chunk().await.map_err(broken)? {
                    if typed.len() + chunk.len() <= NAME_BYTES {
                        typed.push_str(&String::from_utf8_lossy(&chunk));
                    }
                }
            }
            Some("file") => {
                let name = field.file_name().unwrap_or_default().to_owned();
                let mut receiver = Receiver::start_limited(platform, FILE_BYTES).await?;
                match receiver.read(field).await {
                    Ok(()) => {}
                    Err(Interrupted::TooLarge { limit }) => {
                        return Err(Problem { kind: ProblemKind::TooLarge, ..Problem::of_field("file", too_large(limit)) }.into());
                    }
                    Err(other) => return Err(other.into()),
                }
                return Ok((name, receiver.into_temp_path().await?));
            }
            _ => {}
        }
    }
    Err(courses::no_file().into())
}

/// Keeps the route of an activity as a course.
#[utoipa::path(post, path = "/performance/race/routes", tag = "forms", request_body(content_type = FORM, example = json!({"activity": "{activity}", "name": "The lake"})))]
async fn keep(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let (name, activity) = (field(&form, "name").unwrap_or_default(), field(&form, "activity").unwrap_or_default());
    let done = async {
        let activity = activity.parse().map_err(|_| Problem::of_field("activity", "Choose one of these."))?;
        let id = courses::keep_route(&platform, viewer.id, activity, name).await?;
        Ok(Notice::CourseKept.on(&page_of(id)))
    };
    respond(done.await, &[("activity", activity), ("route_name", name)])
}

/// Gives a course another name.
#[utoipa::path(post, path = "/performance/race/courses/{course}", tag = "forms", request_body(content_type = FORM, example = json!({"name": "The lake"})))]
async fn rename(
    State(platform): State<Platform>,
    CurrentUser(viewer): CurrentUser,
    extract::Path(id): extract::Path<Uuid>,
    Form(form): Form<Fields>,
) -> Response {
    let done = async {
        let name = read_name(|name| field(&form, name)).map_err(|problem| Problem::of_field("new_name", problem.message))?;
        platform.database.transact(viewer.id, async |tx| courses::rename(tx, id, &name).await).await?;
        Ok(Notice::Saved.on(&page_of(id)))
    };
    let (done, course) = (done.await, id.to_string());
    respond(done, &[("course", &course), ("new_name", field(&form, "name").unwrap_or_default())])
}

/// Deletes a course.
#[utoipa::path(post, path = "/performance/race/courses/{course}/delete", tag = "forms")]
async fn delete(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, extract::Path(id): extract::Path<Uuid>) -> Response {
    let done = platform.database.transact(viewer.id, async |tx| courses::delete(tx, id).await).await;
    forms::redirect_with_notice(done, PAGE, Notice::CourseDeleted)
}

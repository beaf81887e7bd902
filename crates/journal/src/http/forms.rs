//! Endpoints for the journal's forms: they post here with and without JavaScript, and are redirected to a page.

use accounts::CurrentUser;
use axum::Json;
use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, Form, FromRef, Multipart, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::{Access, Limit};
use domain::accounts::Viewer;
use domain::journal::{ColumnMeaning, Preview};
use domain::measures::{Answers, Source};
use domain::{Day, Notice, Problem, ProblemKind};
use platform::forms::Fields;
use platform::http::{Endpoints, FORM, Kept, MULTIPART};
use platform::uploads::{self, Receiver};
use platform::{Error, Platform, Tx, compute_for_account, forms};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::bounds::BOUNDS;
use crate::presets::remember;
use crate::{FEATURE, ParsedCsv, catalogue, presets, read_csv, read_known_csv, remove, save, save_days};

/// Largest CSV in bytes: a lifetime of days is far below.
const CSV_BYTES: usize = 8 << 20;
/// Fields of the form with the file; ours has one.
const MAX_FIELDS: usize = 8;

/// `POST /journal/{day}`, `POST /journal/import` and what follows it.
pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(upload), Access::Athlete, Limit::Uploads)
        // Twice: the file itself is refused before the form around it is.
        .body_limit(DefaultBodyLimit::max(2 * CSV_BYTES))
        .route(routes!(store), Access::Athlete, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(undo), Access::Athlete, Limit::General)
        .route(routes!(answer), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(write), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
}

#[utoipa::path(post, path = "/journal/{day}", tag = "forms",
    request_body(content_type = FORM, example = json!({"sleep_hours": "8"})))]
async fn write(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(day): Path<Day>, Form(form): Form<Fields>) -> Response {
    let result = async {
        let now = platform.clock.now();
        let mut tx = platform.database.begin_as(viewer.id).await?;
        let changes = Answers::parse(&catalogue(&mut tx).await?.measures, forms::pairs(&form))?;
        save(&mut tx, day.date(), &changes, platform.clock.today(&viewer.time_zone), now).await?;
        tx.commit().await
    }
    .await;
    match result {
        Ok(()) => Redirect::to(&Notice::Saved.on(&format!("/journal/{day}"))).into_response(),
        // Nothing typed is lost: everything goes back into the form.
        Err(Error::Problem(problem)) => forms::rerender_with_errors(problem, &format!("/journal/{day}"), forms::pairs(&form)),
        Err(error) => error_page(error),
    }
}

/// Saves answers of a day as they are typed, for the page's script: pairs of measure and text, of which an empty one takes an answer back. One that is
/// refused names its measure, and then none is saved.
#[utoipa::path(post, path = "/journal/{day}/answers", tag = "forms", request_body(content = Vec<(String, String)>, example = json!([["mood", "good"]])))]
async fn answer(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(day): Path<Day>, Json(answers): Json<Fields>) -> Response {
    let (now, today) = (platform.clock.now(), platform.clock.today(&viewer.time_zone));
    let act = async |tx: &mut Tx| {
        let changes = Answers::parse(&catalogue(tx).await?.measures, forms::pairs(&answers))?;
        save(tx, day.date(), &changes, today, now).await
    };
    forms::saved_or_problem(platform.database.transact(viewer.id, act).await, || {
        viewer.units.time(platform::clock::on_wall(now, &viewer.time_zone).time())
    })
}

#[utoipa::path(post, path = "/journal/import", tag = "forms",
    request_body(content_type = MULTIPART, example = json!({"file": "day,sleep\n2026-01-05,7\n"})))]
async fn upload(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, mut form: Multipart) -> Response {
    let result = async {
        let unreadable = |e: axum::extract::multipart::MultipartError| Error::problem(ProblemKind::TooLarge, e.body_text());
        for _ in 0..MAX_FIELDS {
            let Some(field) = form.next_field().await.map_err(unreadable)? else { break };
            if field.name() == Some("file") {
                return keep_table(&platform, viewer.id, field).await;
            }
        }
        Err(Error::problem(ProblemKind::Invalid, "There was no file in the form."))
    }
    .await;
    match result {
        Ok(id) => Redirect::to(&format!("/journal/import?file={id}")).into_response(),
        Err(error) => error_page(error),
    }
}

/// Keeps a table until its columns are mapped. Only one at a time waits for that; an earlier one was abandoned.
async fn keep_table(platform: &Platform, viewer: Uuid, field: Field<'_>) -> Result<Uuid, Error> {
    let mut receiver = Receiver::start_limited(platform, CSV_BYTES as u64).await?;
    receiver.read(field).await?;
    let received = receiver.finish().await?;
    let keep = async |tx: &mut Tx| {
        let abandoned = uploads::delete_all(tx, FEATURE.name).await?;
        uploads::keep(platform, tx, FEATURE.name, "", &received).await?;
        Ok(abandoned)
    };
    let kept = platform.database.transact(viewer, keep).await;
    if kept.is_err() {
        uploads::remove(platform, received.id);
    }
    for id in kept? {
        uploads::remove(platform, id);
    }
    Ok(received.id)
}

#[utoipa::path(post, path = "/journal/import/store", tag = "forms",
    request_body(content_type = FORM, example = json!({"file": "{csv}"})))]
async fn store(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let result = async {
        let value = |name: &str| forms::field(&form, name);
        let file = value("file").unwrap_or_default().parse().map_err(|_| gone())?;
        let mapping: Vec<ColumnMeaning> = (0..BOUNDS.columns).map_while(|i| value(&format!("c{i}"))).map(ColumnMeaning::parse).collect();
        let today = platform.clock.today(&viewer.time_zone);
        let read = uploaded(&platform, &viewer, file, mapping).await?;
        let mut tx = platform.database.begin_as(viewer.id).await?;
        // Undone by the id of the file that was uploaded.
        save_days(&mut tx, &read.days, (Source::File, file), today, platform.clock.now()).await?;
        let now = platform.clock.now();
        remember(&mut tx, platform.ids.uuid(now), &read.headers, &read.preview, now).await?;
        uploads::delete(&mut tx, FEATURE.name, file).await?;
        tx.commit().await?;
        uploads::remove(&platform, file);
        Ok::<_, Error>((file, read.days.len()))
    }
    .await;
    match result {
        Ok((file, days)) => Redirect::to(&format!("/journal/import?stored={days}&import={file}")).into_response(),
        Err(error) => error_page(error),
    }
}

#[utoipa::path(post, path = "/journal/import/{import}/undo", tag = "forms")]
async fn undo(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(import): Path<Uuid>) -> Response {
    match platform.database.transact(viewer.id, async |tx| remove(tx, import).await).await {
        Ok(values) => Redirect::to(&format!("/journal/import?undone={values}")).into_response(),
        Err(error) => error_page(error),
    }
}

/// Preview of a table that this athlete uploaded, with this mapping; an empty mapping is guessed.
pub async fn preview(platform: &Platform, viewer: &Viewer, file: &str, mapping: Vec<ColumnMeaning>) -> Result<Preview, Error> {
    Ok(uploaded(platform, viewer, file.parse().map_err(|_| gone())?, mapping).await?.preview)
}

async fn uploaded(platform: &Platform, viewer: &Viewer, file: Uuid, mapping: Vec<ColumnMeaning>) -> Result<ParsedCsv, Error> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    let upload = uploads::find(&mut tx, FEATURE.name, file).await?;
    let measures = catalogue(&mut tx).await?.measures;
    let presets = if mapping.is_empty() { presets(&mut tx).await? } else { Vec::new() };
    tx.rollback().await?;
    let (path, today) = (platform.files.upload_path(&upload.key()), platform.clock.today(&viewer.time_zone));
    let read = move || {
        let bytes = std::fs::read(path).map_err(|_| gone())?;
        if mapping.is_empty() { read_known_csv(&bytes, &measures, &presets, today) } else { read_csv(&bytes, &measures, &mapping, today) }
    };
    Ok(compute_for_account(viewer.id, read).await??)
}

fn gone() -> Problem {
    Problem::new(ProblemKind::NotFound, "That file is gone. Choose it once more.")
}

fn error_page(error: Error) -> Response {
    let problem: Problem = error.into_problem();
    platform::error::problem_text(&problem)
}

//! Forms of the pages: they post here with and without JavaScript, and are redirected to the calendar.

use accounts::CurrentUser;
use axum::extract::{Form, FromRef, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use domain::access::{Access, Limit};
use domain::plan::{Choice, CopyFields, PlanFields};
use domain::{Day, Notice, Problem, ProblemKind};
use platform::forms::{Fields, field};
use platform::http::{Endpoints, FORM, Kept};
use platform::{Error, Platform, forms};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::copy::{copy_week, undo_copy};
use crate::service;

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(add), Access::Athlete, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(copy), Access::Athlete, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(undo), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(edit), Access::ResourceOwner, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(move_to), Access::ResourceOwner, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(match_to), Access::ResourceOwner, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(delete), Access::ResourceOwner, Limit::General)
}

/// The calendar with the week of a day.
fn calendar_at(day: NaiveDate) -> String {
    format!("/calendar?day={day}")
}

/// The page of a session.
fn page_of(id: Uuid) -> String {
    format!("/plan/{id}")
}

/// To the page where something was done, or back to the form with everything that was typed.
fn respond(done: Result<String, Error>, page: &str, form: &Fields) -> Response {
    match done {
        Ok(done) => Redirect::to(&done).into_response(),
        Err(Error::Problem(problem)) if problem.kind != ProblemKind::NotFound => forms::rerender_with_errors(problem, page, forms::pairs(form)),
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

#[utoipa::path(post, path = "/plan", tag = "forms",
    request_body(content_type = FORM, example = json!({"day": "2026-01-06", "kind": "run", "target": "distance", "amount": "8", "steps": "2km easy; 4 x (1km, 90s jog)"})))]
async fn add(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let (now, today) = (platform.clock.now(), platform.clock.today(&viewer.time_zone));
    let id = platform.ids.uuid(now);
    let done = async {
        let fields = PlanFields::parse(|name| field(&form, name))?;
        let day = fields.day;
        platform.database.transact(viewer.id, async |tx| service::add(tx, id, fields, today, now).await).await?;
        Ok(Notice::Saved.on(&calendar_at(day)))
    };
    respond(done.await, "/plan/new", &form)
}

/// Copies a week to another one. The calendar then says so, with a button that takes it back.
#[utoipa::path(post, path = "/plan/copy", tag = "forms", request_body(content_type = FORM, example = json!({"from": "2026-01-05", "to": "2026-01-12"})))]
async fn copy(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let (now, today) = (platform.clock.now(), platform.clock.today(&viewer.time_zone));
    let done = async {
        let fields = CopyFields::parse(|name| field(&form, name), viewer.units)?;
        let copy = async |tx: &mut platform::Tx| copy_week(tx, fields, || platform.ids.uuid(now), today, now).await;
        let copied = platform.database.transact(viewer.id, copy).await?;
        // All of it may have stood there already.
        Ok(if copied.sessions == 0 {
            Notice::NothingToCopy.on(&calendar_at(fields.to))
        } else {
            format!("{}&copied={}", calendar_at(fields.to), copied.id)
        })
    };
    respond(done.await, "/plan/copy", &form)
}

/// Takes a copy of a week back: the sessions that it made and nobody changed since.
#[utoipa::path(post, path = "/plan/copy/undo", tag = "forms",
    request_body(content_type = FORM, example = json!({"copy": "01900000-0000-7000-8000-000000000000", "day": "2026-01-12"})))]
async fn undo(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let day = field(&form, "day").and_then(|day| day.trim().parse::<Day>().ok());
    let back = day.map_or_else(|| "/calendar".to_owned(), |day| calendar_at(day.date()));
    let done = async {
        let copy = field(&form, "copy").and_then(|id| id.trim().parse::<Uuid>().ok()).ok_or_else(|| Error::not_found("copy"))?;
        platform.database.transact(viewer.id, async |tx| undo_copy(tx, copy).await).await
    };
    forms::redirect_or_error(done.await, |()| Notice::CopyUndone.on(&back), &back)
}

#[utoipa::path(post, path = "/plan/{planned_session}", tag = "forms",
    request_body(content_type = FORM, example = json!({"day": "2026-01-06", "kind": "run", "words": "easy"})))]
async fn edit(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    let (now, today) = (platform.clock.now(), platform.clock.today(&viewer.time_zone));
    let done = async {
        let fields = PlanFields::parse(|name| field(&form, name))?;
        let day = fields.day;
        platform.database.transact(viewer.id, async |tx| service::edit(tx, id, fields, today, now).await).await?;
        Ok(Notice::Saved.on(&calendar_at(day)))
    };
    respond(done.await, &page_of(id), &form)
}

/// Moves a session to another day. The calendar then says so, with a button that puts it back. `by` is `week` where the week is shown.
#[utoipa::path(post, path = "/plan/{planned_session}/move", tag = "forms", request_body(content_type = FORM, example = json!({"day": "2026-01-07"})))]
async fn move_to(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    let (now, today) = (platform.clock.now(), platform.clock.today(&viewer.time_zone));
    let done = async {
        let day = field(&form, "day").unwrap_or_default().trim().parse::<Day>().map_err(|problem| Problem::of_field("day", problem.message))?.date();
        let from = platform.database.transact(viewer.id, async |tx| service::move_to(tx, id, day, today, now).await).await?;
        let view = if field(&form, "by") == Some("week") { "week" } else { "day" };
        Ok(if from == day { format!("/calendar?{view}={day}") } else { format!("/calendar?{view}={day}&moved={id}&from={from}") })
    };
    respond(done.await, &page_of(id), &form)
}

/// Says what a session became: `by_shape`, `off`, or an activity.
#[utoipa::path(post, path = "/plan/{planned_session}/match", tag = "forms", request_body(content_type = FORM, example = json!({"activity": "off"})))]
async fn match_to(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let done = async {
        let choice = Choice::read(field(&form, "activity").unwrap_or_default());
        let choice = choice.ok_or_else(|| Problem::of_field("activity", "Choose one of these."))?;
        platform.database.transact(viewer.id, async |tx| service::match_to(tx, id, choice, now).await).await?;
        Ok(Notice::Saved.on(&page_of(id)))
    };
    respond(done.await, &page_of(id), &form)
}

#[utoipa::path(post, path = "/plan/{planned_session}/delete", tag = "forms")]
async fn delete(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let done = platform.database.transact(viewer.id, async |tx| service::delete(tx, id).await).await;
    forms::redirect_or_error(done, |day| Notice::SessionDeleted.on(&calendar_at(day)), "/calendar")
}

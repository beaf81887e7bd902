//! Endpoints of onboarding: one form for each step. They post here with and without JavaScript, and are redirected to the step that follows.

#[cfg(test)]
mod tests;

use accounts::CurrentUser;
use axum::extract::{Form, FromRef, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use domain::access::{Access, Limit};
use domain::activities::{DatedThresholds, RecomputeReason};
use domain::onboarding::{Availability, Body, Goals, MOST_RACES, Questions, Step};
use domain::units::UNITS;
use domain::{Notice, Problem, ProblemKind};
use platform::forms::{Fields, field, pairs};
use platform::http::{Endpoints, FORM, Kept};
use platform::{Error, Platform, Tx, forms};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::{answers, progress, said};

/// All of them.
pub fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(post_goals), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(post_import), Access::Athlete, Limit::General)
        .route(routes!(post_availability), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(post_body), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(post_thresholds), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(post_questions), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(post_done), Access::Athlete, Limit::General)
        .route(routes!(skip), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(leave), Access::Athlete, Limit::General)
}

/// To the page that follows, or the step again with everything that was typed.
fn respond(done: Result<&'static str, Error>, step: Step, form: &Fields) -> Response {
    match done {
        // The settings say that it was saved; within the onboarding the next question does.
        Ok(page) if page == "/settings" => Redirect::to(&Notice::Saved.on(page)).into_response(),
        Ok(page) => Redirect::to(page).into_response(),
        Err(Error::Problem(problem)) if problem.kind != ProblemKind::NotFound => forms::rerender_with_errors(problem, step.path(), pairs(form)),
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

#[utoipa::path(post, path = "/welcome/goals", tag = "forms",
    request_body(content_type = FORM, example = json!({"healthier": "on", "knowing": "on"})))]
async fn post_goals(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let (now, today) = (platform.clock.now(), platform.clock.today(&viewer.time_zone));
    let done = async {
        let goals = Goals::parse(|name| field(&form, name), today)?;
        let shown: Vec<Uuid> = (0..MOST_RACES).filter_map(|at| field(&form, &format!("race_id.{at}"))?.parse().ok()).collect();
        let save = async |tx: &mut Tx| {
            said::save_goals(tx, &platform.ids, (goals, &shown), today, now).await?;
            progress::answer(tx, Step::Goals, now).await
        };
        platform.database.transact(viewer.id, save).await
    };
    respond(done.await, Step::Goals, &form)
}

/// Goes on from the files, which are read meanwhile.
#[utoipa::path(post, path = "/welcome/import", tag = "forms")]
async fn post_import(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser) -> Response {
    let now = platform.clock.now();
    let done = platform.database.transact(viewer.id, async |tx| progress::answer(tx, Step::Import, now).await).await;
    respond(done, Step::Import, &Vec::new())
}

#[utoipa::path(post, path = "/welcome/availability", tag = "forms",
    request_body(content_type = FORM, example = json!({"slot": "tue_early", "long_run": "sun"})))]
async fn post_availability(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let done = async {
        let week = Availability::parse(pairs(&form))?;
        let save = async |tx: &mut Tx| {
            said::save_availability(tx, &week, now).await?;
            progress::answer(tx, Step::Availability, now).await
        };
        platform.database.transact(viewer.id, save).await
    };
    respond(done.await, Step::Availability, &form)
}

#[utoipa::path(post, path = "/welcome/body", tag = "forms",
    request_body(content_type = FORM, example = json!({"height_cm": "178", "weight_kg": "71.5", "birth_year": "1988", "sex": ""})))]
async fn post_body(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let (now, today) = (platform.clock.now(), platform.clock.today(&viewer.time_zone));
    let done = async {
        let body = Body::parse(|name| field(&form, name), today)?;
        let save = async |tx: &mut Tx| {
            answers::save_body(tx, &body, today, now).await?;
            begin_recompute(&platform, tx, now).await?;
            progress::answer(tx, Step::Body, now).await
        };
        platform.database.transact(viewer.id, save).await
    };
    respond(done.await, Step::Body, &form)
}

/// Computes again what depends on the thresholds that changed, and says that this is why.
async fn begin_recompute(platform: &Platform, tx: &mut Tx, now: DateTime<Utc>) -> Result<(), Error> {
    activities::start_recompute(tx, platform.ids.uuid(now), RecomputeReason::Thresholds, now).await.map(drop)
}

/// Confirms a threshold, or several, and stays; without any it goes on.
#[utoipa::path(post, path = "/welcome/thresholds", tag = "forms",
    request_body(content_type = FORM, example = json!({"threshold_hr": "164", "threshold_pace": "4:21", "hr_max": "186"})))]
async fn post_thresholds(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let (now, today) = (platform.clock.now(), platform.clock.today(&viewer.time_zone));
    let names = ["threshold_hr", "threshold_pace", "hr_max"];
    let confirms = form.iter().any(|(name, _)| names.contains(&name.as_str()));
    let done = async {
        if !confirms {
            return platform.database.transact(viewer.id, async |tx| progress::answer(tx, Step::Thresholds, now).await).await;
        }
        for name in names {
            if field(&form, name).is_some_and(|text| text.trim().is_empty()) {
                return Err(Problem::of_field(name, "Which number is yours?").into());
            }
        }
        let valid_from = today.to_string();
        let typed = |name: &str| {
            if name == "valid_from" { Some(valid_from.as_str()) } else { field(&form, name).filter(|_| name == UNITS || names.contains(&name)) }
        };
        let dated = DatedThresholds::parse(typed, today)?;
        let confirm = async |tx: &mut Tx| {
            answers::confirm(tx, dated, now).await?;
            begin_recompute(&platform, tx, now).await?;
            Ok(Step::Thresholds.path())
        };
        platform.database.transact(viewer.id, confirm).await
    };
    respond(done.await, Step::Thresholds, &form)
}

#[utoipa::path(post, path = "/welcome/questions", tag = "forms",
    request_body(content_type = FORM, example = json!({"asked": "sleep_hours", "food": "run_days"})))]
async fn post_questions(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let done = async {
        let questions = Questions::parse(pairs(&form))?;
        let save = async |tx: &mut Tx| {
            answers::save_questions(tx, &questions, now).await?;
            progress::answer(tx, Step::Questions, now).await
        };
        platform.database.transact(viewer.id, save).await
    };
    respond(done.await, Step::Questions, &form)
}

/// The end of it.
#[utoipa::path(post, path = "/welcome/done", tag = "forms")]
async fn post_done(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser) -> Response {
    let now = platform.clock.now();
    let done = platform.database.transact(viewer.id, async |tx| progress::end(tx, true, now).await).await;
    forms::redirect_or_error(done, |()| "/".to_owned(), Step::Done.path())
}

/// Skips a step; it can be answered later.
#[utoipa::path(post, path = "/welcome/skip", tag = "forms", request_body(content_type = FORM, example = json!({"step": "body"})))]
async fn skip(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let step = field(&form, "step").and_then(Step::parse).filter(|step| Step::ASKING.contains(step));
    let Some(step) = step else { return platform::error::problem_text(&Problem::new(ProblemKind::Invalid, "There is no such step.")) };
    let done = platform.database.transact(viewer.id, async |tx| progress::skip(tx, step, now).await).await;
    respond(done, step, &form)
}

/// Leaves it at that, for good.
#[utoipa::path(post, path = "/welcome/leave", tag = "forms")]
async fn leave(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser) -> Response {
    let now = platform.clock.now();
    let done = platform.database.transact(viewer.id, async |tx| progress::end(tx, false, now).await).await;
    forms::redirect_or_error(done, |()| "/".to_owned(), "/")
}

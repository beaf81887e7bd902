//! Forms of the page: they post here with and without JavaScript, and are redirected to the day.

use accounts::CurrentUser;
use axum::extract::{Form, FromRef, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use domain::access::{Access, Limit};
use domain::accounts::Viewer;
use domain::nutrition::{EntryFields, NewFavourite, PRESETS};
use domain::{Day, Notice, Problem, ProblemKind};
use platform::forms::{Fields, field};
use platform::http::{Endpoints, FORM, Kept};
use platform::{Error, Platform, Tx, forms};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::{favourites, page, service};

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(add), Access::Athlete, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(again), Access::Athlete, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(edit), Access::ResourceOwner, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(delete), Access::ResourceOwner, Limit::General)
        .route(routes!(add_favourite), Access::Athlete, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(delete_favourite), Access::ResourceOwner, Limit::General)
        .route(routes!(answer), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
}

/// The page of a day.
fn page_of(day: NaiveDate) -> String {
    format!("/nutrition/{day}")
}

/// The page that a form is on: the day that it says, or today.
fn page_of_form(platform: &Platform, viewer: &Viewer, form: &Fields) -> String {
    let day = field(form, "day").and_then(|day| day.trim().parse::<Day>().ok());
    page_of(day.map_or_else(|| platform.clock.today(&viewer.time_zone), Day::date))
}

/// To the page where something was done, or back to the form with everything that was typed.
fn respond(done: Result<String, Error>, page: &str, form: &Fields) -> Response {
    match done {
        Ok(done) => Redirect::to(&Notice::Saved.on(&done)).into_response(),
        Err(Error::Problem(problem)) if problem.kind != ProblemKind::NotFound => forms::rerender_with_errors(problem, page, forms::pairs(form)),
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

#[utoipa::path(post, path = "/nutrition", tag = "forms", request_body(content_type = FORM, example = json!({"text": "gel"})))]
async fn add(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let id = platform.ids.uuid(now);
    let done = async {
        let fields = EntryFields::parse(|name| field(&form, name))?;
        platform.database.transact(viewer.id, async |tx| service::add(tx, id, fields, now).await).await
    };
    respond(done.await.map(page_of), &page_of_form(&platform, &viewer, &form), &form)
}

/// Adds what is eaten often: a favourite, or one of the presets by its place.
#[utoipa::path(post, path = "/nutrition/again", tag = "forms", request_body(content_type = FORM, example = json!({"favourite": "{nutrition_favourite}"})))]
async fn again(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let id = platform.ids.uuid(now);
    let done = async {
        let gone = || Problem::new(ProblemKind::NotFound, "That favourite is gone.");
        let favourite: Option<Uuid> = field(&form, "favourite").map(|id| id.parse().map_err(|_| gone())).transpose()?;
        let preset = field(&form, "preset").and_then(|at| PRESETS.get(at.parse::<usize>().ok()?)).map(|(_, text)| *text);
        if favourite.is_none() && preset.is_none() {
            return Err(gone().into());
        }
        // A text is needed by the check alone: that of the favourite takes its place.
        let text = preset.unwrap_or("favourite");
        let mut fields = EntryFields::parse(|name| if name == "text" { Some(text) } else { field(&form, name) })?;
        let add = async |tx: &mut Tx| match favourite {
            Some(favourite) => {
                fields.text.clear();
                service::add_favourite_entry(tx, id, favourite, fields, now).await
            }
            None => service::add(tx, id, fields, now).await,
        };
        platform.database.transact(viewer.id, add).await
    };
    respond(done.await.map(page_of), &page_of_form(&platform, &viewer, &form), &form)
}

#[utoipa::path(post, path = "/nutrition/entries/{nutrition_entry}", tag = "forms",
    request_body(content_type = FORM, example = json!({"text": "gel", "day": "2026-01-05", "time": "07:00"})))]
async fn edit(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(mut form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let done = async {
        let fields = EntryFields::parse(|name| field(&form, name))?;
        platform.database.transact(viewer.id, async |tx| service::edit(tx, id, fields, now).await).await
    };
    let (done, page) = (done.await, page_of_form(&platform, &viewer, &form));
    // Tells the page which of its forms it was.
    form.push(("entry".to_owned(), id.to_string()));
    respond(done.map(page_of), &page, &form)
}

#[utoipa::path(post, path = "/nutrition/entries/{nutrition_entry}/delete", tag = "forms")]
async fn delete(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let done = platform.database.transact(viewer.id, async |tx| service::delete(tx, id).await).await;
    forms::redirect_or_error(done, page_of, "/nutrition")
}

/// Makes a favourite of an entry, or of a text.
#[utoipa::path(post, path = "/nutrition/favourites", tag = "forms",
    request_body(content_type = FORM, example = json!({"name": "Gel", "text": "gel", "day": "2026-01-05"})))]
async fn add_favourite(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let id = platform.ids.uuid(now);
    let page = page_of_form(&platform, &viewer, &form);
    let done = async {
        let entry: Option<Uuid> = field(&form, "entry").and_then(|id| id.parse().ok());
        // The text of an entry is the entry's.
        let typed = |name: &str| if name == "text" && entry.is_some() { Some("entry") } else { field(&form, name) };
        let new = NewFavourite::parse(typed)?;
        let add = async |tx: &mut Tx| {
            let new = match entry {
                Some(entry) => favourites::of_entry(tx, entry, new.name).await?,
                None => new,
            };
            favourites::add_favourite(tx, id, new, now).await
        };
        platform.database.transact(viewer.id, add).await
    };
    respond(done.await.map(|()| page.clone()), &page, &form)
}

#[utoipa::path(post, path = "/nutrition/favourites/{nutrition_favourite}/delete", tag = "forms")]
async fn delete_favourite(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let done = platform.database.transact(viewer.id, async |tx| favourites::delete_favourite(tx, id).await).await;
    forms::redirect_or_error(done, |()| "/nutrition".to_owned(), "/nutrition")
}

/// Says whether to ask: `not_today`, `never`, or `ask`. `from` is the page that asked, if that was `home`.
#[utoipa::path(post, path = "/nutrition/prompt", tag = "forms", request_body(content_type = FORM, example = json!({"answer": "not_today", "from": "home"})))]
async fn answer(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let (now, today) = (platform.clock.now(), platform.clock.today(&viewer.time_zone));
    let (day, never) = match field(&form, "answer") {
        Some("never") => (None, true),
        Some("not_today") => (Some(today), false),
        _ => (None, false),
    };
    let page = if field(&form, "from") == Some("home") { "/" } else { "/nutrition" };
    let done = platform.database.transact(viewer.id, async |tx| page::dismiss(tx, day, never, now).await).await;
    forms::redirect_or_error(done, |()| page.to_owned(), page)
}

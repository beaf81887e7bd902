//! Endpoints of the list: edits of several activities, filters that are kept, the list as a spreadsheet, and gear.

use accounts::CurrentUser;
use axum::extract::{Form, FromRef, Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::Notice;
use domain::access::{Access, Limit};
use domain::activities::{BulkEdit, GearEdit, ListRequest, MAX_BULK, read_ids};
use platform::Platform;
use platform::forms::{self, Fields};
use platform::http::{Endpoints, FORM, Kept};
use utoipa_axum::routes;
use uuid::Uuid;

use super::forms::{field, redirect};

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(edit_many), Access::Athlete, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(undo), Access::ResourceOwner, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(save_filter), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(forget_filter), Access::ResourceOwner, Limit::General)
        .route(routes!(csv), Access::Athlete, Limit::General)
        .route(routes!(save_gear), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(forget_gear), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
}

/// The list that a form came from, and nothing else: read and written again.
fn back(form: &Fields) -> String {
    let query = field(form)("back").and_then(|back| back.split_once('?')).map_or("", |(_, query)| query);
    ListRequest::of_query(query).0.address()
}

/// The same list with a field more.
fn with(address: &str, name: &str, value: Uuid) -> String {
    format!("{address}{}{name}={value}", if address.contains('?') { '&' } else { '?' })
}

/// Edits several activities: another sport, a tag more or less, other gear, who sees them, or into the trash.
#[utoipa::path(post, path = "/activities/bulk", tag = "forms",
    request_body(content_type = FORM, example = json!({"id": "{activity}", "do": "tag", "tag": "tempo"})))]
async fn edit_many(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let ids = read_ids(forms::pairs(&form).filter(|(name, _)| *name == "id").map(|(_, id)| id), MAX_BULK);
    let result = platform
        .database
        .transact_heavy(viewer.id, async |tx| {
            let edit = BulkEdit::parse(field(&form))?;
            crate::edit_many(tx, &ids, &edit, &platform.ids, now).await
        })
        .await;
    // What was typed is one word, and the list is another page than the form's: a refusal says what to do.
    match result {
        Ok(edit) => axum::response::Redirect::to(&with(&back(&form), "edit", edit)).into_response(),
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

/// Takes an edit of several activities back.
#[utoipa::path(post, path = "/activities/bulk/{bulk_edit}/undo", tag = "forms",
    request_body(content_type = FORM, example = json!({"back": "/activities"})))]
async fn undo(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::undo(tx, id, now).await).await;
    redirect(result, |()| with(&back(&form), "edit", id), &Vec::new(), "/activities")
}

/// Keeps a filter under a name.
#[utoipa::path(post, path = "/activities/filters", tag = "forms",
    request_body(content_type = FORM, example = json!({"name": "x", "query": "sport=run"})))]
async fn save_filter(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let typed = |name: &str| field(&form)(name).unwrap_or_default();
    let result = platform
        .database
        .transact(viewer.id, async |tx| crate::save_filter(tx, platform.ids.uuid(now), typed("name"), typed("query"), now).await)
        .await;
    let address = ListRequest::of_query(typed("query")).0.address();
    redirect(result, |()| Notice::Saved.on(&address), &form, "/activities")
}

/// Lets a kept filter go.
#[utoipa::path(post, path = "/activities/filters/{filter}/delete", tag = "forms")]
async fn forget_filter(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact(viewer.id, async |tx| crate::forget_filter(tx, id).await).await;
    redirect(result, |()| Notice::Saved.on("/activities"), &Vec::new(), "/activities")
}

/// The list of an address as CSV.
#[utoipa::path(get, path = "/activities/list.csv", tag = "forms")]
async fn csv(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, RawQuery(query): RawQuery) -> Response {
    let (request, _) = ListRequest::of_query(query.as_deref().unwrap_or_default());
    let units = viewer.units;
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::list_csv(tx, &request, units).await).await;
    match result {
        Ok(bytes) => {
            let headers =
                [(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, "attachment; filename=\"activities.csv\"")];
            (headers, bytes).into_response()
        }
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

/// Stores what somebody says of shoes or a bicycle.
#[utoipa::path(post, path = "/gear", tag = "forms",
    request_body(content_type = FORM, example = json!({"name": "x", "gear_kind": "shoes", "start_distance": "100"})))]
async fn save_gear(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let result = platform
        .database
        .transact_heavy(viewer.id, async |tx| crate::save_gear(tx, platform.ids.uuid(now), &GearEdit::parse(field(&form))?, now).await)
        .await;
    redirect(result, |()| Notice::Saved.on("/gear"), &form, "/gear")
}

/// Forgets what was said of gear; its activities keep its name.
#[utoipa::path(post, path = "/gear/forget", tag = "forms",
    request_body(content_type = FORM, example = json!({"name": "x"})))]
async fn forget_gear(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let name = field(&form)("name").unwrap_or_default().to_owned();
    let result = platform.database.transact(viewer.id, async |tx| crate::forget_gear(tx, &name).await).await;
    redirect(result, |()| Notice::Saved.on("/gear"), &Vec::new(), "/gear")
}

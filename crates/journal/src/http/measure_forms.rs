//! Forms of the page about measures: which are asked, in which order, and measures of one's own.

use accounts::CurrentUser;
use axum::extract::{Form, FromRef, State};
use axum::response::Response;
use domain::ProblemKind;
use domain::access::{Access, Limit};
use domain::measures::{NewMeasure, Source};
use platform::forms::Fields;
use platform::http::{Endpoints, FORM, Kept};
use platform::{Error, Platform, Tx, forms};
use utoipa_axum::routes;

use crate::catalogue::{change_asked, make, move_source, retire};

/// The page that the forms are on.
const PAGE: &str = "/journal/measures";

/// `POST /journal/measures`, `POST /journal/measures/new`, `POST /journal/sources`.
pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(act), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(new), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(sources), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
}

#[utoipa::path(post, path = "/journal/measures", tag = "forms", request_body(content_type = FORM, example = json!({"up": "sleep_hours"})))]
async fn act(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    // The button that was pressed; a form has no other field.
    let (pressed, key) = form.first().map_or(("", ""), |(pressed, key)| (pressed.as_str(), key.as_str()));
    let act = async |tx: &mut Tx| match pressed {
        "retire" => retire(tx, key, true, now).await,
        "restore" => retire(tx, key, false, now).await,
        _ => change_asked(tx, |asked| moved(asked, pressed, key), now).await,
    };
    let done = platform.database.transact(viewer.id, act).await;
    forms::redirect_or_error(done, |()| row(key), PAGE)
}

/// The page at the row of a measure or a source, so that a keyboard goes on from there.
fn row(key: &str) -> String {
    if key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) { format!("{PAGE}#row-{key}") } else { PAGE.to_owned() }
}

/// What is asked, once a measure is moved, added or removed.
fn moved(mut asked: Vec<String>, act: &str, key: &str) -> Vec<String> {
    let at = asked.iter().position(|asked| asked == key);
    match (act, at) {
        ("up", Some(at)) if at > 0 => asked.swap(at - 1, at),
        ("down", Some(at)) if at + 1 < asked.len() => asked.swap(at, at + 1),
        ("remove", Some(at)) => {
            asked.remove(at);
        }
        ("add", None) => asked.push(key.to_owned()),
        _ => {}
    }
    asked
}

/// Moves a source before or behind its neighbour: which of them counts where several have a value.
#[utoipa::path(post, path = "/journal/sources", tag = "forms", request_body(content_type = FORM, example = json!({"up": "oura"})))]
async fn sources(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let (pressed, source) = form.first().map_or(("", None), |(pressed, name)| (pressed.as_str(), Source::parse(name)));
    let act = async |tx: &mut Tx| match (pressed, source) {
        ("up", Some(source)) => move_source(tx, source, true, now).await,
        ("down", Some(source)) => move_source(tx, source, false, now).await,
        _ => Err(Error::problem(ProblemKind::Invalid, "There is no such source.")),
    };
    let done = platform.database.transact(viewer.id, act).await;
    forms::redirect_or_error(done, |()| row(source.map_or("", Source::name)), PAGE)
}

#[utoipa::path(post, path = "/journal/measures/new", tag = "forms",
    request_body(content_type = FORM, example = json!({"label": "Cold shower", "measure_kind": "yes_no", "known": "before_run"})))]
async fn new(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let id = platform.ids.uuid(now);
    let done = async {
        let new = NewMeasure::parse(|name| forms::field(&form, name))?;
        platform.database.transact(viewer.id, async |tx| make(tx, id, new, now).await).await
    };
    match done.await {
        Ok(_) => forms::redirect_or_error(Ok::<_, Error>(()), |()| PAGE.to_owned(), PAGE),
        Err(Error::Problem(problem)) => forms::rerender_with_errors(problem, PAGE, forms::pairs(&form)),
        Err(error) => forms::redirect_or_error(Err::<(), _>(error), |()| PAGE.to_owned(), PAGE),
    }
}

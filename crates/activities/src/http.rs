//! The forms of activities and the files to download. Each form posts here with and without a script, and comes back to a page.

use std::collections::HashMap;

use accounts::{CurrentUser, OptionalUser};
use axum::extract::{Form, FromRef, Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Day;
use domain::activities::{ActivityUpdate, DatedThresholds, ManualActivity};
use domain::sharing::{Audience, Sharing, chosen_radius_m};
use platform::{Error, Platform, Tx, forms, percent_encode};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::{Download, Recomputer};

/// Everything under `/activities` and `/performance` that writes or downloads.
pub fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
    Recomputer: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(add))
        .routes(routes!(change))
        .routes(routes!(crop))
        .routes(routes!(uncrop))
        .routes(routes!(split))
        .routes(routes!(set_start))
        .routes(routes!(reset_start))
        .routes(routes!(unsplit))
        .routes(routes!(merge))
        .routes(routes!(unmerge))
        .routes(routes!(delete))
        .routes(routes!(original))
        .routes(routes!(export))
        .routes(routes!(shared))
        .routes(routes!(save_values))
        .routes(routes!(delete_values))
        .routes(routes!(cancel))
        .routes(routes!(post_sharing))
        .routes(routes!(post_zone))
        .routes(routes!(post_remove_zone))
}

type Fields = Vec<(String, String)>;

fn field<'a>(form: &'a Fields) -> impl Fn(&str) -> Option<&'a str> {
    move |name| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Back to a page; a form that was refused goes back with its sentences and everything that was typed.
fn answer<T>(result: Result<T, Error>, then: impl FnOnce(T) -> String, form: &Fields, form_page: &str) -> Response {
    match result {
        Ok(done) => Redirect::to(&then(done)).into_response(),
        Err(error) => forms::redirect_with_errors(error, form_page, &form.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect::<Vec<_>>()),
    }
}

#[utoipa::path(post, path = "/activities/new", tag = "forms")]
async fn add(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let id = platform.ids.uuid(now);
    let result = platform
        .database
        .transact_heavy(viewer.id, async |session| {
            let manual = ManualActivity::parse(field(&form), platform.clock.today(&viewer.time_zone))?;
            crate::add_manual(session, id, &manual, now).await
        })
        .await;
    answer(result, |()| format!("/activities/{id}"), &form, "/activities/new")
}

#[utoipa::path(post, path = "/activities/{id}/change", tag = "forms")]
async fn change(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    let result =
        platform.database.transact_heavy(viewer.id, async |session| crate::change(session, id, &ActivityUpdate::parse(field(&form))?).await).await;
    answer(result, |()| format!("/activities/{id}"), &form, &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{id}/crop", tag = "forms")]
async fn crop(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |session| crate::crop(session, id, field(&form)).await).await;
    answer(result, |()| format!("/activities/{id}"), &form, &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{id}/uncrop", tag = "forms")]
async fn uncrop(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |session| crate::uncrop(session, id).await).await;
    answer(result, |()| format!("/activities/{id}"), &Vec::new(), &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{id}/split", tag = "forms")]
async fn split(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact_heavy(viewer.id, async |session| crate::split(session, id, &platform.ids, field(&form), now).await).await;
    answer(result, |_| format!("/activities/{id}"), &form, &format!("/activities/{id}/edit"))
}

/// Gives an activity whose clock was wrong the date and time at which it began.
#[utoipa::path(post, path = "/activities/{id}/start", tag = "forms")]
async fn set_start(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact_heavy(viewer.id, async |session| crate::set_start(session, id, field(&form), now).await).await;
    answer(result, |()| format!("/activities/{id}"), &form, &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{id}/start/reset", tag = "forms")]
async fn reset_start(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |session| crate::reset_start(session, id).await).await;
    answer(result, |()| format!("/activities/{id}"), &Vec::new(), &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{id}/unsplit", tag = "forms")]
async fn unsplit(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |session| crate::unsplit(session, id).await).await;
    answer(result, |first| format!("/activities/{first}"), &Vec::new(), &format!("/activities/{id}/edit"))
}

#[derive(serde::Deserialize)]
struct Other {
    other: Uuid,
}

#[utoipa::path(post, path = "/activities/{id}/merge", tag = "forms")]
async fn merge(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Other>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |session| crate::merge_into(session, id, form.other).await).await;
    answer(result, |()| format!("/activities/{id}"), &Vec::new(), &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{id}/unmerge", tag = "forms")]
async fn unmerge(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(part): Path<Uuid>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |session| crate::unmerge(session, part).await).await;
    answer(result, |whole| format!("/activities/{whole}"), &Vec::new(), &format!("/activities/{part}/edit"))
}

#[utoipa::path(post, path = "/activities/{id}/delete", tag = "forms")]
async fn delete(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact_heavy(viewer.id, async |session| crate::delete(session, id, platform.ids.uuid(now), now).await).await;
    answer(result, |()| "/activities".to_owned(), &Vec::new(), &format!("/activities/{id}/edit"))
}

#[utoipa::path(get, path = "/activities/{id}/original", tag = "forms")]
async fn original(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact(viewer.id, async |session| crate::original(&platform, session, id).await).await;
    download(result)
}

#[utoipa::path(get, path = "/activities/{id}/export/{format}", tag = "forms")]
async fn export(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path((id, format)): Path<(Uuid, String)>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |session| crate::export(&platform, session, id, &format).await).await;
    download(result)
}

/// An activity as others see it, for whoever it is shown to; for its own athlete, as an audience would get it.
#[utoipa::path(get, path = "/shared/{id}/route.gpx", tag = "forms")]
async fn shared(
    State(platform): State<Platform>,
    OptionalUser(viewer): OptionalUser,
    Path(id): Path<Uuid>,
    Query(asked): Query<HashMap<String, String>>,
) -> Response {
    let audience = asked.get("as").map_or(Audience::Everybody, |a| Audience::parse(a));
    download(crate::shared_gpx(&platform, viewer.map(|v| v.id), id, audience).await)
}

fn download(result: Result<Download, Error>) -> Response {
    match result {
        Ok(file) => {
            // Quotes and line ends never reach the header; the encoded name carries every letter (RFC 6266).
            let plain: String = file.name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' }).collect();
            let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", percent_encode(&file.name));
            let told = [
                (header::CONTENT_TYPE, file.mime.to_owned()),
                (header::CONTENT_DISPOSITION, disposition),
                (header::CONTENT_LENGTH, file.file.bytes().to_string()),
            ];
            (told, file.file.into_body()).into_response()
        }
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

/// Stores values and starts the task that scores old activities with them.
#[utoipa::path(post, path = "/performance/values", tag = "forms")]
async fn save_values(
    State(platform): State<Platform>,
    State(recomputer): State<Recomputer>,
    CurrentUser(viewer): CurrentUser,
    Form(form): Form<Fields>,
) -> Response {
    let now = platform.clock.now();
    let result = platform
        .database
        .transact(viewer.id, async |session| {
            let dated = DatedThresholds::parse(field(&form), platform.clock.today(&viewer.time_zone))?;
            crate::save_thresholds(session, &dated, now).await?;
            begin(&platform, session).await
        })
        .await;
    recomputer.wake();
    answer(result, |()| "/performance/values?saved=1".to_owned(), &form, "/performance/values")
}

#[utoipa::path(post, path = "/performance/values/{day}/delete", tag = "forms")]
async fn delete_values(
    State(platform): State<Platform>,
    State(recomputer): State<Recomputer>,
    CurrentUser(viewer): CurrentUser,
    Path(day): Path<Day>,
) -> Response {
    let result = platform
        .database
        .transact(viewer.id, async |session| {
            crate::delete_thresholds(session, day.date()).await?;
            begin(&platform, session).await
        })
        .await;
    recomputer.wake();
    answer(result, |()| "/performance/values?saved=1".to_owned(), &Vec::new(), "/performance/values")
}

async fn begin(platform: &Platform, session: &mut Tx) -> Result<(), Error> {
    let now = platform.clock.now();
    crate::start_recompute(session, platform.ids.uuid(now), "Your values changed.", now).await?;
    Ok(())
}

#[utoipa::path(post, path = "/performance/recompute/{id}/cancel", tag = "forms")]
async fn cancel(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact(viewer.id, async |session| crate::cancel_recompute(session, id, now).await).await;
    answer(result, |()| "/performance/values".to_owned(), &Vec::new(), "/performance/values")
}

/// Who sees which part of an activity.
#[utoipa::path(post, path = "/settings/sharing", tag = "forms")]
async fn post_sharing(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let part = |name: &str| Audience::parse(field(&form)(name).unwrap_or_default());
    let shown = Sharing { training: part("training"), map: part("map"), heart_rate: part("heart_rate") };
    let result = platform.database.transact(viewer.id, async |session| crate::save_sharing(session, shown).await).await;
    answer(result, |()| "/settings/privacy?shared=1".to_owned(), &form, "/settings/privacy")
}

/// A zone around where the last activity began.
#[utoipa::path(post, path = "/settings/zones", tag = "forms")]
async fn post_zone(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let name = field(&form)("name").unwrap_or_default().to_owned();
    let everything = field(&form)("everything").is_some();
    let now = platform.clock.now();
    let result = async {
        let radius_m = f64::from(chosen_radius_m(field(&form)("radius"))?);
        let add = async |session: &mut Tx| crate::add_privacy_zone(&platform, session, &name, radius_m, everything, now).await;
        platform.database.transact(viewer.id, add).await
    };
    answer(result.await, |()| "/settings/privacy?shared=1".to_owned(), &form, "/settings/privacy")
}

#[utoipa::path(post, path = "/settings/zones/{id}/remove", tag = "forms")]
async fn post_remove_zone(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact(viewer.id, async |session| crate::remove_privacy_zone(session, id, now).await).await;
    answer(result, |()| "/settings/privacy?shared=1".to_owned(), &Vec::new(), "/settings/privacy")
}

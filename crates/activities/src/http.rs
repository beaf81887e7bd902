//! Endpoints for the forms of activities and for downloads. Each form posts here with and without JavaScript, and is redirected to a page.

use std::collections::HashMap;

use accounts::{CurrentUser, OptionalUser};
use axum::extract::{Form, FromRef, Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use domain::activities::{ActivityUpdate, DatedThresholds, ManualActivity};
use domain::sharing::{Audience, Sharing, chosen_radius_m};
use domain::{Day, Notice};
use platform::{Error, Platform, Tx, forms, percent_encode};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::Download;

/// Everything under `/activities` and `/performance` that writes or downloads.
pub fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
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
        .routes(routes!(save_thresholds))
        .routes(routes!(delete_thresholds))
        .routes(routes!(cancel))
        .routes(routes!(post_sharing))
        .routes(routes!(post_zone))
        .routes(routes!(post_remove_zone))
}

type Fields = Vec<(String, String)>;

fn field<'a>(form: &'a Fields) -> impl Fn(&str) -> Option<&'a str> {
    move |name| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Redirects to a page; a refused form is redirected back with its errors and everything that was typed.
fn redirect<T>(result: Result<T, Error>, then: impl FnOnce(T) -> String, form: &Fields, form_page: &str) -> Response {
    match result {
        Ok(value) => Redirect::to(&then(value)).into_response(),
        Err(error) => forms::redirect_with_errors(error, form_page, &form.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect::<Vec<_>>()),
    }
}

#[utoipa::path(post, path = "/activities/new", tag = "forms")]
async fn add(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let id = platform.ids.uuid(now);
    let result = platform
        .database
        .transact_heavy(viewer.id, async |tx| {
            let manual = ManualActivity::parse(field(&form), platform.clock.today(&viewer.time_zone))?;
            crate::add_manual(tx, id, &manual, now).await
        })
        .await;
    redirect(result, |()| format!("/activities/{id}"), &form, "/activities/new")
}

#[utoipa::path(post, path = "/activities/{id}/change", tag = "forms")]
async fn change(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::change(tx, id, &ActivityUpdate::parse(field(&form))?).await).await;
    redirect(result, |()| format!("/activities/{id}"), &form, &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{id}/crop", tag = "forms")]
async fn crop(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::crop(tx, id, field(&form)).await).await;
    redirect(result, |()| format!("/activities/{id}"), &form, &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{id}/uncrop", tag = "forms")]
async fn uncrop(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::uncrop(tx, id).await).await;
    redirect(result, |()| format!("/activities/{id}"), &Vec::new(), &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{id}/split", tag = "forms")]
async fn split(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::split(tx, id, &platform.ids, field(&form), now).await).await;
    redirect(result, |_| format!("/activities/{id}"), &form, &format!("/activities/{id}/edit"))
}

/// Sets the date and time at which an activity began whose clock was wrong.
#[utoipa::path(post, path = "/activities/{id}/start", tag = "forms")]
async fn set_start(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::set_start(tx, id, field(&form), now).await).await;
    redirect(result, |()| format!("/activities/{id}"), &form, &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{id}/start/reset", tag = "forms")]
async fn reset_start(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::reset_start(tx, id).await).await;
    redirect(result, |()| format!("/activities/{id}"), &Vec::new(), &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{id}/unsplit", tag = "forms")]
async fn unsplit(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::unsplit(tx, id).await).await;
    redirect(result, |first| format!("/activities/{first}"), &Vec::new(), &format!("/activities/{id}/edit"))
}

#[derive(serde::Deserialize)]
struct Other {
    other: Uuid,
}

#[utoipa::path(post, path = "/activities/{id}/merge", tag = "forms")]
async fn merge(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Other>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::merge_into(tx, id, form.other).await).await;
    redirect(result, |()| format!("/activities/{id}"), &Vec::new(), &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{id}/unmerge", tag = "forms")]
async fn unmerge(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(part): Path<Uuid>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::unmerge(tx, part).await).await;
    redirect(result, |whole| format!("/activities/{whole}"), &Vec::new(), &format!("/activities/{part}/edit"))
}

#[utoipa::path(post, path = "/activities/{id}/delete", tag = "forms")]
async fn delete(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::delete(tx, id, platform.ids.uuid(now), now).await).await;
    redirect(result, |()| "/activities".to_owned(), &Vec::new(), &format!("/activities/{id}/edit"))
}

#[utoipa::path(get, path = "/activities/{id}/original", tag = "forms")]
async fn original(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact(viewer.id, async |tx| crate::original(&platform, tx, id).await).await;
    download(result)
}

#[utoipa::path(get, path = "/activities/{id}/export/{format}", tag = "forms")]
async fn export(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path((id, format)): Path<(Uuid, String)>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::export(&platform, tx, id, &format).await).await;
    download(result)
}

/// An activity as GPX, for everyone it is shared with; for its own athlete, as an audience would get it.
#[utoipa::path(get, path = "/shared/{id}/route.gpx", tag = "forms")]
async fn shared(
    State(platform): State<Platform>,
    OptionalUser(viewer): OptionalUser,
    Path(id): Path<Uuid>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let audience = query.get("as").map_or(Audience::Everybody, |a| Audience::parse(a));
    download(crate::shared_gpx(&platform, viewer.map(|v| v.id), id, audience).await)
}

fn download(result: Result<Download, Error>) -> Response {
    match result {
        Ok(file) => {
            // Quotes and line breaks never reach the header; the encoded name carries every character (RFC 6266).
            let plain: String = file.name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' }).collect();
            let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", percent_encode(&file.name));
            let headers = [
                (header::CONTENT_TYPE, file.mime.to_owned()),
                (header::CONTENT_DISPOSITION, disposition),
                (header::CONTENT_LENGTH, file.file.bytes().to_string()),
            ];
            (headers, file.file.into_body()).into_response()
        }
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

/// Stores thresholds and starts the task that rescores old activities with them.
#[utoipa::path(post, path = "/settings/thresholds", tag = "forms")]
async fn save_thresholds(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let result = platform
        .database
        .transact(viewer.id, async |tx| {
            let dated = DatedThresholds::parse(field(&form), platform.clock.today(&viewer.time_zone))?;
            crate::save_thresholds(tx, &dated, now).await?;
            begin_recompute(&platform, tx).await
        })
        .await;
    redirect(result, |()| Notice::Saved.on("/settings/thresholds"), &form, "/settings/thresholds")
}

#[utoipa::path(post, path = "/settings/thresholds/{day}/delete", tag = "forms")]
async fn delete_thresholds(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(day): Path<Day>) -> Response {
    let result = platform
        .database
        .transact(viewer.id, async |tx| {
            crate::delete_thresholds(tx, day.date()).await?;
            begin_recompute(&platform, tx).await
        })
        .await;
    redirect(result, |()| Notice::Saved.on("/settings/thresholds"), &Vec::new(), "/settings/thresholds")
}

async fn begin_recompute(platform: &Platform, tx: &mut Tx) -> Result<(), Error> {
    let now = platform.clock.now();
    crate::start_recompute(tx, platform.ids.uuid(now), "Your thresholds changed.", now).await?;
    Ok(())
}

#[utoipa::path(post, path = "/performance/recompute/{id}/cancel", tag = "forms")]
async fn cancel(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact(viewer.id, async |tx| crate::cancel_recompute(tx, id, now).await).await;
    redirect(result, |()| "/settings/thresholds".to_owned(), &Vec::new(), "/settings/thresholds")
}

/// Saves who sees which part of an activity.
#[utoipa::path(post, path = "/settings/sharing", tag = "forms")]
async fn post_sharing(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let audience = |name: &str| Audience::parse(field(&form)(name).unwrap_or_default());
    let sharing = Sharing { training: audience("training"), map: audience("map"), heart_rate: audience("heart_rate") };
    let result = platform.database.transact(viewer.id, async |tx| crate::save_sharing(tx, sharing).await).await;
    redirect(result, |()| Notice::Saved.on("/settings/privacy"), &form, "/settings/privacy")
}

/// Creates a privacy zone around where the latest activity began.
#[utoipa::path(post, path = "/settings/privacy-zones", tag = "forms")]
async fn post_zone(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let name = field(&form)("name").unwrap_or_default().to_owned();
    let everything = field(&form)("everything").is_some();
    let now = platform.clock.now();
    let result = async {
        let radius_m = f64::from(chosen_radius_m(field(&form)("radius"))?);
        let add = async |tx: &mut Tx| crate::add_privacy_zone(&platform, tx, &name, radius_m, everything, now).await;
        platform.database.transact(viewer.id, add).await
    };
    redirect(result.await, |()| Notice::Saved.on("/settings/privacy"), &form, "/settings/privacy")
}

#[utoipa::path(post, path = "/settings/privacy-zones/{id}/remove", tag = "forms")]
async fn post_remove_zone(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact(viewer.id, async |tx| crate::remove_privacy_zone(tx, id, now).await).await;
    redirect(result, |()| Notice::Saved.on("/settings/privacy"), &Vec::new(), "/settings/privacy")
}

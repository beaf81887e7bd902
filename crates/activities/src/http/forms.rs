//! Endpoints for the forms of activities and for downloads. Each form posts here with and without JavaScript, and is redirected to a page.

use std::collections::HashMap;

use accounts::{CurrentUser, OptionalUser};
use axum::extract::{Form, FromRef, Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::{Access, Limit};
use domain::activities::{ActivityUpdate, DatedThresholds, ManualActivity, RecomputeReason};
use domain::sharing::{Audience, Sharing, chosen_radius_m};
use domain::{Day, Notice};
use platform::forms::Fields;
use platform::http::{Endpoints, FORM, Kept};
use platform::{Error, Platform, Tx, forms, percent_encode};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::Download;

/// Everything under `/activities` and `/performance` that writes or downloads.
pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(add), Access::Athlete, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(change), Access::ResourceOwner, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(crop), Access::ResourceOwner, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(uncrop), Access::ResourceOwner, Limit::General)
        .route(routes!(split), Access::ResourceOwner, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(set_start), Access::ResourceOwner, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(reset_start), Access::ResourceOwner, Limit::General)
        .route(routes!(unsplit), Access::ResourceOwner, Limit::General)
        .route(routes!(merge), Access::ResourceOwner, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(unmerge), Access::ResourceOwner, Limit::General)
        .route(routes!(delete), Access::ResourceOwner, Limit::General)
        .route(routes!(original), Access::ResourceOwner, Limit::General)
        .route(routes!(export), Access::ResourceOwner, Limit::General)
        .route(routes!(shared), Access::Shared, Limit::General)
        .route(routes!(save_thresholds), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(delete_thresholds), Access::Athlete, Limit::General)
        .route(routes!(cancel), Access::ResourceOwner, Limit::General)
        .route(routes!(post_sharing), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(post_zone), Access::Athlete, Limit::General)
        .kept(Kept::Whole)
        .route(routes!(post_remove_zone), Access::ResourceOwner, Limit::General)
}

pub(super) fn field<'a>(form: &'a Fields) -> impl Fn(&str) -> Option<&'a str> {
    |name| forms::field(form, name)
}

/// Redirects to a page; a refused form is redirected back with its errors and everything that was typed.
pub(super) fn redirect<T>(result: Result<T, Error>, then: impl FnOnce(T) -> String, form: &Fields, form_page: &str) -> Response {
    match result {
        Ok(value) => Redirect::to(&then(value)).into_response(),
        Err(error) => forms::redirect_with_errors(error, form_page, &forms::pairs(form).collect::<Vec<_>>()),
    }
}

#[utoipa::path(post, path = "/activities/new", tag = "forms",
    request_body(content_type = FORM, example = json!({"title": "x", "sport": "running", "day": "2026-01-05", "time": "08:00", "duration": "45:00"})))]
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

#[utoipa::path(post, path = "/activities/{activity}/change", tag = "forms",
    request_body(content_type = FORM, example = json!({"title": "x", "sport": "running"})))]
async fn change(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::change(tx, id, &ActivityUpdate::parse(field(&form))?).await).await;
    redirect(result, |()| format!("/activities/{id}"), &form, &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{activity}/crop", tag = "forms",
    request_body(content_type = FORM, example = json!({"from": "1:00", "to": "9:00"})))]
async fn crop(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::crop(tx, id, field(&form)).await).await;
    redirect(result, |()| format!("/activities/{id}"), &form, &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{activity}/uncrop", tag = "forms")]
async fn uncrop(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::uncrop(tx, id).await).await;
    redirect(result, |()| format!("/activities/{id}"), &Vec::new(), &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{activity}/split", tag = "forms",
    request_body(content_type = FORM, example = json!({"at": "10:00"})))]
async fn split(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::split(tx, id, &platform.ids, field(&form), now).await).await;
    redirect(result, |_| format!("/activities/{id}"), &form, &format!("/activities/{id}/edit"))
}

/// Sets the date and time at which an activity began whose clock was wrong.
#[utoipa::path(post, path = "/activities/{activity}/start", tag = "forms",
    request_body(content_type = FORM, example = json!({"day": "2026-01-05", "time": "10:00"})))]
async fn set_start(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::set_start(tx, id, field(&form), now).await).await;
    redirect(result, |()| format!("/activities/{id}"), &form, &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{activity}/start/reset", tag = "forms")]
async fn reset_start(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::reset_start(tx, id).await).await;
    redirect(result, |()| format!("/activities/{id}"), &Vec::new(), &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{half}/unsplit", tag = "forms")]
async fn unsplit(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::unsplit(tx, id).await).await;
    redirect(result, |first| format!("/activities/{first}"), &Vec::new(), &format!("/activities/{id}/edit"))
}

#[derive(serde::Deserialize)]
struct Other {
    other: Uuid,
}

#[utoipa::path(post, path = "/activities/{activity}/merge", tag = "forms",
    request_body(content_type = FORM, example = json!({"other": "{other_activity}"})))]
async fn merge(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>, Form(form): Form<Other>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::merge_into(tx, id, form.other).await).await;
    redirect(result, |()| format!("/activities/{id}"), &Vec::new(), &format!("/activities/{id}/edit"))
}

#[utoipa::path(post, path = "/activities/{part}/unmerge", tag = "forms")]
async fn unmerge(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(part): Path<Uuid>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::unmerge(tx, part).await).await;
    redirect(result, |whole| format!("/activities/{whole}"), &Vec::new(), &format!("/activities/{part}/edit"))
}

#[utoipa::path(post, path = "/activities/{activity}/delete", tag = "forms")]
async fn delete(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::delete(tx, id, platform.ids.uuid(now), now).await).await;
    redirect(result, |()| "/activities".to_owned(), &Vec::new(), &format!("/activities/{id}/edit"))
}

#[utoipa::path(get, path = "/activities/{activity}/original", tag = "forms")]
async fn original(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let result = platform.database.transact(viewer.id, async |tx| crate::original(&platform, tx, id).await).await;
    download(result)
}

#[utoipa::path(get, path = "/activities/{activity}/export/{format}", tag = "forms")]
async fn export(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path((id, format)): Path<(Uuid, String)>) -> Response {
    let result = platform.database.transact_heavy(viewer.id, async |tx| crate::export(&platform, tx, id, &format).await).await;
    download(result)
}

/// An activity as GPX, for everyone it is shared with; for its own athlete, as an audience would get it.
#[utoipa::path(get, path = "/shared/{activity}/route.gpx", tag = "forms")]
async fn shared(
    State(platform): State<Platform>,
    OptionalUser(viewer): OptionalUser,
    Path(id): Path<Uuid>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let audience = query.get("as").map_or(Audience::Everybody, |a| Audience::parse(a));
    download(crate::shared_gpx(&platform, viewer.map(|v| v.id), id, audience).await)
}

pub(super) fn download(result: Result<Download, Error>) -> Response {
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
#[utoipa::path(post, path = "/settings/thresholds", tag = "forms",
    request_body(content_type = FORM, example = json!({"valid_from": "{day}", "resting_hr": "47"})))]
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
    crate::start_recompute(tx, platform.ids.uuid(now), RecomputeReason::Thresholds, now).await?;
    Ok(())
}

#[utoipa::path(post, path = "/performance/recompute/{recompute}/cancel", tag = "forms")]
async fn cancel(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact(viewer.id, async |tx| crate::cancel_recompute(tx, id, now).await).await;
    redirect(result, |()| "/settings/thresholds".to_owned(), &Vec::new(), "/settings/thresholds")
}

/// Saves who sees which part of an activity.
#[utoipa::path(post, path = "/settings/sharing", tag = "forms",
    request_body(content_type = FORM, example = json!({"map": "everybody"})))]
async fn post_sharing(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Form(form): Form<Fields>) -> Response {
    let audience = |name: &str| Audience::parse(field(&form)(name).unwrap_or_default());
    let sharing = Sharing { training: audience("training"), map: audience("map"), heart_rate: audience("heart_rate") };
    let result = platform.database.transact(viewer.id, async |tx| crate::save_sharing(tx, sharing).await).await;
    redirect(result, |()| Notice::Saved.on("/settings/privacy"), &form, "/settings/privacy")
}

/// Creates a privacy zone around where the latest activity began.
#[utoipa::path(post, path = "/settings/privacy-zones", tag = "forms",
    request_body(content_type = FORM, example = json!({"name": "x", "radius": "500"})))]
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

#[utoipa::path(post, path = "/settings/privacy-zones/{zone}/remove", tag = "forms")]
async fn post_remove_zone(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(id): Path<Uuid>) -> Response {
    let now = platform.clock.now();
    let result = platform.database.transact(viewer.id, async |tx| crate::remove_privacy_zone(tx, id, now).await).await;
    redirect(result, |()| Notice::Saved.on("/settings/privacy"), &Vec::new(), "/settings/privacy")
}

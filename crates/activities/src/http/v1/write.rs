//! Adding, changing and deleting activities. A recording is uploaded to `/v1/imports`.

use accounts::ApiUser;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDateTime;
use domain::activities::{ActivityUpdate, ManualActivity};
use platform::rest::{Done, IdempotencyKey, IfMatch, Once, Refused, Tagged};
use platform::{ChargedTo, Error, Platform, Tx};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::Activity;

/// An activity without a recording.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewActivity {
    /// 1 to 200 characters; without it, what the sport is called.
    title: Option<String>,
    /// `running`, `walking`, `cycling`, `swimming`, `transition` or `other`.
    sport: String,
    /// The start on the athlete's clock.
    local_start: NaiveDateTime,
    /// Seconds, stops included.
    elapsed_s: f64,
    /// Metres.
    distance_m: Option<f64>,
    /// Mean heart rate in beats per minute.
    avg_hr_bpm: Option<f64>,
    /// Metres climbed.
    elevation_gain_m: Option<f64>,
    /// At most 10,000 characters.
    #[serde(default)]
    description: String,
}

/// What changes; what is missing stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ActivityChange {
    /// 1 to 200 characters.
    title: Option<String>,
    /// `running`, `walking`, `cycling`, `swimming`, `transition` or `other`.
    sport: Option<String>,
    /// At most 10,000 characters.
    description: Option<String>,
    /// Shoes or bicycle, at most 100 characters; an empty text removes it.
    gear: Option<String>,
    /// Words of one's own, at most twenty of thirty characters; they are kept in lower case.
    tags: Option<Vec<String>>,
}

/// Adds an activity without a recording.
#[utoipa::path(post, path = "/v1/activities", tag = "activities", params(IdempotencyKey),
    request_body(content = NewActivity, example = json!({"title": "x", "sport": "running", "local_start": "2026-01-05T08:00:00", "elapsed_s": 2700})),
    responses((status = 201, body = Activity, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
pub(super) async fn create(State(platform): State<Platform>, ApiUser(viewer): ApiUser, request: Once<NewActivity>) -> Result<Response, Refused> {
    let now = platform.clock.now();
    let id = platform.ids.uuid(now);
    let add = async |tx: &mut Tx, new: NewActivity| {
        let manual = ManualActivity {
            title: new.title.unwrap_or_default(),
            sport: new.sport,
            kind: None,
            local_start: new.local_start,
            elapsed_s: new.elapsed_s,
            distance_m: new.distance_m,
            avg_hr_bpm: new.avg_hr_bpm,
            elevation_gain_m: new.elevation_gain_m,
            description: new.description,
        };
        crate::add_manual(tx, id, &manual.checked(platform.clock.today(&viewer.time_zone))?, now).await?;
        Ok(Done::created(format!("/v1/activities/{id}"), Activity::from(crate::detail(tx, id).await?)))
    };
    Ok(platform::with_heavy_permit(ChargedTo::Account(viewer.id), Box::pin(request.run(&platform, viewer.id, add))).await?)
}

/// Changes title, sport, description, gear or tags.
#[utoipa::path(patch, path = "/v1/activities/{activity}", tag = "activities", params(("activity" = Uuid, Path, description = "Its id"), IfMatch),
    request_body(content = ActivityChange, example = json!({"title": "x"})),
    responses((status = 200, body = Activity, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
pub(super) async fn change(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(change): Json<ActivityChange>,
) -> Result<Tagged<Activity>, Refused> {
    let act = async |tx: &mut Tx| {
        // Also without a condition: what the client does not send stays as it is now.
        let before = locked(tx, id).await?;
        if_match.check(tx, async |_| Ok(&before)).await?;
        let tags = change.tags.as_ref().map(|tags| tags.join(","));
        let update = ActivityUpdate::parse(|name| match name {
            "title" => Some(change.title.as_deref().unwrap_or(&before.summary.title)),
            "sport" => Some(change.sport.as_deref().unwrap_or(&before.summary.sport)),
            "description" => Some(change.description.as_deref().unwrap_or(&before.description)),
            "kind" => None,
            "tags" => tags.as_deref(),
            _ => change.gear.as_deref().or(before.gear.as_deref()),
        })?;
        crate::change(tx, id, &update).await?;
        Ok(Tagged(Activity::from(crate::detail(tx, id).await?)))
    };
    Ok(platform.database.transact_heavy(viewer.id, act).await?)
}

/// Moves an activity to the trash, where it is kept for thirty days.
#[utoipa::path(delete, path = "/v1/activities/{activity}", tag = "activities", params(("activity" = Uuid, Path, description = "Its id"), IfMatch),
    responses((status = 204)))]
pub(super) async fn delete(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<StatusCode, Refused> {
    let now = platform.clock.now();
    let act = async |tx: &mut Tx| {
        if_match.check(tx, async |tx| locked(tx, id).await).await?;
        crate::delete(tx, id, platform.ids.uuid(now), now).await
    };
    platform.database.transact_heavy(viewer.id, act).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An activity that nobody else changes until the transaction ends.
async fn locked(tx: &mut Tx, id: Uuid) -> Result<Activity, Error> {
    crate::lock(tx).await?;
    crate::read::lock(tx, id).await?;
    Ok(crate::detail(tx, id).await?.into())
}

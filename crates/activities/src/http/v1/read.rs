//! Reading activities.

use accounts::ApiUser;
use axum::Json;
use axum::extract::{Path, Query, State};
use domain::list::Order;
use platform::Platform;
use platform::rest::{After, List, Refused, Tagged};
use uuid::Uuid;

use super::model::{Activity, ActivitySummary};

/// The athlete's activities, newest first, twenty-five a page.
#[utoipa::path(get, path = "/v1/activities", tag = "activities", params(After),
    responses((status = 200, body = List<ActivitySummary>)))]
pub(super) async fn list(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Query(query): Query<After>,
) -> Result<Json<List<ActivitySummary>>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Json(crate::read::page(&mut tx, &query.request(Order::Moment)?).await?.map(ActivitySummary::from).into()))
}

/// An activity with its metrics, splits, laps and best efforts.
#[utoipa::path(get, path = "/v1/activities/{activity}", tag = "activities", params(("activity" = Uuid, Path, description = "Its id")),
    responses((status = 200, body = Activity, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
pub(super) async fn get(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(id): Path<Uuid>) -> Result<Tagged<Activity>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Tagged(crate::detail(&mut tx, id).await?.into()))
}

//! Reading activities.

use accounts::ApiUser;
use axum::Json;
use axum::extract::{Path, Query, State};
use domain::Problem;
use domain::activities::{Filter, ListRequest, Sort};
use domain::list::Order;
use domain::units::Units;
use platform::Platform;
use platform::rest::{After, List, Refused, Tagged};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::model::{Activity, ActivitySummary};

/// The query of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    /// `next` of the page before; without it, the first page.
    after: Option<String>,
    /// `newest`, `oldest`, `distance`, `duration`, `speed`, `heart_rate`, `climb` or `load`: the largest first. Without it, the newest first.
    sort: Option<String>,
    /// Kinds, with commas between them: `run,trail_run`.
    sport: Option<String>,
    /// The first day.
    from: Option<String>,
    /// The last day.
    to: Option<String>,
    /// The smallest distance in metres.
    min_distance_m: Option<String>,
    /// The largest distance in metres.
    max_distance_m: Option<String>,
    /// The shortest time in motion, in seconds.
    min_moving_s: Option<String>,
    /// The longest time in motion, in seconds.
    max_moving_s: Option<String>,
    /// The lowest mean heart rate in beats per minute.
    min_hr_bpm: Option<String>,
    /// The highest mean heart rate in beats per minute.
    max_hr_bpm: Option<String>,
    /// A tag.
    tag: Option<String>,
    /// Shoes or bicycle.
    gear: Option<String>,
    /// Words in the title, the tags, the gear or the beginning of the description.
    q: Option<String>,
    /// The id of an activity: those that began within a kilometre of where it began.
    near: Option<String>,
}

impl ListQuery {
    fn request(self) -> Result<ListRequest, Problem> {
        let fields = [
            ("sport", &self.sport),
            ("from", &self.from),
            ("to", &self.to),
            ("min_distance_m", &self.min_distance_m),
            ("max_distance_m", &self.max_distance_m),
            ("min_moving_s", &self.min_moving_s),
            ("max_moving_s", &self.max_moving_s),
            ("min_hr_bpm", &self.min_hr_bpm),
            ("max_hr_bpm", &self.max_hr_bpm),
            ("tag", &self.tag),
            ("gear", &self.gear),
            ("q", &self.q),
            ("near", &self.near),
        ];
        let (filter, mut errors) = Filter::read(fields.into_iter().filter_map(|(name, text)| Some((name, text.as_deref()?))));
        let sort = Sort::parse(self.sort.as_deref().unwrap_or_default());
        if self.sort.as_deref().is_some_and(|code| code != sort.code()) {
            errors.add("sort", "One of the orders of the documentation.");
        }
        errors.into_result()?;
        Ok(ListRequest { filter, sort, page: After { after: self.after }.request(Order::Moment)? })
    }
}

/// The athlete's activities that the query lets in, twenty-five a page.
#[utoipa::path(get, path = "/v1/activities", tag = "activities", params(ListQuery),
    responses((status = 200, body = List<ActivitySummary>)))]
pub(super) async fn list(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Query(query): Query<ListQuery>,
) -> Result<Json<List<ActivitySummary>>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    let list = crate::read::list(&mut tx, &query.request()?, Units::default()).await?;
    Ok(Json(list.page.map(ActivitySummary::from).into()))
}

/// An activity with its metrics, splits, laps and best efforts.
#[utoipa::path(get, path = "/v1/activities/{activity}", tag = "activities", params(("activity" = Uuid, Path, description = "Its id")),
    responses((status = 200, body = Activity, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
pub(super) async fn get(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(id): Path<Uuid>) -> Result<Tagged<Activity>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Tagged(crate::detail(&mut tx, id).await?.into()))
}

//! The list of activities, a page for each, editing, and the performance they add up to.

mod among;
mod assumed;
mod balance;
mod edit;
mod event;
mod felt;
mod gear;
mod intervals;
mod laps;
mod list;
mod load;
mod map;
mod new;
mod page;
mod parts;
mod performance;
mod provenance;
mod records;
mod route;
mod seasons;
mod shared;
mod thresholds;
mod tracks;

use chrono::NaiveDate;
use domain::access::Access;
use domain::activities::{DatedThresholds, Detail, Gear, ListView, Performance, PerformanceQuery, PickedPart, Recompute, Related, RouteMap, Stretch};
use domain::list::PageRequest;
use domain::sharing::{Audience, Shared};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::AppError;
use crate::json::Json;

use crate::ui::Icon;
use crate::ui::navigation::{Entry, Place};
use crate::ui::pages::{functions, pages};
pub use edit::EditPage;
pub use gear::GearPage;
pub use list::ActivitiesPage;
pub use new::NewPage;
pub use page::ActivityPage;
pub use performance::PerformancePage;
pub use shared::{AthletePage, SharedPage};
pub use thresholds::ThresholdsPage;

pages! {
    activities_edit, __preload_activities_edit {
        "/activities/new" => NewPage, Access::Athlete,
        "/activities/:activity/edit" => EditPage, Access::ResourceOwner,
        "/gear" => GearPage, Access::Athlete,
    }
    activities_performance, __preload_activities_performance {
        "/performance" => PerformancePage, Access::Athlete,
        "/settings/thresholds" => ThresholdsPage, Access::Athlete,
    }
    activities, __preload_activities {
        "/activities" => ActivitiesPage, Access::Athlete,
        "/activities/:activity" => ActivityPage, Access::ResourceOwner,
    }
    activities_shared, __preload_activities_shared {
        "/shared/:activity" => SharedPage, Access::Shared,
        "/athletes/:athlete" => AthletePage, Access::ResourceOwner,
    }
}

/// Links to the pages.
pub(crate) const NAVIGATION: &[Entry] = &[
    Entry::new(Place::Sidebar, "/activities", "Activities", Some(Icon::Activities)),
    Entry::new(Place::Sidebar, "/performance", "Fitness", Some(Icon::Performance)),
    Entry::new(Place::Tab(1), "/activities", "Activities", Some(Icon::Activities)),
    Entry::new(Place::Settings(3), "/settings/thresholds", "Thresholds and zones", None),
];

functions! {
    ListActivities => Access::Athlete, r#"{"query": "sport=run&q=a"}"#,
    GetGear => Access::Athlete, "{}",
    GetActivity => Access::ResourceOwner, r#"{"id": "{activity}"}"#,
    GetStretch => Access::ResourceOwner, r#"{"id": "{activity}", "part": {"from": 0, "to": 500, "timed": false, "drawn": true}}"#,
    GetRouteMap => Access::ResourceOwner, r#"{"id": "{activity}"}"#,
    GetOverlapping => Access::Athlete, r#"{"id": "{activity}"}"#,
    GetShared => Access::Shared, r#"{"id": "{activity}", "audience": "organisation"}"#,
    GetSharedBy => Access::ResourceOwner, r#"{"athlete": "{athlete}", "request": {"after": null}}"#,
    GetPerformance => Access::Athlete, r#"{"query": {"range": "season", "own": true, "sport": "cycling"}}"#,
    GetThresholds => Access::Athlete, "{}",
    GetToday => Access::Athlete, "{}",
}

/// The page of the list that an address asks for, after its question mark; what cannot be read of it is left out.
#[server(prefix = "/api", endpoint = "activities/list", input = Json, output = Json)]
pub async fn list_activities(query: String) -> Result<ListView, AppError> {
    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    activities::list_view(&mut tx, &query, viewer.units, today(&platform, &viewer)).await.map_err(to_app_error)
}

/// All shoes and bicycles.
#[server(prefix = "/api", endpoint = "activities/gear", input = Json, output = Json)]
pub async fn get_gear() -> Result<Vec<Gear>, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (_, _, mut tx) = user_tx().await?;
    activities::all_gear(&mut tx).await.map_err(to_app_error)
}

/// Everything about one activity.
#[server(prefix = "/api", endpoint = "activities/detail", input = Json, output = Json)]
pub async fn get_activity(id: Uuid) -> Result<Detail, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    let detail = activities::detail_in(&mut tx, id, viewer.units).await.map_err(to_app_error)?;
    let map_host = platform.config.map.tiles.as_ref().map(|tiles| tiles.host().to_owned());
    Ok(Detail { map_host, ..detail })
}

/// The numbers of a part of an activity, and its charts by itself if they are wanted; `None` if nothing was recorded there.
#[server(prefix = "/api", endpoint = "activities/stretch", input = Json, output = Json)]
pub async fn get_stretch(id: Uuid, part: PickedPart) -> Result<Option<Stretch>, AppError> {
    use crate::server::{current_user, platform, to_app_error};
    let (platform, viewer) = (platform()?, current_user()?);
    let read = async {
        let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
        activities::stretch(&mut tx, id, part).await
    };
    // A whole recording is in memory meanwhile.
    platform::with_heavy_permit(platform::ChargedTo::Account(viewer.id), Box::pin(read)).await.map_err(to_app_error)
}

/// The map under an activity's route; `None` if the operator has none, or without positions.
#[server(prefix = "/api", endpoint = "activities/map", input = Json, output = Json)]
pub async fn get_route_map(id: Uuid) -> Result<Option<RouteMap>, AppError> {
    use ::platform::config::Tiles;

    use crate::server::{current_user, platform, to_app_error};
    let (platform, viewer) = (platform()?, current_user()?);
    let map = platform.config.map.clone();
    let read = async {
        let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
        activities::route_map(&mut tx, id, map.tiles.as_ref().map(Tiles::address), &map.attribution).await
    };
    // A whole recording is in memory meanwhile.
    platform::with_heavy_permit(platform::ChargedTo::Account(viewer.id), Box::pin(read)).await.map_err(to_app_error)
}

/// Other activities at the time of one.
#[server(prefix = "/api", endpoint = "activities/overlapping", input = Json, output = Json)]
pub async fn get_overlapping(id: Uuid) -> Result<Vec<Related>, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (_, _, mut tx) = user_tx().await?;
    activities::overlapping(&mut tx, id).await.map_err(to_app_error)
}

/// An activity as another user sees it; `None` for its own athlete if they share nothing with that audience.
#[server(prefix = "/api", endpoint = "shared/activity", input = Json, output = Json)]
pub async fn get_shared(id: Uuid, audience: Audience) -> Result<Option<Shared>, AppError> {
    use crate::server::{current_user_opt, platform, to_app_error, units};
    activities::view_shared_activity(&platform()?, current_user_opt().map(|v| v.id), id, audience, units()).await.map_err(to_app_error)
}

/// What an athlete shares with a coach.
#[server(prefix = "/api", endpoint = "shared/by", input = Json, output = Json)]
pub async fn get_shared_by(athlete: Uuid, request: PageRequest) -> Result<domain::sharing::SharedPage, AppError> {
    use crate::server::{current_user, platform, to_app_error};
    activities::list_shared_activities(&platform()?, current_user()?.id, athlete, &request).await.map_err(to_app_error)
}

/// Fitness, capacity, records.
#[server(prefix = "/api", endpoint = "performance", input = Json, output = Json)]
pub async fn get_performance(query: PerformanceQuery) -> Result<Performance, AppError> {
    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    let today = today(&platform, &viewer);
    let (tomorrow, end) = (today.succ_opt().unwrap_or(today), today + chrono::Days::new(activities::FORECAST_DAYS));
    let asked = query.sport.clone();
    let ahead = plan::loads(&mut tx, tomorrow, end, today, asked.as_deref()).await.map_err(to_app_error)?;
    let found = activities::performance(&mut tx, today, query, &ahead).await.map_err(to_app_error)?;
    if found.query.sport == asked {
        return Ok(found);
    }
    // There are no loads of that sport, so it is all sports, with all of the plan.
    let ahead = plan::loads(&mut tx, tomorrow, end, today, None).await.map_err(to_app_error)?;
    activities::performance(&mut tx, today, found.query, &ahead).await.map_err(to_app_error)
}

/// The athlete's thresholds, and the progress of recomputing with them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThresholdsView {
    /// Oldest first.
    pub dated: Vec<DatedThresholds>,
    /// The last recompute task.
    pub task: Option<Recompute>,
    /// The weight that holds today, in kilograms, and the day that it is of.
    pub weight: Option<(NaiveDate, f64)>,
    /// Today's date in the athlete's time zone.
    pub today: NaiveDate,
}

/// Thresholds with the dates from which they hold.
#[server(prefix = "/api", endpoint = "performance/values", input = Json, output = Json)]
pub async fn get_thresholds() -> Result<ThresholdsView, AppError> {
    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    let dated = activities::thresholds(&mut tx).await.map_err(to_app_error)?;
    let task = activities::last_recompute(&mut tx).await.map_err(to_app_error)?;
    let today = today(&platform, &viewer);
    let weight = journal::number_on(&mut tx, domain::measures::keys::WEIGHT_KG, today).await.map_err(to_app_error)?;
    Ok(ThresholdsView { dated, task, weight, today })
}

/// Today's date in the athlete's time zone.
#[server(prefix = "/api", endpoint = "today", input = Json, output = Json)]
pub async fn get_today() -> Result<NaiveDate, AppError> {
    use crate::server::{current_user, platform, today};
    Ok(today(&platform()?, &current_user()?))
}

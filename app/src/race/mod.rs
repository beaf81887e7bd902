//! The race planner: a course or a distance, a target time, and the splits to it.

mod address;
mod chart;
mod courses;
mod form;
mod page;
mod plan;
mod print;

use domain::access::Access;
use domain::race::{RaceView, Typed};
use leptos::prelude::*;

use crate::AppError;
use crate::json::Json;
use crate::ui::navigation::Entry;
use crate::ui::pages::{functions, pages};
pub use page::RacePage;

pages! {
    race, __preload_race {
        "/performance/race" => RacePage, Access::Athlete,
    }
}

/// No links of its own: the fitness page, activities and races lead here.
pub(crate) const NAVIGATION: &[Entry] = &[];

functions! {
    GetRace => Access::Athlete,
        r#"{"typed": {"on": "{course}", "far": "", "units": null, "target": "25:00", "pacing": "effort", "by": "km", "activity": "{activity}"}}"#,
}

/// What the planner shows for an address.
#[server(prefix = "/api", endpoint = "performance/race", input = Json, output = Json)]
pub async fn get_race(typed: Typed) -> Result<RaceView, AppError> {
    use crate::server::{current_user, platform, to_app_error, today};
    let (platform, viewer) = (platform()?, current_user()?);
    let today = today(&platform, &viewer);
    let read = async {
        let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
        let view = ::race::view(&mut tx, typed, viewer.units, today).await?;
        Ok((view, onboarding::goals(&mut tx).await?.races))
    };
    // A long course is smoothed meanwhile.
    let (view, races) = platform::with_heavy_permit(platform::ChargedTo::Account(viewer.id), Box::pin(read)).await.map_err(to_app_error)?;
    let races = races.into_iter().filter(|race| race.day >= today);
    let races = races.map(Into::into).collect();
    Ok(RaceView { races, ..view })
}

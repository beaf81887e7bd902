//! Planning: a session as a line of text, a week again, and the address of the plan for a calendar.

mod copy;
mod feed;
mod session;
mod steps;

use domain::access::Access;
use domain::plan::{Planned, SessionView, Target, about_time, write};
use domain::units::{Units, decimal};
use leptos::prelude::*;
use uuid::Uuid;

use crate::AppError;
use crate::json::Json;
use crate::ui::navigation::Entry;
use crate::ui::pages::{functions, pages};
pub use copy::PlanCopyPage;
pub use feed::PlanFeedPage;
pub use session::{PlanNewPage, PlanSessionPage};
pub(crate) use steps::Drawing;

pages! {
    plan, __preload_plan {
        "/plan/new" => PlanNewPage, Access::Athlete,
        "/plan/copy" => PlanCopyPage, Access::Athlete,
        "/plan/feed" => PlanFeedPage, Access::Athlete,
        "/plan/:planned_session" => PlanSessionPage, Access::ResourceOwner,
    }
}

/// No links of its own: the calendar leads here.
pub(crate) const NAVIGATION: &[Entry] = &[];

/// A session in a line: its steps, and the time and the load that it comes to.
pub(crate) fn in_short(planned: &Planned, units: Units) -> String {
    let about = if matches!(planned.session.target, Target::Load(_)) { "" } else { "about " };
    let comes_to = [
        planned.expected.seconds.map(|seconds| format!("About {}", about_time(seconds))),
        planned.expected.load.map(|load| format!("load {about}{}", decimal(load, 0))),
    ];
    let comes_to = comes_to.into_iter().flatten().collect::<Vec<_>>().join(", ");
    [write(&planned.session.steps, units), comes_to].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ")
}

functions! {
    GetPlannedSession => Access::ResourceOwner, r#"{"id": "{planned_session}"}"#,
    GetCalendarFeed => Access::Athlete, "{}",
}

/// A session with what it became, or the day that it is for a new one.
#[server(prefix = "/api", endpoint = "plan/session", input = Json, output = Json)]
pub async fn get_planned_session(id: Option<Uuid>) -> Result<SessionView, AppError> {
    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    let today = today(&platform, &viewer);
    ::plan::session_view(&mut tx, id, today).await.map_err(to_app_error)
}

/// When the address for a calendar was made, in the athlete's time zone, if there is one.
#[server(prefix = "/api", endpoint = "plan/feed", input = Json, output = Json)]
pub async fn get_calendar_feed() -> Result<Option<chrono::NaiveDate>, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (_, viewer, mut tx) = user_tx().await?;
    let since = ::plan::has_feed(&mut tx).await.map_err(to_app_error)?;
    Ok(since.map(|at| platform::clock::on_wall(at, &viewer.time_zone).date()))
}

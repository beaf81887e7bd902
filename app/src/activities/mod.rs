//! The list of activities, and a page for each.

mod list;
mod page;
mod run_charts;

use domain::activities::{Detail, Page};
use leptos::prelude::*;
use uuid::Uuid;

use crate::AppError;

pub use list::ActivitiesPage;
pub use page::ActivityPage;

/// One page of the list, newest first.
#[server(prefix = "/api", endpoint = "activities/list", input = leptos::server_fn::codec::Json)]
pub async fn list_activities(page: u32) -> Result<Page, AppError> {
    use crate::server::{fail, session};
    let (_, _, mut session) = session().await?;
    activities::list(&mut session, page).await.map_err(fail)
}

/// Everything about one activity.
#[server(prefix = "/api", endpoint = "activities/detail", input = leptos::server_fn::codec::Json)]
pub async fn get_activity(id: Uuid) -> Result<Detail, AppError> {
    use crate::server::{fail, session};
    let (_, _, mut session) = session().await?;
    activities::detail(&mut session, id).await.map_err(fail)
}

//! Onboarding: seven steps, one question a screen. Each is a plain form, each can be skipped, and the account remembers where somebody was.

mod availability;
mod body;
mod done;
mod frame;
mod goals;
mod import;
mod questions;
mod stage;
mod thresholds;

use domain::access::Access;
use domain::onboarding::{Availability, BodyView, GoalsView, QuestionsView, Stage as Stages, ThresholdsView};
use leptos::prelude::*;

use crate::AppError;
use crate::json::Json;
use crate::ui::navigation::Entry;
use crate::ui::pages::{functions, pages};
pub use availability::AvailabilityPage;
pub use body::BodyPage;
pub use done::{DonePage, FirstFinding};
pub use goals::GoalsPage;
pub use import::ImportStepPage;
pub use questions::QuestionsPage;
pub use stage::{Resume, Stage};
pub use thresholds::FoundThresholdsPage;

pages! {
    onboarding, __preload_onboarding {
        "/welcome/goals" => GoalsPage, Access::Athlete,
        "/welcome/import" => ImportStepPage, Access::Athlete,
        "/welcome/availability" => AvailabilityPage, Access::Athlete,
        "/welcome/body" => BodyPage, Access::Athlete,
        "/welcome/thresholds" => FoundThresholdsPage, Access::Athlete,
        "/welcome/questions" => QuestionsPage, Access::Athlete,
        "/welcome/done" => DonePage, Access::Athlete,
    }
}

/// Nothing links here but home, while steps are left, and the settings ([`Stage`]).
pub(crate) const NAVIGATION: &[Entry] = &[];

functions! {
    GetGoals => Access::Athlete, "{}",
    GetAvailability => Access::Athlete, "{}",
    GetBody => Access::Athlete, "{}",
    GetFoundThresholds => Access::Athlete, "{}",
    GetQuestions => Access::Athlete, "{}",
    GetFirstFinding => Access::Athlete, "{}",
    GetStage => Access::Athlete, "{}",
}

/// What the athlete runs for.
#[server(prefix = "/api", endpoint = "onboarding/goals", input = Json, output = Json)]
pub async fn get_goals() -> Result<GoalsView, AppError> {
    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    let goals = onboarding::goals(&mut tx).await.map_err(to_app_error)?;
    Ok(GoalsView { goals, today: today(&platform, &viewer) })
}

/// When the athlete could run.
#[server(prefix = "/api", endpoint = "onboarding/availability", input = Json, output = Json)]
pub async fn get_availability() -> Result<Availability, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (_, _, mut tx) = user_tx().await?;
    Ok(onboarding::availability(&mut tx).await.map_err(to_app_error)?.unwrap_or_default())
}

/// What is known of the body.
#[server(prefix = "/api", endpoint = "onboarding/body", input = Json, output = Json)]
pub async fn get_body() -> Result<BodyView, AppError> {
    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    onboarding::body(&mut tx, today(&platform, &viewer)).await.map_err(to_app_error)
}

/// The thresholds that were found in what was imported, and those that are confirmed.
#[server(prefix = "/api", endpoint = "onboarding/thresholds", input = Json, output = Json)]
pub async fn get_found_thresholds() -> Result<ThresholdsView, AppError> {
    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    let today = today(&platform, &viewer);
    let found = activities::found_thresholds(&mut tx, today).await.map_err(to_app_error)?;
    let known = domain::activities::Thresholds::on(today, &activities::thresholds(&mut tx).await.map_err(to_app_error)?);
    Ok(ThresholdsView { found, known, today })
}

/// What may be asked each day.
#[server(prefix = "/api", endpoint = "onboarding/questions", input = Json, output = Json)]
pub async fn get_questions() -> Result<QuestionsView, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (_, _, mut tx) = user_tx().await?;
    onboarding::questions(&mut tx).await.map_err(to_app_error)
}

/// The surest finding, or how long until there can be one.
#[server(prefix = "/api", endpoint = "onboarding/finding", input = Json, output = Json)]
pub async fn get_first_finding() -> Result<FirstFinding, AppError> {
    use crate::server::{to_app_error, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    discovery::discovery(&mut tx, platform.features, viewer.units).await.map_err(to_app_error).map(FirstFinding::of)
}

/// What was said so far, for the settings.
#[server(prefix = "/api", endpoint = "onboarding/stage", input = Json, output = Json)]
pub async fn get_stage() -> Result<Stages, AppError> {
    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    onboarding::stage(&mut tx, today(&platform, &viewer)).await.map_err(to_app_error)
}

//! Nutrition: a day of meals around its runs, written down as lines of text.

mod day;
mod form;
mod list;
mod prompt;
mod strip;

use domain::Day;
use domain::access::Access;
use domain::nutrition::{DayView, Reading};
use leptos::prelude::*;

use crate::AppError;
use crate::json::Json;
use crate::ui::Icon;
use crate::ui::navigation::{Entry, Place};
use crate::ui::pages::{functions, pages};
pub use day::{NutritionDayPage, NutritionPage};
pub use prompt::FuelPrompt;

pages! {
    nutrition, __preload_nutrition {
        "/nutrition" => NutritionPage, Access::Athlete,
        "/nutrition/:day" => NutritionDayPage, Access::Athlete,
    }
}

/// Links to the pages. A phone has no room for a tab more: there “More” leads to it.
pub(crate) const NAVIGATION: &[Entry] = &[Entry::new(Place::Sidebar, "/nutrition", "Nutrition", Some(Icon::Nutrition))];

functions! {
    GetNutrition => Access::Athlete, r#"{"day": "{day}"}"#,
    ReadFood => Access::Athlete, r#"{"text": "banana"}"#,
    GetFoodInputs => Access::Athlete, "{}",
}

/// A day of meals; `None` is today.
#[server(prefix = "/api", endpoint = "nutrition/day", input = Json, output = Json)]
pub async fn get_nutrition(day: Option<Day>) -> Result<DayView, AppError> {
    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    let today = today(&platform, &viewer);
    nutrition::day(&mut tx, day.map_or(today, Day::date), today).await.map_err(to_app_error)
}

/// What a text says, before it is saved. The list of foods stays on the server: it would be a tenth of the page's download.
#[server(prefix = "/api", endpoint = "nutrition/read", input = Json, output = Json)]
pub async fn read_food(text: String) -> Result<Reading, AppError> {
    use crate::server::current_user;
    current_user()?;
    Ok(nutrition::read(&text))
}

/// What discovery reads of what was written down lately: labels, and of how many days each is known.
#[server(prefix = "/api", endpoint = "nutrition/inputs", input = Json, output = Json)]
pub async fn get_food_inputs() -> Result<Vec<(String, usize)>, AppError> {
    use crate::server::{to_app_error, today, user_tx};
    let (platform, viewer, mut tx) = user_tx().await?;
    nutrition::known_days(&mut tx, today(&platform, &viewer)).await.map_err(to_app_error)
}

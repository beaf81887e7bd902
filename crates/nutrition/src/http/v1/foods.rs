//! `/v1/nutrition/foods`, `/v1/nutrition/reading` and `/v1/nutrition/prompt`: what helps to write an entry.

use accounts::ApiUser;
use axum::Json;
use axum::extract::{Query, State};
use chrono::NaiveDate;
use domain::nutrition::{MAX_TEXT, ReadItem, clock_text};
use domain::{Problem, ProblemKind};
use platform::rest::{IfMatch, Refused, Tagged};
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::model::{ContentView, NutrientAmounts};
use crate::{page, reading, service};

/// Foods of an answer, at most.
const MOST_FOODS: usize = 20;

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct FoodQuery {
    /// A name or its beginning, English or German, at most 500 characters.
    #[param(example = "ban")]
    q: String,
}

/// Foods by name.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FoodList {
    /// The best match first, at most twenty.
    items: Vec<FoodView>,
}

/// A common food. The numbers are those of the U.S. Department of Agriculture.
#[derive(Debug, Serialize, ToSchema)]
struct FoodView {
    /// What it is called.
    name: &'static str,
    /// What it is called otherwise.
    names: Vec<&'static str>,
    /// Whether it is drunk.
    drink: bool,
    /// What is in 100 g.
    per_100_g: NutrientAmounts,
    /// Usual portions; the first is meant where none is said.
    portions: Vec<PortionView>,
    /// Its number in USDA's database.
    #[serde(skip_serializing_if = "Option::is_none")]
    usda: Option<u32>,
}

/// A usual portion.
#[derive(Debug, Serialize, ToSchema)]
struct PortionView {
    /// Such as `medium`, `slice`, `cup`.
    name: &'static str,
    /// What it weighs.
    grams: f64,
}

fn short(text: &str, field: &str) -> Result<(), Problem> {
    if text.chars().count() <= MAX_TEXT {
        return Ok(());
    }
    Err(Problem::new(ProblemKind::Invalid, format!("The query’s `{field}` has at most {MAX_TEXT} characters.")))
}

/// Common foods that have this name, or one that begins so.
#[utoipa::path(get, path = "/v1/nutrition/foods", tag = "nutrition", params(FoodQuery), responses((status = 200, body = FoodList)))]
pub(super) async fn search(ApiUser(_): ApiUser, Query(query): Query<FoodQuery>) -> Result<Json<FoodList>, Refused> {
    short(&query.q, "q")?;
    let view = |food: &'static foods::Food| FoodView {
        name: food.name,
        names: food.names().skip(1).collect(),
        drink: food.drink,
        per_100_g: (&reading::amounts(food.per_100_g)).into(),
        portions: food.portions.iter().map(|portion| PortionView { name: portion.name, grams: portion.grams }).collect(),
        usda: food.ndb,
    };
    Ok(Json(FoodList { items: reading::foods_called(&query.q, MOST_FOODS).into_iter().map(view).collect() }))
}

/// What to read.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct TextQuery {
    /// A quick text, at most 500 characters.
    #[param(example = "banana at 8")]
    text: String,
}

/// What a quick text says.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReadingView {
    /// Item by item.
    items: Vec<ReadItemView>,
    /// The time that is written in it, such as `08:00`.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(flatten)]
    content: ContentView,
}

/// An item of a quick text.
#[derive(Debug, Serialize, ToSchema)]
struct ReadItemView {
    /// As it was written.
    text: String,
    /// The food that it was taken for.
    #[serde(skip_serializing_if = "Option::is_none")]
    food: Option<String>,
    /// How much it weighs.
    #[serde(skip_serializing_if = "Option::is_none")]
    grams: Option<f64>,
    /// What is known of it.
    nutrients: NutrientAmounts,
}

/// What a quick text says, before it is saved. Nothing is refused: what is not understood has no numbers.
#[utoipa::path(get, path = "/v1/nutrition/reading", tag = "nutrition", params(TextQuery), responses((status = 200, body = ReadingView)))]
pub(super) async fn reading(ApiUser(_): ApiUser, Query(query): Query<TextQuery>) -> Result<Json<ReadingView>, Refused> {
    short(&query.text, "text")?;
    let read = reading::read(&query.text);
    let item = |item: ReadItem| ReadItemView { nutrients: (&item.content.amounts).into(), text: item.text, food: item.food, grams: item.grams };
    Ok(Json(ReadingView { items: read.items.into_iter().map(item).collect(), time: read.minute.map(clock_text), content: (&read.content).into() }))
}

/// Whether the page asks for what was eaten before a run, on days with training.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PromptView {
    /// `false` to never ask.
    asks: bool,
    /// A day on which it does not ask.
    not_on: Option<NaiveDate>,
}

/// Whether the page asks for what was eaten before a run.
#[utoipa::path(get, path = "/v1/nutrition/prompt", tag = "nutrition",
    responses((status = 200, body = PromptView, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
pub(super) async fn prompt(State(platform): State<Platform>, ApiUser(viewer): ApiUser) -> Result<Tagged<PromptView>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Tagged(read_prompt(&mut tx).await?))
}

/// Says whether the page asks.
#[utoipa::path(put, path = "/v1/nutrition/prompt", tag = "nutrition", params(IfMatch),
    request_body(content = PromptView, example = json!({"asks": false, "not_on": null})),
    responses((status = 200, body = PromptView, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
pub(super) async fn set_prompt(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    if_match: IfMatch,
    Json(said): Json<PromptView>,
) -> Result<Tagged<PromptView>, Refused> {
    let now = platform.clock.now();
    let mut errors = domain::FieldErrors::default();
    let day = said.not_on.map(domain::Day::try_from).transpose().map_err(|problem| errors.add("not_on", problem.message)).ok().flatten();
    errors.into_result()?;
    let act = async |tx: &mut Tx| {
        service::lock(tx).await?;
        if_match.check(tx, async |tx| read_prompt(tx).await).await?;
        page::dismiss(tx, day.map(domain::Day::date), !said.asks, now).await?;
        read_prompt(tx).await
    };
    Ok(Tagged(platform.database.transact(viewer.id, act).await?))
}

async fn read_prompt(tx: &mut Tx) -> Result<PromptView, Error> {
    let said = page::prompt(tx).await?;
    Ok(PromptView { asks: !said.prompt_off, not_on: said.dismissed_day })
}

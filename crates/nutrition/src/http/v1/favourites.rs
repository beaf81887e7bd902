//! `/v1/nutrition/favourites`.

use accounts::ApiUser;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::nutrition::{MAX_NAME, MAX_TEXT, NewFavourite};
use domain::{FieldErrors, Problem};
use platform::rest::{Done, IdempotencyKey, IfMatch, Once, Refused, Tagged};
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{self, FavouriteView, NutrientAmounts, OwnAmount};
use crate::{favourites, service};

/// All favourites; there are at most a hundred.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FavouriteList {
    /// The last used first.
    items: Vec<FavouriteView>,
}

/// A favourite to make, or what it is from now on. What was read may be sent back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FavouriteFields {
    /// What it is called, 1 to 60 characters; no other has that name.
    name: String,
    /// What it is, 1 to 500 characters.
    text: String,
    /// Numbers that go before what the text says.
    nutrients: Option<NutrientAmounts>,
    /// If sent, only these of the nutrients were typed; the others follow the text.
    typed: Option<Vec<String>>,
    /// Nutrients of the athlete's own, at most ten.
    #[serde(default)]
    own: Vec<OwnAmount>,
    /// Ignored.
    #[expect(dead_code, reason = "what was read may be sent back")]
    id: Option<Uuid>,
    /// Ignored.
    #[expect(dead_code, reason = "what was read may be sent back")]
    at_least: Option<Vec<String>>,
}

impl FavouriteFields {
    /// The same as typed into the form, with the same checks.
    fn parse(&self) -> Result<NewFavourite, Problem> {
        let mut errors = FieldErrors::default();
        let name = errors.check_line("name", &self.name, MAX_NAME, "A name of 1 to 60 characters.");
        let text = errors.check_line("text", &self.text.replace(['\r', '\n'], " "), MAX_TEXT, "What it is, 1 to 500 characters.");
        let amounts = self.nutrients.as_ref().map(|nutrients| nutrients.typed(self.typed.as_deref(), &mut errors)).unwrap_or_default();
        let own = model::own(&self.own, &mut errors);
        errors.into_result()?;
        Ok(NewFavourite { name, text, amounts, own })
    }
}

/// All favourites, the last used first.
#[utoipa::path(get, path = "/v1/nutrition/favourites", tag = "nutrition", responses((status = 200, body = FavouriteList)))]
pub(super) async fn list(State(platform): State<Platform>, ApiUser(viewer): ApiUser) -> Result<Json<FavouriteList>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Json(FavouriteList { items: favourites::favourites(&mut tx).await?.into_iter().map(FavouriteView::from).collect() }))
}

/// Makes a favourite.
#[utoipa::path(post, path = "/v1/nutrition/favourites", tag = "nutrition", params(IdempotencyKey),
    request_body(content = FavouriteFields, example = json!({"name": "Gel", "text": "gel 25 g carb, 250 ml water"})),
    responses((status = 201, body = FavouriteView, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
pub(super) async fn create(State(platform): State<Platform>, ApiUser(viewer): ApiUser, request: Once<FavouriteFields>) -> Result<Response, Refused> {
    let now = platform.clock.now();
    let id = platform.ids.uuid(now);
    let make = async |tx: &mut Tx, fields: FavouriteFields| {
        favourites::add_favourite(tx, id, fields.parse()?, now).await?;
        Ok(Done::created(format!("/v1/nutrition/favourites/{id}"), read(tx, id).await?))
    };
    Ok(request.run(&platform, viewer.id, make).await?)
}

/// A favourite.
#[utoipa::path(get, path = "/v1/nutrition/favourites/{nutrition_favourite}", tag = "nutrition",
    params(("nutrition_favourite" = Uuid, Path, description = "Its id")),
    responses((status = 200, body = FavouriteView, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
pub(super) async fn get(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(id): Path<Uuid>) -> Result<Tagged<FavouriteView>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Tagged(read(&mut tx, id).await?))
}

/// Replaces a favourite. What was eaten stays as it was.
#[utoipa::path(put, path = "/v1/nutrition/favourites/{nutrition_favourite}", tag = "nutrition",
    params(("nutrition_favourite" = Uuid, Path, description = "Its id"), IfMatch),
    request_body(content = FavouriteFields, example = json!({"name": "Gel", "text": "gel 30 g carb"})),
    responses((status = 200, body = FavouriteView, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
pub(super) async fn put(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(fields): Json<FavouriteFields>,
) -> Result<Tagged<FavouriteView>, Refused> {
    let now = platform.clock.now();
    let act = async |tx: &mut Tx| {
        let before = locked(tx, id).await?;
        if_match.check(tx, async |_| Ok(&before)).await?;
        favourites::add_favourite(tx, id, fields.parse()?, now).await?;
        read(tx, id).await
    };
    Ok(Tagged(platform.database.transact(viewer.id, act).await?))
}

/// Deletes a favourite. What was eaten stays.
#[utoipa::path(delete, path = "/v1/nutrition/favourites/{nutrition_favourite}", tag = "nutrition",
    params(("nutrition_favourite" = Uuid, Path, description = "Its id"), IfMatch), responses((status = 204)))]
pub(super) async fn delete(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<StatusCode, Refused> {
    let act = async |tx: &mut Tx| {
        if_match.check(tx, async |tx| locked(tx, id).await).await?;
        favourites::delete_favourite(tx, id).await
    };
    platform.database.transact(viewer.id, act).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn read(tx: &mut Tx, id: Uuid) -> Result<FavouriteView, Error> {
    Ok(favourites::favourite(tx, id).await?.into())
}

/// A favourite that nobody else changes until the transaction ends.
async fn locked(tx: &mut Tx, id: Uuid) -> Result<FavouriteView, Error> {
    service::lock(tx).await?;
    read(tx, id).await
}

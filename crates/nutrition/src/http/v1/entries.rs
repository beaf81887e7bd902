//! `/v1/nutrition/entries`.

use accounts::ApiUser;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use domain::list::Order;
use domain::nutrition::{EntryFields, MAX_TEXT};
use domain::{FieldErrors, Problem};
use platform::rest::{After, Done, IdempotencyKey, IfMatch, List, Once, Refused, Tagged};
use platform::{Error, Platform, Tx};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{self, NutrientAmounts, NutritionEntry, OwnAmount};
use crate::{page, service};

/// Something that was eaten or drunk, or what changes of it: then what is missing stays. What was read may be sent back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewEntry {
    /// What, 1 to 500 characters, such as `two bananas, 60 g oats at 8`. Foods that are known, and numbers that are written in it, are read. May be missing
    /// with a favourite.
    text: Option<String>,
    /// The day on the athlete's calendar; without it, today.
    day: Option<NaiveDate>,
    /// The time on the athlete's clock, such as `06:33`; without it, what the text says, or now.
    time: Option<String>,
    /// Numbers that go before what the text says.
    nutrients: Option<NutrientAmounts>,
    /// If sent, only these of the nutrients were typed; the others follow the text.
    typed: Option<Vec<String>>,
    /// Nutrients of the athlete's own, at most ten.
    own: Option<Vec<OwnAmount>>,
    /// A favourite that this is; only for a new entry.
    favourite: Option<Uuid>,
    /// `by_time`, `chosen` or `off`.
    linked: Option<String>,
    /// The activity that it belongs to, at most two days away.
    activity: Option<Uuid>,
    /// `before`, `during` or `after` the activity.
    relation: Option<String>,
    /// Ignored.
    #[expect(dead_code, reason = "what was read may be sent back")]
    id: Option<Uuid>,
    /// Ignored.
    #[expect(dead_code, reason = "what was read may be sent back")]
    at: Option<String>,
    /// Ignored.
    #[expect(dead_code, reason = "what was read may be sent back")]
    at_least: Option<Vec<String>>,
    /// Ignored.
    #[expect(dead_code, reason = "what was read may be sent back")]
    minutes: Option<i64>,
}

impl NewEntry {
    /// The same as typed into the form, with the same checks; what is missing is as in `base`.
    fn fields(self, base: EntryFields) -> Result<EntryFields, Problem> {
        let mut errors = FieldErrors::default();
        let text = self.text.unwrap_or(base.text);
        let line = domain::one_line(&text.replace(['\r', '\n'], " "));
        if line.is_empty() || line.chars().count() > MAX_TEXT {
            errors.add("text", format!("What was eaten or drunk, 1 to {MAX_TEXT} characters."));
        }
        let amounts = self.nutrients.map(|nutrients| nutrients.typed(self.typed.as_deref(), &mut errors));
        let own = self.own.map(|own| model::own(&own, &mut errors));
        let day = model::day(self.day, &mut errors).or(base.day);
        let minute = model::time(self.time.as_deref(), &mut errors).or(base.minute);
        let link = model::link(self.linked.as_deref(), self.activity, self.relation.as_deref(), &mut errors);
        errors.into_result()?;
        Ok(EntryFields {
            text: line,
            day,
            minute,
            amounts: amounts.unwrap_or(base.amounts),
            own: own.unwrap_or(base.own),
            link: link.unwrap_or(base.link),
        })
    }
}

/// Nothing of an entry, which a text will be put in.
fn nothing(text: &str) -> EntryFields {
    EntryFields {
        text: text.to_owned(),
        day: None,
        minute: None,
        amounts: domain::nutrition::Amounts::default(),
        own: Vec::new(),
        link: domain::nutrition::Choice::ByTime,
    }
}

/// What was eaten and drunk, latest first, a hundred a page.
#[utoipa::path(get, path = "/v1/nutrition/entries", tag = "nutrition", params(After), responses((status = 200, body = List<NutritionEntry>)))]
pub(super) async fn list(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Query(query): Query<After>,
) -> Result<Json<List<NutritionEntry>>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Json(page::page(&mut tx, &query.request(Order::Moment)?).await?.map(NutritionEntry::from).into()))
}

/// Adds an entry: a text, or a favourite.
#[utoipa::path(post, path = "/v1/nutrition/entries", tag = "nutrition", params(IdempotencyKey),
    request_body(content = NewEntry, example = json!({"text": "two bananas, 60 g oats", "day": "2026-01-05", "time": "06:33"})),
    responses((status = 201, body = NutritionEntry, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
pub(super) async fn create(State(platform): State<Platform>, ApiUser(viewer): ApiUser, request: Once<NewEntry>) -> Result<Response, Refused> {
    let now = platform.clock.now();
    let id = platform.ids.uuid(now);
    let add = async |tx: &mut Tx, new: NewEntry| {
        match new.favourite {
            Some(favourite) => {
                let has_text = new.text.is_some();
                // A text is needed by the check alone: that of the favourite takes its place.
                let mut fields = new.fields(nothing("favourite"))?;
                if !has_text {
                    fields.text.clear();
                }
                service::add_favourite_entry(tx, id, favourite, fields, now).await?;
            }
            None => {
                service::add(tx, id, new.fields(nothing(""))?, now).await?;
            }
        }
        Ok(Done::created(format!("/v1/nutrition/entries/{id}"), read(tx, id).await?))
    };
    Ok(request.run(&platform, viewer.id, add).await?)
}

/// An entry.
#[utoipa::path(get, path = "/v1/nutrition/entries/{nutrition_entry}", tag = "nutrition",
    params(("nutrition_entry" = Uuid, Path, description = "Its id")),
    responses((status = 200, body = NutritionEntry, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
pub(super) async fn get(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(id): Path<Uuid>) -> Result<Tagged<NutritionEntry>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Tagged(read(&mut tx, id).await?))
}

/// Replaces an entry. Without a day or a time it stays where it was; everything else that is missing is gone.
#[utoipa::path(put, path = "/v1/nutrition/entries/{nutrition_entry}", tag = "nutrition",
    params(("nutrition_entry" = Uuid, Path, description = "Its id"), IfMatch),
    request_body(content = NewEntry, example = json!({"text": "gel", "nutrients": {"carbohydrate_g": 25}})),
    responses((status = 200, body = NutritionEntry, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
pub(super) async fn put(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(new): Json<NewEntry>,
) -> Result<Tagged<NutritionEntry>, Refused> {
    update(&platform, viewer.id, id, if_match, async |_| Ok(new.fields(nothing(""))?)).await
}

/// Changes a part of an entry; what is missing stays.
#[utoipa::path(patch, path = "/v1/nutrition/entries/{nutrition_entry}", tag = "nutrition",
    params(("nutrition_entry" = Uuid, Path, description = "Its id"), IfMatch),
    request_body(content = NewEntry, example = json!({"time": "07:00"})),
    responses((status = 200, body = NutritionEntry, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
pub(super) async fn change(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(new): Json<NewEntry>,
) -> Result<Tagged<NutritionEntry>, Refused> {
    let fields = async |tx: &mut Tx| Ok(new.fields(service::fields_of(&service::stored(tx, id).await?))?);
    update(&platform, viewer.id, id, if_match, fields).await
}

/// Makes an entry what the fields say, if it is still what the client read.
async fn update(
    platform: &Platform,
    viewer: Uuid,
    id: Uuid,
    if_match: IfMatch,
    fields: impl AsyncFnOnce(&mut Tx) -> Result<EntryFields, Error>,
) -> Result<Tagged<NutritionEntry>, Refused> {
    let now = platform.clock.now();
    let act = async |tx: &mut Tx| {
        let before = locked(tx, id).await?;
        if_match.check(tx, async |_| Ok(&before)).await?;
        let fields = fields(tx).await?;
        service::edit(tx, id, fields, now).await?;
        read(tx, id).await
    };
    Ok(Tagged(platform.database.transact(viewer, act).await?))
}

/// Deletes an entry.
#[utoipa::path(delete, path = "/v1/nutrition/entries/{nutrition_entry}", tag = "nutrition",
    params(("nutrition_entry" = Uuid, Path, description = "Its id"), IfMatch), responses((status = 204)))]
pub(super) async fn delete(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<StatusCode, Refused> {
    let act = async |tx: &mut Tx| {
        if_match.check(tx, async |tx| locked(tx, id).await).await?;
        service::delete(tx, id).await
    };
    platform.database.transact(viewer.id, act).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn read(tx: &mut Tx, id: Uuid) -> Result<NutritionEntry, Error> {
    Ok(page::entry_at(tx, id).await?.into())
}

/// An entry that nobody else changes until the transaction ends.
async fn locked(tx: &mut Tx, id: Uuid) -> Result<NutritionEntry, Error> {
    service::lock(tx).await?;
    read(tx, id).await
}

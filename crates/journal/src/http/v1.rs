//! `/v1/journal/days`: the daily log.

use std::collections::BTreeMap;

use accounts::ApiUser;
use axum::Json;
use axum::extract::{FromRef, Path, Query, State};
use axum::http::StatusCode;
use chrono::NaiveDate;
use domain::access::{Access, Limit};
use domain::journal::{Field, JournalEntry, QUESTIONS};
use domain::list::Order;
use domain::{Day, FieldErrors, Problem};
use platform::http::Endpoints;
use platform::rest::{After, IfMatch, List, Refused, Tagged};
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::service;

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(list), Access::Athlete, Limit::General)
        .route(routes!(get), Access::Athlete, Limit::General)
        .route(routes!(put), Access::Athlete, Limit::General)
        .route(routes!(delete), Access::Athlete, Limit::General)
}

/// A day of the journal.
#[derive(Debug, Serialize, ToSchema)]
struct JournalDay {
    /// The day, on the athlete's calendar.
    day: NaiveDate,
    #[serde(flatten)]
    content: JournalContent,
}

/// What is known of a day. A value that is missing was not answered, which is not zero.
#[derive(Debug, Default, Serialize, ToSchema)]
struct JournalContent {
    /// By measure: `sleep_hours`, `sleep_quality` (1 to 5), `resting_hr` (beats per minute), `hrv` (rMSSD in milliseconds), `soreness`, `mood` and
    /// `stress` (1 to 5), `work_hours`, `alcohol` (drinks of the evening before), `caffeine` (cups). More may come.
    values: BTreeMap<String, f64>,
    /// Free text, at most 2000 characters.
    note: String,
}

/// What is to be known of a day. What was read of it may be sent back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewJournalDay {
    /// The same day as in the address, if it is sent.
    day: Option<NaiveDate>,
    /// By measure, as they are read.
    #[serde(default)]
    values: BTreeMap<String, f64>,
    /// Free text, at most 2000 characters.
    #[serde(default)]
    note: String,
}

impl JournalDay {
    fn of(day: NaiveDate, entry: &JournalEntry) -> Self {
        let values = QUESTIONS.iter().filter_map(|q| Some((q.field.name().to_owned(), entry.get(q.field)?))).collect();
        Self { day, content: JournalContent { values, note: entry.note.clone() } }
    }
}

impl NewJournalDay {
    /// The same as typed into the form, with the same checks.
    fn into_entry(self, day: NaiveDate) -> Result<JournalEntry, Problem> {
        let mut errors = FieldErrors::default();
        if self.day.is_some_and(|own| own != day) {
            errors.add("day", "Another day than in the address.");
        }
        let mut entry = JournalEntry::parse([("note", self.note.as_str())])?;
        for (name, value) in self.values {
            let checked =
                Field::parse(&name).map_or_else(|| Err("There is no such measure.".to_owned()), |field| Ok((field, field.question().check(value)?)));
            match checked {
                Ok((field, value)) => entry.set(field, Some(value)),
                Err(sentence) => errors.add(&format!("values.{name}"), sentence),
            }
        }
        errors.into_result()?;
        Ok(entry)
    }
}

/// The days with an entry, latest first, a hundred a page.
#[utoipa::path(get, path = "/v1/journal/days", tag = "journal", params(After), responses((status = 200, body = List<JournalDay>)))]
async fn list(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Query(query): Query<After>) -> Result<Json<List<JournalDay>>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    let page = service::page(&mut tx, &query.request(Order::Day)?).await?;
    Ok(Json(page.map(|(day, entry)| JournalDay::of(day, &entry)).into()))
}

/// A day; without values if nothing was entered.
#[utoipa::path(get, path = "/v1/journal/days/{day}", tag = "journal", params(("day" = NaiveDate, Path, description = "Such as 2026-11-21")),
    responses((status = 200, body = JournalDay, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
async fn get(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(day): Path<Day>) -> Result<Tagged<JournalDay>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Tagged(read(&mut tx, day.date()).await?))
}

/// Replaces a day. What is not sent is no longer answered; nothing at all deletes the day.
#[utoipa::path(put, path = "/v1/journal/days/{day}", tag = "journal", params(("day" = NaiveDate, Path, description = "Such as 2026-11-21"), IfMatch),
    request_body(content = NewJournalDay, example = json!({"values": {"sleep_hours": 7.5}, "note": "x"})),
    responses((status = 200, body = JournalDay, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
async fn put(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Path(day): Path<Day>,
    if_match: IfMatch,
    Json(content): Json<NewJournalDay>,
) -> Result<Tagged<JournalDay>, Refused> {
    let day = day.date();
    let entry = content.into_entry(day)?;
    let act = async |tx: &mut Tx| {
        if_match.check(tx, async |tx| locked(tx, day).await).await?;
        service::save(tx, day, &entry, platform.clock.today(&viewer.time_zone), platform.clock.now()).await?;
        read(tx, day).await
    };
    Ok(Tagged(platform.database.transact(viewer.id, act).await?))
}

/// Deletes what was entered for a day.
#[utoipa::path(delete, path = "/v1/journal/days/{day}", tag = "journal", params(("day" = NaiveDate, Path, description = "Such as 2026-11-21"), IfMatch),
    responses((status = 204)))]
async fn delete(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(day): Path<Day>, if_match: IfMatch) -> Result<StatusCode, Refused> {
    let day = day.date();
    let act = async |tx: &mut Tx| {
        if_match.check(tx, async |tx| locked(tx, day).await).await?;
        service::save(tx, day, &JournalEntry::default(), day, platform.clock.now()).await
    };
    platform.database.transact(viewer.id, act).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn read(tx: &mut Tx, day: NaiveDate) -> Result<JournalDay, Error> {
    Ok(JournalDay::of(day, &service::get(tx, day).await?))
}

/// A day that nobody else changes until the transaction ends.
async fn locked(tx: &mut Tx, day: NaiveDate) -> Result<JournalDay, Error> {
    service::lock(tx).await?;
    read(tx, day).await
}

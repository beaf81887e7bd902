//! `/v1/journal/days`: the daily log.

use std::collections::BTreeMap;

use accounts::ApiUser;
use axum::Json;
use axum::extract::{FromRef, Path, Query, State};
use axum::http::StatusCode;
use chrono::NaiveDate;
use domain::access::{Access, Limit};
use domain::list::Order;
use domain::measures::{Answer, Answers, keys};
use domain::{Day, FieldErrors, Problem};
use platform::http::Endpoints;
use platform::rest::{After, IfMatch, List, Refused, Tagged};
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::catalogue::{Catalogue, catalogue};
use crate::lock::lock;
use crate::queries::values::Value;
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
    /// Numbers by measure: `sleep_hours`, `sleep_quality` (1 to 5), `resting_hr` (beats per minute), `hrv` (rMSSD in milliseconds),
    /// `soreness`, `mood` and `stress` (1 to 5), `work_hours`, `alcohol` (drinks of the evening before), `caffeine` (cups), and all others that
    /// `/v1/journal/measures` lists.
    values: BTreeMap<String, f64>,
    /// Texts and choices by measure, such as `injury`, without the note.
    texts: BTreeMap<String, String>,
    /// Where the values come from, by measure: `typed`, `file`, or the name of a service. Of several sources, this one counts.
    sources: BTreeMap<String, String>,
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
    /// Texts and choices by measure.
    #[serde(default)]
    texts: BTreeMap<String, String>,
    /// Ignored: what is sent is typed, whatever it was before.
    #[serde(default)]
    #[expect(dead_code, reason = "what was read may be sent back")]
    sources: BTreeMap<String, String>,
    /// Free text, at most 2000 characters.
    #[serde(default)]
    note: String,
}

impl JournalDay {
    fn of(day: NaiveDate, values: Vec<Value>) -> Self {
        let mut content = JournalContent::default();
        for value in values {
            if value.measure == keys::NOTE {
                value.answer.text().unwrap_or_default().clone_into(&mut content.note);
                continue;
            }
            content.sources.insert(value.measure.clone(), value.source.name().to_owned());
            match value.answer {
                Answer::Number(number) => content.values.insert(value.measure, number).map(drop),
                Answer::Text(text) => content.texts.insert(value.measure, text).map(drop),
            };
        }
        Self { day, content }
    }
}

impl NewJournalDay {
    /// The same as typed into the form, with the same checks.
    fn answers(&self, day: NaiveDate, catalogue: &Catalogue) -> Result<Answers, Problem> {
        let mut errors = FieldErrors::default();
        if self.day.is_some_and(|own| own != day) {
            errors.add("day", "Another day than in the address.");
        }
        let mut answers = Answers::default();
        let values = self.values.iter().map(|(key, number)| (format!("values.{key}"), key.as_str(), Answer::Number(*number)));
        let texts = self.texts.iter().map(|(key, text)| (format!("texts.{key}"), key.as_str(), Answer::Text(text.clone())));
        let note = (!self.note.trim().is_empty()).then(|| ("note".to_owned(), keys::NOTE, Answer::Text(self.note.trim().to_owned())));
        for (field, key, answer) in values.chain(texts).chain(note) {
            match catalogue.check(key, &answer) {
                Ok(()) => answers.set(key, answer),
                Err(sentence) => errors.add(&field, sentence),
            }
        }
        errors.into_result()?;
        Ok(answers)
    }
}

/// The days with an entry, latest first, a hundred a page.
#[utoipa::path(get, path = "/v1/journal/days", tag = "journal", params(After), responses((status = 200, body = List<JournalDay>)))]
async fn list(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Query(query): Query<After>) -> Result<Json<List<JournalDay>>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    let page = service::page(&mut tx, &query.request(Order::Day)?).await?;
    Ok(Json(page.map(|(day, values)| JournalDay::of(day, values)).into()))
}

/// A day; without values if nothing was entered.
#[utoipa::path(get, path = "/v1/journal/days/{day}", tag = "journal", params(("day" = NaiveDate, Path, description = "Such as 2026-11-21")),
    responses((status = 200, body = JournalDay, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
async fn get(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(day): Path<Day>) -> Result<Tagged<JournalDay>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Tagged(read(&mut tx, day.date()).await?))
}

/// Replaces what was typed for a day. What is not sent is no longer typed: a value that a file or a device has of it counts again.
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
    let act = async |tx: &mut Tx| {
        if_match.check(tx, async |tx| locked(tx, day).await).await?;
        let answers = content.answers(day, &catalogue(tx).await?)?;
        service::replace(tx, day, answers, platform.clock.today(&viewer.time_zone), platform.clock.now()).await?;
        read(tx, day).await
    };
    Ok(Tagged(platform.database.transact(viewer.id, act).await?))
}

/// Deletes what was typed for a day.
#[utoipa::path(delete, path = "/v1/journal/days/{day}", tag = "journal", params(("day" = NaiveDate, Path, description = "Such as 2026-11-21"), IfMatch),
    responses((status = 204)))]
async fn delete(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(day): Path<Day>, if_match: IfMatch) -> Result<StatusCode, Refused> {
    let day = day.date();
    let act = async |tx: &mut Tx| {
        if_match.check(tx, async |tx| locked(tx, day).await).await?;
        service::replace(tx, day, Answers::default(), day, platform.clock.now()).await
    };
    platform.database.transact(viewer.id, act).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn read(tx: &mut Tx, day: NaiveDate) -> Result<JournalDay, Error> {
    Ok(JournalDay::of(day, service::values(tx, day).await?))
}

/// A day that nobody else changes until the transaction ends.
async fn locked(tx: &mut Tx, day: NaiveDate) -> Result<JournalDay, Error> {
    lock(tx).await?;
    read(tx, day).await
}

//! `/v1/journal/measures`: what can be known of a day, and the athlete's own measures.

use accounts::ApiUser;
use axum::Json;
use axum::extract::{FromRef, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::{Access, Limit};
use domain::measures::{Direction, Kind, Known, Measure, NewMeasure};
use platform::http::Endpoints;
use platform::rest::{Done, IdempotencyKey, IfMatch, Once, Refused, Tagged};
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::catalogue::{self, Catalogue};
use crate::lock::lock;

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(list), Access::Athlete, Limit::General)
        .route(routes!(make), Access::Athlete, Limit::General)
        .route(routes!(get), Access::Athlete, Limit::General)
        .route(routes!(edit), Access::Athlete, Limit::General)
        .route(routes!(retire), Access::Athlete, Limit::General)
}

/// All measures of an athlete.
#[derive(Debug, Serialize, ToSchema)]
struct MeasureList {
    /// The built-in ones, and then the athlete's own.
    measures: Vec<MeasureView>,
    /// The keys of those that the journal asks, in its order.
    asked: Vec<String>,
}

/// A measure of a day.
#[derive(Debug, Serialize, ToSchema)]
struct MeasureView {
    /// Its name in the values of days; never changes.
    key: String,
    /// What people read.
    label: String,
    /// How it is answered: `number`, `scale`, `yes_no`, `count`, `clock`, `duration`, `text` or `choice`.
    kind: &'static str,
    /// Unit of a number. Clock times are minutes after midnight, durations hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    /// Smallest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<f64>,
    /// Largest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<f64>,
    /// The words of a scale, which stand for 1, 2, …, or of a choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    words: Vec<String>,
    /// `before_run` if it is known before a run of the same day, else `after_run`.
    #[schema(value_type = String)]
    known: Known,
    /// `more` or `less`, where one of them is better.
    #[schema(value_type = Option<String>)]
    better: Option<Direction>,
    /// Whether the athlete made it.
    own: bool,
    /// Whether the athlete retired it: it is no longer asked, and its values stay.
    retired: bool,
}

impl MeasureView {
    fn of(measure: &Measure, catalogue: &Catalogue) -> Self {
        let (kind, unit) = match &measure.kind {
            Kind::Number { unit, .. } => ("number", Some(unit.clone())),
            Kind::Scale { .. } => ("scale", None),
            Kind::YesNo => ("yes_no", None),
            Kind::Count { unit, .. } => ("count", Some(unit.clone())),
            Kind::Clock { .. } => ("clock", None),
            Kind::Duration { .. } => ("duration", None),
            Kind::Text { .. } => ("text", None),
            Kind::Choice { .. } => ("choice", None),
        };
        let (min, max) = measure.kind.range();
        Self {
            key: measure.key.clone(),
            label: measure.label.clone(),
            kind,
            unit,
            min: min.is_finite().then_some(min),
            max: max.is_finite().then_some(max),
            words: measure.options().to_vec(),
            known: measure.known,
            better: measure.better,
            own: measure.is_own(),
            retired: catalogue.retired.contains(&measure.key),
        }
    }
}

/// A measure to make, or its new words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MeasureFields {
    /// What people read, 1 to 40 characters.
    label: String,
    /// `number`, `scale`, `yes_no`, `count`, `clock`, `duration` or `text`. It cannot change later.
    kind: String,
    /// Unit of a number or a count, at most 20 characters.
    #[serde(default)]
    unit: String,
    /// Smallest number.
    min: Option<f64>,
    /// Largest number.
    max: Option<f64>,
    /// The words of a scale, lowest first, two to seven.
    #[serde(default)]
    words: Vec<String>,
    /// Answers to tap, at most eight.
    #[serde(default)]
    presets: Vec<f64>,
    /// `before_run` if it is known before a run of the same day, else `after_run`.
    known: String,
    /// `more` or `less`, where one of them is better.
    #[serde(default)]
    better: Option<String>,
    /// The smallest amount worth a sentence.
    notable: Option<f64>,
}

impl MeasureFields {
    /// The same as typed into the form, with the same checks.
    fn parse(&self) -> Result<NewMeasure, domain::Problem> {
        let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
        let (min, max, notable) = (number(self.min), number(self.max), number(self.notable));
        let words = self.words.join(",");
        let presets = self.presets.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        NewMeasure::parse(|name| {
            Some(match name {
                "label" => &self.label,
                "measure_kind" => &self.kind,
                "unit" => &self.unit,
                "min" => &min,
                "max" => &max,
                "words" => &words,
                "presets" => &presets,
                "known" => &self.known,
                "better" => self.better.as_deref().unwrap_or_default(),
                "notable" => &notable,
                _ => return None,
            })
        })
    }
}

/// All measures: the built-in ones, and the athlete's own.
#[utoipa::path(get, path = "/v1/journal/measures", tag = "journal", responses((status = 200, body = MeasureList)))]
async fn list(State(platform): State<Platform>, ApiUser(viewer): ApiUser) -> Result<Json<MeasureList>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    let catalogue = catalogue::catalogue(&mut tx).await?;
    let measures = catalogue.measures.iter().map(|measure| MeasureView::of(measure, &catalogue)).collect();
    Ok(Json(MeasureList { measures, asked: catalogue.asked }))
}

/// Makes a measure; the journal asks it from now on.
#[utoipa::path(post, path = "/v1/journal/measures", tag = "journal", params(IdempotencyKey),
    request_body(content = MeasureFields, example = json!({"label": "Cold shower", "kind": "yes_no", "known": "before_run"})),
    responses((status = 201, body = MeasureView)))]
async fn make(State(platform): State<Platform>, ApiUser(viewer): ApiUser, request: Once<MeasureFields>) -> Result<Response, Refused> {
    let now = platform.clock.now();
    let id = platform.ids.uuid(now);
    let act = async |tx: &mut Tx, fields: MeasureFields| {
        let made = catalogue::make(tx, id, fields.parse()?, now).await?;
        Ok(Done::created(format!("/v1/journal/measures/{}", made.key), read(tx, &made.key).await?))
    };
    Ok(request.run(&platform, viewer.id, act).await?)
}

/// One measure.
#[utoipa::path(get, path = "/v1/journal/measures/{measure}", tag = "journal",
    params(("measure" = String, Path, description = "The key of a measure")),
    responses((status = 200, body = MeasureView, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
async fn get(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(key): Path<String>) -> Result<Tagged<MeasureView>, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Tagged(read(&mut tx, &key).await?))
}

/// Changes the words of an own measure, or takes up a retired one. How it is answered stays.
#[utoipa::path(put, path = "/v1/journal/measures/{measure}", tag = "journal",
    params(("measure" = String, Path, description = "The key of an own measure"), IfMatch),
    request_body(content = MeasureFields, example = json!({"label": "Cold shower", "kind": "yes_no", "known": "before_run"})),
    responses((status = 200, body = MeasureView, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
async fn edit(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Path(key): Path<String>,
    if_match: IfMatch,
    Json(fields): Json<MeasureFields>,
) -> Result<Tagged<MeasureView>, Refused> {
    let new = fields.parse()?;
    let now = platform.clock.now();
    let act = async |tx: &mut Tx| {
        if_match.check(tx, async |tx| locked(tx, &key).await).await?;
        catalogue::edit(tx, &key, new, now).await?;
        read(tx, &key).await
    };
    Ok(Tagged(platform.database.transact(viewer.id, act).await?))
}

/// Retires an own measure: it is no longer asked. Its values stay.
#[utoipa::path(delete, path = "/v1/journal/measures/{measure}", tag = "journal",
    params(("measure" = String, Path, description = "The key of an own measure"), IfMatch), responses((status = 204)))]
async fn retire(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Path(key): Path<String>,
    if_match: IfMatch,
) -> Result<StatusCode, Refused> {
    let now = platform.clock.now();
    let act = async |tx: &mut Tx| {
        if_match.check(tx, async |tx| locked(tx, &key).await).await?;
        catalogue::retire(tx, &key, true, now).await
    };
    platform.database.transact(viewer.id, act).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn read(tx: &mut Tx, key: &str) -> Result<MeasureView, Error> {
    let catalogue = catalogue::catalogue(tx).await?;
    let measure = catalogue.get(key).ok_or_else(|| Error::not_found("measure"))?;
    Ok(MeasureView::of(measure, &catalogue))
}

/// A measure that nobody else changes until the transaction ends.
async fn locked(tx: &mut Tx, key: &str) -> Result<MeasureView, Error> {
    lock(tx).await?;
    read(tx, key).await
}

//! `/v1/plan`.

use accounts::ApiUser;
use axum::Json;
use axum::extract::{FromRef, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use domain::access::{Access, Limit};
use domain::list::Order;
use domain::plan::{Choice, Expected, PlanFields, Planned, Target, write};
use domain::units::Units;
use domain::{FieldErrors, Problem};
use platform::http::Endpoints;
use platform::rest::{After, Done, IdempotencyKey, IfMatch, List, Once, Refused, Tagged};
use platform::{Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::{matched, page, service};

pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(list), Access::Athlete, Limit::General)
        .route(routes!(create), Access::Athlete, Limit::General)
        .route(routes!(get), Access::ResourceOwner, Limit::General)
        .route(routes!(put), Access::ResourceOwner, Limit::General)
        .route(routes!(delete), Access::ResourceOwner, Limit::General)
}

/// A session that is planned.
#[derive(Debug, Serialize, ToSchema)]
struct PlanSession {
    /// Its id.
    id: Uuid,
    /// Its day on the athlete's calendar.
    day: NaiveDate,
    /// A kind of activity, such as `run`, `trail_run`, `ride` or `strength`.
    kind: &'static str,
    /// What it is, in the athlete's words.
    words: String,
    /// How far it is to be, in metres, if that is its target.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance_m: Option<u32>,
    /// How long it is to be, in seconds, if that is its target.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_s: Option<u32>,
    /// The training impulse that it is to have, if that is its target.
    #[serde(skip_serializing_if = "Option::is_none")]
    load: Option<u32>,
    /// Its steps as a line, such as `2km easy; 4 x (1km 4:35-4:42/km, 90s jog)`; empty without any.
    steps: String,
    /// What it comes to, by its target, its steps, and what is usual for the athlete.
    expected: PlanExpected,
    /// How its activity is found: `by_shape`, `chosen` or `off`.
    matching: &'static str,
    /// The activity that it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<Uuid>,
}

/// What a session comes to.
#[derive(Debug, Serialize, ToSchema)]
struct PlanExpected {
    /// Metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance_m: Option<f64>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_s: Option<f64>,
    /// Training impulse.
    #[serde(skip_serializing_if = "Option::is_none")]
    load: Option<f64>,
}

impl From<Planned> for PlanSession {
    fn from(planned: Planned) -> Self {
        let Planned { session, expected: Expected { metres, seconds, load }, activity } = planned;
        let (code, number) = session.target.parts();
        let number_of = |of: &str| number.filter(|_| code == of);
        let rounded = |value: Option<f64>| value.map(f64::round);
        Self {
            id: session.id,
            day: session.day,
            kind: session.kind.code(),
            words: session.words,
            distance_m: number_of("distance"),
            duration_s: number_of("duration"),
            load: number_of("load"),
            steps: write(&session.steps, Units::default()),
            expected: PlanExpected { distance_m: rounded(metres), duration_s: rounded(seconds), load: rounded(load) },
            matching: match session.choice {
                Choice::ByShape => "by_shape",
                Choice::Chosen(_) => "chosen",
                Choice::Off => "off",
            },
            // What was chosen may be sent back, even if it is of no use now.
            activity: if let Choice::Chosen(chosen) = session.choice { Some(chosen) } else { activity },
        }
    }
}

/// A session to plan, or what it is from now on. What was read may be sent back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPlanSession {
    /// Its day on the athlete's calendar.
    day: NaiveDate,
    /// A kind of activity, such as `run`, `trail_run`, `ride` or `strength`.
    kind: String,
    /// What it is, at most 200 characters.
    #[serde(default)]
    words: String,
    /// How far it is to be, in metres, 1 to 1000000. At most one of this, `duration_s` and `load`.
    distance_m: Option<u32>,
    /// How long it is to be, in seconds, 1 to 172800.
    duration_s: Option<u32>,
    /// The training impulse that it is to have, 1 to 2000.
    load: Option<u32>,
    /// Its steps as a line, at most 50 of them.
    #[serde(default)]
    steps: String,
    /// `by_shape`, `chosen` or `off`; without it, `by_shape` for a new session and as before for another.
    matching: Option<String>,
    /// The activity that it became, if that is chosen: at most three days away.
    activity: Option<Uuid>,
    /// Ignored.
    #[expect(dead_code, reason = "what was read may be sent back")]
    id: Option<Uuid>,
    /// Ignored.
    #[expect(dead_code, reason = "what was read may be sent back")]
    #[schema(value_type = Option<Object>)]
    expected: Option<serde_json::Value>,
}

impl NewPlanSession {
    /// The same as typed into the form, with the same checks, and what it became if that is said.
    fn fields(self) -> Result<(PlanFields, Option<Choice>), Problem> {
        let mut errors = FieldErrors::default();
        let targets = [("distance", "distance_m", self.distance_m), ("duration", "duration_s", self.duration_s), ("load", "load", self.load)];
        let mut target = Target::None;
        for (code, field, number) in targets.into_iter().filter(|(_, _, number)| number.is_some()) {
            if target != Target::None {
                errors.add(field, "At most one of `distance_m`, `duration_s` and `load`.");
            }
            match Target::of(code, number) {
                Some(found) => target = found,
                None => errors.add(field, "Out of bounds."),
            }
        }
        let choice = match (self.matching.as_deref(), self.activity) {
            (None, None) => None,
            (Some("by_shape"), _) => Some(Choice::ByShape),
            (Some("off"), _) => Some(Choice::Off),
            (None | Some("chosen"), Some(activity)) => Some(Choice::Chosen(activity)),
            (Some("chosen"), None) => {
                errors.add("activity", "The id of an activity.");
                None
            }
            (Some(_), _) => {
                errors.add("matching", "`by_shape`, `chosen` or `off`.");
                None
            }
        };
        let fields = PlanFields::checked(self.day, &self.kind, &self.words, target, &self.steps, &mut errors);
        errors.into_result()?;
        Ok((fields, choice))
    }
}

/// The sessions, the latest day first, a hundred a page.
#[utoipa::path(get, path = "/v1/plan", tag = "plan", params(After), responses((status = 200, body = List<PlanSession>)))]
async fn list(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Query(query): Query<After>) -> Result<Json<List<PlanSession>>, Refused> {
    let today = platform.clock.today(&viewer.time_zone);
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Json(page::page(&mut tx, &query.request(Order::Moment)?, today).await?.map(PlanSession::from).into()))
}

/// Plans a session.
#[utoipa::path(post, path = "/v1/plan", tag = "plan", params(IdempotencyKey),
    request_body(content = NewPlanSession, example = json!({"day": "2026-01-06", "kind": "run", "words": "tempo", "steps": "2km easy; 4 x (1km 4:35-4:42/km, 90s jog)"})),
    responses((status = 201, body = PlanSession, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
async fn create(State(platform): State<Platform>, ApiUser(viewer): ApiUser, request: Once<NewPlanSession>) -> Result<Response, Refused> {
    let (now, today) = (platform.clock.now(), platform.clock.today(&viewer.time_zone));
    let id = platform.ids.uuid(now);
    let make = async |tx: &mut Tx, new: NewPlanSession| {
        let (fields, choice) = new.fields()?;
        service::add(tx, id, fields, today, now).await?;
        if let Some(choice) = choice {
            service::match_to(tx, id, choice, now).await?;
        }
        Ok(Done::created(format!("/v1/plan/{id}"), read(tx, id, today).await?))
    };
    Ok(request.run(&platform, viewer.id, make).await?)
}

/// A session.
#[utoipa::path(get, path = "/v1/plan/{planned_session}", tag = "plan", params(("planned_session" = Uuid, Path, description = "Its id")),
    responses((status = 200, body = PlanSession, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
async fn get(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(id): Path<Uuid>) -> Result<Tagged<PlanSession>, Refused> {
    let today = platform.clock.today(&viewer.time_zone);
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Tagged(read(&mut tx, id, today).await?))
}

/// Replaces a session. What it became stays if nothing is said of it.
#[utoipa::path(put, path = "/v1/plan/{planned_session}", tag = "plan", params(("planned_session" = Uuid, Path, description = "Its id"), IfMatch),
    request_body(content = NewPlanSession, example = json!({"day": "2026-01-07", "kind": "run", "distance_m": 9000})),
    responses((status = 200, body = PlanSession, headers(("ETag" = String, description = "Changes whenever the answer does")))))]
async fn put(
    State(platform): State<Platform>,
    ApiUser(viewer): ApiUser,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(new): Json<NewPlanSession>,
) -> Result<Tagged<PlanSession>, Refused> {
    let (now, today) = (platform.clock.now(), platform.clock.today(&viewer.time_zone));
    let act = async |tx: &mut Tx| {
        let before = locked(tx, id, today).await?;
        if_match.check(tx, async |_| Ok(&before)).await?;
        let (fields, choice) = new.fields()?;
        service::edit(tx, id, fields, today, now).await?;
        if let Some(choice) = choice {
            service::match_to(tx, id, choice, now).await?;
        }
        read(tx, id, today).await
    };
    Ok(Tagged(platform.database.transact(viewer.id, act).await?))
}

/// Deletes a session.
#[utoipa::path(delete, path = "/v1/plan/{planned_session}", tag = "plan", params(("planned_session" = Uuid, Path, description = "Its id"), IfMatch),
    responses((status = 204)))]
async fn delete(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(id): Path<Uuid>, if_match: IfMatch) -> Result<StatusCode, Refused> {
    let today = platform.clock.today(&viewer.time_zone);
    let act = async |tx: &mut Tx| {
        if_match.check(tx, async |tx| locked(tx, id, today).await).await?;
        service::delete(tx, id).await
    };
    platform.database.transact(viewer.id, act).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn read(tx: &mut Tx, id: Uuid, today: NaiveDate) -> Result<PlanSession, Error> {
    Ok(matched::one(tx, id, today).await?.into())
}

/// A session that nobody else changes until the transaction ends.
async fn locked(tx: &mut Tx, id: Uuid, today: NaiveDate) -> Result<PlanSession, Error> {
    service::lock(tx).await?;
    read(tx, id, today).await
}

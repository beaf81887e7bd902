//! `/v1/correlations`: findings for API clients. Every endpoint returns what was computed in the background.

use accounts::ApiUser;
use axum::Json;
use axum::extract::{FromRef, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Access, Limit};
use domain::accounts::Viewer;
use domain::discovery::{Card, Discovery, Group, JobState, Report, Tier};
use domain::units::Units;
use platform::http::Endpoints;
use platform::rest::Refused;
use platform::{Error, Platform};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::{job, report};

/// `GET /v1/correlations/discover`, `what-works`, `what-doesnt-work` and `status/{job_id}`.
pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(discover), Access::Athlete, Limit::Discovery)
        .route(routes!(what_works), Access::Athlete, Limit::General)
        .route(routes!(what_doesnt_work), Access::Athlete, Limit::General)
        .route(routes!(status), Access::ResourceOwner, Limit::General)
}

/// What a computation found.
#[derive(Debug, Serialize, ToSchema)]
struct DiscoveryReport {
    /// When it was computed.
    computed_at: DateTime<Utc>,
    /// The version of the engine.
    engine: String,
    /// Whether nothing changed since.
    fresh: bool,
    /// The computation that will replace it, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    job_id: Option<Uuid>,
    /// Questions that were tested: pairs of an input and an outcome, times lags.
    questions: u32,
    /// Runs behind it.
    runs: u32,
    /// What was found.
    findings: Vec<Finding>,
    /// Of what works and what doesn't: what goes along with it and is no cause, such as resting heart rate and HRV. None of it is in `findings` there.
    #[serde(skip_serializing_if = "Option::is_none")]
    signs: Option<Vec<Finding>>,
}

/// What was found of one input and one outcome.
#[derive(Debug, Serialize, ToSchema)]
struct Finding {
    /// Names the pair.
    key: String,
    /// Names these numbers of it: what is said of them is stored by it.
    result: String,
    /// The input.
    input: String,
    /// The outcome.
    outcome: String,
    /// How sure it is: `confirmed` (held on days that the search never saw), `supported`, `watching`, `no_effect`, `too_small`, `unknown` or
    /// `not_enough_data`; more may come.
    #[schema(value_type = String)]
    tier: Tier,
    /// What follows from it: `helps`, `costs`, `sign` (it goes along with the outcome and is no cause), `watching`, `small_but_real`, `small_or_chance`,
    /// `no_effect`, `unknown` or `few_days`; more may come.
    #[schema(value_type = String)]
    group: Group,
    /// Whether more of the input is good for the athlete; missing if there is nothing to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    beneficial: Option<bool>,
    /// The finding for people.
    sentence: String,
    /// The effect in `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<f64>,
    /// The lower end of its 95 % interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    effect_low: Option<f64>,
    /// The upper end of its 95 % interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    effect_high: Option<f64>,
    /// The effect to expect after shrinkage for selection.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_effect: Option<f64>,
    /// Of the effects, and per what.
    unit: String,
    /// Days from the input to the outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    lag_days: Option<u32>,
    /// p value of the pair.
    #[serde(skip_serializing_if = "Option::is_none")]
    p: Option<f64>,
    /// q value over all pairs (false discovery rate).
    #[serde(skip_serializing_if = "Option::is_none")]
    q: Option<f64>,
    /// Partial correlation.
    #[serde(skip_serializing_if = "Option::is_none")]
    r: Option<f64>,
    /// Days with both.
    n: u32,
    /// How many independent days they are worth.
    n_effective: f64,
    /// Days still needed for a verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    days_needed: Option<u32>,
    /// Caveats, for people.
    caveats: Vec<String>,
    /// What was held constant.
    held_constant: Vec<String>,
    /// The days behind it.
    days: Vec<FindingDay>,
}

/// A day behind a finding.
#[derive(Debug, Serialize, ToSchema)]
struct FindingDay {
    /// The day of the outcome.
    day: NaiveDate,
    /// The input in its unit.
    input: f32,
    /// The outcome's difference from what was expected.
    outcome: f32,
}

impl From<Card> for Finding {
    fn from(card: Card) -> Self {
        let day = |(day, (input, outcome))| FindingDay { day, input, outcome };
        Self {
            sentence: card.whole_sentence(),
            tier: card.tier,
            days: card.days.into_iter().zip(card.points).map(day).collect(),
            key: card.key,
            result: card.result,
            group: card.group,
            input: card.input,
            outcome: card.outcome,
            beneficial: card.is_beneficial,
            effect: card.effect,
            effect_low: card.ci_low,
            effect_high: card.ci_high,
            expected_effect: card.expected,
            unit: card.unit,
            lag_days: card.lag_days,
            p: card.p,
            q: card.q,
            r: card.r,
            n: card.n,
            n_effective: card.n_eff,
            days_needed: card.days_needed,
            caveats: card.caveats,
            held_constant: card.how.held_constant,
        }
    }
}

/// A computation in the background.
#[derive(Debug, Serialize, ToSchema)]
struct Computation {
    /// Its id; missing if there is nothing to compute.
    #[serde(skip_serializing_if = "Option::is_none")]
    job_id: Option<Uuid>,
    /// `queued`, `running`, `retrying` or `done`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    state: Option<JobState>,
    /// When it was requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_at: Option<DateTime<Utc>>,
    /// When it finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<DateTime<Utc>>,
}

impl From<Option<domain::discovery::Job>> for Computation {
    fn from(job: Option<domain::discovery::Job>) -> Self {
        Self {
            job_id: job.as_ref().map(|job| job.id),
            state: job.as_ref().map(|job| job.state),
            requested_at: job.as_ref().map(|job| job.requested_at),
            finished_at: job.and_then(|job| job.finished_at),
        }
    }
}

/// Every finding, if they are up to date; else the computation that will find them.
///
/// Without any data there is nothing to find, and no computation.
#[utoipa::path(get, path = "/v1/correlations/discover", tag = "correlations",
    responses((status = 200, body = DiscoveryReport), (status = 202, body = Computation, description = "Not computed yet: ask again")))]
async fn discover(State(platform): State<Platform>, ApiUser(viewer): ApiUser) -> Result<Response, Refused> {
    Ok(match read(&platform, viewer).await? {
        Discovery { report: Some(report), fresh: true, .. } => findings(report, (true, None), |_| true, None),
        Discovery { job, .. } => accepted(job),
    })
}

/// Findings that hold and are good for the athlete; signs of it, which cause nothing, in a list of their own. An outdated report is marked as such.
#[utoipa::path(get, path = "/v1/correlations/what-works", tag = "correlations",
    responses((status = 200, body = DiscoveryReport), (status = 202, body = Computation, description = "Not computed yet: ask again")))]
async fn what_works(State(platform): State<Platform>, ApiUser(viewer): ApiUser) -> Result<Response, Refused> {
    findings_by_sign(&platform, viewer, true).await
}

/// Findings that hold and are bad for the athlete; signs of it, which cause nothing, in a list of their own. An outdated report is marked as such.
#[utoipa::path(get, path = "/v1/correlations/what-doesnt-work", tag = "correlations",
    responses((status = 200, body = DiscoveryReport), (status = 202, body = Computation, description = "Not computed yet: ask again")))]
async fn what_doesnt_work(State(platform): State<Platform>, ApiUser(viewer): ApiUser) -> Result<Response, Refused> {
    findings_by_sign(&platform, viewer, false).await
}

async fn findings_by_sign(platform: &Platform, viewer: Viewer, beneficial: bool) -> Result<Response, Refused> {
    Ok(match read(platform, viewer).await? {
        Discovery { report: Some(report), fresh, job, .. } => {
            let holds = |card: &Card| card.tier.holds() && card.is_beneficial == Some(beneficial);
            let is_sign = |card: &Card| card.group == Group::Sign;
            findings(report, (fresh, job.map(|job| job.id)), |card| holds(card) && !is_sign(card), Some(&|card| holds(card) && is_sign(card)))
        }
        Discovery { job, .. } => accepted(job),
    })
}

/// The findings of a report that are wanted, and signs, if those are.
fn findings(
    report: Report,
    (fresh, job_id): (bool, Option<Uuid>),
    wanted: impl Fn(&Card) -> bool,
    signs: Option<&dyn Fn(&Card) -> bool>,
) -> Response {
    let Report { computed_at, engine, questions, runs, cards, .. } = report;
    let signs = signs.map(|is_wanted| cards.iter().filter(|card| is_wanted(card)).cloned().map(Finding::from).collect());
    let findings = cards.into_iter().filter(wanted).map(Finding::from).collect();
    Json(DiscoveryReport { computed_at, engine, fresh, job_id, questions, runs, findings, signs }).into_response()
}

/// How far a computation is.
#[utoipa::path(get, path = "/v1/correlations/status/{job_id}", tag = "correlations", params(("job_id" = Uuid, Path, description = "The computation")),
    responses((status = 200, body = Computation)))]
async fn status(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(id): Path<Uuid>) -> Result<Json<Computation>, Refused> {
    let mut tx = platform.database.begin_as(viewer.id).await?;
    Ok(Json(Some(job::status(&mut tx, id).await?).into()))
}

pub(super) async fn read(platform: &Platform, viewer: Viewer) -> Result<Discovery, Error> {
    let found = platform.database.transact(viewer.id, async |tx| job::discovery(tx, platform.features, Units::default()).await).await?;
    // Without any data nothing is enqueued, so there would be nothing to wait for.
    let without_data = found.report.is_none() && found.fresh;
    let report = if without_data { Some(report::without_data(platform)) } else { found.report };
    Ok(Discovery { report, ..found })
}

fn accepted(job: Option<domain::discovery::Job>) -> Response {
    let location = job.as_ref().and_then(|job| format!("/v1/correlations/status/{}", job.id).parse().ok());
    let mut response = (StatusCode::ACCEPTED, Json(Computation::from(job))).into_response();
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

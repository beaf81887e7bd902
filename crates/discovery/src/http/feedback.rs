//! “Was this helpful?”: the form on each card, and `/v1/feedback/insight`.

use accounts::{ApiUser, CurrentUser};
use axum::Json;
use axum::extract::{Form, FromRef, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::{Access, Limit};
use domain::discovery::{Card, Feedback};
use domain::{Notice, ProblemKind};
use platform::forms::{Fields, field};
use platform::http::{Endpoints, FORM, Kept};
use platform::rest::{Done, IdempotencyKey, Once, Refused};
use platform::{Error, Platform, Tx, forms};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::v1;
use crate::feedback::answer;

/// `POST /discovery/{key}/feedback`, and `/v1/feedback/insight`.
pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(save), Access::Athlete, Limit::General)
        .kept(Kept::Repeated)
        .route(routes!(answers), Access::Athlete, Limit::General)
        .route(routes!(create), Access::Athlete, Limit::General)
}

/// What a reader says of a card, or says instead.
#[utoipa::path(post, path = "/discovery/{key}/feedback", tag = "forms", request_body(content_type = FORM, example = json!({"helpful": "yes"})))]
async fn save(State(platform): State<Platform>, CurrentUser(viewer): CurrentUser, Path(key): Path<String>, Form(mut form): Form<Fields>) -> Response {
    let now = platform.clock.now();
    let stored = async {
        let feedback = Feedback::parse(|name| field(&form, name))?;
        platform.database.transact(viewer.id, async |tx| answer(tx, &key, field(&form, "result"), &feedback, now).await).await
    };
    match stored.await {
        // The card's own page is that of its outcome, where it stands open.
        Ok(stored) => {
            let page = Notice::Saved.on(&format!("/discovery?outcome={}&card={key}", stored.outcome));
            Redirect::to(&format!("{page}#{key}")).into_response()
        }
        Err(Error::Problem(problem)) if problem.kind != ProblemKind::NotFound => {
            // Tells the page which of its forms it was.
            form.push(("card".to_owned(), key));
            forms::rerender_with_errors(problem, "/discovery", forms::pairs(&form))
        }
        Err(error) => platform::error::problem_text(&error.into_problem()),
    }
}

/// What an athlete says of a finding.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InsightAnswer {
    /// The key of the finding, as in `/v1/correlations/discover`.
    finding: String,
    /// The result that was seen. An answer to numbers that are no longer there is refused; without it, the answer is to those that are there.
    result: Option<String>,
    /// Whether it was helpful.
    helpful: bool,
    /// Why, at most 500 characters.
    comment: Option<String>,
}

/// What an athlete said of a finding.
#[derive(Debug, Serialize, ToSchema)]
struct InsightFeedback {
    /// The key of the finding.
    finding: String,
    /// The result that it is about.
    result: String,
    /// Whether it was helpful.
    helpful: bool,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

/// What an athlete said of findings.
#[derive(Debug, Serialize, ToSchema)]
struct InsightFeedbackList {
    /// In the order of the findings.
    items: Vec<InsightFeedback>,
}

/// Says whether a finding was helpful. A result has one answer: another one replaces it.
#[utoipa::path(post, path = "/v1/feedback/insight", tag = "correlations", params(IdempotencyKey),
    request_body(content = InsightAnswer, example = json!({"finding": "{key}", "helpful": false, "comment": "Knew that."})),
    responses((status = 201, body = InsightFeedback)))]
async fn create(State(platform): State<Platform>, ApiUser(viewer): ApiUser, request: Once<InsightAnswer>) -> Result<Response, Refused> {
    let now = platform.clock.now();
    let store = async |tx: &mut Tx, said: InsightAnswer| {
        let feedback = Feedback::new(Some(said.helpful), said.comment.as_deref())?;
        let stored = answer(tx, &said.finding, said.result.as_deref(), &feedback, now).await?;
        let Feedback { helpful, comment } = feedback;
        let body = InsightFeedback { finding: said.finding, result: stored.result, helpful, comment };
        Ok(Done::created("/v1/feedback/insight".to_owned(), body))
    };
    Ok(request.run(&platform, viewer.id, store).await?)
}

/// What was said of the findings as they are now.
#[utoipa::path(get, path = "/v1/feedback/insight", tag = "correlations", responses((status = 200, body = InsightFeedbackList)))]
async fn answers(State(platform): State<Platform>, ApiUser(viewer): ApiUser) -> Result<Json<InsightFeedbackList>, Refused> {
    let said = |card: Card| {
        let Feedback { helpful, comment } = card.feedback?;
        Some(InsightFeedback { finding: card.key, result: card.result, helpful, comment })
    };
    let cards = v1::read(&platform, viewer).await?.report.map(|report| report.cards).unwrap_or_default();
    Ok(Json(InsightFeedbackList { items: cards.into_iter().filter_map(said).collect() }))
}

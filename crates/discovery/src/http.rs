//! `/v1/correlations`: findings for API clients. Every route returns what was computed in the background.

use std::fmt::Write;

use accounts::ApiUser;
use axum::Json;
use axum::extract::{FromRef, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::accounts::Viewer;
use domain::discovery::{Card, Discovery};
use platform::{Error, Platform};
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::job;

/// `GET /v1/correlations/discover`, `what-works`, `what-doesnt-work` and `status/{job_id}`;
/// `GET /discovery/{key}/chart.json`, a chart, and `days.csv`, the table behind it.
pub fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(discover))
        .routes(routes!(what_works))
        .routes(routes!(what_doesnt_work))
        .routes(routes!(status))
        .routes(routes!(chart))
        .routes(routes!(days))
}

/// The whole report if it is up to date, else 202 with the job that computes it.
#[utoipa::path(get, path = "/v1/correlations/discover", tag = "discovery")]
async fn discover(State(platform): State<Platform>, ApiUser(viewer): ApiUser) -> Response {
    match read(&platform, viewer).await {
        Ok(Discovery { report: Some(report), fresh: true, .. }) => Json(report).into_response(),
        Ok(Discovery { job, .. }) => accepted(job.map(|j| j.id)),
        Err(error) => refused(error),
    }
}

#[utoipa::path(get, path = "/v1/correlations/what-works", tag = "discovery")]
async fn what_works(State(platform): State<Platform>, ApiUser(viewer): ApiUser) -> Response {
    findings_by_sign(&platform, viewer, true).await
}

#[utoipa::path(get, path = "/v1/correlations/what-doesnt-work", tag = "discovery")]
async fn what_doesnt_work(State(platform): State<Platform>, ApiUser(viewer): ApiUser) -> Response {
    findings_by_sign(&platform, viewer, false).await
}

/// Findings that hold and help, or hold and cost. An outdated report is marked as such.
async fn findings_by_sign(platform: &Platform, viewer: Viewer, works: bool) -> Response {
    match read(platform, viewer).await {
        Ok(Discovery { report: Some(report), fresh, job, .. }) => {
            let cards: Vec<Card> = report.cards.into_iter().filter(|c| c.tier.holds() && c.works == Some(works)).collect();
            let findings = json!({
                "computed_at": report.computed_at, "engine": report.engine, "fresh": fresh, "job_id": job.map(|j| j.id), "findings": cards,
            });
            Json(findings).into_response()
        }
        Ok(Discovery { job, .. }) => accepted(job.map(|j| j.id)),
        Err(error) => refused(error),
    }
}

#[utoipa::path(get, path = "/v1/correlations/status/{job_id}", tag = "discovery")]
async fn status(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(id): Path<Uuid>) -> Response {
    let result = async {
        let mut tx = platform.database.begin_as(viewer.id).await?;
        job::status(&mut tx, id).await
    };
    match result.await {
        Ok(job) => Json(job).into_response(),
        Err(error) => refused(error),
    }
}

/// The interactive chart of a card, as an `ECharts` option.
#[utoipa::path(get, path = "/discovery/{key}/chart.json", tag = "forms")]
async fn chart(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(key): Path<String>) -> Response {
    match card_with_points(&platform, viewer, &key).await {
        Ok(card) => ([(header::CONTENT_TYPE, "application/json")], card.chart).into_response(),
        Err(error) => refused(error),
    }
}

/// The days behind a card: date, input, and the outcome's difference from the expected.
#[utoipa::path(get, path = "/discovery/{key}/days.csv", tag = "forms")]
async fn days(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(key): Path<String>) -> Response {
    match card_with_points(&platform, viewer, &key).await {
        Ok(card) => {
            let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
            let mut csv = format!("date,{},{}\n", quoted(&card.x_label), quoted(&card.y_label));
            for (day, (x, y)) in card.days.iter().zip(&card.points) {
                let _ = writeln!(csv, "{day},{x},{y}");
            }
            let name = format!("attachment; filename=\"{key}.csv\"");
            ([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)], csv).into_response()
        }
        Err(error) => refused(error),
    }
}

/// A card that has something to draw.
async fn card_with_points(platform: &Platform, viewer: Viewer, key: &str) -> Result<Card, Error> {
    let cards = read(platform, viewer).await?.report.map(|report| report.cards).unwrap_or_default();
    cards.into_iter().find(|card| card.key == key && !card.points.is_empty()).ok_or_else(|| Error::not_found("table"))
}

async fn read(platform: &Platform, viewer: Viewer) -> Result<Discovery, Error> {
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let discovery = job::discovery(&mut tx).await?;
    tx.commit().await?;
    Ok(discovery)
}

fn accepted(job: Option<Uuid>) -> Response {
    let status = job.map(|id| format!("/v1/correlations/status/{id}"));
    (StatusCode::ACCEPTED, Json(json!({ "job_id": job, "status": status }))).into_response()
}

fn refused(error: Error) -> Response {
    platform::error::problem_json(&error.into_problem())
}

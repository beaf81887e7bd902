//! `/v1/correlations`: findings for API clients. Every route returns what was computed in the background.

use std::fmt::Write;

use accounts::ApiUser;
use axum::Json;
use axum::extract::{FromRef, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::access::{Access, Limit};
use domain::accounts::Viewer;
use domain::discovery::{Card, Discovery};
use platform::http::Endpoints;
use platform::{Error, Platform};
use serde_json::json;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::{job, report};

/// `GET /v1/correlations/discover`, `what-works`, `what-doesnt-work` and `status/{job_id}`;
/// `GET /discovery/charts.json`, the charts of the page, and `/discovery/{key}/days.csv`, the table behind one.
pub fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new()
        .route(routes!(discover), Access::Athlete, Limit::Discovery)
        .route(routes!(what_works), Access::Athlete, Limit::General)
        .route(routes!(what_doesnt_work), Access::Athlete, Limit::General)
        .route(routes!(status), Access::ResourceOwner, Limit::General)
        .route(routes!(charts), Access::Athlete, Limit::General)
        .route(routes!(days), Access::Athlete, Limit::General)
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

/// The interactive charts of all cards. A page asks once, when the first comes into view: an answer for each card would read the report as often.
#[utoipa::path(get, path = "/discovery/charts.json", tag = "forms")]
async fn charts(State(platform): State<Platform>, ApiUser(viewer): ApiUser) -> Response {
    let result = async {
        let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
        report::charts(&mut tx).await
    };
    match result.await {
        Ok(charts) => Json(charts).into_response(),
        Err(error) => refused(error),
    }
}

/// The days behind a card: date, input, and the outcome's difference from the expected.
#[utoipa::path(get, path = "/discovery/{key}/days.csv", tag = "forms")]
async fn days(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(key): Path<String>) -> Response {
    let card = read(&platform, viewer).await.and_then(|found| {
        let cards = found.report.map(|r| r.cards).unwrap_or_default();
        cards.into_iter().find(|c| c.key == key && !c.points.is_empty()).ok_or_else(|| Error::not_found("table"))
    });
    match card {
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

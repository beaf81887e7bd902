//! What the page of discovery loads after itself: charts, and the table behind one.

use std::fmt::Write;

use accounts::ApiUser;
use axum::Json;
use axum::extract::{FromRef, Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::access::{Access, Limit};
use platform::http::Endpoints;
use platform::rest::Refused;
use platform::{Error, Platform};
use utoipa_axum::routes;

use crate::{job, picture, report};

/// `GET /discovery/charts.json`, the charts of the page, and of a card `/discovery/{key}/days.csv`, the table behind it, and `/discovery/{key}/card.png`, the
/// picture to share.
pub(super) fn router<S>() -> Endpoints<S>
where
    S: Clone + Send + Sync + 'static,
    Platform: FromRef<S>,
{
    Endpoints::new().route(routes!(charts), Access::Athlete, Limit::General).route(routes!(days), Access::Athlete, Limit::General).route(
        routes!(share),
        Access::Athlete,
        Limit::General,
    )
}

/// The interactive charts of all cards. A page asks once, when somebody points at the first: an answer for each card would read the report as often.
#[utoipa::path(get, path = "/discovery/charts.json", tag = "forms")]
async fn charts(State(platform): State<Platform>, ApiUser(viewer): ApiUser) -> Result<Response, Refused> {
    let tx = platform.database.begin_read_only_as(viewer.id).await?;
    Ok(Json(report::charts(tx, platform.features, viewer.units).await?).into_response())
}

/// A card as a picture: its sentence and its interval.
#[utoipa::path(get, path = "/discovery/{key}/card.png", tag = "forms")]
async fn share(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(key): Path<String>) -> Result<Response, Refused> {
    let mut tx = platform.database.begin_read_only_as(viewer.id).await?;
    let report = report::load_report(&mut tx, platform.features, viewer.units).await?.report;
    // Drawing may wait for its turn, and needs no connection.
    tx.rollback().await?;
    let card = report.into_iter().flat_map(|report| report.cards).find(|card| card.key == key);
    let drawn = card.as_ref().and_then(picture::picture).ok_or_else(|| Error::not_found("picture"))?;
    let png = picture::png(viewer.id, drawn).await?;
    let name = format!("inline; filename=\"legwork-{key}.png\"");
    Ok(([(header::CONTENT_TYPE, "image/png".to_owned()), (header::CONTENT_DISPOSITION, name)], png).into_response())
}

/// The days behind a card: date, input, and the outcome's difference from the expected.
#[utoipa::path(get, path = "/discovery/{key}/days.csv", tag = "forms")]
async fn days(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(key): Path<String>) -> Result<Response, Refused> {
    let report = platform.database.transact(viewer.id, async |tx| job::discovery(tx, platform.features, viewer.units).await).await?.report;
    let mut cards = report.into_iter().flat_map(|report| report.cards);
    let card = cards.find(|card| card.key == key && !card.points.is_empty()).ok_or_else(|| Error::not_found("table"))?;
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut csv = format!("date,{},{}\n", quoted(&card.x_label), quoted(&card.y_label));
    for (day, (x, y)) in card.days.iter().zip(&card.points) {
        let _ = writeln!(csv, "{day},{x},{y}");
    }
    let name = format!("attachment; filename=\"{key}.csv\"");
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)], csv).into_response())
}

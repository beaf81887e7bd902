//! The samples of a recording.

use accounts::ApiUser;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use platform::rest::Refused;
use platform::{Error, Platform, Tx};
use recordings::Samples;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The samples of a recording, a column each; all are of the same length, and `null` where nothing was measured. A column without any
/// measurement is missing.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Streams {
    /// Seconds from the start.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(value_type = Option<Vec<Option<f64>>>)]
    time_s: Vec<f64>,
    /// Degrees north.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(value_type = Option<Vec<Option<f64>>>)]
    latitude_deg: Vec<f64>,
    /// Degrees east.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(value_type = Option<Vec<Option<f64>>>)]
    longitude_deg: Vec<f64>,
    /// Metres above the sea.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(value_type = Option<Vec<Option<f64>>>)]
    altitude_m: Vec<f64>,
    /// Metres from the start.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(value_type = Option<Vec<Option<f64>>>)]
    distance_m: Vec<f64>,
    /// Metres per second.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(value_type = Option<Vec<Option<f64>>>)]
    speed_mps: Vec<f64>,
    /// Beats per minute.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(value_type = Option<Vec<Option<f64>>>)]
    heart_rate_bpm: Vec<f64>,
    /// Revolutions per minute; on foot, strides of one leg.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(value_type = Option<Vec<Option<f64>>>)]
    cadence_rpm: Vec<f64>,
    /// Watts.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(value_type = Option<Vec<Option<f64>>>)]
    power_w: Vec<f64>,
    /// Degrees Celsius.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(value_type = Option<Vec<Option<f64>>>)]
    temperature_c: Vec<f64>,
    /// What else the device recorded.
    extra: Vec<ExtraStream>,
}

/// A column that not every device records.
#[derive(Debug, Serialize, ToSchema)]
struct ExtraStream {
    /// The device's or developer's name for it.
    name: String,
    /// Its unit in the file; may be empty.
    unit: String,
    /// One value for each sample.
    #[schema(value_type = Vec<Option<f64>>)]
    values: Vec<f64>,
}

fn is_blank(values: &[f64]) -> bool {
    values.iter().all(|value| value.is_nan())
}

impl From<Samples> for Streams {
    fn from(s: Samples) -> Self {
        Self {
            time_s: s.time_s,
            latitude_deg: s.latitude_deg,
            longitude_deg: s.longitude_deg,
            altitude_m: s.altitude_m,
            distance_m: s.distance_m,
            speed_mps: s.speed_mps,
            heart_rate_bpm: s.heart_rate_bpm,
            cadence_rpm: s.cadence_rpm,
            power_w: s.power_w,
            temperature_c: s.temperature_c,
            extra: s.extra.into_iter().map(|e| ExtraStream { name: e.name, unit: e.unit, values: e.values }).collect(),
        }
    }
}

/// The samples of an activity as they count: without what was cropped, with what was merged.
#[utoipa::path(get, path = "/v1/activities/{activity}/streams", tag = "activities", params(("activity" = Uuid, Path, description = "Its id")),
    responses((status = 200, body = Streams)))]
pub(super) async fn streams(State(platform): State<Platform>, ApiUser(viewer): ApiUser, Path(id): Path<Uuid>) -> Result<Response, Refused> {
    let files = platform.files.clone();
    let spool = async |tx: &mut Tx| {
        let recording = crate::recording::effective_recording(tx, id).await?;
        // Hours of samples are megabytes of JSON. It is on disk before the permit is released: a slow client holds no memory.
        platform::compute(move || Ok::<_, Error>(files.spool(&serde_json::to_vec(&Streams::from(recording.samples))?)?)).await?
    };
    let json = platform.database.transact_heavy(viewer.id, spool).await?;
    let headers = [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_LENGTH, json.bytes().to_string())];
    Ok((headers, json.into_body()).into_response())
}

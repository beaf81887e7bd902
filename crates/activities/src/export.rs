//! Downloads of an activity: the original file, or an export with every edit.

use domain::ProblemKind;
use platform::{Error, FileBody, Files, Platform, Tx};
use recordings::{Recording, fit, gpx, tcx};
use uuid::Uuid;

use crate::queries::originals as queries;
use crate::recording::effective_recording;

/// A file to download.
#[derive(Debug)]
pub struct Download {
    /// Its name.
    pub name: String,
    /// Its MIME type.
    pub mime: &'static str,
    /// Its content.
    pub file: FileBody,
}

/// The file that an activity came from, unchanged but unpacked.
pub async fn original(platform: &Platform, tx: &mut Tx, id: Uuid) -> Result<Download, Error> {
    let athlete = tx.viewer()?;
    let row = queries::source_file(tx, id).await?.ok_or_else(|| Error::not_found("activity"))?;
    if row.origin != "file" {
        return Err(Error::problem(ProblemKind::NotFound, "This activity did not come from a file. Export it as FIT, GPX or TCX instead."));
    }
    let (files, hash) = (platform.files.clone(), platform::hex(&row.source_sha256));
    let read = tokio::task::spawn_blocking(move || files.open_original(athlete, &hash)).await.map_err(std::io::Error::from)??;
    let Some(file) = read else {
        tracing::error!(activity = %id, "an original is missing");
        let message = "The file that this activity came from is no longer on this server. Export the activity as FIT, GPX or TCX instead.";
        return Err(Error::problem(ProblemKind::NotFound, message));
    };
    let name = recordings::archive::display_name(&row.source_name);
    let plain = name.strip_suffix(".gz").unwrap_or(&name).to_owned();
    Ok(Download { name: plain, mime: "application/octet-stream", file })
}

/// The activity as it stands now, with its crop and what was merged into it, as `fit`, `gpx` or `tcx`.
pub async fn export(platform: &Platform, tx: &mut Tx, id: Uuid, format: &str) -> Result<Download, Error> {
    encode_as(platform, effective_recording(tx, id).await?, id, format).await
}

/// Encodes a recording as a file of a format. It is on disk before the compute permit is released: a slow client holds no memory.
pub(crate) async fn encode_as(platform: &Platform, recording: Recording, id: Uuid, format: &str) -> Result<Download, Error> {
    let (files, format) = (platform.files.clone(), format.to_owned());
    platform::compute(move || write(&files, &recording, id, &format)).await?
}

fn write(files: &Files, recording: &Recording, id: Uuid, format: &str) -> Result<Download, Error> {
    let day = recording.started_at_ms.and_then(chrono::DateTime::from_timestamp_millis).map(|t| t.format("%Y-%m-%d").to_string());
    let name = format!("{}-{}.{format}", day.unwrap_or_default(), &id.to_string()[..8]);
    let invalid = |sentence: &str| Error::problem(ProblemKind::Invalid, sentence);
    let (bytes, mime) = match format {
        "fit" => (fit::encode(recording), "application/vnd.ant.fit"),
        "gpx" => (gpx::encode(recording).map_err(|e| invalid(&e.to_string()))?, "application/gpx+xml"),
        "tcx" => (tcx::encode(recording).ok_or_else(|| invalid("This activity has no times."))?, "application/vnd.garmin.tcx+xml"),
        _ => return Err(Error::not_found("format")),
    };
    Ok(Download { name, mime, file: files.spool(&bytes)? })
}

//! Writes an activity as GPX 1.1, with Garmin's extensions for heart rate, cadence and power, and Cluetrust's for distance and laps.

use std::fmt::Write;

use crate::xml::{escaped, time_text};
use crate::{Recording, Sport};

/// Why a recording cannot be written as GPX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// GPX points must have a position.
    #[error("GPX holds positions, and this activity has none. Take FIT or TCX.")]
    NoPositions,
    /// Without times it would be a route.
    #[error("This activity has no times.")]
    NoTimes,
}

/// Writes `recording` as one GPX track; a pause starts a new segment. It reads back equal within the limits of GPX: samples without a
/// position, extra columns and sensors cannot be written.
pub fn encode(recording: &Recording) -> Result<Vec<u8>, EncodeError> {
    let start = recording.started_at_ms.ok_or(EncodeError::NoTimes)?;
    let s = &recording.samples;
    let placed: Vec<usize> =
        (0..s.len()).filter(|&i| s.latitude_deg[i].is_finite() && s.longitude_deg[i].is_finite() && s.time_s[i].is_finite()).collect();
    if placed.is_empty() {
        return Err(EncodeError::NoPositions);
    }
    let mut out = String::with_capacity(placed.len() * 260);
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\"");
    let _ = write!(out, " creator=\"{}\"", escaped(recording.device.as_deref().unwrap_or("")));
    out.push_str(concat!(
        " xmlns=\"http://www.topografix.com/GPX/1/1\"",
        " xmlns:gpxtpx=\"http://www.garmin.com/xmlschemas/TrackPointExtension/v2\"",
        " xmlns:gpxpx=\"http://www.garmin.com/xmlschemas/PowerExtension/v1\"",
        " xmlns:gpxdata=\"http://www.cluetrust.com/XML/GPXDATA/1/0\">\n<trk>"
    ));
    for (name, value) in [("name", &recording.title), ("desc", &recording.description)] {
        if let Some(value) = value {
            let _ = write!(out, "<{name}>{}</{name}>", escaped(value));
        }
    }
    let _ = write!(out, "<type>{}</type>", kind(recording));
    laps(&mut out, recording, start);
    out.push_str("\n<trkseg>\n");
    let mut pauses = recording.pauses.iter().peekable();
    for &i in &placed {
        if let Some(pause) = pauses.peek()
            && s.time_s[i] >= pause.to_s
        {
            pauses.next();
            out.push_str("</trkseg><trkseg>\n");
        }
        let _ = write!(out, "<trkpt lat=\"{}\" lon=\"{}\">", s.latitude_deg[i], s.longitude_deg[i]);
        element(&mut out, "ele", s.altitude_m[i]);
        let _ = write!(out, "<time>{}</time>", time_text(start, s.time_s[i]));
        point(&mut out, recording, i);
        out.push_str("</trkpt>\n");
    }
    out.push_str("</trkseg></trk></gpx>\n");
    Ok(out.into_bytes())
}

fn point(out: &mut String, recording: &Recording, i: usize) {
    let s = &recording.samples;
    let garmin = [("atemp", &s.temperature_c), ("hr", &s.heart_rate_bpm), ("cad", &s.cadence_rpm), ("speed", &s.speed_mps)];
    let any_garmin = garmin.iter().any(|(_, column)| column[i].is_finite());
    if !any_garmin && s.power_w[i].is_nan() && s.distance_m[i].is_nan() {
        return;
    }
    out.push_str("<extensions>");
    element(out, "gpxpx:PowerInWatts", s.power_w[i]);
    element(out, "gpxdata:distance", s.distance_m[i]);
    if any_garmin {
        out.push_str("<gpxtpx:TrackPointExtension>");
        for (name, column) in garmin {
            let mut full = String::from("gpxtpx:");
            full.push_str(name);
            element(out, &full, column[i]);
        }
        out.push_str("</gpxtpx:TrackPointExtension>");
    }
    out.push_str("</extensions>");
}

fn laps(out: &mut String, recording: &Recording, start: i64) {
    if recording.laps.is_empty() {
        return;
    }
    out.push_str("<extensions>");
    for lap in &recording.laps {
        let _ = write!(out, "<gpxdata:lap><gpxdata:startTime>{}</gpxdata:startTime>", time_text(start, lap.start_s));
        element(out, "gpxdata:elapsedTime", lap.elapsed_s);
        for (name, value) in [
            ("gpxdata:timerTime", lap.timer_s),
            ("gpxdata:distance", lap.distance_m),
            ("gpxdata:avgHeartRate", lap.avg_hr_bpm),
            ("gpxdata:maxHeartRate", lap.max_hr_bpm),
        ] {
            element(out, name, value.unwrap_or(f64::NAN));
        }
        let _ = write!(out, "<gpxdata:intensity>{}</gpxdata:intensity></gpxdata:lap>", if lap.rest { "rest" } else { "active" });
    }
    out.push_str("</extensions>");
}

fn element(out: &mut String, name: &str, value: f64) {
    if value.is_finite() {
        let _ = write!(out, "<{name}>{value}</{name}>");
    }
}

fn kind(recording: &Recording) -> String {
    let sport = match recording.sport {
        Sport::Running => "running",
        Sport::Cycling => "cycling",
        Sport::Swimming => "swimming",
        Sport::Walking => "walking",
        Sport::Transition => "transition",
        Sport::Other => "other",
    };
    // Read back by `Sport::from_text`, which takes the sub-sport from the same words.
    recording.sub_sport.as_deref().map_or_else(|| sport.to_owned(), |sub| format!("{sub} {sport}"))
}

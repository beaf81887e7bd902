//! Writes an activity as Garmin's Training Center XML.

use std::fmt::Write;

use crate::xml::{escaped, time_text};
use crate::{Lap, Recording, Sport};

/// Writes `recording` as one TCX activity; a pause starts a new `<Track>`. It reads back equal within the limits of TCX: it has
/// running, biking and "other", always a lap, and no temperature, extra columns or sensors. `None` without times.
#[must_use]
pub fn encode(recording: &Recording) -> Option<Vec<u8>> {
    let start = recording.started_at_ms?;
    let s = &recording.samples;
    let sport = match recording.sport {
        Sport::Running => "Running",
        Sport::Cycling => "Biking",
        _ => "Other",
    };
    let mut out = String::with_capacity(s.len() * 320 + 1000);
    out.push_str(concat!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
        "<TrainingCenterDatabase xmlns=\"http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2\"",
        " xmlns:ns3=\"http://www.garmin.com/xmlschemas/ActivityExtension/v2\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<Activities>"
    ));
    let _ = writeln!(out, "<Activity Sport=\"{sport}\"><Id>{}</Id>", time_text(start, 0.0));
    let last = s.time_s.iter().copied().filter(|t| t.is_finite()).fold(0.0, f64::max);
    let whole = [Lap { elapsed_s: recording.totals.elapsed_s.unwrap_or(last), distance_m: recording.totals.distance_m, ..Lap::default() }];
    let laps = if recording.laps.is_empty() { &whole[..] } else { &recording.laps[..] };
    let mut next = 0;
    let mut pauses = recording.pauses.iter().peekable();
    for (k, lap) in laps.iter().enumerate() {
        let until = laps.get(k + 1).map_or(f64::INFINITY, |l| l.start_s);
        open_lap(&mut out, lap, start);
        out.push_str("<Track>\n");
        while next < s.len() && (s.time_s[next].is_nan() || s.time_s[next] < until) {
            let at = s.time_s[next];
            if let Some(pause) = pauses.peek()
                && at >= pause.to_s
            {
                pauses.next();
                out.push_str("</Track><Track>\n");
            }
            if at.is_finite() {
                point(&mut out, recording, next, start);
            }
            next += 1;
        }
        out.push_str("</Track></Lap>\n");
    }
    let notes: Vec<&str> = [&recording.title, &recording.description].into_iter().flatten().map(String::as_str).collect();
    if !notes.is_empty() {
        let _ = write!(out, "<Notes>{}</Notes>", escaped(&notes.join("\n")));
    }
    if let Some(device) = &recording.device {
        let _ = write!(out, "<Creator xsi:type=\"Device_t\"><Name>{}</Name></Creator>", escaped(device));
    }
    out.push_str("</Activity></Activities></TrainingCenterDatabase>\n");
    Some(out.into_bytes())
}

fn open_lap(out: &mut String, lap: &Lap, start: i64) {
    let _ = write!(out, "<Lap StartTime=\"{}\">", time_text(start, lap.start_s));
    element(out, "TotalTimeSeconds", lap.timer_s.unwrap_or(lap.elapsed_s));
    element(out, "DistanceMeters", lap.distance_m.unwrap_or(f64::NAN));
    out.push_str("<Calories>0</Calories>");
    for (name, value) in [("AverageHeartRateBpm", lap.avg_hr_bpm), ("MaximumHeartRateBpm", lap.max_hr_bpm)] {
        if let Some(value) = value {
            let _ = write!(out, "<{name}><Value>{value}</Value></{name}>");
        }
    }
    let _ = write!(out, "<Intensity>{}</Intensity><TriggerMethod>Manual</TriggerMethod>", if lap.rest { "Resting" } else { "Active" });
}

fn point(out: &mut String, recording: &Recording, i: usize, start: i64) {
    let s = &recording.samples;
    let _ = write!(out, "<Trackpoint><Time>{}</Time>", time_text(start, s.time_s[i]));
    if s.latitude_deg[i].is_finite() && s.longitude_deg[i].is_finite() {
        let (lat, lon) = (s.latitude_deg[i], s.longitude_deg[i]);
        let _ = write!(out, "<Position><LatitudeDegrees>{lat}</LatitudeDegrees><LongitudeDegrees>{lon}</LongitudeDegrees></Position>");
    }
    element(out, "AltitudeMeters", s.altitude_m[i]);
    element(out, "DistanceMeters", s.distance_m[i]);
    if s.heart_rate_bpm[i].is_finite() {
        let _ = write!(out, "<HeartRateBpm><Value>{}</Value></HeartRateBpm>", s.heart_rate_bpm[i]);
    }
    // On foot the schema has the cadence in the extensions.
    let on_foot = recording.sport == Sport::Running;
    if !on_foot {
        element(out, "Cadence", s.cadence_rpm[i]);
    }
    if s.speed_mps[i].is_finite() || s.power_w[i].is_finite() || (on_foot && s.cadence_rpm[i].is_finite()) {
        out.push_str("<Extensions><ns3:TPX>");
        element(out, "ns3:Speed", s.speed_mps[i]);
        if on_foot {
            element(out, "ns3:RunCadence", s.cadence_rpm[i]);
        }
        element(out, "ns3:Watts", s.power_w[i]);
        out.push_str("</ns3:TPX></Extensions>");
    }
    out.push_str("</Trackpoint>\n");
}

fn element(out: &mut String, name: &str, value: f64) {
    if value.is_finite() {
        let _ = write!(out, "<{name}>{value}</{name}>");
    }
}

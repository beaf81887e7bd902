//! GPX 1.0 and 1.1, with heart rate, cadence, power and temperature under any prefix.

mod encode;

pub use encode::{EncodeError, encode};

use crate::bounds::{self, clipped, one_of};
use crate::format::{Format, Read};
use crate::xml::{Node, number, time_ms, walk};
use crate::{Lap, Pause, ReadError, Recording, Samples, Sport, Warning};

#[derive(Default)]
struct Track {
    title: Option<String>,
    description: Option<String>,
    kind: Option<String>,
    laps: Vec<(Option<i64>, Lap)>,
    points: Vec<Point>,
    /// Index of the first point of each segment except the first.
    breaks: Vec<usize>,
}

#[derive(Clone, Copy)]
struct Point {
    time_ms: Option<i64>,
    latitude: f64,
    longitude: f64,
    altitude: f64,
    heart_rate: f64,
    cadence: f64,
    power: f64,
    temperature: f64,
    speed: f64,
    distance: f64,
}

impl Point {
    fn at(latitude: f64, longitude: f64) -> Self {
        Self {
            time_ms: None,
            latitude,
            longitude,
            altitude: f64::NAN,
            heart_rate: f64::NAN,
            cadence: f64::NAN,
            power: f64::NAN,
            temperature: f64::NAN,
            speed: f64::NAN,
            distance: f64::NAN,
        }
    }

    /// Reads an element within the point, of whatever namespace.
    fn set(&mut self, name: &str, text: &str) {
        match name.to_ascii_lowercase().as_str() {
            "time" => self.time_ms = time_ms(text),
            "ele" => self.altitude = number(text),
            "hr" | "heartrate" => self.heart_rate = number(text),
            "cad" | "cadence" | "runcadence" => self.cadence = number(text),
            "power" | "powerinwatts" | "watts" => self.power = number(text),
            "atemp" | "temp" | "temperature" => self.temperature = number(text),
            "speed" => self.speed = number(text),
            "distance" => self.distance = number(text),
            _ => {}
        }
    }
}

/// Which elements hold the points.
struct Elements {
    line: &'static str,
    point: &'static str,
}

const TRACKS: Elements = Elements { line: "trk", point: "trkpt" };
const ROUTES: Elements = Elements { line: "rte", point: "rtept" };

/// Reads a GPX document. Each `<trk>` with points is one recording; the gap between two segments is a pause.
pub fn decode(bytes: &[u8]) -> Result<Read, ReadError> {
    lines(bytes, &TRACKS)
}

/// Reads the planned routes of a GPX document, which nobody has run yet: each `<rte>` with points as a recording without times.
pub fn decode_routes(bytes: &[u8]) -> Result<Read, ReadError> {
    lines(bytes, &ROUTES)
}

fn lines(bytes: &[u8], of: &Elements) -> Result<Read, ReadError> {
    let mut tracks: Vec<Track> = Vec::new();
    let mut point: Option<Point> = None;
    let mut creator = None;
    let (mut samples, mut laps, mut too_much) = (bounds::SAMPLES, bounds::LAPS, false);
    // Whether the open track and lap were accepted: content of others is ignored.
    let (mut in_track, mut in_lap) = (false, false);
    let mut left_out = 0;
    let mut other_points = false;
    let mut warnings = walk(bytes, |path, node| match node {
        Node::Open("gpx", attributes) => creator = attribute(&attributes, "creator").map(|c| clipped(c, bounds::TITLE)).filter(|c| !c.is_empty()),
        Node::Open(name, _) if name == of.line => {
            // One without points is dropped: the next takes its place.
            tracks.pop_if(|track| track.points.len() < 2);
            (in_track, in_lap, point) = (tracks.len() < bounds::RECORDINGS, false, None);
            too_much |= !in_track;
            if in_track {
                tracks.push(Track::default());
            }
        }
        Node::Open("rtept" | "wpt", _) if of.point != "rtept" => other_points = true,
        _ if !in_track => {}
        Node::Open("trkseg", _) => {
            if let Some(track) = tracks.last_mut()
                && !track.points.is_empty()
                && track.breaks.last() != Some(&track.points.len())
            {
                track.breaks.push(track.points.len());
            }
        }
        Node::Open(name, attributes) if name == of.point => {
            let degrees = |name, most: f64| attribute(&attributes, name).map_or(f64::NAN, number).clamp_to(most);
            point = Some(Point::at(degrees("lat", 90.0), degrees("lon", 180.0)));
        }
        Node::Open("lap", _) => {
            in_lap = one_of(&mut laps);
            too_much |= !in_lap;
            if let Some(track) = tracks.last_mut().filter(|_| in_lap) {
                track.laps.push((None, Lap::default()));
            }
        }
        Node::Close(name, _) if name == of.line => (in_track, in_lap) = (false, false),
        Node::Close("lap", _) => in_lap = false,
        Node::Close(name, _) if name == of.point => {
            if let (Some(done), Some(track)) = (point.take(), tracks.last_mut()) {
                if done.latitude.is_nan() || done.longitude.is_nan() {
                    left_out += 1;
                } else if one_of(&mut samples) {
                    track.points.push(done);
                } else {
                    too_much = true;
                }
            }
        }
        Node::Close(name, text) => match (&mut point, tracks.last_mut()) {
            (Some(p), _) => p.set(name, text),
            (None, Some(track)) if path.last().is_some_and(|p| p == "lap") => {
                if let Some((start, lap)) = track.laps.last_mut().filter(|_| in_lap) {
                    let known = Some(number(text)).filter(|v| *v >= 0.0);
                    match name {
                        "startTime" => *start = time_ms(text),
                        "elapsedTime" => lap.elapsed_s = known.unwrap_or(0.0),
                        "timerTime" => lap.timer_s = known,
                        "distance" => lap.distance_m = known,
                        "avgHeartRate" => lap.avg_hr_bpm = known,
                        "maxHeartRate" => lap.max_hr_bpm = known,
                        "intensity" => lap.rest = text == "rest",
                        _ => {}
                    }
                }
            }
            (None, Some(track)) if path.last().is_some_and(|p| p == of.line) => match name {
                "name" if !text.is_empty() => track.title = Some(clipped(text, bounds::TITLE)),
                "desc" | "cmt" if !text.is_empty() => track.description = Some(clipped(text, bounds::DESCRIPTION)),
                "type" if !text.is_empty() => track.kind = Some(clipped(text, bounds::TITLE)),
                _ => {}
            },
            _ => {}
        },
        Node::Open(..) => {}
    });
    if left_out > 0 {
        warnings.push(Warning::PointsLeftOut { points: left_out as u64 });
    }
    if too_much {
        warnings.push(Warning::TooMuch);
    }
    let recordings: Vec<_> = tracks.into_iter().filter(|t| t.points.len() > 1).map(|t| t.into_recording(creator.clone())).collect();
    if recordings.is_empty() {
        return Err(match warnings.first() {
            Some(Warning::Unreadable { at, .. }) => ReadError::XmlBreaks { at: *at },
            _ if other_points => ReadError::PlannedRoute,
            _ => ReadError::NoTrackPoints,
        });
    }
    Ok(Read { format: Format::Gpx, recordings, warnings })
}

fn attribute<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

trait Degrees {
    fn clamp_to(self, most: f64) -> f64;
}

impl Degrees for f64 {
    /// `NaN` for a coordinate that is not on the globe.
    fn clamp_to(self, most: f64) -> f64 {
        if self.abs() <= most { self } else { f64::NAN }
    }
}

impl Track {
    /// Sorts segments chronologically; if they overlap, their order is kept.
    fn sort_segments(&mut self) {
        let bounds = std::iter::once(0).chain(self.breaks.iter().copied()).chain(std::iter::once(self.points.len()));
        let bounds: Vec<usize> = bounds.collect();
        let mut segments: Vec<&[Point]> = bounds.windows(2).map(|w| &self.points[w[0]..w[1]]).filter(|s| !s.is_empty()).collect();
        let ends = |s: &[Point]| Some((s.iter().find_map(|p| p.time_ms)?, s.iter().rev().find_map(|p| p.time_ms)?));
        let sorted = |s: &[&[Point]]| s.windows(2).all(|w| ends(w[0]).zip(ends(w[1])).is_some_and(|(a, b)| a.1 <= b.0));
        if sorted(&segments) {
            return;
        }
        // A segment without times is searched to its end: once, and not for each comparison.
        segments.sort_by_cached_key(|s| ends(s));
        if sorted(&segments) {
            let mut at = 0;
            self.breaks = segments[..segments.len() - 1]
                .iter()
                .map(|s| {
                    at += s.len();
                    at
                })
                .collect();
            self.points = segments.concat();
        }
    }

    fn into_recording(mut self, creator: Option<String>) -> Recording {
        self.sort_segments();
        let started_at_ms = self.points.iter().find_map(|p| p.time_ms);
        let seconds = |p: &Point| match (p.time_ms, started_at_ms) {
            (Some(t), Some(start)) => (t - start) as f64 / 1000.0,
            _ => f64::NAN,
        };
        let mut samples = Samples::default();
        for p in &self.points {
            samples.push(seconds(p));
            let i = samples.len() - 1;
            samples.latitude_deg[i] = p.latitude;
            samples.longitude_deg[i] = p.longitude;
            samples.altitude_m[i] = p.altitude;
            samples.heart_rate_bpm[i] = p.heart_rate;
            samples.cadence_rpm[i] = p.cadence;
            samples.power_w[i] = p.power;
            samples.temperature_c[i] = p.temperature;
            samples.speed_mps[i] = p.speed;
            samples.distance_m[i] = p.distance;
        }
        let pauses = self
            .breaks
            .iter()
            .filter(|&&i| i < samples.len()) // the last segment may be empty
            .map(|&i| Pause { from_s: samples.time_s[i - 1], to_s: samples.time_s[i] })
            .filter(|p| p.to_s > p.from_s)
            .collect();
        let (sport, sub_sport) = self.kind.as_deref().map_or((Sport::Other, None), Sport::from_text);
        let since = |t: Option<i64>| t.zip(started_at_ms).map(|(t, start)| (t - start) as f64 / 1000.0);
        let laps = self.laps.into_iter().filter_map(|(start, lap)| Some(Lap { start_s: since(start)?, ..lap })).collect();
        Recording {
            sport,
            sub_sport: sub_sport.map(ToOwned::to_owned),
            title: self.title,
            description: self.description,
            laps,
            device: creator,
            started_at_ms,
            samples,
            pauses,
            ..Recording::default()
        }
        .possible()
    }
}

//! Garmin's Training Center XML.

mod encode;

pub use encode::encode;

use crate::bounds::{self, clipped, one_of};
use crate::format::{Format, Read};
use crate::xml::{Node, number, time_ms, walk};
use crate::{Lap, Pause, ReadError, Recording, Sport, Warning, possible};

/// Minimum seconds between two `<Track>` elements of a lap for a pause.
const PAUSE_S: f64 = 5.0;

/// Reads a TCX document. Each `<Activity>` is one recording.
pub fn decode(bytes: &[u8]) -> Result<Read, ReadError> {
    let mut out: Vec<Activity> = Vec::new();
    let (mut samples, mut laps, mut too_much) = (bounds::SAMPLES, bounds::LAPS, false);
    // Whether the open activity, lap and point were accepted: content of others is ignored.
    let (mut in_activity, mut in_lap, mut in_point) = (false, false, false);
    let mut warnings = walk(bytes, |path, node| {
        let parent = path.last().map_or("", String::as_str);
        match node {
            Node::Open("Activity", attributes) => {
                (in_activity, in_lap, in_point) = (true, false, false);
                let (sport, sub_sport) = attributes.iter().find(|(k, _)| k == "Sport").map_or((Sport::Other, None), |(_, v)| Sport::from_text(v));
                let recording = Recording { sport, sub_sport: sub_sport.map(ToOwned::to_owned), ..Recording::default() };
                // One without samples or laps is dropped: the next takes its place.
                out.pop_if(|a| a.times_ms.is_empty() && a.laps.is_empty());
                if out.len() >= bounds::RECORDINGS {
                    (in_activity, too_much) = (false, true);
                    return;
                }
                out.push(Activity { recording, ..Activity::default() });
            }
            _ if !in_activity => {}
            Node::Open("Lap", attributes) => {
                let start = attributes.iter().find(|(k, _)| k == "StartTime").and_then(|(_, v)| time_ms(v));
                in_lap = one_of(&mut laps);
                too_much |= !in_lap;
                if let Some(a) = out.last_mut().filter(|_| in_lap) {
                    a.laps.push((start, Lap::default()));
                }
            }
            Node::Open("Track", _) => {
                if let Some(a) = out.last_mut() {
                    a.new_track = true;
                }
            }
            Node::Open("Trackpoint", _) => {
                in_point = one_of(&mut samples);
                too_much |= !in_point;
                if let Some(a) = out.last_mut().filter(|_| in_point) {
                    a.open_point();
                }
            }
            Node::Open(..) => {}
            Node::Close("Activity", _) => (in_activity, in_lap, in_point) = (false, false, false),
            Node::Close("Lap", _) => in_lap = false,
            Node::Close("Trackpoint", _) => in_point = false,
            Node::Close(name, text) => {
                if let Some(a) = out.last_mut() {
                    if path.iter().any(|p| p == "Trackpoint") {
                        if in_point {
                            a.point(parent, name, text);
                        }
                    } else {
                        a.outside(parent, name, text);
                        if in_lap {
                            a.lap(parent, name, text);
                        }
                    }
                }
            }
        }
    });
    let mut left_out = 0;
    let recordings: Vec<_> =
        out.into_iter().map(|a| a.finish(&mut left_out)).filter(|r| r.samples.len() > 1 || r.totals.distance_m.is_some_and(|d| d > 0.0)).collect();
    if left_out > 0 {
        warnings.push(Warning::PointsLeftOut { points: left_out as u64 });
    }
    if too_much {
        warnings.push(Warning::TooMuch);
    }
    if recordings.is_empty() {
        return Err(match warnings.first() {
            Some(Warning::Unreadable { at, .. }) => ReadError::XmlBreaks { at: *at },
            _ => ReadError::NoTrackPoints,
        });
    }
    Ok(Read { format: Format::Tcx, recordings, warnings })
}

#[derive(Default)]
struct Activity {
    recording: Recording,
    laps: Vec<(Option<i64>, Lap)>,
    times_ms: Vec<Option<i64>>,
    /// Whether the next point opens a `<Track>`.
    new_track: bool,
    /// Indices of points that open a track.
    openings: Vec<usize>,
}

impl Activity {
    fn open_point(&mut self) {
        if self.new_track {
            self.openings.push(self.times_ms.len());
            self.new_track = false;
        }
        self.times_ms.push(None);
        self.recording.samples.push(f64::NAN);
    }

    fn point(&mut self, parent: &str, name: &str, text: &str) {
        let Some(i) = self.times_ms.len().checked_sub(1) else { return };
        let samples = &mut self.recording.samples;
        match (parent, name) {
            ("Trackpoint", "Time") => self.times_ms[i] = time_ms(text),
            (_, "LatitudeDegrees") => samples.latitude_deg[i] = number(text),
            (_, "LongitudeDegrees") => samples.longitude_deg[i] = number(text),
            (_, "AltitudeMeters") => samples.altitude_m[i] = number(text),
            (_, "DistanceMeters") => samples.distance_m[i] = number(text),
            ("HeartRateBpm", "Value") => samples.heart_rate_bpm[i] = number(text),
            (_, "Cadence" | "RunCadence") => samples.cadence_rpm[i] = number(text),
            (_, "Speed") => samples.speed_mps[i] = number(text),
            (_, "Watts") => samples.power_w[i] = number(text),
            _ => {}
        }
    }

    fn outside(&mut self, parent: &str, name: &str, text: &str) {
        match (parent, name) {
            ("Creator", "Name") if !text.is_empty() => self.recording.device = Some(clipped(text, bounds::TITLE)),
            ("Activity", "Notes") if !text.is_empty() => {
                let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
                self.recording.title = Some(first.trim().chars().take(120).collect());
                self.recording.description = Some(clipped(rest.trim(), bounds::DESCRIPTION)).filter(|r| !r.is_empty());
            }
            _ => {}
        }
    }

    fn lap(&mut self, parent: &str, name: &str, text: &str) {
        let Some((_, lap)) = self.laps.last_mut() else { return };
        match (parent, name) {
            ("Lap", "TotalTimeSeconds") => lap.timer_s = possible::seconds(number(text)),
            ("Lap", "Intensity") => lap.rest = text == "Resting",
            ("Lap", "DistanceMeters") => lap.distance_m = possible::metres(number(text)),
            ("MaximumHeartRateBpm", "Value") => lap.max_hr_bpm = Some(number(text)).filter(|h| *h > 0.0),
            ("AverageHeartRateBpm", "Value") => lap.avg_hr_bpm = Some(number(text)).filter(|h| *h > 0.0),
            _ => {}
        }
    }

    fn finish(mut self, left_out: &mut usize) -> Recording {
        let keep: Vec<usize> = (0..self.times_ms.len()).filter(|&i| self.times_ms[i].is_some()).collect();
        *left_out += self.times_ms.len() - keep.len();
        let start = self.times_ms.iter().flatten().copied().next().or_else(|| self.laps.iter().find_map(|(s, _)| *s));
        let seconds = |t: i64| start.map_or(f64::NAN, |s| (t - s) as f64 / 1000.0);
        for (i, t) in self.times_ms.iter().enumerate() {
            self.recording.samples.time_s[i] = t.map_or(f64::NAN, seconds);
        }
        let time = &self.recording.samples.time_s;
        let pauses = self
            .openings
            .iter()
            .filter(|&&i| i > 0 && i < time.len())
            .map(|&i| Pause { from_s: time[i - 1], to_s: time[i] })
            .filter(|p| p.to_s - p.from_s > PAUSE_S)
            .collect();
        let laps = place_laps(&self.laps, time, seconds);
        let mut recording = self.recording;
        recording.samples = recording.samples.select(&keep);
        recording.pauses = pauses;
        recording.started_at_ms = start;
        let distances: Vec<f64> = laps.iter().filter_map(|l| l.distance_m).collect();
        if !distances.is_empty() {
            recording.totals.distance_m = Some(distances.iter().sum());
        }
        if !laps.is_empty() {
            recording.totals.timer_s = Some(laps.iter().map(|l| l.timer_s.unwrap_or(l.elapsed_s)).sum());
        }
        recording.laps = laps;
        recording.possible()
    }
}

/// A lap lasts until the next one starts, the last one until the last point; if that is unknown, as long as its timer ran.
fn place_laps(laps: &[(Option<i64>, Lap)], time_s: &[f64], seconds: impl Fn(i64) -> f64) -> Vec<Lap> {
    let end = time_s.iter().copied().filter(|t| t.is_finite()).fold(f64::NAN, f64::max);
    let mut out: Vec<Lap> = Vec::with_capacity(laps.len());
    for (k, (start, lap)) in laps.iter().enumerate() {
        let timer_s = lap.timer_s.unwrap_or(0.0);
        let start_s = start.map(&seconds).filter(|s| s.is_finite()).unwrap_or_else(|| out.last().map_or(0.0, |l| l.start_s + l.elapsed_s));
        let until = match laps.get(k + 1) {
            Some((next, _)) => next.map_or(f64::NAN, &seconds),
            None => end,
        };
        // A clock that was set in between does not affect the timer.
        let elapsed_s = possible::seconds(until - start_s).filter(|s| *s >= timer_s).unwrap_or(timer_s);
        out.push(Lap { start_s, elapsed_s, ..*lap });
    }
    out
}

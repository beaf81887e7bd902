//! The meaning level: which message and field numbers of the FIT profile become which part of a recording.

use super::EPOCH_S;
use super::decode::Message;
use crate::read::ReadError;
use crate::{Lap, Pause, Recording, Samples, Sport, Totals};

#[derive(Default)]
struct Session {
    start: Option<u32>,
    end: Option<u32>,
    sport: Sport,
    title: Option<String>,
    totals: Totals,
}

struct RawLap {
    start: Option<u32>,
    end: Option<u32>,
    lap: Lap,
    sport: Option<Sport>,
}

/// Gathers the messages of a file and turns them into recordings.
#[derive(Default)]
pub(super) struct Collector {
    file_type: Option<u8>,
    samples: Samples,
    /// Seconds since FIT's epoch, one a sample; `None` where the record had no time.
    times: Vec<Option<u32>>,
    sessions: Vec<Session>,
    laps: Vec<RawLap>,
    /// Timer events: time, and whether it starts.
    timer: Vec<(u32, bool)>,
    device: Option<String>,
    manufacturer: Option<u16>,
    sport: Option<Sport>,
    utc_offset_s: Option<i32>,
    /// For the accumulating distance of old devices, in sixteenths of a metre.
    distance_16ths: u32,
    finished: Vec<Recording>,
}

impl Collector {
    pub(super) fn take(&mut self, message: &Message<'_>) {
        match message.global() {
            0 => self.file_id(message),
            12 => self.sport = self.sport.or_else(|| message.number(0).map(sport)),
            18 => self.session(message),
            19 => self.lap(message),
            20 => self.record(message),
            21 => self.event(message),
            23 if message.number(0) == Some(0.0) => self.device = message.string(27).or_else(|| self.device.take()),
            34 => self.activity(message),
            _ => {}
        }
    }

    fn file_id(&mut self, m: &Message<'_>) {
        self.file_type = m.number(0).map(|v| v as u8);
        self.manufacturer = m.number(1).map(|v| v as u16);
        self.device = m.string(8).or_else(|| self.device.take());
    }

    fn record(&mut self, m: &Message<'_>) {
        let time = m.compressed_time.or_else(|| m.number(253).map(|t| t as u32));
        self.times.push(time);
        self.samples.push(f64::NAN);
        let i = self.samples.len() - 1;
        let s = &mut self.samples;
        let mut fraction = 0.0;
        let mut packed = false;
        m.each_number(|number, v| match number {
            0 => s.latitude_deg[i] = v * (180.0 / 2_147_483_648.0),
            1 => s.longitude_deg[i] = v * (180.0 / 2_147_483_648.0),
            2 if s.altitude_m[i].is_nan() => s.altitude_m[i] = v / 5.0 - 500.0,
            78 => s.altitude_m[i] = v / 5.0 - 500.0,
            3 => s.heart_rate_bpm[i] = v,
            4 => s.cadence_rpm[i] = v,
            53 => fraction = v / 128.0,
            5 => s.distance_m[i] = v / 100.0,
            6 if s.speed_mps[i].is_nan() => s.speed_mps[i] = v / 1000.0,
            73 => s.speed_mps[i] = v / 1000.0,
            7 => s.power_w[i] = v,
            13 => s.temperature_c[i] = v,
            8 => packed = true,
            _ => {}
        });
        s.cadence_rpm[i] += fraction;
        // Two positions at exactly zero are the sea off Ghana, which is where watches without a fix are.
        if s.latitude_deg[i] == 0.0 && s.longitude_deg[i] == 0.0 {
            s.latitude_deg[i] = f64::NAN;
            s.longitude_deg[i] = f64::NAN;
        }
        if packed
            && let Some(&[a, b, c]) = m.bytes(8)
            && [a, b, c] != [0xff; 3]
        {
            let speed = u16::from(a) | (u16::from(b & 0xf) << 8);
            let distance = (u32::from(b) >> 4) | (u32::from(c) << 4);
            self.distance_16ths += distance.wrapping_sub(self.distance_16ths) & 0xfff;
            s.speed_mps[i] = f64::from(speed) / 100.0;
            s.distance_m[i] = f64::from(self.distance_16ths) / 16.0;
        }
    }

    fn lap(&mut self, m: &Message<'_>) {
        let lap = Lap {
            start_s: f64::NAN,
            elapsed_s: m.number(7).map_or(0.0, |v| v / 1000.0),
            distance_m: m.number(9).map(|v| v / 100.0),
            avg_hr_bpm: m.number(15),
        };
        self.laps.push(RawLap { start: m.number(2).map(|v| v as u32), end: m.number(253).map(|v| v as u32), lap, sport: m.number(25).map(sport) });
    }

    fn session(&mut self, m: &Message<'_>) {
        self.sessions.push(Session {
            start: m.number(2).map(|v| v as u32),
            end: m.number(253).map(|v| v as u32),
            sport: m.number(5).map_or(Sport::Other, sport),
            title: m.string(110),
            totals: Totals {
                elapsed_s: m.number(7).map(|v| v / 1000.0),
                timer_s: m.number(8).map(|v| v / 1000.0),
                distance_m: m.number(9).map(|v| v / 100.0),
                ascent_m: m.number(22),
                avg_hr_bpm: m.number(16).filter(|v| *v > 0.0),
                max_hr_bpm: m.number(17).filter(|v| *v > 0.0),
            },
        });
    }

    fn event(&mut self, m: &Message<'_>) {
        if m.number(0) == Some(0.0)
            && let (Some(time), Some(kind)) = (m.compressed_time.or_else(|| m.number(253).map(|t| t as u32)), m.number(1))
        {
            match kind as u8 {
                0 => self.timer.push((time, true)),
                1 | 4 | 8 | 9 => self.timer.push((time, false)),
                _ => {}
            }
        }
    }

    fn activity(&mut self, m: &Message<'_>) {
        if let (Some(utc), Some(local)) = (m.number(253), m.number(5)) {
            let offset = local - utc;
            // Devices round to quarters of an hour; anything else is a clock that was never set.
            if offset.abs() <= 15.0 * 3600.0 {
                self.utc_offset_s = Some(((offset / 900.0).round() * 900.0) as i32);
            }
        }
    }

    /// Closes one file of a chain: what follows is another one.
    pub(super) fn end_of_file(&mut self) {
        let done = std::mem::take(self);
        let (file_type, finished) = (done.file_type, done.into_recordings());
        self.file_type = file_type;
        self.finished = finished;
    }

    pub(super) fn finish(self) -> Result<Vec<Recording>, ReadError> {
        let kind = self.file_type;
        let recordings = self.into_recordings();
        if recordings.is_empty() {
            return Err(match kind {
                Some(2) => ReadError::NotAnActivity("device settings"),
                Some(5 | 7) => ReadError::NotAnActivity("a workout plan"),
                Some(6) => ReadError::NotAnActivity("a course"),
                Some(15 | 32) => ReadError::NotAnActivity("daily monitoring"),
                Some(4) | None => ReadError::NoTrack("it has no samples"),
                Some(_) => ReadError::NotAnActivity("something else"),
            });
        }
        Ok(recordings)
    }

    fn into_recordings(mut self) -> Vec<Recording> {
        let mut out = std::mem::take(&mut self.finished);
        let device = self.device_name();
        self.sessions.sort_by_key(|s| s.start);
        let lap_sport = self.laps.iter().find_map(|l| l.sport);
        if self.sessions.is_empty() {
            if self.samples.is_empty() {
                return out;
            }
            self.sessions.push(Session { sport: self.sport.or(lap_sport).unwrap_or_default(), ..Session::default() });
        }
        let starts: Vec<Option<u32>> = self.sessions.iter().map(|s| s.start).collect();
        let several = starts.len() > 1;
        for (index, session) in std::mem::take(&mut self.sessions).into_iter().enumerate() {
            let from = if index == 0 { None } else { starts[index] };
            let until = starts.get(index + 1).copied().flatten();
            let inside = |t: Option<u32>| t.is_none_or(|t| from.is_none_or(|f| t >= f) && until.is_none_or(|u| t < u));
            let keep: Vec<usize> = if several {
                (0..self.times.len()).filter(|&i| self.times[i].is_some() && inside(self.times[i])).collect()
            } else {
                (0..self.times.len()).collect()
            };
            let first = keep.iter().find_map(|&i| self.times[i]);
            let Some(start) = first.or(session.start) else {
                if !several && !keep.is_empty() {
                    out.push(Recording { sport: session.sport, device: device.clone(), samples: self.samples.select(&keep), ..Recording::default() });
                }
                continue;
            };
            let seconds = |t: u32| f64::from(t) - f64::from(start);
            let mut samples = self.samples.select(&keep);
            for (value, &i) in samples.time_s.iter_mut().zip(&keep) {
                *value = self.times[i].map_or(f64::NAN, seconds);
            }
            if samples.is_empty() && session.totals.timer_s.unwrap_or(0.0) <= 0.0 {
                continue;
            }
            let laps = self
                .laps
                .iter()
                .filter(|l| inside(l.start.or(l.end)) && session.end.is_none_or(|e| l.start.is_none_or(|s| s <= e)))
                .map(|l| Lap { start_s: l.start.map_or(f64::NAN, seconds), ..l.lap })
                .collect();
            out.push(Recording {
                sport: session.sport,
                title: session.title,
                device: device.clone(),
                started_at_ms: Some((i64::from(start) + EPOCH_S) * 1000),
                utc_offset_s: self.utc_offset_s,
                pauses: self.pauses(start, &samples),
                samples,
                laps,
                totals: session.totals,
            });
        }
        out
    }

    /// From each stop of the timer to the next start, inside the samples' time.
    fn pauses(&self, start: u32, samples: &Samples) -> Vec<Pause> {
        let last = samples.time_s.iter().copied().fold(0.0, f64::max);
        let mut out = Vec::new();
        let mut stopped: Option<f64> = None;
        for &(time, starts) in &self.timer {
            let at = f64::from(time) - f64::from(start);
            match (starts, stopped) {
                (false, None) => stopped = Some(at),
                (true, Some(from)) => {
                    if at > from && at > 0.0 && from < last {
                        out.push(Pause { from_s: from.max(0.0), to_s: at.min(last) });
                    }
                    stopped = None;
                }
                _ => {}
            }
        }
        out
    }

    fn device_name(&self) -> Option<String> {
        self.device.clone().or_else(|| {
            let name = match self.manufacturer? {
                1 | 13 | 15 => "Garmin",
                23 => "Suunto",
                32 => "Wahoo",
                38 => "o_synce",
                70 => "Sigma",
                71 => "TomTom",
                76 => "Moxy",
                89 => "Tacx",
                123 => "Polar",
                260 => "Zwift",
                265 => "Strava",
                267 => "Bryton",
                294 => "COROS",
                _ => return None,
            };
            Some(name.to_owned())
        })
    }
}

fn sport(number: f64) -> Sport {
    match number as u8 {
        1 => Sport::Running,
        2 | 21 => Sport::Cycling,
        3 => Sport::Transition,
        5 => Sport::Swimming,
        11 | 17 => Sport::Walking,
        _ => Sport::Other,
    }
}

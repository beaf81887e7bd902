//! The semantic level: which message and field numbers of the FIT profile become what in a recording.

use super::EPOCH_S;
use super::heart_rate::StrapReadings;
use super::laps::{RawLap, of_laps, place_laps};
use super::left::Left;
use super::messages::Descriptions;
use super::pool::{self, RawLength};
use super::profile;
use super::records::Records;
use super::sports::{SENSOR_KINDS, other_sport, sport, sub_sport};
use super::wire::Message;
use crate::bounds;
use crate::{Content, Lap, Length, Pause, ReadError, Recording, Samples, Sensor, Sport, Stroke, Totals, possible};

#[derive(Default)]
struct Session {
    start: Option<u32>,
    sport: Sport,
    sub_sport: Option<&'static str>,
    title: Option<String>,
    pool_length_m: Option<f64>,
    totals: Totals,
}

/// Collects the messages of a file and turns them into recordings.
#[derive(Default)]
pub(super) struct Collector {
    file_type: Option<u8>,
    records: Records,
    descriptions: Descriptions,
    strap: StrapReadings,
    sessions: Vec<Session>,
    laps: Vec<RawLap>,
    lengths: Vec<RawLength>,
    /// Timer events: time, and whether it starts.
    timer: Vec<(u32, bool)>,
    device: Option<String>,
    maker: Option<String>,
    sensors: Vec<Sensor>,
    sport: Option<Sport>,
    utc_offset_s: Option<i32>,
    finished: Vec<Recording>,
    left: Left,
}

fn seconds(m: &Message<'_>, number: u8) -> Option<f64> {
    m.number(number).and_then(|v| possible::seconds(v / 1000.0))
}

fn metres(m: &Message<'_>, number: u8) -> Option<f64> {
    m.number(number).and_then(|v| possible::metres(v / 100.0))
}

fn moment(m: &Message<'_>, number: u8) -> Option<u32> {
    m.number(number).map(|v| v as u32)
}

impl Collector {
    pub(super) fn take(&mut self, m: &Message<'_>) {
        if !self.left.one(m.definition.global) {
            return;
        }
        match m.definition.global {
            0 => self.file_id(m),
            12 => self.sport = self.sport.or_else(|| m.number(0).map(sport)),
            18 => self.session(m),
            19 => self.lap(m),
            20 => self.records.take(m, &self.descriptions),
            21 => self.event(m),
            23 => self.device_info(m),
            34 => self.activity(m),
            101 => self.length(m),
            132 => self.strap.take(m),
            206 => self.descriptions.take(m),
            _ => {}
        }
    }

    fn file_id(&mut self, m: &Message<'_>) {
        self.file_type = m.number(0).map(|v| v as u8);
        self.maker = maker(m.number(1), m.number(2)).or_else(|| self.maker.take());
        self.device = m.string(8).or_else(|| self.device.take());
    }

    fn device_info(&mut self, m: &Message<'_>) {
        if m.number(0) == Some(0.0) {
            self.device = m.string(27).or_else(|| self.device.take());
            return;
        }
        let kind = m.number(1).and_then(|v| SENSOR_KINDS.iter().find(|(number, _)| *number == v as u8)).map_or("", |(_, kind)| *kind);
        let sensor = Sensor {
            name: m.string(27).or_else(|| maker(m.number(2), m.number(4))).unwrap_or_default(),
            kind: kind.to_owned(),
            serial: m.number(3).filter(|v| *v > 0.0).map(|v| v as u32),
        };
        // Components of the watch itself are listed, too; a sensor has a type or a number of its own.
        let identified = !sensor.kind.is_empty() || (sensor.serial.is_some() && !sensor.name.is_empty());
        if identified && !self.sensors.contains(&sensor) && self.sensors.len() < 32 {
            self.sensors.push(sensor);
        }
    }

    fn lap(&mut self, m: &Message<'_>) {
        let timer_s = seconds(m, 8);
        // Which of the two times is right shows only with the other laps: a lap ends at its start plus its elapsed time.
        let between = moment(m, 2).zip(m.time).map(|(from, to)| f64::from(to) - f64::from(from));
        let elapsed_s = seconds(m, 7).or(timer_s).or(between.and_then(possible::seconds)).unwrap_or(0.0);
        let lap = Lap {
            start_s: 0.0,
            elapsed_s,
            timer_s,
            distance_m: metres(m, 9),
            avg_hr_bpm: m.number(15).filter(|v| *v > 0.0),
            max_hr_bpm: m.number(16).filter(|v| *v > 0.0),
            rest: matches!(m.number(23).map(|v| v as u8), Some(1 | 4)),
        };
        let start = moment(m, 2).map(f64::from).or_else(|| m.time.map(|t| f64::from(t) - elapsed_s));
        self.laps.push(RawLap { start, lap, sport: m.number(25).map(sport) });
    }

    fn length(&mut self, m: &Message<'_>) {
        let elapsed_s = seconds(m, 3).or_else(|| seconds(m, 4)).unwrap_or(0.0);
        let stroke = m.number(7).and_then(|n| Stroke::ALL.get(n as usize).copied());
        let length = Length { start_s: 0.0, elapsed_s, strokes: m.number(5), stroke, active: m.number(12) != Some(0.0) };
        self.lengths.push(RawLength { start: moment(m, 2), end: m.time, length });
    }

    fn session(&mut self, m: &Message<'_>) {
        self.sessions.push(Session {
            start: moment(m, 2).or_else(|| m.time.zip(seconds(m, 7)).map(|(t, s)| t.saturating_sub(s as u32))),
            sport: m.number(5).map_or(Sport::Other, sport),
            sub_sport: m.number(6).and_then(sub_sport).or_else(|| m.number(5).and_then(other_sport)),
            title: m.string(110),
            pool_length_m: metres(m, 44).filter(|v| *v > 0.0),
            totals: Totals {
                elapsed_s: seconds(m, 7),
                timer_s: seconds(m, 8),
                distance_m: metres(m, 9),
                elevation_gain_m: m.number(22),
                avg_hr_bpm: m.number(16).filter(|v| *v > 0.0),
                max_hr_bpm: m.number(17).filter(|v| *v > 0.0),
            },
        });
    }

    fn event(&mut self, m: &Message<'_>) {
        if m.number(0) == Some(0.0)
            && let (Some(time), Some(kind)) = (m.time, m.number(1))
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
            // Devices round to quarters of an hour; anything else means the clock was never set.
            if offset.abs() <= 15.0 * 3600.0 {
                self.utc_offset_s = Some(((offset / 900.0).round() * 900.0) as i32);
            }
        }
    }

    /// Closes one file of a chain: what follows is another one.
    pub(super) fn end_of_file(&mut self) {
        let mut done = std::mem::take(self);
        self.left = std::mem::take(&mut done.left);
        self.left.any &= !(done.strap.is_too_much() || done.records.is_too_much());
        self.file_type = done.file_type;
        self.finished = done.into_recordings();
        if self.finished.len() >= bounds::RECORDINGS {
            self.left =
                Left { samples: 0, sessions: 0, laps: 0, lengths: 0, timer: 0, any: self.left.any && self.finished.len() == bounds::RECORDINGS };
            self.finished.truncate(bounds::RECORDINGS);
        }
    }

    /// Whether something was left out because it exceeded a limit of recordings.
    pub(super) fn is_too_much(&self) -> bool {
        !self.left.any || self.strap.is_too_much() || self.records.is_too_much()
    }

    pub(super) fn finish(self) -> Result<Vec<Recording>, ReadError> {
        let kind = self.file_type;
        let recordings = self.into_recordings();
        if recordings.is_empty() {
            return Err(match kind {
                Some(2) => ReadError::NotAnActivity { holds: Content::Settings },
                Some(5 | 7) => ReadError::NotAnActivity { holds: Content::Workout },
                Some(6) => ReadError::NotAnActivity { holds: Content::Course },
                Some(15 | 32) => ReadError::NotAnActivity { holds: Content::Monitoring },
                Some(4) | None => ReadError::NoSamples,
                Some(_) => ReadError::NotAnActivity { holds: Content::Other },
            });
        }
        Ok(recordings)
    }

    fn into_recordings(mut self) -> Vec<Recording> {
        let mut out = std::mem::take(&mut self.finished);
        self.sessions.sort_by_key(|s| s.start);
        self.strap.sort();
        place_laps(&mut self.laps);
        let lap_sport = self.laps.iter().find_map(|l| l.sport);
        if self.sessions.is_empty() {
            // Without records the laps are all there is; with them, the laps may be fewer than the records.
            let totals = if self.records.len() == 0 { of_laps(&self.laps) } else { Totals::default() };
            if self.records.len() == 0 && totals.timer_s.is_none() {
                return out;
            }
            let start = self.laps.iter().find_map(|l| l.start).map(|s| s as u32);
            self.sessions.push(Session { start, totals, sport: self.sport.or(lap_sport).unwrap_or_default(), ..Session::default() });
        }
        let times: Vec<Option<u32>> = self.records.times().collect();
        let starts: Vec<Option<u32>> = self.sessions.iter().map(|s| s.start).collect();
        let several = starts.len() > 1;
        // A record belongs to one session, also if sessions do not say when they began.
        let mut left = times.len();
        for (index, session) in std::mem::take(&mut self.sessions).into_iter().enumerate() {
            let from = if index == 0 { None } else { starts[index].map(f64::from) };
            let until = starts.get(index + 1).copied().flatten().map(f64::from);
            let inside = |t: Option<f64>| t.is_none_or(|t| from.is_none_or(|f| t >= f) && until.is_none_or(|u| t < u));
            let mut keep: Vec<usize> = if several {
                (0..times.len()).filter(|&i| times[i].is_some() && inside(times[i].map(f64::from))).collect()
            } else {
                (0..times.len()).collect()
            };
            keep.truncate(left);
            left -= keep.len();
            out.extend(self.recording(session, &keep, &times, inside));
        }
        out
    }

    /// One activity from its session, its records, and whatever lies `inside` its time.
    fn recording(&self, session: Session, keep: &[usize], times: &[Option<u32>], inside: impl Fn(Option<f64>) -> bool) -> Option<Recording> {
        let first = keep.iter().find_map(|&i| times[i]);
        let last = keep.iter().rev().find_map(|&i| times[i]);
        let lengths = pool::placed(&self.lengths, session.start.or(first), &inside);
        // If the lengths cover more of the time than the records, the records' times are worthless.
        let recorded_s = first.zip(last).map_or(0.0, |(a, b)| f64::from(b) - f64::from(a));
        let mut totals = session.totals;
        let by_lengths = lengths.last().is_some_and(|l| recorded_s < 0.5 * (l.start_s + l.elapsed_s - lengths[0].start_s));
        if by_lengths {
            // Values without a known time still have a mean.
            let beats = self.records.samples(keep, None).heart_rate_bpm;
            let (n, sum, most) = beats.iter().filter(|h| **h > 0.0).fold((0.0, 0.0, 0.0_f64), |(n, sum, most), h| (n + 1.0, sum + h, most.max(*h)));
            totals.avg_hr_bpm = totals.avg_hr_bpm.or((n > 0.0).then(|| sum / n));
            totals.max_hr_bpm = totals.max_hr_bpm.or((n > 0.0).then_some(most));
        }
        let keep = if by_lengths { &[][..] } else { keep };
        let start = match (first.filter(|_| !by_lengths).or(session.start), lengths.first()) {
            (Some(start), Some(length)) if f64::from(start) - length.start_s < pool::EARLIER_S => Some(start.min(length.start_s as u32)),
            (start, length) => start.or_else(|| length.map(|l| l.start_s as u32)),
        };
        let mut samples = self.records.samples(keep, start);
        if samples.is_empty() && lengths.is_empty() && session.totals.timer_s.unwrap_or(0.0) <= 0.0 {
            return None;
        }
        let since = |t: f64| start.map_or(0.0, |s| t - f64::from(s));
        let swimming = session.sport == Sport::Swimming;
        let laps = self
            .laps
            .iter()
            .filter(|l| inside(l.start.map(|s| s + l.lap.elapsed_s / 2.0)))
            .map(|l| Lap { start_s: l.start.map_or(0.0, since), rest: l.lap.rest || (swimming && l.lap.distance_m == Some(0.0)), ..l.lap })
            .collect();
        let lengths: Vec<Length> = lengths.into_iter().map(|l| Length { start_s: since(l.start_s), ..l }).collect();
        if let Some(start) = start {
            self.strap.merge_into(&mut samples, start);
        }
        pool::fill(&mut samples, &lengths, pool::length_m(session.pool_length_m, session.totals.distance_m, &lengths));
        let recording = Recording {
            sport: session.sport,
            sub_sport: session.sub_sport.map(ToOwned::to_owned),
            title: session.title,
            device: self.device.clone().or_else(|| self.maker.clone()),
            sensors: self.sensors.clone(),
            started_at_ms: start.map(|s| (i64::from(s) + EPOCH_S) * 1000),
            utc_offset_s: self.utc_offset_s,
            pauses: start.map_or_else(Vec::new, |s| self.pauses(s, &samples)),
            samples,
            laps,
            lengths,
            pool_length_m: session.pool_length_m,
            totals,
            ..Recording::default()
        };
        Some(recording.possible())
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
}

fn maker(manufacturer: Option<f64>, product: Option<f64>) -> Option<String> {
    let number = manufacturer? as u16;
    // 255 is "development": the manufacturer is unknown.
    let name = profile::manufacturer(number).filter(|_| number != 255)?;
    let mut chars = name.chars();
    let maker: String = match name {
        "coros" => "COROS".to_owned(),
        "dynastream" | "dynastream_oem" => "Garmin".to_owned(),
        _ => chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect::<String>().replace('_', " "),
    };
    let product = product.filter(|_| matches!(number, 1 | 13 | 15)).and_then(|p| profile::garmin_product(p as u16));
    Some(product.map_or_else(|| maker.clone(), |p| format!("{maker} {p}")))
}

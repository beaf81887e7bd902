//! Writes an activity as a FIT file that reads back equal, within the format's resolution.

use super::sports::{SENSOR_KINDS, other_sport_number, sport_number, sub_sport_number};
use super::{EPOCH_S, crc};
use crate::{Recording, Stroke};

const U8: u8 = 0x02;
const I8: u8 = 0x01;
pub(super) const ENUM: u8 = 0x00;
pub(super) const U16: u8 = 0x84;
const I32: u8 = 0x85;
pub(super) const U32: u8 = 0x86;
pub(super) const U32Z: u8 = 0x8c;
const F64: u8 = 0x89;
pub(super) const STRING: u8 = 0x07;

/// More extra columns than any device writes.
const MOST_EXTRA: usize = 64;

/// Field number, size in bytes, base type.
pub(super) type Layout = &'static [(u8, u8, u8)];

const FILE_ID: Layout = &[(0, 1, ENUM), (1, 2, U16), (4, 4, U32), (8, 48, STRING)];
const RECORD: Layout =
    &[(253, 4, U32), (0, 4, I32), (1, 4, I32), (78, 4, U32), (5, 4, U32), (73, 4, U32), (3, 1, U8), (4, 1, U8), (7, 2, U16), (13, 1, I8)];
const EVENT: Layout = &[(253, 4, U32), (0, 1, ENUM), (1, 1, ENUM)];
const LAP: Layout = &[(253, 4, U32), (2, 4, U32), (7, 4, U32), (8, 4, U32), (9, 4, U32), (15, 1, U8), (16, 1, U8), (23, 1, ENUM), (25, 1, ENUM)];
const LENGTH: Layout = &[(253, 4, U32), (2, 4, U32), (3, 4, U32), (5, 2, U16), (7, 1, ENUM), (12, 1, ENUM)];
const DEVICE_INFO: Layout = &[(253, 4, U32), (0, 1, U8), (1, 1, U8), (3, 4, U32Z), (27, 40, STRING)];
const DEVELOPER: Layout = &[(3, 1, U8)];
const FIELD_DESCRIPTION: Layout = &[(0, 1, U8), (1, 1, U8), (2, 1, U8), (3, 62, STRING), (8, 62, STRING)];
const SESSION: Layout = &[
    (253, 4, U32),
    (2, 4, U32),
    (7, 4, U32),
    (8, 4, U32),
    (9, 4, U32),
    (16, 1, U8),
    (17, 1, U8),
    (22, 2, U16),
    (44, 2, U16),
    (5, 1, ENUM),
    (6, 1, ENUM),
    (110, 100, STRING),
];
const ACTIVITY: Layout = &[(253, 4, U32), (0, 4, U32), (1, 2, U16), (5, 4, U32)];

pub(super) struct Writer {
    pub(super) out: Vec<u8>,
}

impl Writer {
    pub(super) fn define(&mut self, local: u8, global: u16, layout: Layout) {
        self.define_with(local, global, layout, 0);
    }

    /// A definition with `developer` fields of eight bytes, numbered from 0.
    fn define_with(&mut self, local: u8, global: u16, layout: Layout, developer: u8) {
        let flag = if developer > 0 { 0x20 } else { 0 };
        self.out.extend([0x40 | flag | local, 0, 0]);
        self.out.extend(global.to_le_bytes());
        self.out.push(layout.len() as u8);
        for &(number, size, base) in layout {
            self.out.extend([number, size, base]);
        }
        if developer > 0 {
            self.out.push(developer);
            for number in 0..developer {
                self.out.extend([number, 8, 0]);
            }
        }
    }

    fn u8(&mut self, value: f64) {
        self.out.push(if value.is_finite() { value.round().clamp(0.0, 254.0) as u8 } else { u8::MAX });
    }

    fn i8(&mut self, value: f64) {
        self.out.push(if value.is_finite() { value.round().clamp(-127.0, 126.0) as i8 as u8 } else { 0x7f });
    }

    pub(super) fn u16(&mut self, value: f64) {
        let raw = if value.is_finite() { value.round().clamp(0.0, 65534.0) as u16 } else { u16::MAX };
        self.out.extend(raw.to_le_bytes());
    }

    pub(super) fn u32(&mut self, value: f64) {
        let raw = if value.is_finite() { value.round().clamp(0.0, 4_294_967_294.0) as u32 } else { u32::MAX };
        self.out.extend(raw.to_le_bytes());
    }

    fn i32(&mut self, value: f64) {
        let raw = if value.is_finite() { value.round() as i32 } else { i32::MAX };
        self.out.extend(raw.to_le_bytes());
    }

    pub(super) fn text(&mut self, value: Option<&str>, size: usize) {
        let mut raw = vec![0_u8; size];
        let mut used = 0;
        for c in value.unwrap_or_default().chars() {
            if used + c.len_utf8() >= size {
                break;
            }
            used += c.encode_utf8(&mut raw[used..]).len();
        }
        self.out.extend(raw);
    }
}

/// Writes `recording` as one FIT file. Times are whole seconds, positions semicircles, altitude fifths of a metre.
#[must_use]
pub fn encode(recording: &Recording) -> Vec<u8> {
    let samples = &recording.samples;
    let start = recording.started_at_ms.unwrap_or(EPOCH_S * 1000) as f64 / 1000.0 - EPOCH_S as f64;
    let last = samples.time_s.iter().copied().filter(|t| t.is_finite()).fold(0.0, f64::max);
    let end = start + recording.totals.elapsed_s.unwrap_or(last);
    let mut w = Writer { out: Vec::with_capacity(64 + samples.len() * 30) };

    w.define(0, 0, FILE_ID);
    w.out.extend([0, 4, 0xff, 0]); // an activity; manufacturer 255 is "development"
    w.u32(start);
    w.text(recording.device.as_deref(), 48);
    w.define(1, 21, EVENT);
    let mut events: Vec<(f64, u8)> = vec![(0.0, 0)];
    for pause in &recording.pauses {
        events.extend([(pause.from_s, 4), (pause.to_s, 0)]);
    }
    events.push((end - start, 4));
    let mut events = events.into_iter().peekable();
    sensors(&mut w, recording, start);
    let extra = &samples.extra[..samples.extra.len().min(MOST_EXTRA)];
    if !extra.is_empty() {
        w.define(3, 207, DEVELOPER);
        w.out.extend([3, 0]);
        w.define(3, 206, FIELD_DESCRIPTION);
        for (number, stream) in extra.iter().enumerate() {
            w.out.extend([3, 0, number as u8, F64]);
            w.text(Some(&stream.name), 62);
            w.text(Some(&stream.unit), 62);
        }
    }
    w.define_with(2, 20, RECORD, extra.len() as u8);
    for i in 0..samples.len() {
        while let Some((at, kind)) = events.next_if(|(at, _)| *at <= samples.time_s[i] && *at < end - start) {
            event(&mut w, start + at, kind);
        }
        w.out.push(2);
        w.u32(start + samples.time_s[i]);
        w.i32(samples.latitude_deg[i] * (2_147_483_648.0 / 180.0));
        w.i32(samples.longitude_deg[i] * (2_147_483_648.0 / 180.0));
        w.u32((samples.altitude_m[i] + 500.0) * 5.0);
        w.u32(samples.distance_m[i] * 100.0);
        w.u32(samples.speed_mps[i] * 1000.0);
        w.u8(samples.heart_rate_bpm[i]);
        w.u8(samples.cadence_rpm[i]);
        w.u16(samples.power_w[i]);
        w.i8(samples.temperature_c[i]);
        for stream in extra {
            w.out.extend(stream.values[i].to_le_bytes());
        }
    }
    for (at, kind) in events {
        event(&mut w, start + at, kind);
    }
    let sport = recording.sub_sport.as_deref().and_then(other_sport_number).unwrap_or_else(|| sport_number(recording.sport));
    let or_none = |v: Option<f64>| v.unwrap_or(f64::NAN);
    w.define(3, 19, LAP);
    for lap in &recording.laps {
        w.out.push(3);
        w.u32(start + lap.start_s + lap.elapsed_s);
        w.u32(start + lap.start_s);
        w.u32(lap.elapsed_s * 1000.0);
        w.u32(or_none(lap.timer_s) * 1000.0);
        w.u32(or_none(lap.distance_m) * 100.0);
        w.u8(or_none(lap.avg_hr_bpm));
        w.u8(or_none(lap.max_hr_bpm));
        w.out.extend([u8::from(lap.rest), sport]);
    }
    if !recording.lengths.is_empty() {
        w.define(3, 101, LENGTH);
        for length in &recording.lengths {
            w.out.push(3);
            w.u32(start + length.start_s + length.elapsed_s);
            w.u32(start + length.start_s);
            w.u32(length.elapsed_s * 1000.0);
            w.u16(or_none(length.strokes));
            let stroke = length.stroke.and_then(|s| Stroke::ALL.iter().position(|one| *one == s)).map_or(u8::MAX, |n| n as u8);
            w.out.extend([stroke, u8::from(length.active)]);
        }
    }
    let totals = &recording.totals;
    w.define(4, 18, SESSION);
    w.out.push(4);
    w.u32(end);
    w.u32(start);
    w.u32((end - start) * 1000.0);
    w.u32(or_none(totals.timer_s) * 1000.0);
    w.u32(or_none(totals.distance_m) * 100.0);
    w.u8(or_none(totals.avg_hr_bpm));
    w.u8(or_none(totals.max_hr_bpm));
    w.u16(or_none(totals.elevation_gain_m));
    w.u16(or_none(recording.pool_length_m) * 100.0);
    w.out.extend([sport, recording.sub_sport.as_deref().and_then(sub_sport_number).unwrap_or(u8::MAX)]);
    w.text(recording.title.as_deref(), 100);
    w.define(5, 34, ACTIVITY);
    w.out.push(5);
    w.u32(end);
    w.u32(or_none(totals.timer_s) * 1000.0);
    w.u16(1.0);
    w.u32(recording.utc_offset_s.map_or(f64::NAN, |o| end + f64::from(o)));

    wrap(&w.out)
}

fn sensors(w: &mut Writer, recording: &Recording, start: f64) {
    if recording.sensors.is_empty() {
        return;
    }
    w.define(3, 23, DEVICE_INFO);
    for (index, sensor) in recording.sensors.iter().take(200).enumerate() {
        let kind = SENSOR_KINDS.iter().find(|(_, kind)| *kind == sensor.kind).map_or(u8::MAX, |(number, _)| *number);
        w.out.push(3);
        w.u32(start);
        w.out.extend([index as u8 + 1, kind]);
        w.out.extend(sensor.serial.unwrap_or(0).to_le_bytes());
        w.text(Some(&sensor.name), 40);
    }
}

fn event(w: &mut Writer, time: f64, kind: u8) {
    w.out.push(1);
    w.u32(time);
    w.out.extend([0, kind]);
}

pub(super) fn wrap(data: &[u8]) -> Vec<u8> {
    let mut out = vec![14, 0x20, 0x5c, 0x08]; // header size, protocol 2.0, profile 21.40
    out.extend((data.len() as u32).to_le_bytes());
    out.extend(b".FIT");
    let sum = crc(&out);
    out.extend(sum.to_le_bytes());
    out.extend(data);
    let sum = crc(&out);
    out.extend(sum.to_le_bytes());
    out
}

#[cfg(test)]
mod tests {
    use crate::{Lap, Pause, Recording, Samples, Sport, Totals, Warning, fit};

    fn example() -> Recording {
        let mut samples = Samples::default();
        for i in 0..600 {
            samples.push(f64::from(i) + if i >= 300 { 60.0 } else { 0.0 });
            samples.distance_m[i as usize] = f64::from(i) * 3.0;
            samples.heart_rate_bpm[i as usize] = 140.0;
            samples.altitude_m[i as usize] = 100.0 + f64::from(i % 10);
            samples.latitude_deg[i as usize] = 52.0;
            samples.longitude_deg[i as usize] = 13.0 + f64::from(i) * 1e-5;
        }
        Recording {
            sport: Sport::Running,
            title: Some("Morning run".into()),
            device: Some("Legwork".into()),
            started_at_ms: Some(1_700_000_000_000),
            utc_offset_s: Some(3600),
            samples,
            laps: vec![Lap { start_s: 0.0, elapsed_s: 330.0, distance_m: Some(900.0), avg_hr_bpm: Some(140.0), ..Lap::default() }],
            pauses: vec![Pause { from_s: 299.0, to_s: 360.0 }],
            totals: Totals { elapsed_s: Some(659.0), timer_s: Some(598.0), distance_m: Some(1797.0), ..Totals::default() },
            ..Recording::default()
        }
    }

    #[test]
    fn damage_in_the_middle_costs_only_itself() {
        let whole = fit::encode(&example());
        for at in [3000, 7000, 11_111] {
            // Bytes are lost, so that everything after them is misaligned; the checksum no longer matches either.
            let mut bytes = whole.clone();
            bytes.splice(at..at + 45, [0xff; 7]);
            let size = (bytes.len() - 16) as u32;
            bytes[4..8].copy_from_slice(&size.to_le_bytes());
            let read = fit::decode(&bytes).expect("readable");
            let kept = read.recordings[0].samples.len();
            assert!((590..600).contains(&kept), "{at}: {kept}");
            assert!(read.warnings.iter().any(|w| matches!(w, Warning::Gap { .. })), "{at}: {:?}", read.warnings);
            assert_eq!(read.recordings[0].laps.len(), 1);
        }
    }

    #[test]
    fn every_truncation_keeps_what_came_before() {
        let whole = fit::encode(&example());
        let mut before = 0;
        for end in (200..whole.len() - 3).step_by(97) {
            let read = fit::decode(&whole[..end]).expect("the beginning is readable");
            let kept = read.recordings[0].samples.len();
            assert!(kept >= before);
            assert!(matches!(read.warnings[..], [Warning::EndedEarly { .. }]), "{end}: {:?}", read.warnings);
            before = kept;
        }
        assert_eq!(before, 600);
    }

    #[test]
    fn a_wrong_checksum_is_reported_and_the_content_kept() {
        let mut bytes = fit::encode(&example());
        let last = bytes.len() - 1;
        bytes[last] ^= 0x55;
        let read = fit::decode(&bytes).expect("readable");
        assert_eq!(read.warnings, [Warning::BadChecksum]);
        assert_eq!(read.recordings[0].samples.len(), 600);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(mut bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let head = [14, 0x20, 0x5c, 0x08, 200, 0, 0, 0, b'.', b'F', b'I', b'T', 0, 0];
            for (to, from) in bytes.iter_mut().zip(head) {
                *to = from;
            }
            let _ = crate::read("x".as_bytes(), 1000);
            let _ = crate::read(&bytes, 1000);
        }
    }
}

//! Writes an activity as a FIT file: what is read back is what was written, to the format's resolution.

use super::{EPOCH_S, crc};
use crate::{Recording, Sport};

const U8: u8 = 0x02;
const I8: u8 = 0x01;
const ENUM: u8 = 0x00;
const U16: u8 = 0x84;
const I32: u8 = 0x85;
const U32: u8 = 0x86;
const STRING: u8 = 0x07;

/// Field number, size in bytes, base type.
type Layout = &'static [(u8, u8, u8)];

const FILE_ID: Layout = &[(0, 1, ENUM), (1, 2, U16), (4, 4, U32), (8, 20, STRING)];
const RECORD: Layout =
    &[(253, 4, U32), (0, 4, I32), (1, 4, I32), (78, 4, U32), (5, 4, U32), (73, 4, U32), (3, 1, U8), (4, 1, U8), (7, 2, U16), (13, 1, I8)];
const EVENT: Layout = &[(253, 4, U32), (0, 1, ENUM), (1, 1, ENUM)];
const LAP: Layout = &[(253, 4, U32), (2, 4, U32), (7, 4, U32), (8, 4, U32), (9, 4, U32), (15, 1, U8), (25, 1, ENUM)];
const SESSION: Layout =
    &[(253, 4, U32), (2, 4, U32), (7, 4, U32), (8, 4, U32), (9, 4, U32), (16, 1, U8), (17, 1, U8), (22, 2, U16), (5, 1, ENUM), (110, 48, STRING)];
const ACTIVITY: Layout = &[(253, 4, U32), (0, 4, U32), (1, 2, U16), (5, 4, U32)];

struct Writer {
    out: Vec<u8>,
}

impl Writer {
    fn define(&mut self, local: u8, global: u16, layout: Layout) {
        self.out.extend([0x40 | local, 0, 0]);
        self.out.extend(global.to_le_bytes());
        self.out.push(layout.len() as u8);
        for &(number, size, base) in layout {
            self.out.extend([number, size, base]);
        }
    }

    fn u8(&mut self, value: f64) {
        self.out.push(if value.is_finite() { value.round().clamp(0.0, 254.0) as u8 } else { u8::MAX });
    }

    fn i8(&mut self, value: f64) {
        self.out.push(if value.is_finite() { value.round().clamp(-127.0, 126.0) as i8 as u8 } else { 0x7f });
    }

    fn u16(&mut self, value: f64) {
        let raw = if value.is_finite() { value.round().clamp(0.0, 65534.0) as u16 } else { u16::MAX };
        self.out.extend(raw.to_le_bytes());
    }

    fn u32(&mut self, value: f64) {
        let raw = if value.is_finite() { value.round().clamp(0.0, 4_294_967_294.0) as u32 } else { u32::MAX };
        self.out.extend(raw.to_le_bytes());
    }

    fn i32(&mut self, value: f64) {
        let raw = if value.is_finite() { value.round() as i32 } else { i32::MAX };
        self.out.extend(raw.to_le_bytes());
    }

    fn text(&mut self, value: Option<&str>, size: usize) {
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
    w.text(recording.device.as_deref(), 20);
    w.define(1, 21, EVENT);
    let mut events: Vec<(f64, u8)> = vec![(0.0, 0)];
    for pause in &recording.pauses {
        events.extend([(pause.from_s, 4), (pause.to_s, 0)]);
    }
    events.push((end - start, 4));
    let mut events = events.into_iter().peekable();
    w.define(2, 20, RECORD);
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
    }
    for (at, kind) in events {
        event(&mut w, start + at, kind);
    }
    let sport = match recording.sport {
        Sport::Running => 1,
        Sport::Cycling => 2,
        Sport::Transition => 3,
        Sport::Swimming => 5,
        Sport::Walking => 11,
        Sport::Other => 0,
    };
    let or_none = |v: Option<f64>| v.unwrap_or(f64::NAN);
    w.define(3, 19, LAP);
    for lap in &recording.laps {
        w.out.push(3);
        w.u32(start + lap.start_s + lap.elapsed_s);
        w.u32(start + lap.start_s);
        w.u32(lap.elapsed_s * 1000.0);
        w.u32(lap.elapsed_s * 1000.0);
        w.u32(or_none(lap.distance_m) * 100.0);
        w.u8(or_none(lap.avg_hr_bpm));
        w.out.push(sport);
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
    w.u16(or_none(totals.ascent_m));
    w.out.push(sport);
    w.text(recording.title.as_deref(), 48);
    w.define(5, 34, ACTIVITY);
    w.out.push(5);
    w.u32(end);
    w.u32(or_none(totals.timer_s) * 1000.0);
    w.u16(1.0);
    w.u32(recording.utc_offset_s.map_or(f64::NAN, |o| end + f64::from(o)));

    wrap(&w.out)
}

fn event(w: &mut Writer, time: f64, kind: u8) {
    w.out.push(1);
    w.u32(time);
    w.out.extend([0, kind]);
}

fn wrap(data: &[u8]) -> Vec<u8> {
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
            laps: vec![Lap { start_s: 0.0, elapsed_s: 330.0, distance_m: Some(900.0), avg_hr_bpm: Some(140.0) }],
            pauses: vec![Pause { from_s: 299.0, to_s: 360.0 }],
            totals: Totals { elapsed_s: Some(659.0), timer_s: Some(598.0), distance_m: Some(1797.0), ..Totals::default() },
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let written = example();
        let read = fit::decode(&fit::encode(&written)).expect("readable");
        assert!(read.warnings.is_empty(), "{:?}", read.warnings);
        let back = &read.recordings[0];
        assert_eq!((back.sport, &back.title, &back.device), (written.sport, &written.title, &written.device));
        assert_eq!((back.started_at_ms, back.utc_offset_s), (written.started_at_ms, written.utc_offset_s));
        assert_eq!((&back.laps, &back.pauses), (&written.laps, &written.pauses));
        assert_eq!(back.samples.time_s, written.samples.time_s);
        assert_eq!(back.samples.heart_rate_bpm, written.samples.heart_rate_bpm);
        assert!(back.samples.longitude_deg.iter().zip(&written.samples.longitude_deg).all(|(a, b)| (a - b).abs() < 1e-7));
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
    fn a_wrong_checksum_is_told_and_the_content_kept() {
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

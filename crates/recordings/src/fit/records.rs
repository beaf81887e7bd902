//! Record messages into columns: each layout is analysed once, then every message of it is a few fixed reads.

use super::messages::Descriptions;
use super::plans::Plans;
use super::wire::{Definition, Message};
use super::{base, profile};
use crate::{Samples, Stream, bounds};

/// The columns of [`Samples`] after the time, in its order.
const COLUMNS: usize = 9;
const LATITUDE: usize = 0;
const LONGITUDE: usize = 1;
const ALTITUDE: usize = 2;
const DISTANCE: usize = 3;
const SPEED: usize = 4;
const HEART_RATE: usize = 5;
const CADENCE: usize = 6;
const POWER: usize = 7;
const TEMPERATURE: usize = 8;

/// More extra columns than any device writes.
const MOST_EXTRA: usize = 64;
/// Stands for "the record had no time".
const NO_TIME: u32 = u32::MAX;

/// Where a field goes.
#[derive(Clone, Copy)]
enum Target {
    /// Into a column, unless it has a value already when `weak`.
    Column { column: usize, scale: f64, offset: f64, weak: bool },
    /// Part of a cadence, in 128ths.
    CadenceFraction,
    /// Speed and distance in three bytes.
    Packed,
    /// Into an extra column.
    Extra { stream: usize, scale: f64, offset: f64 },
}

struct Slot {
    offset: usize,
    size: usize,
    base: u8,
    target: Target,
}

/// Collects record messages.
#[derive(Default)]
pub(super) struct Records {
    rows: Vec<[f64; COLUMNS]>,
    /// Seconds since FIT's epoch.
    times: Vec<u32>,
    extra: Vec<Extra>,
    plans: Plans<Vec<Slot>>,
    /// For the accumulating distance of old devices, in sixteenths of a metre.
    distance_16ths: u32,
    /// Whether there were more values of extra columns than the limit.
    too_much: bool,
}

struct Extra {
    key: (Option<u8>, u8),
    name: String,
    unit: String,
    values: Vec<f64>,
}

impl Records {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn is_too_much(&self) -> bool {
        self.too_much
    }

    /// Seconds since FIT's epoch of each record.
    pub(super) fn times(&self) -> impl Iterator<Item = Option<u32>> + '_ {
        self.times.iter().map(|&t| (t != NO_TIME).then_some(t))
    }

    pub(super) fn take(&mut self, m: &Message<'_>, descriptions: &Descriptions) {
        let serial = m.definition.serial;
        // Taken out while in use, and put back at the end.
        let plan = self.plans.take(serial).unwrap_or_else(|| self.plan(m.definition, descriptions));
        let big = m.definition.big;
        let mut row = [f64::NAN; COLUMNS];
        let mut fraction = 0.0;
        let index = self.rows.len();
        for slot in &plan {
            let Some(data) = m.data.get(slot.offset..slot.offset + slot.size) else { continue };
            if matches!(slot.target, Target::Packed) {
                if let Some((speed, metres)) = packed(data, &mut self.distance_16ths) {
                    (row[SPEED], row[DISTANCE]) = (speed, metres);
                }
                continue;
            }
            let Some(raw) = base::number(data, slot.base, big) else { continue };
            match slot.target {
                Target::Column { column, weak, .. } if weak && !row[column].is_nan() => {}
                Target::Column { column, scale, offset, .. } => row[column] = raw / scale - offset,
                Target::CadenceFraction => fraction = raw / 128.0,
                Target::Packed => {}
                // Beyond the limit, only the standard columns continue.
                Target::Extra { .. } if self.extra.len() * index >= bounds::CELLS => self.too_much = true,
                Target::Extra { stream, scale, offset } => {
                    let values = &mut self.extra[stream].values;
                    values.resize(index, f64::NAN);
                    values.push(raw / scale - offset);
                }
            }
        }
        self.plans.put_back(serial, plan);
        row[CADENCE] += fraction;
        // Two positions at exactly zero are the sea off Ghana, which is where watches without a fix are.
        if row[LATITUDE] == 0.0 && row[LONGITUDE] == 0.0 {
            (row[LATITUDE], row[LONGITUDE]) = (f64::NAN, f64::NAN);
        }
        self.rows.push(row);
        self.times.push(m.time.unwrap_or(NO_TIME));
    }

    fn plan(&mut self, definition: &Definition, descriptions: &Descriptions) -> Vec<Slot> {
        let mut plan = Vec::with_capacity(definition.fields.len() + definition.developer.len());
        for field in &definition.fields {
            let slot = |target| Slot { offset: field.offset, size: field.size, base: field.base, target };
            let column = |column, scale, offset, weak| Some(slot(Target::Column { column, scale, offset, weak }));
            let semicircles = 2_147_483_648.0 / 180.0;
            let found = match field.number {
                0 => column(LATITUDE, semicircles, 0.0, false),
                1 => column(LONGITUDE, semicircles, 0.0, false),
                2 => column(ALTITUDE, 5.0, 500.0, true),
                78 => column(ALTITUDE, 5.0, 500.0, false),
                3 => column(HEART_RATE, 1.0, 0.0, false),
                4 => column(CADENCE, 1.0, 0.0, false),
                53 => Some(slot(Target::CadenceFraction)),
                5 => column(DISTANCE, 100.0, 0.0, false),
                6 => column(SPEED, 1000.0, 0.0, true),
                73 => column(SPEED, 1000.0, 0.0, false),
                7 => column(POWER, 1.0, 0.0, false),
                13 => column(TEMPERATURE, 1.0, 0.0, false),
                8 if field.size == 3 => Some(slot(Target::Packed)),
                253 => None,
                number => {
                    let whole = base::size(field.base) == Some(field.size) && !base::is_text(field.base);
                    let known = profile::message(20).and_then(|m| m.field(number)).filter(|f| whole && f.reading.components.is_empty());
                    known.and_then(|f| {
                        let stream = self.stream((None, number), f.reading.name, f.reading.unit)?;
                        let scaling = f.reading.scaling;
                        Some(slot(Target::Extra { stream, scale: scaling.scale, offset: scaling.offset }))
                    })
                }
            };
            plan.extend(found);
        }
        for field in &definition.developer {
            let Some(description) = descriptions.get(field).filter(|d| base::size(d.base) == Some(field.size) && !base::is_text(d.base)) else {
                continue;
            };
            if let Some(stream) = self.stream((Some(field.developer), field.number), &description.name, &description.unit) {
                let target = Target::Extra { stream, scale: description.scale, offset: description.offset };
                plan.push(Slot { offset: field.offset, size: field.size, base: description.base, target });
            }
        }
        plan
    }

    fn stream(&mut self, key: (Option<u8>, u8), name: &str, unit: &str) -> Option<usize> {
        if let Some(at) = self.extra.iter().position(|e| e.key == key) {
            return Some(at);
        }
        if self.extra.len() >= MOST_EXTRA {
            return None;
        }
        self.extra.push(Extra { key, name: name.to_owned(), unit: unit.to_owned(), values: Vec::new() });
        Some(self.extra.len() - 1)
    }

    /// The records at `keep` as samples; times count from `start`.
    pub(super) fn samples(&self, keep: &[usize], start: Option<u32>) -> Samples {
        let mut out = Samples::default();
        let time = |i: usize| match (self.times[i], start) {
            (NO_TIME, _) | (_, None) => f64::NAN,
            (t, Some(start)) => f64::from(t) - f64::from(start),
        };
        out.time_s = keep.iter().map(|&i| time(i)).collect();
        for (k, column) in out.columns_mut().into_iter().skip(1).enumerate() {
            *column = keep.iter().map(|&i| self.rows[i][k]).collect();
        }
        for extra in &self.extra {
            let values: Vec<f64> = keep.iter().map(|&i| extra.values.get(i).copied().unwrap_or(f64::NAN)).collect();
            if values.iter().any(|v| !v.is_nan()) {
                out.extra.push(Stream { name: extra.name.clone(), unit: extra.unit.clone(), values });
            }
        }
        out
    }
}

/// Speed in m/s (12 bits, hundredths) and distance in metres (12 bits, sixteenths, accumulating).
fn packed(data: &[u8], distance_16ths: &mut u32) -> Option<(f64, f64)> {
    let &[a, b, c] = data else { return None };
    if [a, b, c] == [0xff; 3] {
        return None;
    }
    let speed = u16::from(a) | (u16::from(b & 0xf) << 8);
    let distance = (u32::from(b) >> 4) | (u32::from(c) << 4);
    *distance_16ths = distance_16ths.wrapping_add(distance.wrapping_sub(*distance_16ths) & 0xfff);
    Some((f64::from(speed) / 100.0, f64::from(*distance_16ths) / 16.0))
}

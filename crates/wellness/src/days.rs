//! Where all readers put what they read: bounded by days and measures, whatever the size of the file.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::measures::Source;

use crate::hours::Hours;
use crate::measures::{Combine, Measure};
use crate::moment::Moment;
use crate::nights::{Nights, Sleep};
use crate::reading::{Note, Reading, Remark, Value};

/// Days × measures: thirty measures for forty years.
const CELLS: usize = 1 << 19;
/// Remarks of one reading.
const NOTES: usize = 100;
/// Questions that are kept, and answers to all of them: a hundred a day for three years, or twenty for fifteen.
const QUESTIONS: usize = 500;
const ANSWERS: usize = 1 << 17;
/// Units that are reported, and how long each may be.
const UNITS: usize = 20;
const UNIT_CHARS: usize = 20;

/// The readings of a day of one measure.
#[derive(Clone, Copy)]
struct Cell {
    value: f64,
    count: u32,
    /// The second of the day of the first reading.
    first: i32,
}

/// Values by day, while they are read.
#[derive(Default)]
pub(crate) struct Days {
    cells: BTreeMap<(NaiveDate, Measure), Cell>,
    hours: Hours,
    nights: Nights,
    left_out: BTreeMap<Measure, u64>,
    units: BTreeMap<(Measure, String), u64>,
    answers: BTreeMap<String, BTreeMap<NaiveDate, bool>>,
    answered: usize,
    full: bool,
    notes: Vec<Note>,
    source: Option<Source>,
}

impl Days {
    /// Begins a file of somebody's export; the first one names the whole.
    pub(crate) fn begin(&mut self, source: Source) {
        self.source.get_or_insert(source);
    }

    /// Adds a reading of a day, or of a moment of it.
    pub(crate) fn add(&mut self, measure: Measure, day: NaiveDate, second: i64, value: f64) {
        if !self.admits(measure, value) {
            return;
        }
        let second = second as i32;
        let full = self.cells.len() >= CELLS;
        let new = Cell { value, count: 1, first: second };
        let Some(cell) = self.cells.get_mut(&(day, measure)) else {
            self.full |= full;
            if !full {
                self.cells.insert((day, measure), new);
            }
            return;
        };
        match measure.spec().combine {
            Combine::Mean | Combine::Sum => *cell = Cell { value: cell.value + value, count: cell.count.saturating_add(1), ..*cell },
            Combine::Most => cell.value = cell.value.max(value),
            Combine::First if second < cell.first => *cell = new,
            Combine::First => {}
        }
    }

    /// Adds a part of a day's total that other sources may have counted, too.
    pub(crate) fn add_part(&mut self, measure: Measure, source: u8, from: Moment, to: Moment, value: f64) {
        if self.admits(measure, value) {
            // By the clock at the beginning; the end may be in another zone.
            let end = from.local().saturating_add(to.utc() - from.utc());
            self.full |= !self.hours.add(measure, source, from.local(), end, value);
        }
    }

    /// Adds a period of sleep, unless nothing was slept: services write such for a day without the watch.
    pub(crate) fn sleep(&mut self, sleep: Sleep) {
        if sleep.asleep > 0.0 && self.admits(Measure::SleepHours, sleep.asleep) {
            self.full |= !self.nights.add(sleep);
        }
    }

    /// The offset of a day, in minutes east of UTC, for sleep whose times are in UTC.
    pub(crate) fn offset(&mut self, day: NaiveDate, minutes: i32) {
        self.full |= !self.nights.offset(day, minutes);
    }

    /// Counts a value in a unit that is not known.
    pub(crate) fn unknown_unit(&mut self, measure: Measure, unit: &str) {
        let unit: String = unit.chars().take(UNIT_CHARS).collect();
        if self.units.len() < UNITS || self.units.contains_key(&(measure, unit.clone())) {
            *self.units.entry((measure, unit)).or_default() += 1;
        }
    }

    /// Keeps the answer to a question that no measure answers.
    pub(crate) fn answer(&mut self, question: &str, day: NaiveDate, yes: bool) {
        if self.answered >= ANSWERS || self.answers.len() >= QUESTIONS && !self.answers.contains_key(question) {
            self.full = true;
        } else if self.answers.entry(question.to_owned()).or_default().insert(day, yes).is_none() {
            self.answered += 1;
        }
    }

    /// More than is kept.
    pub(crate) fn too_much(&mut self) {
        self.full = true;
    }

    /// Adds a remark about a file.
    pub(crate) fn note(&mut self, file: Option<&str>, remark: Remark) {
        if self.notes.len() < NOTES {
            self.notes.push(Note { file: file.map(str::to_owned), remark });
        }
    }

    fn admits(&mut self, measure: Measure, value: f64) -> bool {
        let admitted = measure.admits(value);
        if !admitted {
            *self.left_out.entry(measure).or_default() += 1;
        }
        admitted
    }

    /// Everything read. A total that a service states counts before the sum of its parts.
    pub(crate) fn finish(mut self) -> Reading {
        for ((day, measure), total) in std::mem::take(&mut self.hours).totals() {
            if total > 0.0 && !self.cells.contains_key(&(day, measure)) {
                self.add(measure, day, 0, total);
            }
        }
        std::mem::take(&mut self.nights).for_each(|day, measure, value| self.add(measure, day, 0, value));
        let mut values = Vec::with_capacity(self.cells.len());
        for ((day, measure), cell) in std::mem::take(&mut self.cells) {
            let spec = measure.spec();
            let value = if spec.combine == Combine::Mean { cell.value / f64::from(cell.count) } else { cell.value };
            match measure.value(value) {
                Some(value) => values.push(Value { day, measure: spec.key, value }),
                None => *self.left_out.entry(measure).or_default() += 1,
            }
        }
        let mut notes = self.notes;
        let mut note = |remark| notes.push(Note { file: None, remark });
        if self.full {
            note(Remark::TooMuch);
        }
        for ((measure, unit), values) in self.units {
            note(Remark::UnknownUnit { measure: measure.spec().key.to_owned(), unit, values });
        }
        for (measure, values) in self.left_out {
            note(Remark::LeftOut { measure: measure.spec().key.to_owned(), values });
        }
        notes.truncate(NOTES);
        Reading { source: self.source, values, answers: self.answers, notes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::day;

    #[test]
    fn readings_of_a_day_become_one_value() {
        let mut days = Days::default();
        let day = day("2026-11-02").expect("a day");
        for (second, hrv, kg) in [(60_000, 60.0, 71.9), (25_000, 70.0, 70.8), (80_000, 65.0, 72.0)] {
            days.add(Measure::Hrv, day, second, hrv);
            days.add(Measure::Weight, day, second, kg);
            days.add(Measure::Fluid, day, second, 500.0);
            days.add(Measure::Steps, day, second, hrv * 100.0);
        }
        let values = days.finish().values;
        let got: Vec<(&str, f64)> = values.iter().map(|v| (v.measure, v.value)).collect();
        assert_eq!(got, [("hrv", 65.0), ("weight_kg", 70.8), ("steps", 7000.0), ("fluid_ml", 1500.0)]);
    }

    #[test]
    fn what_cannot_be_true_is_counted() {
        let mut days = Days::default();
        let day = day("2026-11-02").expect("a day");
        for kg in [7.0, 700.0, f64::NAN, 70.0] {
            days.add(Measure::Weight, day, 0, kg);
        }
        days.unknown_unit(Measure::Height, "cubits");
        let reading = days.finish();
        assert_eq!(reading.values.len(), 1);
        let remarks: Vec<Remark> = reading.notes.into_iter().map(|note| note.remark).collect();
        assert!(remarks.contains(&Remark::LeftOut { measure: "weight_kg".into(), values: 3 }), "{remarks:?}");
        assert!(remarks.contains(&Remark::UnknownUnit { measure: "height_cm".into(), unit: "cubits".into(), values: 1 }));
    }
}

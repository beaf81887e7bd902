//! Totals of a day from many short readings of several sources that overlap: a watch and a phone count the same steps. Per hour the source that
//! counted most is taken, and the hours are added up: what only one of them saw is kept, and nothing counts twice.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::measures::Measure;
use crate::moment::{DAY, day_of, seconds_into};

/// Days × measures × sources; twenty years of two measures from eight sources are half of it.
const BINS: usize = 1 << 18;
/// Readings longer than this say nothing about hours: some applications write one a day.
const LONG: i64 = 2 * 3600;

/// What one source counted on one day.
#[derive(Default)]
struct Bins {
    hours: [f32; 24],
    /// In readings too long to belong to an hour.
    long: f32,
}

/// What all sources counted.
#[derive(Default)]
pub(crate) struct Hours(HashMap<(NaiveDate, Measure, u8), Bins>);

impl Hours {
    /// Adds a reading from one local second to another. `false` if there are too many days.
    pub(crate) fn add(&mut self, measure: Measure, source: u8, from: i64, to: i64, amount: f64) -> bool {
        let to = to.clamp(from, from.saturating_add(DAY));
        let mut at = from;
        loop {
            let Some(day) = day_of(at) else { return true };
            let second = seconds_into(day, at);
            let long = to - from > LONG;
            let end = to.min(at - second + if long { DAY } else { (second / 3600 + 1) * 3600 });
            let share = if to > from { (end - at) as f64 / (to - from) as f64 } else { 1.0 };
            if self.0.len() >= BINS && !self.0.contains_key(&(day, measure, source)) {
                return false;
            }
            let bins = self.0.entry((day, measure, source)).or_default();
            let bin = if long { &mut bins.long } else { &mut bins.hours[(second / 3600).clamp(0, 23) as usize] };
            *bin += (amount * share) as f32;
            at = end;
            if at >= to {
                return true;
            }
        }
    }

    /// The total of each day.
    pub(crate) fn totals(self) -> BTreeMap<(NaiveDate, Measure), f64> {
        // Per day: the most of any source for each hour, the most of any source for the day, and whether a source has long readings.
        let mut days: BTreeMap<(NaiveDate, Measure), ([f32; 24], f32, bool)> = BTreeMap::new();
        for ((day, measure, _), bins) in self.0 {
            let (hours, most, long) = days.entry((day, measure)).or_default();
            for (hour, more) in hours.iter_mut().zip(bins.hours) {
                *hour = hour.max(more);
            }
            *most = most.max(bins.hours.iter().sum::<f32>() + bins.long);
            *long |= bins.long > 0.0;
        }
        let total = |(hours, most, long): ([f32; 24], f32, bool)| f64::from(if long { most } else { hours.iter().sum() });
        days.into_iter().map(|(key, day)| (key, total(day))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::Moment;

    fn at(time: &str) -> i64 {
        Moment::parse(&format!("2026-11-{time}")).map(Moment::local).expect("a time")
    }

    fn totals(readings: &[(u8, &str, &str, f64)]) -> Vec<f64> {
        let mut hours = Hours::default();
        for (source, from, to, amount) in readings {
            assert!(hours.add(Measure::Steps, *source, at(from), at(to), *amount));
        }
        hours.totals().into_values().map(f64::round).collect()
    }

    #[test]
    fn what_two_sources_saw_counts_once_and_what_one_saw_is_kept() {
        let walk = [(0, "02 08:00", "02 08:10", 900.0), (1, "02 08:02", "02 08:12", 1000.0)];
        assert_eq!(totals(&walk), [1000.0]);
        assert_eq!(totals(&[&walk[..], &[(1, "02 12:00", "02 12:30", 300.0), (0, "02 18:00", "02 18:05", 50.0)]].concat()), [1350.0]);
    }

    #[test]
    fn a_reading_is_shared_by_the_hours_and_days_that_it_spans() {
        assert_eq!(totals(&[(0, "02 23:30", "03 00:30", 1000.0)]), [500.0, 500.0]);
        assert_eq!(totals(&[(0, "02 08:00", "02 08:00", 7.0)]), [7.0]);
    }

    #[test]
    fn with_one_reading_a_day_the_larger_source_counts() {
        assert_eq!(totals(&[(0, "02 00:00", "02 23:59", 10_000.0), (1, "02 08:00", "02 09:00", 8_000.0)]), [10_000.0]);
    }
}

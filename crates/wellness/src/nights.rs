//! Periods of sleep, and which of a day's is its night.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::measures::Measure;
use crate::moment::seconds_into;

/// Periods of one day that are kept; the record of a bad night has three or four.
const PERIODS: usize = 12;
/// Periods of all days: two a day for a hundred years.
const ALL: usize = 80_000;
/// Hours of sleep that are a night at any time of the day, if the service does not say what it was.
const NIGHT_HOURS: f64 = 3.0;
/// A shorter sleep is a night only if it ends before this second of the day.
const MORNING: i64 = 12 * 3600;

/// A period of sleep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sleep {
    /// The day to which it counts.
    pub(crate) day: NaiveDate,
    /// Seconds since 1970 by the local clock, from going to bed to getting up; or by UTC, see `utc`.
    pub(crate) span: Option<(i64, i64)>,
    /// The span is in UTC, and the offset is in another file.
    pub(crate) utc: bool,
    /// Whether the service calls it a nap.
    pub(crate) nap: Option<bool>,
    /// Hours asleep.
    pub(crate) asleep: f64,
    pub(crate) deep: Option<f64>,
    pub(crate) rem: Option<f64>,
    pub(crate) light: Option<f64>,
    pub(crate) awake: Option<f64>,
    /// Per cent.
    pub(crate) efficiency: Option<f64>,
}

impl Sleep {
    /// A period of which only the hours are known.
    pub(crate) const fn new(day: NaiveDate, asleep: f64) -> Self {
        Self { day, span: None, utc: false, nap: None, asleep, deep: None, rem: None, light: None, awake: None, efficiency: None }
    }

    fn is_night(&self) -> bool {
        let morning = self.span.is_none_or(|(_, end)| self.utc || seconds_into(self.day, end) <= MORNING);
        self.nap.map_or(self.asleep >= NIGHT_HOURS || morning, |nap| !nap)
    }

    /// Whether both are records of the same sleep; without times there is no telling them apart.
    fn same_as(&self, other: &Self) -> bool {
        self.span.zip(other.span).is_none_or(|(a, b)| a.0 < b.1 && b.0 < a.1)
    }
}

/// The periods of all days, and the offsets that some files have apart from them.
#[derive(Default)]
pub(crate) struct Nights {
    periods: BTreeMap<NaiveDate, Vec<Sleep>>,
    count: usize,
    /// Minutes east of UTC.
    offsets: BTreeMap<NaiveDate, i32>,
}

impl Nights {
    /// Adds a period. `false` if there are too many.
    pub(crate) fn add(&mut self, sleep: Sleep) -> bool {
        if self.count >= ALL {
            return false;
        }
        let day = self.periods.entry(sleep.day).or_default();
        if day.len() < PERIODS {
            day.push(sleep);
            self.count += 1;
        }
        true
    }

    /// The offset of a day. `false` if there are too many.
    pub(crate) fn offset(&mut self, day: NaiveDate, minutes: i32) -> bool {
        self.offsets.len() < ALL && {
            self.offsets.insert(day, minutes);
            true
        }
    }

    /// Calls `each` with the measures of every day.
    pub(crate) fn for_each(self, mut each: impl FnMut(NaiveDate, Measure, f64)) {
        for (day, mut periods) in self.periods {
            // The night first, then the longest: what overlaps with one before is another record of it.
            periods.sort_by(|a, b| b.is_night().cmp(&a.is_night()).then(b.asleep.total_cmp(&a.asleep)));
            let mut kept: Vec<Sleep> = Vec::new();
            for sleep in periods {
                if !kept.iter().any(|other| other.same_as(&sleep)) {
                    kept.push(sleep);
                }
            }
            let night = kept.first().copied().filter(Sleep::is_night);
            let naps: f64 = kept.iter().skip(usize::from(night.is_some())).map(|nap| nap.asleep).sum();
            if naps > 0.0 {
                each(day, Measure::NapHours, naps);
            }
            let Some(night) = night else { continue };
            each(day, Measure::SleepHours, night.asleep);
            let parts = [
                (Measure::SleepDeep, night.deep),
                (Measure::SleepRem, night.rem),
                (Measure::SleepLight, night.light),
                (Measure::SleepAwake, night.awake),
                (Measure::SleepEfficiency, night.efficiency),
            ];
            for (measure, value) in parts.into_iter().filter_map(|(measure, value)| Some((measure, value?))) {
                each(day, measure, value);
            }
            let offset = if night.utc { self.offsets.get(&day).copied() } else { Some(0) };
            if let (Some((bed, wake)), Some(offset)) = (night.span, offset) {
                for (measure, local) in [(Measure::BedTime, bed), (Measure::WakeTime, wake)] {
                    let seconds = seconds_into(day, local.saturating_add(i64::from(offset) * 60));
                    each(day, measure, (seconds as f64 / 60.0).round());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::{Moment, day};

    fn sleep(from: &str, to: &str, asleep: f64, nap: Option<bool>) -> Sleep {
        let at = |time: &str| Moment::parse(&format!("2026-11-{time}")).map(Moment::local).expect("a time");
        Sleep { span: Some((at(from), at(to))), nap, ..Sleep::new(day("2026-11-02").expect("a day"), asleep) }
    }

    fn measured(sleeps: &[Sleep]) -> Vec<(&'static str, f64)> {
        let mut nights = Nights::default();
        assert!(sleeps.iter().all(|sleep| nights.add(*sleep)));
        let mut all = Vec::new();
        nights.for_each(|_, measure, value| all.push((measure.spec().key, value)));
        all
    }

    #[test]
    fn the_longest_is_the_night_and_the_rest_are_naps() {
        let night = sleep("01 22:20", "02 06:10", 7.5, None);
        let nap = sleep("02 14:00", "02 14:30", 0.5, None);
        assert_eq!(measured(&[nap, night]), [("nap_hours", 0.5), ("sleep_hours", 7.5), ("bed_time", -100.0), ("wake_time", 370.0)]);
        assert_eq!(measured(&[nap]), [("nap_hours", 0.5)]);
        let said = sleep("02 01:00", "02 02:00", 0.9, Some(false));
        assert_eq!(measured(&[said, sleep("02 13:00", "02 17:30", 4.0, Some(true))])[..2], [("nap_hours", 4.0), ("sleep_hours", 0.9)]);
    }

    #[test]
    fn the_same_sleep_in_two_files_counts_once() {
        let night = sleep("01 22:20", "02 06:10", 7.5, Some(false));
        assert_eq!(measured(&[night, night]), measured(&[night]));
        let without_times = Sleep { span: None, ..night };
        assert_eq!(measured(&[night, without_times]), measured(&[night]));
    }
}

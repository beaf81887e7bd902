//! Nights from intervals: a watch, a phone and applications each write when somebody was in bed, asleep, and in which stage. They overlap.

use crate::moment::{DAY, Moment, day_of, night_of};
use crate::nights::Sleep;

/// Seconds of the grid on which intervals are laid over one another: an epoch of sleep.
const SLOT: i64 = 30;
const SLOTS_PER_HOUR: f64 = 120.0;
/// Sleep after a gap of so many slots is another period: two hours.
const GAP: i32 = 240;
/// Slots of a day, the longest interval and period.
const DAY_SLOTS: i32 = (DAY / SLOT) as i32;
/// Intervals of all nights: fifty a night for fifty years.
const INTERVALS: usize = 1 << 20;

/// What an interval says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    InBed,
    /// Asleep, in no stage.
    Asleep,
    Light,
    Deep,
    Rem,
    Awake,
}

impl Stage {
    /// As the value of a record: <https://developer.apple.com/documentation/healthkit/hkcategoryvaluesleepanalysis>. Before iOS 16 there were
    /// three of them.
    pub(super) fn parse(value: &str) -> Option<Self> {
        Some(match value.strip_prefix("HKCategoryValueSleepAnalysis")? {
            "InBed" => Self::InBed,
            "Asleep" | "AsleepUnspecified" => Self::Asleep,
            "AsleepCore" => Self::Light,
            "AsleepDeep" => Self::Deep,
            "AsleepREM" => Self::Rem,
            "Awake" => Self::Awake,
            _ => return None,
        })
    }

    const fn is_asleep(self) -> bool {
        !matches!(self, Self::InBed | Self::Awake)
    }

    const fn is_staged(self) -> bool {
        matches!(self, Self::Light | Self::Deep | Self::Rem)
    }
}

/// From one slot since 1970 to another, by UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Interval {
    from: i32,
    to: i32,
    /// Minutes east of UTC at the beginning.
    offset: i16,
    source: u8,
    stage: Stage,
}

impl Interval {
    fn overlaps(&self, from: i32, to: i32) -> bool {
        self.from < to && from < self.to
    }
}

/// The intervals of all nights.
#[derive(Default)]
pub(super) struct Intervals(Vec<Interval>);

impl Intervals {
    /// Adds an interval; longer than a day is no sleep. `false` if there are too many.
    pub(super) fn add(&mut self, stage: Stage, source: u8, from: Moment, to: Moment) -> bool {
        let slot = |at: Moment| i32::try_from((at.utc() + SLOT / 2).div_euclid(SLOT)).ok();
        let (Some(start), Some(end)) = (slot(from), slot(to)) else { return true };
        if self.0.len() >= INTERVALS {
            return false;
        }
        if start < end && end - start <= DAY_SLOTS {
            self.0.push(Interval { from: start, to: end, offset: from.offset.unwrap_or(0) as i16, source, stage });
        }
        true
    }

    /// Calls `each` with every period of sleep.
    pub(super) fn for_each(mut self, mut each: impl FnMut(Sleep)) {
        self.0.sort_unstable();
        let mut period: Option<(i32, i32)> = None;
        for i in 0..=self.0.len() {
            let next = self.0.get(i).filter(|interval| interval.stage.is_asleep());
            if next.is_none() && i < self.0.len() {
                continue;
            }
            match (&mut period, next) {
                (Some((from, to)), Some(next)) if next.from - *to <= GAP && next.from - *from < DAY_SLOTS => *to = (*to).max(next.to),
                (current, next) => {
                    if let Some((from, to)) = *current {
                        each_of(self.around(from, to), from, to, &mut each);
                    }
                    *current = next.map(|next| (next.from, next.to));
                }
            }
        }
    }

    /// The intervals that may overlap a period.
    fn around(&self, from: i32, to: i32) -> &[Interval] {
        let first = self.0.partition_point(|interval| interval.from < from - DAY_SLOTS);
        let behind = self.0.partition_point(|interval| interval.from < to);
        &self.0[first..behind]
    }
}

fn each_of(around: &[Interval], from: i32, to: i32, each: &mut impl FnMut(Sleep)) {
    let own: Vec<Interval> = around.iter().copied().filter(|interval| interval.overlaps(from, to)).collect();
    if let Some(sleep) = period(own, from, to) {
        each(sleep);
    }
}

/// One period from all that is said about it.
fn period(mut own: Vec<Interval>, from: i32, to: i32) -> Option<Sleep> {
    let mut staged = [0_i64; 256];
    for interval in own.iter().filter(|interval| interval.stage.is_staged()) {
        staged[usize::from(interval.source)] += i64::from(interval.to - interval.from);
    }
    // The source with most stages decides for the time that it covers, and the others add what is outside.
    let primary = (0..=255_u8).max_by_key(|source| (staged[usize::from(*source)], 255 - source)).filter(|source| staged[usize::from(*source)] > 0);
    let rank = |interval: &Interval| {
        let has_stages = staged[usize::from(interval.source)] > 0;
        (u8::from(has_stages) + u8::from(primary == Some(interval.source)), interval.stage)
    };
    own.sort_by_key(rank);
    let covered = own.iter().filter(|interval| primary == Some(interval.source) && interval.stage != Stage::InBed);
    let covered = covered.fold(None, |span: Option<(i32, i32)>, interval| {
        Some(span.map_or((interval.from, interval.to), |(a, b)| (a.min(interval.from), b.max(interval.to))))
    });
    let length = usize::try_from(to - from).ok()?;
    let at = |slot: i32| usize::try_from(slot - from).unwrap_or(0).min(length);
    let (mut stages, mut in_bed) = (vec![None; length], vec![false; length]);
    let mut cleared = false;
    for interval in &own {
        let slots = at(interval.from)..at(interval.to);
        in_bed[slots.clone()].fill(true);
        if interval.stage == Stage::InBed {
            continue;
        }
        if primary == Some(interval.source) && !cleared {
            let (a, b) = covered.unwrap_or((from, from));
            stages[at(a)..at(b)].fill(None);
            cleared = true;
        }
        stages[slots].fill(Some(interval.stage));
    }
    let hours = |is: &dyn Fn(Stage) -> bool| stages.iter().flatten().filter(|stage| is(**stage)).count() as f64 / SLOTS_PER_HOUR;
    let asleep = hours(&Stage::is_asleep);
    let last = stages.iter().rposition(|stage| stage.is_some_and(Stage::is_asleep))? as i32 + 1;
    // In bed before falling asleep.
    let bed = own.iter().map(|interval| interval.from).min()?.max(from - DAY_SLOTS / 2);
    let up = own.iter().map(|interval| interval.to).max()?.min(to + DAY_SLOTS / 2);
    let offset = |slot: i32| own.iter().filter(|interval| interval.from <= slot).max_by_key(|interval| interval.from).map_or(0, |i| i.offset);
    let local = |slot: i32| i64::from(slot) * SLOT + i64::from(offset(slot)) * 60;
    let end = local(from + last);
    let (day, second) = (day_of(end)?, end.rem_euclid(DAY));
    let knows_awake = own.iter().any(|interval| matches!(interval.stage, Stage::Awake | Stage::InBed));
    let outside = f64::from((from - bed).max(0) + (up - to).max(0)) / SLOTS_PER_HOUR;
    let abed = in_bed.iter().filter(|slot| **slot).count() as f64 / SLOTS_PER_HOUR + outside;
    let of = |stage: Stage| primary.map(|_| hours(&|other| other == stage));
    Some(Sleep {
        span: Some((local(bed), end)),
        deep: of(Stage::Deep),
        rem: of(Stage::Rem),
        light: of(Stage::Light),
        awake: knows_awake.then(|| hours(&|stage| stage == Stage::Awake)).filter(|hours| *hours > 0.0 || primary.is_some()),
        efficiency: knows_awake.then(|| asleep / abed * 100.0),
        ..Sleep::new(night_of(Moment { day, second, offset: None })?, asleep)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WATCH: u8 = 0;
    const PHONE: u8 = 1;

    fn at(time: &str) -> Moment {
        Moment::parse(&format!("2026-11-{time} +0100")).expect("a time")
    }

    fn sleeps(intervals: &[(Stage, u8, &str, &str)]) -> Vec<Sleep> {
        let mut all = Intervals::default();
        for (stage, source, from, to) in intervals {
            assert!(all.add(*stage, *source, at(from), at(to)));
        }
        let mut found = Vec::new();
        all.for_each(|sleep| found.push(sleep));
        found
    }

    #[test]
    fn overlapping_sources_count_once_and_the_one_with_stages_decides() {
        let watch = [
            (Stage::Light, WATCH, "01 22:40:00", "02 02:40:00"),
            (Stage::Deep, WATCH, "02 02:40:00", "02 03:40:00"),
            (Stage::Awake, WATCH, "02 03:40:00", "02 03:55:00"),
            (Stage::Rem, WATCH, "02 03:55:00", "02 05:25:00"),
        ];
        let phone = [(Stage::InBed, PHONE, "01 22:20:00", "02 06:00:00"), (Stage::Asleep, PHONE, "01 22:30:00", "02 05:25:00")];
        let [sleep] = sleeps(&[&watch[..], &phone].concat())[..] else { panic!("one period") };
        // Ten minutes of the phone before the watch, and the quarter of an hour awake does not count.
        assert!((sleep.asleep - (6.5 + 1.0 / 6.0)).abs() < 1e-9, "{sleep:?}");
        assert_eq!((sleep.deep, sleep.rem, sleep.light, sleep.awake), (Some(1.0), Some(1.5), Some(4.0), Some(0.25)));
        assert_eq!(sleep.day.to_string(), "2026-11-02");
        assert_eq!(sleep.span, Some((at("01 22:20:00").local(), at("02 05:25:00").local())));
        assert!(sleep.efficiency.is_some_and(|percent| (percent - 6.666_666 / 7.666_666 * 100.0).abs() < 0.01), "{sleep:?}");
    }

    #[test]
    fn a_long_gap_separates_a_nap_from_the_night() {
        let day = [(Stage::Asleep, PHONE, "01 23:00:00", "02 07:00:00"), (Stage::Asleep, PHONE, "02 14:00:00", "02 14:30:00")];
        let found = sleeps(&day);
        assert_eq!(found.iter().map(|sleep| sleep.asleep).collect::<Vec<_>>(), [8.0, 0.5]);
        assert_eq!((found[0].deep, found[0].efficiency, found[0].awake), (None, None, None));
        assert!(sleeps(&[(Stage::InBed, PHONE, "01 23:00:00", "02 07:00:00")]).is_empty());
    }

    #[test]
    fn the_beginning_of_a_night_counts_for_the_day_of_its_end() {
        let [sleep] = sleeps(&[(Stage::Light, WATCH, "01 22:40:00", "01 23:10:00")])[..] else { panic!("one period") };
        assert_eq!(sleep.day.to_string(), "2026-11-02");
    }
}

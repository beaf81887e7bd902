//! Measures of a day that discovery reads, made of entries and runs. A day without entries is unknown, never zero; so is one of which a part is unknown.
//!
//! - **Carbohydrate in the three hours before** the first run of the day, and **for each hour** of runs of more than sixty minutes. Nothing eaten counts as
//!   zero only where something was written down that day until three hours after the run: then whoever writes meals down had no other.
//! - **Protein, energy, alcohol and caffeine of the day** need a day that was written down from morning to evening: three entries, one before noon and one
//!   after five.
//! - **Late meal**: minutes after 20:00 of the last meal, 0 for an earlier evening meal. **Last caffeine**: the time of the last entry with any.
//! - What is eaten before four in the morning belongs to the evening before.

use std::collections::{BTreeMap, BTreeSet};

use activities::Workout;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::nutrition::{Choice, Content, Nutrient, Relation};
use platform::feature::daily::DayValues;

use crate::link::{AFTER, BEFORE, end};
use crate::queries::entries::Eaten;

/// Runs that carbohydrate is counted by the hour of, in seconds: longer than that.
const LONG_RUN_S: f64 = 3600.0;
/// Where the night ends, in minutes after midnight.
const NIGHT_ENDS: i32 = 4 * 60;
const NOON: i32 = 12 * 60;
/// From here on a meal is one of the evening.
const EVENING: i32 = 17 * 60;
/// From here on it is late.
const LATE: i32 = 20 * 60;
/// Entries of a day that was written down.
const WHOLE_DAY: usize = 3;
/// Kilocalories from which on something is a meal. What has no number may be one.
const MEAL_KCAL: f64 = 50.0;
/// How long after a run an entry tells that meals of the day were written down.
const AROUND: TimeDelta = TimeDelta::hours(3);

/// The values of each day that has any, in the order of the inputs of `daily`. Entries and workouts are in the order of their times.
pub(crate) fn values(entries: &[Eaten], workouts: &[Workout]) -> Vec<DayValues> {
    let mut days: BTreeMap<NaiveDate, [Option<f64>; 8]> = BTreeMap::new();
    let mut runs: BTreeMap<NaiveDate, Vec<&Workout>> = BTreeMap::new();
    for run in workouts.iter().filter(|workout| workout.sport == "running") {
        runs.entry(run.day).or_default().push(run);
    }
    for (day, runs) in runs {
        let values = days.entry(day).or_default();
        values[0] = runs.first().and_then(|run| before(run, entries));
        values[1] = per_hour(&runs, entries);
    }
    let mut evenings: BTreeMap<NaiveDate, Vec<(i32, &Content)>> = BTreeMap::new();
    for entry in entries {
        let (day, minute) = evening_of(entry);
        evenings.entry(day).or_default().push((minute, &entry.content));
    }
    for (day, mut eaten) in evenings {
        eaten.sort_by_key(|(minute, _)| *minute);
        let values = days.entry(day).or_default();
        if is_whole(&eaten) {
            for (at, nutrient) in [(2, Nutrient::Protein), (3, Nutrient::Energy), (5, Nutrient::Alcohol), (6, Nutrient::Caffeine)] {
                values[at] = sum(eaten.iter().map(|(_, content)| *content), nutrient);
            }
        }
        values[4] = late_meal(&eaten);
        values[7] = last_caffeine(&eaten);
    }
    days.retain(|_, values| values.iter().any(Option::is_some));
    days.into_iter().map(|(day, values)| (day, values.to_vec())).collect()
}

/// Grams of carbohydrate in the three hours before a run.
pub(crate) fn before(run: &Workout, entries: &[Eaten]) -> Option<f64> {
    let later = |choice| matches!(choice, Choice::Chosen(id, Relation::During | Relation::After) if id == run.id);
    let window = within(entries, run.started_at - BEFORE, run.started_at).iter().filter(|entry| entry.at < run.started_at && !later(entry.choice));
    known_or_nothing(run, window.map(|entry| &entry.content).collect(), entries)
}

/// Grams of carbohydrate in the hour after a run; nothing if nothing was written down.
pub(crate) fn after(run: &Workout, entries: &[Eaten]) -> Option<f64> {
    let earlier = |choice| matches!(choice, Choice::Chosen(id, Relation::Before | Relation::During) if id == run.id);
    let end = end(run);
    let window: Vec<&Content> =
        within(entries, end, end + AFTER).iter().filter(|entry| entry.at > end && !earlier(entry.choice)).map(|entry| &entry.content).collect();
    if window.is_empty() { None } else { sum(window.into_iter(), Nutrient::Carbohydrate) }
}

/// Grams of carbohydrate for each hour of all runs of a day that are long enough.
pub(crate) fn per_hour(runs: &[&Workout], entries: &[Eaten]) -> Option<f64> {
    let long: Vec<&&Workout> = runs.iter().filter(|run| seconds(run) > LONG_RUN_S).collect();
    if long.is_empty() {
        return None;
    }
    let grams = long.iter().map(|run| known_or_nothing(run, during(run, entries), entries)).sum::<Option<f64>>()?;
    Some(grams / (long.iter().map(|run| seconds(run)).sum::<f64>() / 3600.0))
}

/// Seconds in motion, or as long as it lasted.
fn seconds(run: &Workout) -> f64 {
    run.moving_s.or(run.elapsed_s).filter(|seconds| seconds.is_finite()).unwrap_or(0.0)
}

/// What was eaten during a run: by the time, or because the athlete says so.
fn during<'a>(run: &Workout, entries: &'a [Eaten]) -> Vec<&'a Content> {
    let end = end(run);
    // A choice is of an entry at most two days away.
    let near = within(entries, run.started_at - crate::link::CHOSEN, end + crate::link::CHOSEN);
    let belongs = |entry: &&Eaten| match entry.choice {
        Choice::Chosen(id, relation) => id == run.id && relation == Relation::During,
        Choice::ByTime => run.started_at <= entry.at && entry.at <= end,
        Choice::Off => false,
    };
    near.iter().filter(belongs).map(|entry| &entry.content).collect()
}

/// The sum of what was eaten; zero where nothing was, if the day was written down around the run.
fn known_or_nothing(run: &Workout, window: Vec<&Content>, entries: &[Eaten]) -> Option<f64> {
    if window.is_empty() {
        let until = end(run) + AROUND;
        let around = within(entries, run.started_at - TimeDelta::hours(24), until).iter().any(|entry| entry.day == run.day);
        return around.then_some(0.0);
    }
    sum(window.into_iter(), Nutrient::Carbohydrate)
}

/// The entries of a span of time.
fn within(entries: &[Eaten], from: DateTime<Utc>, to: DateTime<Utc>) -> &[Eaten] {
    let start = entries.partition_point(|entry| entry.at < from);
    let end = entries.partition_point(|entry| entry.at <= to);
    entries.get(start..end).unwrap_or_default()
}

/// The sum of a nutrient, if it is known of all.
fn sum<'a>(mut all: impl Iterator<Item = &'a Content>, nutrient: Nutrient) -> Option<f64> {
    all.try_fold(0.0, |sum, content| Some(sum + content.complete(nutrient)?))
}

/// The day whose evening it belongs to, and minutes after the midnight at which that day began.
fn evening_of(entry: &Eaten) -> (NaiveDate, i32) {
    match entry.day.pred_opt() {
        Some(before) if entry.minute < NIGHT_ENDS => (before, entry.minute + 24 * 60),
        _ => (entry.day, entry.minute),
    }
}

/// Whether a day was written down from morning to evening.
fn is_whole(eaten: &[(i32, &Content)]) -> bool {
    let moments: BTreeSet<i32> = eaten.iter().map(|(minute, _)| *minute).collect();
    moments.len() >= WHOLE_DAY && moments.first().is_some_and(|first| *first < NOON) && moments.last().is_some_and(|last| *last >= EVENING)
}

fn late_meal(eaten: &[(i32, &Content)]) -> Option<f64> {
    let may_be_a_meal = |content: &Content| content.amounts.get(Nutrient::Energy).is_none_or(|energy| energy >= MEAL_KCAL);
    let last = eaten.iter().rfind(|(minute, content)| *minute >= EVENING && may_be_a_meal(content))?;
    Some(f64::from((last.0 - LATE).max(0)))
}

/// An entry without any number that came later may have had caffeine.
fn last_caffeine(eaten: &[(i32, &Content)]) -> Option<f64> {
    let last = eaten.iter().rposition(|(_, content)| content.amounts.get(Nutrient::Caffeine).is_some_and(|caffeine| caffeine >= 1.0))?;
    let unknown = eaten[last + 1..].iter().any(|(_, content)| content.amounts.is_empty());
    (!unknown).then(|| f64::from(eaten[last].0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::link::tests::{moment, run};

    fn eaten(minute: i64, amounts: &[(Nutrient, f64)]) -> Eaten {
        let at = moment(minute);
        let content = Content { amounts: amounts.iter().copied().collect(), ..Content::default() };
        Eaten { at, day: at.date_naive(), minute: (minute.rem_euclid(1440)) as i32, content, choice: Choice::ByTime }
    }

    fn carbohydrate(minute: i64, grams: f64) -> Eaten {
        eaten(minute, &[(Nutrient::Carbohydrate, grams)])
    }

    /// The values of the day on which all moments are counted from.
    fn first(entries: &[Eaten], runs: &[Workout]) -> Vec<Option<f64>> {
        let day = moment(0).date_naive();
        values(entries, runs).into_iter().find(|(of, _)| *of == day).map_or_else(|| vec![None; 8], |(_, values)| values)
    }

    #[test]
    fn the_design_s_sunday() {
        // Porridge at 6:33, gels at 8:31 and 8:57, a run of 80 minutes from 8:04.
        let entries = [carbohydrate(393, 92.0), carbohydrate(511, 25.0), carbohydrate(537, 25.0), carbohydrate(610, 64.0)];
        let run = run(1, 484, 80.1);
        let values = first(&entries, std::slice::from_ref(&run));
        assert_eq!(values[0], Some(92.0));
        assert!((values[1].expect("known") - 37.45).abs() < 0.1, "{values:?}");
        assert_eq!(after(&run, &entries), Some(64.0));
    }

    #[test]
    fn a_day_without_entries_is_unknown_and_a_fasted_run_is_zero() {
        let run = [run(1, 480, 90.0)];
        assert!(values(&[], &run).is_empty());
        assert_eq!(first(&[carbohydrate(600, 80.0)], &run)[0], Some(0.0), "breakfast came after the run");
        assert_eq!(first(&[carbohydrate(1150, 80.0)], &run)[0], None, "dinner says nothing of the morning");
        assert_eq!(first(&[eaten(420, &[])], &run)[0], None, "a breakfast without numbers");
        let mut part = carbohydrate(420, 50.0);
        part.content.at_least.insert(Nutrient::Carbohydrate);
        assert_eq!(first(&[part], &run)[0], None, "a part of a breakfast");
    }

    #[test]
    fn what_the_athlete_chose_counts_during() {
        let run = [run(1, 480, 90.0)];
        let mut gel = carbohydrate(475, 30.0);
        gel.choice = Choice::Chosen(Uuid::from_u128(1), Relation::During);
        let values = first(&[carbohydrate(400, 60.0), gel], &run);
        assert_eq!((values[0], values[1]), (Some(60.0), Some(20.0)));
        assert_eq!(first(&[carbohydrate(500, 30.0)], &[super::tests::run(1, 480, 60.0)])[1], None, "an hour is not more than an hour");
    }

    #[test]
    fn totals_need_a_whole_day() {
        let all =
            |minute| eaten(minute, &[(Nutrient::Protein, 30.0), (Nutrient::Energy, 600.0), (Nutrient::Alcohol, 0.0), (Nutrient::Caffeine, 0.0)]);
        assert_eq!(first(&[all(480), all(780), all(1140)], &[])[2..4], [Some(90.0), Some(1800.0)]);
        assert_eq!(first(&[all(480), all(780)], &[])[2], None);
        assert_eq!(first(&[all(780), all(800), all(1140)], &[])[2], None, "no morning");
        assert_eq!(first(&[all(480), eaten(780, &[]), all(1140)], &[])[2], None, "lunch without numbers");
    }

    #[test]
    fn late_meals_and_caffeine_have_times() {
        let coffee = eaten(900, &[(Nutrient::Caffeine, 95.0), (Nutrient::Energy, 2.0)]);
        assert_eq!(first(&[coffee.clone(), carbohydrate(1260, 50.0)], &[])[4], Some(60.0));
        assert_eq!(first(&[coffee.clone(), carbohydrate(1140, 50.0)], &[])[4], Some(0.0));
        assert_eq!(first(std::slice::from_ref(&coffee), &[])[4], None, "the evening is not written down");
        assert_eq!(first(&[coffee.clone(), carbohydrate(1470, 50.0)], &[])[4], Some(270.0), "half past midnight");
        assert_eq!(first(&[coffee.clone(), carbohydrate(1140, 50.0)], &[])[7], Some(900.0));
        assert_eq!(first(&[coffee, eaten(1140, &[])], &[])[7], None, "who knows what that was");
    }

    fn any_entry() -> impl Strategy<Value = Eaten> {
        let amount = || proptest::option::of(0.0..200.0);
        (0..4320_i64, amount(), amount(), amount(), any::<bool>()).prop_map(|(minute, carbohydrate, energy, caffeine, part)| {
            let amounts = [(Nutrient::Carbohydrate, carbohydrate), (Nutrient::Energy, energy), (Nutrient::Caffeine, caffeine)];
            let known: Vec<(Nutrient, f64)> = amounts.into_iter().filter_map(|(nutrient, amount)| Some((nutrient, amount?))).collect();
            let mut entry = eaten(minute, &known);
            if part && entry.content.amounts.get(Nutrient::Carbohydrate).is_some() {
                entry.content.at_least.insert(Nutrient::Carbohydrate);
            }
            entry
        })
    }

    proptest! {
        #[test]
        fn what_comes_after_a_run_changes_nothing_known_before_it(
            mut entries in prop::collection::vec(any_entry(), 0..12), later in any_entry(), start in 300..1100_i64, minutes in 20.0..200.0,
        ) {
            let run = run(1, start, minutes);
            let later = Eaten { at: end(&run) + TimeDelta::hours(4) + (later.at - moment(0)), ..later };
            entries.sort_by_key(|entry| entry.at);
            let known = before(&run, &entries);
            entries.push(later);
            entries.sort_by_key(|entry| entry.at);
            prop_assert_eq!(before(&run, &entries), known);
        }

        #[test]
        fn values_are_sums_of_what_is_known(mut entries in prop::collection::vec(any_entry(), 0..20), start in 0..4000_i64, minutes in 20.0..300.0) {
            entries.sort_by_key(|entry| entry.at);
            let all: f64 = entries.iter().filter_map(|entry| entry.content.amounts.get(Nutrient::Carbohydrate)).sum();
            let days: BTreeSet<NaiveDate> = entries.iter().flat_map(|entry| [Some(entry.day), entry.day.pred_opt()]).flatten().collect();
            for (day, values) in values(&entries, &[run(1, start, minutes)]) {
                prop_assert!(days.contains(&day), "a day without entries is unknown");
                prop_assert!(values.iter().flatten().all(|value| value.is_finite() && *value >= 0.0));
                prop_assert!(values[0].is_none_or(|grams| grams <= all + 1e-9));
                prop_assert!(values[7].is_none_or(|minute| (240.0..1680.0).contains(&minute)));
            }
        }

        #[test]
        fn an_entry_without_numbers_makes_its_window_unknown(mut entries in prop::collection::vec(any_entry(), 0..12), ago in 1..180_i64, start in 300..1100_i64) {
            entries.push(eaten(start - ago, &[]));
            entries.sort_by_key(|entry| entry.at);
            prop_assert_eq!(before(&run(1, start, 60.0), &entries), None);
        }
    }
}

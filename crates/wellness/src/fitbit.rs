//! Fitbit and Google Health, as Google Takeout has them: JSON lists below `Global Export Data`, whose times are local and without an offset, and
//! small tables for what is measured at night.

use chrono::NaiveDate;

use crate::days::Days;
use crate::item::Item;
use crate::measures::Measure;
use crate::moment::{Moment, day, day_of, fitbit_day, fitbit_moment, night_of, seconds_into};
use crate::nights::Sleep;

/// Kilograms of a pound.
const POUND: f64 = 0.453_592_37;
/// Metres that are too tall: a height above says that the weight is in pounds.
const TALL: f64 = 2.1;

/// Older exports have `2019-11-02 00:00:00` where others have `11/02/19 00:00:00`.
fn any_day(text: &str) -> Option<NaiveDate> {
    fitbit_day(text).or_else(|| day(text))
}

/// `sleep-*.json`: with stages, or `classic` without.
pub(crate) fn sleep(days: &mut Days, item: &Item) -> bool {
    let times = item.moment("startTime").zip(item.moment("endTime"));
    let day = item.day("dateOfSleep").or_else(|| night_of(times?.1));
    let (Some(day), Some(asleep)) = (day, item.number("minutesAsleep")) else { return false };
    let stage = |name: &str| item.number(&format!("levels.summary.{name}.minutes")).map(|minutes| minutes / 60.0);
    days.sleep(Sleep {
        span: times.map(|(start, end)| (start.local(), end.local())),
        // The main sleep is the longest that was recorded: without the watch at night that is a nap.
        nap: item.flag("mainSleep").and_then(|main| (!main).then_some(true)),
        deep: stage("deep"),
        rem: stage("rem"),
        light: stage("light"),
        awake: stage("wake").or_else(|| item.number("minutesAwake").map(|minutes| minutes / 60.0)),
        efficiency: item.positive("efficiency"),
        ..Sleep::new(day, asleep / 60.0)
    });
    true
}

/// `resting_heart_rate-*.json`: zero on a day without one.
pub(crate) fn resting_hr(days: &mut Days, item: &Item) -> bool {
    let Some(day) = item.text("dateTime").and_then(any_day) else { return false };
    if let Some(beats) = item.positive("value.value") {
        days.add(Measure::RestingHr, day, 0, beats);
    }
    true
}

/// `steps-*.json`: a number a minute, written as text. Files may overlap at their ends.
pub(crate) fn steps(days: &mut Days, source: u8, item: &Item) -> bool {
    let (Some(minute), Some(steps)) =
        (item.text("dateTime").and_then(|time| fitbit_moment(time).or_else(|| Moment::parse(time))), item.number("value"))
    else {
        return false;
    };
    if steps != 0.0 {
        days.add_part(Measure::Steps, source, minute, minute, steps);
    }
    true
}

/// `demographic_vo2_max-*.json`.
pub(crate) fn vo2max(days: &mut Days, item: &Item) -> bool {
    let Some(day) = item.text("dateTime").and_then(any_day) else { return false };
    if let Some(vo2max) = item.positive("value.demographicVO2Max") {
        days.add(Measure::Vo2max, day, 0, vo2max);
    }
    true
}

/// `weight-*.json`: in the unit that the account shows, which the file does not name. The body mass index, which is metric, tells it.
pub(crate) fn weight(days: &mut Days, item: &Item) -> bool {
    let (Some(day), Some(weight)) = (item.text("date").and_then(any_day), item.positive("weight")) else { return false };
    let second = item.text("time").and_then(|time| Moment::parse(&format!("{day} {time}"))).map_or(0, |at| at.second);
    match item.positive("bmi") {
        Some(bmi) => days.add(Measure::Weight, day, second, if (weight / bmi).sqrt() > TALL { weight * POUND } else { weight }),
        None => days.unknown_unit(Measure::Weight, ""),
    }
    if let Some(fat) = item.positive("fat") {
        days.add(Measure::BodyFat, day, second, fat);
    }
    true
}

/// Whether Google had a row from Apple, also where the file ends in the middle of that.
fn is_of_apple(item: &Item) -> bool {
    const APPLE: &str = "Apple";
    item.text("data source").is_some_and(|source| source.contains(APPLE) || APPLE.starts_with(source))
}

/// `weight.csv` and `body_fat_*.csv` of Google Health, below `Physical Activity_GoogleData`: a row for each weighing, in grams whatever the account
/// shows. The times are in UTC and the file has no offset, so that far from Greenwich a weighing may count for a neighbouring day. What came from
/// Apple is in Apple's own export.
///
/// The header rows are those of several readers, one of which calls the format "confirmed against real data": `timestamp,weight grams,data source`
/// and `timestamp,body fat percentage,data source`.
pub(crate) fn body(days: &mut Days, item: &Item) -> bool {
    let Some(day) = item.day("timestamp") else { return false };
    if is_of_apple(item) {
        return true;
    }
    let second = item.moment("timestamp").map_or(0, |at| at.second);
    if let Some(grams) = item.positive("weight grams") {
        days.add(Measure::Weight, day, second, grams / 1000.0);
    }
    if let Some(fat) = item.positive("body fat percentage") {
        days.add(Measure::BodyFat, day, second, fat);
    }
    true
}

/// `derived_com.google.weight_*.json` of Google Fit, below `Takeout/Fit/All Data`: kilograms and nanoseconds of UTC, as its sensors' data points are
/// described by <https://developers.google.com/fit/datatypes/body> and shown by several readers of the export.
pub(crate) fn fit_weight(days: &mut Days, item: &Item) -> bool {
    let Some(kilograms) = item.first_number(&["fitValue.0.value.fpVal", "fitValue.0.fpVal"]) else {
        // The name of the source stands beside the list.
        return item.get("startTimeNanos").is_none();
    };
    let Some(second) = item.positive("startTimeNanos").map(|nanos| (nanos / 1e9) as i64) else { return false };
    let Some(day) = day_of(second) else { return false };
    days.add(Measure::Weight, day, seconds_into(day, second), kilograms);
    true
}

/// Columns of the nightly tables, and what they are: those of Fitbit, and those of the same below `*_GoogleData`.
const NIGHTLY: [(&str, Measure); 8] = [
    ("rmssd", Measure::Hrv),
    ("daily_respiratory_rate", Measure::Respiration),
    ("average_value", Measure::Spo2),
    ("average heart rate variability milliseconds", Measure::Hrv),
    ("breaths per minute", Measure::Respiration),
    ("average percentage", Measure::Spo2),
    ("beats per minute", Measure::RestingHr),
    ("daily vo2 max value", Measure::Vo2max),
];

/// A row of one of the nightly tables. What came from Apple is in Apple's own export, and its HRV is another quantity.
pub(crate) fn nightly(days: &mut Days, item: &Item) -> bool {
    let Some(day) = item.day("timestamp") else { return false };
    if is_of_apple(item) {
        return true;
    }
    for (measure, value) in NIGHTLY.iter().filter_map(|(name, measure)| Some((*measure, item.positive(name)?))) {
        days.add(measure, day, 0, value);
    }
    true
}

/// A row of `Daily Readiness Score`.
pub(crate) fn readiness(days: &mut Days, item: &Item) -> bool {
    let (Some(day), Some(score)) = (item.day("date"), item.number("readiness_score_value")) else { return false };
    days.add(Measure::Readiness, day, 0, score);
    true
}

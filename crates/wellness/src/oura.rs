//! Oura: the tables of its data export (`App Data/sleepmodel.csv`, `dailyreadiness.csv`, `dailyactivity.csv`, `dailyspo2.csv`, `vo2max.csv`),
//! which have the fields of version 2 of its interface (cloud.ouraring.com/v2/docs); the same as JSON; the JSON of version 1
//! (cloud.ouraring.com/docs); and the table of trends. Durations are seconds, times local with an offset.

use chrono::NaiveDate;

use crate::days::Days;
use crate::item::{Item, Scalar};
use crate::measures::Measure;
use crate::nights::Sleep;

/// The list, or the table, that has readiness.
pub(crate) const READINESS: &str = "readiness";

/// Columns of which the table of trends has one.
pub(crate) const TRENDS: [&str; 3] = ["total sleep time", "total sleep duration", "readiness score"];

/// One object or row of any of them. `false` if it has no usable date.
pub(crate) fn item(days: &mut Days, list: &str, item: &Item) -> bool {
    if let Some(day) = item.day("day") {
        version_2(days, list, item, day);
    } else if let Some(before) = item.day("summary_date") {
        version_1(days, list, item, before);
    } else if let Some(day) = item.day("date") {
        trends(days, item, day);
    } else {
        // Profiles, devices and samples have no date of a day, and nothing to read.
        return !["total_sleep_duration", "total", "steps"].iter().any(|name| item.get(name).is_some());
    }
    true
}

fn hours(item: &Item, name: &str) -> Option<f64> {
    item.number(name).map(|seconds| seconds / 3600.0)
}

fn span(item: &Item, start: &str, end: &str) -> Option<(i64, i64)> {
    let (start, end) = item.moment(start).zip(item.moment(end))?;
    // By the clock at the end, as the day is.
    Some((start.local().min(end.local()), end.local()))
}

fn add(days: &mut Days, day: NaiveDate, item: &Item, fields: &[(Measure, &str)]) {
    for (measure, value) in fields.iter().filter_map(|(measure, name)| Some((*measure, item.number(name)?))) {
        days.add(measure, day, 0, value);
    }
}

fn version_2(days: &mut Days, list: &str, item: &Item, day: NaiveDate) {
    if let Some(asleep) = hours(item, "total_sleep_duration") {
        let kind = item.text("type");
        if matches!(kind, Some("deleted" | "rest")) || asleep <= 0.0 {
            return;
        }
        let nap = kind.map(|kind| kind != "long_sleep");
        days.sleep(Sleep {
            span: span(item, "bedtime_start", "bedtime_end"),
            nap,
            deep: hours(item, "deep_sleep_duration"),
            rem: hours(item, "rem_sleep_duration"),
            light: hours(item, "light_sleep_duration"),
            awake: hours(item, "awake_time"),
            efficiency: item.positive("efficiency"),
            ..Sleep::new(day, asleep)
        });
        if nap != Some(true) {
            add(
                days,
                day,
                item,
                &[(Measure::Hrv, "average_hrv"), (Measure::RestingHr, "lowest_heart_rate"), (Measure::Respiration, "average_breath")],
            );
        }
    } else if list.ends_with(READINESS) || item.get("temperature_deviation").is_some() {
        add(days, day, item, &[(Measure::Readiness, "score"), (Measure::SkinTempDelta, "temperature_deviation")]);
    } else {
        add(days, day, item, &[(Measure::Steps, "steps"), (Measure::ActiveEnergy, "active_calories"), (Measure::Vo2max, "vo2_max")]);
        if let Some(per_cent) = item.number("spo2_percentage.average").or_else(|| average(item.get("spo2_percentage")?)) {
            days.add(Measure::Spo2, day, 0, per_cent);
        }
    }
}

/// A cell that is a number or, in some exports, `{"average": 97.4}`.
fn average(cell: &Scalar) -> Option<f64> {
    match cell {
        Scalar::Number(number) => Some(*number),
        Scalar::Text(text) => text.rsplit(':').next()?.trim_matches(['}', ' ']).parse().ok(),
        Scalar::Bool(_) => None,
    }
}

/// The date of a sleep, and of the readiness after it, is the day before it ended.
fn version_1(days: &mut Days, list: &str, item: &Item, before: NaiveDate) {
    let Some(after) = before.succ_opt() else { return };
    if let Some(asleep) = hours(item, "total") {
        let nap = item.flag("is_longest").map(|longest| !longest);
        days.sleep(Sleep {
            span: span(item, "bedtime_start", "bedtime_end"),
            nap,
            deep: hours(item, "deep"),
            rem: hours(item, "rem"),
            light: hours(item, "light"),
            awake: hours(item, "awake"),
            efficiency: item.positive("efficiency"),
            ..Sleep::new(after, asleep)
        });
        if nap != Some(true) {
            let fields = [
                (Measure::Hrv, "rmssd"),
                (Measure::RestingHr, "hr_lowest"),
                (Measure::Respiration, "breath_average"),
                (Measure::SkinTempDelta, "temperature_delta"),
            ];
            add(days, after, item, &fields);
        }
    } else if list.ends_with(READINESS) {
        add(days, after, item, &[(Measure::Readiness, "score")]);
    } else {
        add(days, before, item, &[(Measure::Steps, "steps"), (Measure::ActiveEnergy, "cal_active")]);
    }
}

/// The table of trends: a row a day, with everything in it.
fn trends(days: &mut Days, item: &Item, day: NaiveDate) {
    let either = |what: &str| hours(item, &format!("{what} sleep time")).or_else(|| hours(item, &format!("{what} sleep duration")));
    if let Some(asleep) = either("total") {
        days.sleep(Sleep {
            span: span(item, "bedtime start", "bedtime end"),
            nap: Some(false),
            deep: either("deep"),
            rem: either("rem"),
            light: either("light"),
            awake: hours(item, "awake time"),
            efficiency: item.positive("sleep efficiency"),
            ..Sleep::new(day, asleep)
        });
    }
    let fields = [
        (Measure::Hrv, "average hrv"),
        (Measure::RestingHr, "lowest resting heart rate"),
        (Measure::Respiration, "respiratory rate"),
        (Measure::SkinTempDelta, "temperature deviation (°c)"),
        (Measure::Readiness, "readiness score"),
        (Measure::Steps, "steps"),
        (Measure::ActiveEnergy, "activity burn"),
    ];
    add(days, day, item, &fields);
}

//! Garmin: the JSON lists of an account's data export (garmin.com/account/datamanagement), below `DI_CONNECT`.

use chrono::NaiveDate;

use crate::days::Days;
use crate::item::Item;
use crate::measures::Measure;
use crate::nights::Sleep;

/// Elements of a list in which one of a type is looked for.
const ELEMENTS: usize = 16;

fn hours(item: &Item, name: &str) -> Option<f64> {
    item.number(name).map(|seconds| seconds / 3600.0)
}

/// The value of the element of a list that has a type.
fn of_type(item: &Item, list: &str, kind: &str, value: &str) -> Option<f64> {
    let element = (0..ELEMENTS).find(|i| item.text(&format!("{list}.{i}.type")) == Some(kind))?;
    item.number(&format!("{list}.{element}.{value}"))
}

/// `DI-Connect-Wellness/*_sleepData.json`: times are in UTC, without the offset, which is in the file of the days.
pub(crate) fn sleep(days: &mut Days, item: &Item) -> bool {
    let Some(day) = item.day("calendarDate") else { return false };
    let stages = ["deepSleepSeconds", "lightSleepSeconds", "remSleepSeconds"].map(|name| hours(item, name));
    let [deep, light, rem] = stages;
    let span = item.moment("sleepStartTimestampGMT").zip(item.moment("sleepEndTimestampGMT"));
    // A night that the watch did not measure has its times and nothing else.
    if stages.iter().any(Option::is_some) {
        days.sleep(Sleep {
            span: span.map(|(start, end)| (start.utc(), end.utc())),
            utc: true,
            nap: Some(false),
            deep,
            rem,
            light,
            awake: hours(item, "awakeSleepSeconds"),
            ..Sleep::new(day, stages.into_iter().flatten().sum())
        });
    }
    naps(days, item, day);
    for (measure, name) in [(Measure::Respiration, "averageRespiration"), (Measure::Spo2, "spo2SleepSummary.averageSPO2")] {
        if let Some(value) = item.positive(name) {
            days.add(measure, day, 0, value);
        }
    }
    true
}

/// The naps of a day, which are in a list of its sleep. The names are those of three readers of the export: `napList` with `napTimeSec`,
/// `napStartTimestampGMT` and `napEndTimestampGMT`; each has the day of its own where it is another.
fn naps(days: &mut Days, item: &Item, day: NaiveDate) {
    for nap in (0..ELEMENTS).map(|i| format!("napList.{i}")) {
        let Some(asleep) = hours(item, &format!("{nap}.napTimeSec")) else { return };
        let span = item.moment(&format!("{nap}.napStartTimestampGMT")).zip(item.moment(&format!("{nap}.napEndTimestampGMT")));
        let day = item.day(&format!("{nap}.calendarDate")).unwrap_or(day);
        days.sleep(Sleep { span: span.map(|(start, end)| (start.utc(), end.utc())), utc: true, nap: Some(true), ..Sleep::new(day, asleep) });
    }
}

/// `DI-Connect-Aggregator/UDSFile_*.json`: a summary of each day. `restingHeartRate` is the mean of a week.
pub(crate) fn day(days: &mut Days, item: &Item) -> bool {
    let Some(day) = item.day("calendarDate") else { return false };
    let values = [
        (Measure::Steps, item.positive("totalSteps")),
        (Measure::ActiveEnergy, item.positive("activeKilocalories")),
        (Measure::RestingHr, item.positive("currentDayRestingHeartRate").or_else(|| item.positive("restingHeartRate"))),
        // Negative where there was too little data.
        (Measure::Stress, of_type(item, "allDayStress.aggregatorList", "TOTAL", "averageStressLevel").filter(|level| *level >= 0.0)),
    ];
    for (measure, value) in values.into_iter().filter_map(|(measure, value)| Some((measure, value?))) {
        days.add(measure, day, 0, value);
    }
    if let Some((local, utc)) = item.moment("wellnessStartTimeLocal").zip(item.moment("wellnessStartTimeGmt")) {
        days.offset(day, i32::try_from((local.local() - utc.local()) / 60).unwrap_or(0));
    }
    true
}

/// `DI-Connect-Wellness/*_userBioMetrics.json`: each change of a profile; some are weights, in grams, or heights, in centimetres.
pub(crate) fn body(days: &mut Days, item: &Item) -> bool {
    let values = [
        (Measure::Weight, item.positive("weight.weight").map(|grams| grams / 1000.0)),
        // As in the "sample structure" of an export of 2025: `"height": 172.72`.
        (Measure::Height, item.positive("height")),
    ];
    if values.iter().all(|(_, value)| value.is_none()) {
        return true;
    }
    let Some(day) = item.day("metaData.calendarDate") else { return false };
    let second = item.moment("metaData.calendarDate").map_or(0, |at| at.second);
    for (measure, value) in values.into_iter().filter_map(|(measure, value)| Some((measure, value?))) {
        days.add(measure, day, second, value);
    }
    true
}

/// `DI-Connect-Wellness/*_healthStatusData.json`: the HRV of the night, beside others that better files have.
pub(crate) fn health(days: &mut Days, item: &Item) -> bool {
    let Some(day) = item.day("calendarDate") else { return false };
    if let Some(hrv) = of_type(item, "metrics", "HRV", "value").filter(|ms| *ms > 0.0) {
        days.add(Measure::Hrv, day, 0, hrv);
    }
    true
}

/// `DI-Connect-Metrics/TrainingReadinessDTO_*.json`: several a day; the one after waking up counts.
pub(crate) fn readiness(days: &mut Days, item: &Item) -> bool {
    let (Some(day), Some(score)) = (item.day("calendarDate"), item.number("score")) else { return false };
    let woke = item.text("inputContext") == Some("AFTER_WAKEUP_RESET");
    let second = item.moment("timestampLocal").or_else(|| item.moment("timestamp")).map_or(0, |at| at.second);
    days.add(Measure::Readiness, day, if woke { -1 } else { second }, score);
    true
}

/// `DI-Connect-Metrics/MetricsMaxMetData_*.json`: that of cycling is another quantity.
pub(crate) fn vo2max(days: &mut Days, item: &Item) -> bool {
    let Some(day) = item.day("calendarDate") else { return false };
    if item.text("sport") != Some("CYCLING")
        && let Some(vo2max) = item.positive("vo2MaxValue")
    {
        days.add(Measure::Vo2max, day, 0, vo2max);
    }
    true
}

//! Polar: the JSON files of an account's data export (account.polar.com). The sleep files have the names of version 4 of its interface
//! (polar.com/polar-api-v4), in which durations are written another way.

use crate::days::Days;
use crate::item::Item;
use crate::measures::Measure;
use crate::moment::duration;
use crate::nights::Sleep;

/// `sleep_result_*.json`. Those of older watches have no phases.
pub(crate) fn sleep(days: &mut Days, item: &Item) -> bool {
    let hours = |name: &str| item.text(name).and_then(duration).map(|seconds| seconds / 3600.0);
    let (Some(day), Some(asleep)) = (item.day("night"), hours("evaluation.asleepDuration")) else { return false };
    let phase = |name: &str| hours(&format!("evaluation.phaseDurations.{name}"));
    let times = item.moment("sleepResult.hypnogram.sleepStart").zip(item.moment("sleepResult.hypnogram.sleepEnd"));
    days.sleep(Sleep {
        span: times.map(|(start, end)| (start.local().min(end.local()), end.local())),
        nap: Some(false),
        deep: phase("deep"),
        rem: phase("rem"),
        light: phase("light"),
        awake: phase("wake").or_else(|| hours("evaluation.interruptions.totalDuration")),
        efficiency: item.positive("evaluation.analysis.efficiencyPercent"),
        ..Sleep::new(day, asleep)
    });
    true
}

/// `nightly_recovery_*.json`: means of four hours of the night. The mean interval of the heart is of sleep, not of rest, and is not read.
pub(crate) fn recovery(days: &mut Days, item: &Item) -> bool {
    let Some(day) = item.day("night").or_else(|| item.day("sleepResultDate")) else { return false };
    if let Some(hrv) = item.positive("meanNightlyRecoveryRmssd") {
        days.add(Measure::Hrv, day, 0, hrv);
    }
    if let Some(ms) = item.positive("meanNightlyRecoveryRespirationInterval") {
        days.add(Measure::Respiration, day, 0, 60_000.0 / ms);
    }
    true
}

/// `activity-*.json`: one day. A day without a summary was not measured.
pub(crate) fn activity(days: &mut Days, item: &Item) -> bool {
    let Some(day) = item.day("date") else { return false };
    if let Some(steps) = item.number("summary.stepCount") {
        days.add(Measure::Steps, day, 0, steps);
    }
    true
}

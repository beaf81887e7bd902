//! WHOOP: the tables of "export my data". Times are local. Column names are those of exports of 2025 and 2026; accounts in Spanish have them in
//! Spanish, and the same files otherwise. Checked against the header rows in `whoop-data` readers of several projects, which copied them verbatim.

use crate::days::Days;
use crate::item::Item;
use crate::measures::Measure;
use crate::moment::{DAY, Moment, day_of, night_of};
use crate::nights::Sleep;

/// Names of one column.
type Names = [&'static str; 2];

pub(crate) const CYCLE_START: Names = ["cycle start time", "hora de inicio del ciclo"];
pub(crate) const RECOVERY: Names = ["recovery score %", "puntuación de recuperación (%)"];
pub(crate) const NAP: Names = ["nap", "siesta"];
pub(crate) const QUESTION: Names = ["question text", "texto de la pregunta"];
const SLEEP_ONSET: Names = ["sleep onset", "inicio del sueño"];
const WAKE_ONSET: Names = ["wake onset", "inicio de la vigilia"];
const ASLEEP: Names = ["asleep duration (min)", "duración del sueño (min)"];
const LIGHT: Names = ["light sleep duration (min)", "duración de sueño ligero (min)"];
const DEEP: Names = ["deep (sws) duration (min)", "duración de sueño profundo (sws) (min)"];
const REM: Names = ["rem duration (min)", "duración de sueño rem (min)"];
// As it is spelled there.
const AWAKE: Names = ["awake duration (min)", "tempo despierto/a (min)"];
const EFFICIENCY: Names = ["sleep efficiency %", "eficiencia del sueño %"];

/// What a cycle says besides its sleep. The skin temperature is not a difference from the athlete's own, and is not read.
const OF_A_CYCLE: [(Measure, Names); 6] = [
    (Measure::Readiness, RECOVERY),
    (Measure::RestingHr, ["resting heart rate (bpm)", "frecuencia cardíaca en reposo (lpm)"]),
    (Measure::Hrv, ["heart rate variability (ms)", "variabilidad de la frecuencia cardíaca (ms)"]),
    (Measure::Spo2, ["blood oxygen %", "oxígeno en sangre %"]),
    (Measure::Respiration, ["respiratory rate (rpm)", "frecuencia respiratoria (rpm)"]),
    (Measure::Strain, ["day strain", "esfuerzo del día"]),
];

/// An hour of the evening from which on a cycle without sleep is the next day's: a cycle begins when the athlete falls asleep.
const EVENING: i64 = 18 * 3600;

fn moment(item: &Item, names: Names) -> Option<Moment> {
    names.into_iter().find_map(|name| item.moment(name))
}

fn hours(item: &Item, names: Names) -> Option<f64> {
    item.first_number(&names).map(|minutes| minutes / 60.0)
}

/// A row of `sleeps.csv`, or the sleep of a cycle. `false` if it has no usable time.
pub(crate) fn sleep(days: &mut Days, item: &Item) -> bool {
    let Some(end) = moment(item, WAKE_ONSET) else { return false };
    let (Some(day), Some(asleep)) = (night_of(end), hours(item, ASLEEP)) else { return false };
    days.sleep(Sleep {
        span: moment(item, SLEEP_ONSET).map(|start| (start.local(), end.local())),
        nap: Some(NAP.into_iter().any(|name| item.flag(name) == Some(true))),
        deep: hours(item, DEEP),
        rem: hours(item, REM),
        light: hours(item, LIGHT),
        awake: hours(item, AWAKE),
        efficiency: item.first_number(&EFFICIENCY),
        ..Sleep::new(day, asleep)
    });
    true
}

/// A row of `physiological_cycles.csv`: it counts for the day on which its sleep ends.
pub(crate) fn cycle(days: &mut Days, item: &Item) -> bool {
    let without_sleep = || {
        let start = moment(item, CYCLE_START)?;
        day_of(start.local() + if start.second >= EVENING { DAY } else { 0 })
    };
    let Some(day) = moment(item, WAKE_ONSET).and_then(night_of).or_else(without_sleep) else { return false };
    for (measure, names) in OF_A_CYCLE {
        if let Some(value) = item.first_number(&names) {
            days.add(measure, day, 0, value);
        }
    }
    sleep(days, item);
    true
}

/// A row of `journal_entries.csv`: counted only.
pub(crate) fn answer(days: &mut Days, item: &Item) -> bool {
    let question = QUESTION.into_iter().any(|name| item.text(name).is_some());
    if question {
        days.answer();
    }
    question
}

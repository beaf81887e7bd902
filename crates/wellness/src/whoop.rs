//! WHOOP: the tables of "export my data". Times are local. Files and columns have names in the language of the account, and the same content; the
//! columns are recognised in English, Spanish and German.
//!
//! The English names are those of exports of 2025 and 2026 and the Spanish ones of 2026, checked against the header rows in `whoop-data` readers of
//! several projects, which copied them verbatim. The German ones are those of two independent readers of exports of 2026: a table of sleep "verbatim
//! from a German account's export" with its twin in English (`test_a_german_export_is_read` and `COLUMN_FIELDS` of a WHOOP importer), and the column
//! map of a dashboard of German exports, which has the journal, too. NOOP's `WhoopCsvMetricsTest` has the same names for a cycle.

use chrono::NaiveDate;

use crate::days::Days;
use crate::item::Item;
use crate::measures::Measure;
use crate::moment::{DAY, Moment, day_of, night_of};
use crate::nights::Sleep;

/// Names of one column.
pub(crate) type Names = [&'static str; 3];

pub(crate) const CYCLE_START: Names = ["cycle start time", "hora de inicio del ciclo", "startzeit des zyklus"];
pub(crate) const RECOVERY: Names = ["recovery score %", "puntuación de recuperación (%)", "erholungswert %"];
pub(crate) const NAP: Names = ["nap", "siesta", "nickerchen"];
pub(crate) const QUESTION: Names = ["question text", "texto de la pregunta", "fragetext"];
const SLEEP_ONSET: Names = ["sleep onset", "inicio del sueño", "beginn des schlafs"];
const WAKE_ONSET: Names = ["wake onset", "inicio de la vigilia", "beginn des aufwachens"];
const ASLEEP: Names = ["asleep duration (min)", "duración del sueño (min)", "schlafdauer (min.)"];
const LIGHT: Names = ["light sleep duration (min)", "duración de sueño ligero (min)", "dauer des leichtschlafs (min.)"];
const DEEP: Names = ["deep (sws) duration (min)", "duración de sueño profundo (sws) (min)", "dauer des tiefschlafs (min.)"];
const REM: Names = ["rem duration (min)", "duración de sueño rem (min)", "dauer des rem-schlafs (min.)"];
// As it is spelled there.
const AWAKE: Names = ["awake duration (min)", "tempo despierto/a (min)", "dauer des aufwachens (min.)"];
const EFFICIENCY: Names = ["sleep efficiency %", "eficiencia del sueño %", "schlafeffizienz %"];

/// What a cycle says besides its sleep. The skin temperature is not a difference from the athlete's own, and is not read.
const OF_A_CYCLE: [(Measure, Names); 6] = [
    (Measure::Readiness, RECOVERY),
    (Measure::RestingHr, ["resting heart rate (bpm)", "frecuencia cardíaca en reposo (lpm)", "ruheherzfrequenz (schläge pro minute)"]),
    (Measure::Hrv, ["heart rate variability (ms)", "variabilidad de la frecuencia cardíaca (ms)", "herzfrequenzvariabilität (ms)"]),
    (Measure::Spo2, ["blood oxygen %", "oxígeno en sangre %", "blutsauerstoff %"]),
    (Measure::Respiration, ["respiratory rate (rpm)", "frecuencia respiratoria (rpm)", "atemfrequenz (atemzüge/min.)"]),
    (Measure::Strain, ["day strain", "esfuerzo del día", "tagesbelastung"]),
];

/// Questions of the journal that a measure of the catalogue answers: a part of the question, the measure, and what "yes" and "no" are in it. Whoever
/// drank had so many drinks as the journal does not say; whoever did not had none.
const ANSWERED: [(&str, Measure, Option<f64>, Option<f64>); 5] = [
    ("sick or ill", Measure::Illness, Some(1.0), Some(0.0)),
    ("krank gefühlt", Measure::Illness, Some(1.0), Some(0.0)),
    ("have any alcoholic drinks", Measure::Alcohol, None, Some(0.0)),
    ("drink any alcohol", Measure::Alcohol, None, Some(0.0)),
    ("alkohol konsumiert", Measure::Alcohol, None, Some(0.0)),
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
    let Some(day) = moment(item, WAKE_ONSET).and_then(night_of).or_else(|| day_of_cycle(item)) else { return false };
    for (measure, names) in OF_A_CYCLE {
        if let Some(value) = item.first_number(&names) {
            days.add(measure, day, 0, value);
        }
    }
    sleep(days, item);
    true
}

/// The day to which a cycle belongs by its beginning.
fn day_of_cycle(item: &Item) -> Option<NaiveDate> {
    let start = moment(item, CYCLE_START)?;
    day_of(start.local() + if start.second >= EVENING { DAY } else { 0 })
}

/// A row of `journal_entries.csv`: one question of a morning, about the evening and the night before, with yes or no. It counts for that morning's
/// day, as the sleep of its cycle does. `false` if it has no day, question or answer.
pub(crate) fn answer(days: &mut Days, item: &Item) -> bool {
    let question = QUESTION.into_iter().find_map(|name| item.text(name));
    // "Answered yes", which is the only column of its kind in any language.
    let (Some(day), Some(question), Some(yes)) = (day_of_cycle(item), question, item.only_flag()) else { return false };
    let lower = question.to_lowercase();
    let known = ANSWERED.iter().find(|(part, ..)| lower.contains(part));
    match known.and_then(|(_, measure, of_yes, of_no)| Some((*measure, if yes { *of_yes } else { *of_no }?))) {
        Some((measure, value)) => days.add(measure, day, 0, value),
        None => days.answer(question, day, yes),
    }
    true
}

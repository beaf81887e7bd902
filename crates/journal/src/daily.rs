//! What the journal offers to discovery: every measure that has numbers, built in or the athlete's own.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use domain::discovery::Input;
use domain::measures::{built_in, keys};
use futures::FutureExt;
use platform::feature::daily::{Daily, DayValues, Logged};
use platform::{Error, Tx};

use crate::queries::measures;
use crate::queries::values::{Day, series};
use crate::service::{fingerprint, numbers};

/// What is said of a measure: key, label, axis, step, the amount at the start of a sentence, after the unit of the effect, when it helps, when it costs.
type Voice = (&'static str, &'static str, &'static str, f64, &'static str, &'static str, &'static str, &'static str);

/// The measures that the journal asks from the start have words of their own.
const VOICE: [Voice; 10] = [
    (keys::SLEEP_HOURS, "Sleep", "sleep, hours", 1.0, "An extra hour of sleep", "per extra hour", "Go to bed.", "Odd, and worth another look."),
    (
        keys::SLEEP_QUALITY,
        "Sleep quality",
        "sleep quality, 1 to 5",
        1.0,
        "A step better sleep",
        "per step",
        "Your pillow knows.",
        "Odd, and worth another look.",
    ),
    (
        keys::RESTING_HR,
        "Resting heart rate",
        "resting heart rate, bpm",
        5.0,
        "A resting heart rate 5\u{a0}beats higher",
        "per 5\u{a0}bpm",
        "Interesting.",
        "The body says it first.",
    ),
    (keys::HRV, "HRV", "HRV, ms", 10.0, "10\u{a0}ms more HRV", "per 10\u{a0}ms", "The body says it first.", "Interesting."),
    (keys::SORENESS, "Soreness", "soreness, 1 to 5", 1.0, "A step sorer", "per step", "You seem to like it.", "The legs keep the books."),
    (keys::MOOD, "Mood", "mood, 1 to 5", 1.0, "A step better mood", "per step", "Cheer up, it pays.", "Grumpy runs well, it seems."),
    (keys::STRESS, "Stress", "stress, 1 to 5", 1.0, "A step more stress", "per step", "You run well on it.", "The calendar runs with you."),
    (keys::WORK_HOURS, "Work", "work, hours", 2.0, "Two more hours of work", "per 2 hours", "Work suits you.", "Send the invoice."),
    (
        keys::ALCOHOL,
        "Alcohol",
        "drinks the night before",
        1.0,
        "Each drink the night before",
        "per drink",
        "Do not tell anybody.",
        "You knew that. Now it is a number.",
    ),
    (keys::CAFFEINE, "Caffeine", "caffeine, cups", 1.0, "Each cup of coffee", "per cup", "Keep the machine clean.", "Blame the beans."),
];

/// The built-in measures as inputs, in the order of the catalogue.
fn inputs() -> Vec<Input> {
    built_in().iter().filter_map(domain::measures::Measure::input).map(in_our_voice).collect()
}

fn in_our_voice(input: Input) -> Input {
    let Some((_, label, axis, step, more, per, when_good, when_bad)) = VOICE.into_iter().find(|(key, ..)| *key == input.key) else { return input };
    Input {
        label: label.into(),
        axis: axis.into(),
        step,
        more: more.into(),
        per: per.into(),
        when_good: when_good.into(),
        when_bad: when_bad.into(),
        ..input
    }
}

/// The athlete's own measures as inputs. Retired ones still have values to learn from.
async fn own_inputs(tx: &mut Tx) -> Result<Vec<Input>, Error> {
    let athlete = tx.viewer()?;
    Ok(measures::list(tx, athlete).await?.iter().filter_map(|own| own.measure.input()).collect())
}

pub(crate) const DAILY: Daily = Daily {
    inputs,
    own_inputs: |tx| own_inputs(tx).boxed(),
    changed_by: &["journal.changed"],
    fingerprint: |tx| fingerprint(tx).boxed(),
    values: |tx| values(tx).boxed(),
    logged: Logged { title: "Your day", href: "/journal", step: "Answer in the journal" },
    questions: |tx| questions(tx).boxed(),
};

/// Where each measure is answered: its question, if it is asked, and otherwise where it can be.
async fn questions(tx: &mut Tx) -> Result<Vec<(String, String)>, Error> {
    let catalogue = crate::catalogue(tx).await?;
    let asked: HashSet<&str> = catalogue.asked().map(|measure| measure.key.as_str()).collect();
    let place = |key: &str| if asked.contains(key) { format!("/journal#ask-{key}") } else { "/journal/measures".to_owned() };
    Ok(catalogue.measures.iter().map(|measure| (measure.key.clone(), place(&measure.key))).collect())
}

/// The numbers that count, of every day that has one.
async fn values(tx: &mut Tx) -> Result<Vec<DayValues>, Error> {
    let athlete = tx.viewer()?;
    let keys: Vec<String> = inputs().into_iter().chain(own_inputs(tx).await?).map(|input| input.key).collect();
    let columns: HashMap<&str, usize> = keys.iter().enumerate().map(|(column, key)| (key.as_str(), column)).collect();
    let mut days: BTreeMap<NaiveDate, Vec<Option<f64>>> = BTreeMap::new();
    for year in series(tx, athlete).await? {
        let Some(column) = columns.get(year.measure.as_str()) else { continue };
        for (day, number) in numbers(&year) {
            if let Some(value) = days.entry(day).or_insert_with(|| vec![None; keys.len()]).get_mut(*column) {
                *value = Some(number);
            }
        }
    }
    Ok(days.into_iter().collect())
}

/// What discovery gets of these days of built-in measures.
#[must_use]
pub fn daily_values(days: &[Day]) -> Vec<DayValues> {
    let keys: Vec<String> = inputs().into_iter().map(|input| input.key).collect();
    days.iter().map(|(day, answers)| (*day, keys.iter().map(|key| answers.number(key)).collect())).collect()
}

//! What nutrition offers to discovery. Only what is eaten before a run is tested for the run of the same day: all else may be eaten after it.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::discovery::{Gap, Input};
use domain::nutrition::KNOWN_DAYS;
use futures::FutureExt;
use platform::feature::daily::{Daily, DayValues, Logged};
use platform::{Error, Tx};

use crate::derived;
use crate::link::NEAR;
use crate::queries;

/// Key, label, axis, step, the amount at the start of a sentence, after the unit of the effect, the first lag, when it helps, when it costs.
type Words = (&'static str, &'static str, &'static str, f64, &'static str, &'static str, usize, &'static str, &'static str);

/// In the order of `derived::values`.
const INPUTS: [Words; 8] = [
    (
        "nutrition_carbohydrate_3h_before",
        "Carbohydrate before",
        "carbohydrate in the three hours before, g",
        30.0,
        "30\u{a0}g more carbohydrate in the three hours before",
        "per 30\u{a0}g",
        0,
        "Breakfast earns its keep.",
        "Your stomach would rather run empty.",
    ),
    (
        "nutrition_carbohydrate_per_hour",
        "Carbohydrate per hour",
        "carbohydrate during runs over an hour, g/h",
        20.0,
        "20\u{a0}g more carbohydrate per hour of a long run",
        "per 20\u{a0}g/h",
        1,
        "The gels were worth chewing.",
        "Less syrup, more legs.",
    ),
    (
        "nutrition_protein_day",
        "Protein of the day",
        "protein of the day, g",
        20.0,
        "20\u{a0}g more protein",
        "per 20\u{a0}g",
        1,
        "The eggs have a point.",
        "Odd, and worth another look.",
    ),
    (
        "nutrition_energy_day",
        "Energy of the day",
        "energy of the day, kcal",
        500.0,
        "500\u{a0}kcal more",
        "per 500\u{a0}kcal",
        1,
        "Eat. It is allowed.",
        "A light day runs light, it seems.",
    ),
    (
        "nutrition_late_meal",
        "Late meal",
        "last meal, minutes after 20:00",
        30.0,
        "A last meal half an hour later",
        "per 30\u{a0}min",
        1,
        "Midnight snacks, vindicated.",
        "Dinner can come earlier.",
    ),
    (
        "nutrition_alcohol_g",
        "Alcohol of the day",
        "alcohol of the day, g",
        10.0,
        "10\u{a0}g of alcohol",
        "per 10\u{a0}g",
        1,
        "Do not tell anybody.",
        "You knew that. Now it is a number.",
    ),
    (
        "nutrition_caffeine_mg",
        "Caffeine of the day",
        "caffeine of the day, mg",
        100.0,
        "100\u{a0}mg more caffeine",
        "per 100\u{a0}mg",
        1,
        "Keep the machine clean.",
        "Blame the beans.",
    ),
    (
        "nutrition_last_caffeine",
        "Last caffeine",
        "last caffeine, minutes after midnight",
        60.0,
        "The last caffeine an hour later",
        "per hour",
        1,
        "The late espresso is innocent.",
        "The afternoon espresso sends its regards.",
    ),
];

fn inputs() -> Vec<Input> {
    let input = |(key, label, axis, step, more, per, first_lag, when_good, when_bad): Words| Input {
        key: key.into(),
        label: label.into(),
        axis: axis.into(),
        scale: 1.0,
        step,
        more: more.into(),
        per: per.into(),
        first_lag,
        gap: Gap::Unknown,
        when_good: when_good.into(),
        when_bad: when_bad.into(),
    };
    INPUTS.into_iter().map(input).collect()
}

pub(crate) const DAILY: Daily = Daily {
    inputs,
    // When a run began decides what was before it.
    changed_by: &["nutrition.changed"],
    fingerprint: |tx| fingerprint(tx).boxed(),
    values: |tx| values(tx).boxed(),
    logged: Logged { title: "Food", href: "/nutrition", step: "Write down a meal" },
    ..Daily::NONE
};

/// Changes whenever an entry is added, edited or deleted, or an activity is; nothing without any entry.
async fn fingerprint(tx: &mut Tx) -> Result<Option<String>, Error> {
    let athlete = tx.viewer()?;
    let (count, changed_at) = queries::entries::count_and_change(tx, athlete).await?;
    if count == 0 {
        return Ok(None);
    }
    let activities = (activities::FEATURE.daily.fingerprint)(tx).await?.unwrap_or_default();
    Ok(Some(format!("{count}-{changed_at}-{activities}")))
}

/// The values of all days.
async fn values(tx: &mut Tx) -> Result<Vec<DayValues>, Error> {
    let (first, last) = queries::entries::ever();
    values_between(tx, first, last).await
}

async fn values_between(tx: &mut Tx, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<DayValues>, Error> {
    let athlete = tx.viewer()?;
    let entries = queries::entries::eaten(tx, athlete, from, to).await?;
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let workouts = activities::workouts(tx, from, to).await?;
    Ok(derived::values(&entries, &workouts))
}

/// What discovery reads of the last [`KNOWN_DAYS`] days until `today`: the label of each input, and of how many days it is known. Ten years of entries
/// are more than a page shows, and take it a hundred times as long to read.
pub async fn known_days(tx: &mut Tx, today: NaiveDate) -> Result<Vec<(String, usize)>, Error> {
    let first = today - TimeDelta::days(KNOWN_DAYS - 1);
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let mut days = values_between(tx, midnight(first) - NEAR, midnight(today) + NEAR).await?;
    days.retain(|(day, _)| (first..=today).contains(day));
    let known = |at: usize| days.iter().filter(|(_, values)| values.get(at).is_some_and(Option::is_some)).count();
    Ok(INPUTS.iter().enumerate().map(|(at, input)| (input.1.to_owned(), known(at))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_eaten_before_a_run_may_explain_it() {
        for input in inputs() {
            assert!(input.key.starts_with("nutrition_"));
            assert_eq!(input.first_lag == 0, input.key == "nutrition_carbohydrate_3h_before", "{}", input.key);
            assert_eq!(input.gap, Gap::Unknown, "{}", input.key);
        }
    }
}

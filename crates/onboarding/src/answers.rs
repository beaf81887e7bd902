//! What the steps ask that belongs to others: body and thresholds, the journal's questions, food.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::Problem;
use domain::activities::{DatedThresholds, Thresholds};
use domain::measures::{Answer, Changes, Measure, keys};
use domain::onboarding::{Body, BodyView, Food, Questions, QuestionsView};
use platform::{Error, Tx};

use crate::queries::progress as queries;

/// What is known of the viewer's body.
pub async fn body(tx: &mut Tx, today: NaiveDate) -> Result<BodyView, Error> {
    let now = Thresholds::on(today, &activities::thresholds(tx).await?);
    let height = journal::number_on(tx, keys::HEIGHT_CM, today).await?;
    let weight = journal::number_on(tx, keys::WEIGHT_KG, today).await?;
    // Only what is of today stands in the form: what is sent again would be a value of today.
    let of_today = |known: Option<(NaiveDate, f64)>| known.filter(|(day, _)| *day == today).map(|(_, number)| number);
    let body = Body { height_cm: of_today(height), weight_kg: of_today(weight), birth_year: now.birth_year, sex: now.sex };
    Ok(BodyView { body, height, weight, today })
}

/// Stores what somebody says of their body: height and weight as typed values of today, sex and year of birth with the thresholds. What is left out
/// or corrected is forgotten where it was said before, except height and weight, which belong to their days.
pub(crate) async fn save_body(tx: &mut Tx, body: &Body, today: NaiveDate, now: DateTime<Utc>) -> Result<(), Error> {
    // Before any row: see `activities::lock_thresholds`.
    activities::lock_thresholds(tx).await?;
    let before = self::body(tx, today).await?.body;
    let mut changes = Changes::new();
    for (key, typed, stored) in [(keys::HEIGHT_CM, body.height_cm, before.height_cm), (keys::WEIGHT_KG, body.weight_kg, before.weight_kg)] {
        if typed.or(stored).is_some() && typed != stored {
            changes.insert(key.to_owned(), typed.map(Answer::Number));
        }
    }
    if !changes.is_empty() {
        journal::save(tx, today, &changes, today, now).await?;
    }
    // Neither has a day: what is corrected holds for every run, so the answer before goes from all entries.
    let forget = (before.sex.is_some() && body.sex != before.sex, before.birth_year.is_some() && body.birth_year != before.birth_year);
    if forget.0 || forget.1 {
        activities::forget(tx, forget.0, forget.1).await?;
    }
    let values = Thresholds {
        sex: body.sex.clone().filter(|_| body.sex != before.sex),
        birth_year: body.birth_year.filter(|_| body.birth_year != before.birth_year),
        ..Thresholds::default()
    };
    if values != Thresholds::default() {
        activities::add_thresholds(tx, DatedThresholds { valid_from: today, values }, now).await?;
    }
    Ok(())
}

/// Stores thresholds that somebody confirmed or typed, from today on. Where there is no earlier entry they hold for what was run before, too
/// ([`Thresholds::on`]).
pub(crate) async fn confirm(tx: &mut Tx, dated: DatedThresholds, now: DateTime<Utc>) -> Result<(), Error> {
    activities::lock_thresholds(tx).await?;
    let known = Thresholds::on(dated.valid_from, &activities::thresholds(tx).await?);
    refuse_contradiction(&dated.values, known)?;
    activities::add_thresholds(tx, dated, now).await
}

/// Whatever is known besides has to go together with what is new.
fn refuse_contradiction(new: &Thresholds, known: Thresholds) -> Result<(), Problem> {
    let all = new.clone().or(known);
    if let (Some(threshold), Some(max)) = (all.threshold_hr, all.hr_max)
        && threshold > max
    {
        let field = if new.threshold_hr.is_some() { "threshold_hr" } else { "hr_max" };
        let sentence = format!("The threshold is not above the highest heart rate: {threshold:.0} and {max:.0} do not go together.");
        return Err(Problem::of_field(field, sentence));
    }
    if let (Some(rest), Some(max)) = (all.resting_hr, all.hr_max)
        && rest + 30.0 > max
    {
        return Err(Problem::of_field("hr_max", format!("At least 30 beats above your resting heart rate of {rest:.0}.")));
    }
    Ok(())
}

/// What may be asked each day.
pub async fn questions(tx: &mut Tx) -> Result<QuestionsView, Error> {
    let athlete = tx.viewer()?;
    let catalogue = journal::catalogue(tx).await?;
    let asked: Vec<Measure> = catalogue.asked().cloned().collect();
    // The side is asked with the injury.
    let offered =
        |measure: &&Measure| !catalogue.asked.contains(&measure.key) && !catalogue.retired.contains(&measure.key) && measure.key != keys::INJURY_SIDE;
    let others = catalogue.measures.iter().filter(offered).cloned().collect();
    let said = queries::get(tx, athlete).await?.and_then(|row| Food::parse(row.food.as_deref()?));
    let food = match nutrition::wanted(tx).await? {
        Some(false) => Some(Food::No),
        // It was switched on again elsewhere.
        Some(true) => said.filter(|food| *food != Food::No).or(said.map(|_| Food::RunDays)),
        None => said,
    };
    Ok(QuestionsView { asked, others, food })
}

/// Stores what may be asked: those that were asked stay in their order, what is new comes behind them, and a note stands last.
pub(crate) async fn save_questions(tx: &mut Tx, questions: &Questions, now: DateTime<Utc>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    let before = journal::catalogue(tx).await?.asked;
    let place: BTreeMap<&str, usize> = before.iter().enumerate().map(|(at, key)| (key.as_str(), at)).collect();
    let mut asked = questions.asked.clone();
    let last = before.len();
    asked.sort_by_key(|key| (key == keys::NOTE, place.get(key.as_str()).copied().unwrap_or(last)));
    if asked != before {
        journal::choose(tx, &asked, now).await?;
    }
    if let Some(food) = questions.food {
        queries::set_food(tx, athlete, food.key(), now).await?;
        nutrition::want(tx, food != Food::No, now).await?;
    }
    Ok(())
}

//! Entries and favourites as the API shows and takes them. What is not known is missing: nothing is zero that nobody knows.

use chrono::{DateTime, NaiveDate, Utc};
use domain::nutrition::{Amounts, Choice, Content, Entry, Favourite, Nutrient, OwnNutrient, Relation, clock, clock_text};
use domain::{Day, FieldErrors, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Amounts; what is missing is unknown.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NutrientAmounts {
    /// Kilocalories, 0 to 20,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    energy_kcal: Option<f64>,
    /// Grams of carbohydrate, 0 to 3000.
    #[serde(skip_serializing_if = "Option::is_none")]
    carbohydrate_g: Option<f64>,
    /// Grams of protein, 0 to 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    protein_g: Option<f64>,
    /// Grams of fat, 0 to 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    fat_g: Option<f64>,
    /// Grams of dietary fibre, 0 to 500.
    #[serde(skip_serializing_if = "Option::is_none")]
    fibre_g: Option<f64>,
    /// Milligrams of sodium, 0 to 50,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    sodium_mg: Option<f64>,
    /// Millilitres that were drunk, 0 to 20,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    fluid_ml: Option<f64>,
    /// Milligrams of caffeine, 0 to 5000.
    #[serde(skip_serializing_if = "Option::is_none")]
    caffeine_mg: Option<f64>,
    /// Grams of pure alcohol, 0 to 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    alcohol_g: Option<f64>,
}

impl From<&Amounts> for NutrientAmounts {
    fn from(amounts: &Amounts) -> Self {
        Self {
            energy_kcal: amounts.get(Nutrient::Energy),
            carbohydrate_g: amounts.get(Nutrient::Carbohydrate),
            protein_g: amounts.get(Nutrient::Protein),
            fat_g: amounts.get(Nutrient::Fat),
            fibre_g: amounts.get(Nutrient::Fibre),
            sodium_mg: amounts.get(Nutrient::Sodium),
            fluid_ml: amounts.get(Nutrient::Fluid),
            caffeine_mg: amounts.get(Nutrient::Caffeine),
            alcohol_g: amounts.get(Nutrient::Alcohol),
        }
    }
}

impl NutrientAmounts {
    /// What was typed of them: all, or those that are named.
    pub(super) fn typed(&self, named: Option<&[String]>, errors: &mut FieldErrors) -> Amounts {
        let all = [
            self.energy_kcal,
            self.carbohydrate_g,
            self.protein_g,
            self.fat_g,
            self.fibre_g,
            self.sodium_mg,
            self.fluid_ml,
            self.caffeine_mg,
            self.alcohol_g,
        ];
        let mut amounts = Amounts::default();
        for (nutrient, amount) in Nutrient::ALL.into_iter().zip(all) {
            let is_typed = named.is_none_or(|named| named.iter().any(|key| key == nutrient.key()));
            match amount.filter(|_| is_typed).map(|amount| nutrient.check(amount)) {
                Some(Ok(amount)) => amounts.set(nutrient, Some(amount)),
                Some(Err(sentence)) => errors.add(&format!("nutrients.{}", nutrient.key()), sentence),
                None => {}
            }
        }
        amounts
    }
}

/// A nutrient of the athlete's own.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnAmount {
    /// Its name, 1 to 40 characters without a comma.
    name: String,
    /// How much, 0 to 1,000,000.
    amount: f64,
    /// Its unit, at most ten characters without a comma.
    #[serde(default)]
    unit: String,
}

/// Checks nutrients of the athlete's own.
pub(super) fn own(own: &[OwnAmount], errors: &mut FieldErrors) -> Vec<OwnNutrient> {
    let all: Vec<_> = own.iter().map(|own| OwnNutrient { name: own.name.clone(), amount: own.amount, unit: own.unit.clone() }).collect();
    if all.len() > domain::nutrition::MAX_OWN || !all.iter().all(OwnNutrient::is_valid) {
        errors.add("own", "At most ten, each with a name of 1 to 40 characters, an amount from 0 to 1000000 and a unit of at most ten characters.");
    }
    all
}

/// What is in something that was eaten.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ContentView {
    /// What is known of it. What was sent goes before what the text says.
    nutrients: NutrientAmounts,
    /// The nutrients of which it was at least so much: a part of the text has no number.
    at_least: Vec<&'static str>,
    /// The nutrients that were sent, and do not follow the text.
    typed: Vec<&'static str>,
    /// Nutrients of the athlete's own.
    own: Vec<OwnAmount>,
}

impl From<&Content> for ContentView {
    fn from(content: &Content) -> Self {
        let own = content.own.iter().map(|own| OwnAmount { name: own.name.clone(), amount: own.amount, unit: own.unit.clone() });
        Self {
            nutrients: (&content.amounts).into(),
            at_least: content.at_least.iter().map(|nutrient| nutrient.key()).collect(),
            typed: content.typed.iter().map(|nutrient| nutrient.key()).collect(),
            own: own.collect(),
        }
    }
}

/// Something that was eaten or drunk.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NutritionEntry {
    /// Its id.
    id: Uuid,
    /// The instant.
    at: DateTime<Utc>,
    /// The day on the athlete's calendar.
    day: NaiveDate,
    /// The time on the athlete's clock, such as `06:33`.
    time: String,
    /// As it was written.
    text: String,
    #[serde(flatten)]
    content: ContentView,
    /// `by_time` if it belongs to what is near it in time, `chosen` if the athlete said to what, `off` if to no activity.
    linked: &'static str,
    /// The activity that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<Uuid>,
    /// `before`, `during` or `after` the activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    relation: Option<&'static str>,
    /// Minutes before its start, since its start, or since its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes: Option<i64>,
}

impl From<(DateTime<Utc>, Entry)> for NutritionEntry {
    fn from((at, entry): (DateTime<Utc>, Entry)) -> Self {
        let linked = match entry.choice {
            Choice::ByTime => "by_time",
            Choice::Off => "off",
            Choice::Chosen(..) => "chosen",
        };
        Self {
            id: entry.id,
            at,
            day: entry.day,
            time: clock_text(entry.minute),
            text: entry.text,
            content: (&entry.content).into(),
            linked,
            activity: entry.link.map(|link| link.activity),
            relation: entry.link.map(|link| link.relation.name()),
            minutes: entry.link.map(|link| link.minutes),
        }
    }
}

/// A favourite.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FavouriteView {
    /// Its id.
    pub(super) id: Uuid,
    /// What it is called.
    name: String,
    /// What it is.
    text: String,
    #[serde(flatten)]
    content: ContentView,
}

impl From<Favourite> for FavouriteView {
    fn from(favourite: Favourite) -> Self {
        Self { id: favourite.id, name: favourite.name, content: (&favourite.content).into(), text: favourite.text }
    }
}

/// The day of a request.
pub(super) fn day(day: Option<NaiveDate>, errors: &mut FieldErrors) -> Option<NaiveDate> {
    match day.map(Day::try_from)? {
        Ok(day) => Some(day.date()),
        Err(Problem { message, .. }) => {
            errors.add("day", message);
            None
        }
    }
}

/// The time of a request, in minutes after midnight.
pub(super) fn time(time: Option<&str>, errors: &mut FieldErrors) -> Option<i32> {
    let time = time?;
    let minute = clock(time);
    if minute.is_none() {
        errors.add("time", "A time from 0:00 to 23:59, such as 8:00.");
    }
    minute
}

/// What a request says that it belongs to; nothing if it says nothing.
pub(super) fn link(linked: Option<&str>, activity: Option<Uuid>, relation: Option<&str>, errors: &mut FieldErrors) -> Option<Choice> {
    let relation_of = |errors: &mut FieldErrors| {
        let relation = relation.and_then(Relation::parse);
        if relation.is_none() {
            errors.add("relation", "`before`, `during` or `after`.");
        }
        relation
    };
    match (linked, activity) {
        (Some("by_time"), _) => Some(Choice::ByTime),
        (Some("off"), _) => Some(Choice::Off),
        (None | Some("chosen"), Some(activity)) => Some(Choice::Chosen(activity, relation_of(errors)?)),
        (Some("chosen"), None) => {
            errors.add("activity", "The id of an activity.");
            None
        }
        (None, None) => None,
        (Some(_), _) => {
            errors.add("linked", "`by_time`, `chosen` or `off`.");
            None
        }
    }
}

//! What pages show of a day.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Choice, Content, Link, Nutrient, Relation};

/// What many people eat around a run: name and text. They are chips until somebody has favourites enough.
pub const PRESETS: [(&str, &str); 4] =
    [("Gel and water", "gel 25 g carb, 250 ml water"), ("Coffee", "coffee"), ("Banana", "banana"), ("Water", "500 ml water")];

/// Days that a page looks back to say what is known for discovery.
pub const KNOWN_DAYS: i64 = 90;

/// Something that was eaten or drunk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: Uuid,
    /// The day on the athlete's calendar.
    pub day: NaiveDate,
    /// Minutes after midnight on the athlete's clock.
    pub minute: i32,
    /// As it was written.
    pub text: String,
    /// What is in it.
    pub content: Content,
    /// What the athlete says it belongs to.
    pub choice: Choice,
    /// What it belongs to.
    pub link: Option<Link>,
}

/// Something that is eaten often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Favourite {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub text: String,
    /// What is in it.
    pub content: Content,
}

/// An activity, and what was eaten around it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunView {
    /// The activity.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// The start on the athlete's clock.
    pub local_start: NaiveDateTime,
    /// Seconds, stops included.
    pub elapsed_s: Option<f64>,
    /// Seconds in motion.
    pub moving_s: Option<f64>,
    /// Metres.
    pub distance_m: Option<f64>,
    /// Grams of carbohydrate in the three hours before; nothing if it is not known.
    pub before_g: Option<f64>,
    /// Grams of carbohydrate for each hour of it.
    pub per_hour_g: Option<f64>,
    /// Grams of carbohydrate in the hour after.
    pub after_g: Option<f64>,
}

impl RunView {
    /// When it began and ended on its day's clock, in minutes after midnight.
    #[must_use]
    pub fn span(&self) -> (f64, f64) {
        use chrono::Timelike;
        let start = f64::from(self.local_start.num_seconds_from_midnight()) / 60.0;
        (start, start + self.elapsed_s.unwrap_or(0.0) / 60.0)
    }
}

/// A day with everything that the page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayView {
    /// Which day.
    pub day: NaiveDate,
    /// Today's date in the athlete's time zone.
    pub today: NaiveDate,
    /// What was eaten, in order.
    pub entries: Vec<Entry>,
    /// What was trained that day, and around it what the entries belong to.
    pub runs: Vec<RunView>,
    /// The last used first.
    pub favourites: Vec<Favourite>,
    /// Names and units of the athlete's own nutrients of the last [`KNOWN_DAYS`] days, the last used first.
    pub own: Vec<(String, String)>,
    /// Whether to ask for what was eaten before today's run.
    pub asks: bool,
}

impl DayView {
    /// What the chip of an entry says: `Before Round the lake, 91 min`.
    #[must_use]
    pub fn chip(&self, entry: &Entry) -> Option<String> {
        let link = entry.link?;
        let run = self.runs.iter().find(|run| run.id == link.activity)?;
        let words = match link.relation {
            Relation::During => run.per_hour_g.map(|grams| format!("{} per hour", Nutrient::Carbohydrate.show(grams))),
            Relation::Before | Relation::After => (link.minutes >= 0).then(|| format!("{}\u{a0}min", link.minutes)),
        };
        Some([Some(format!("{} {}", link.relation.label(), run.title)), words].into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

/// What is read of a text before it is saved.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Reading {
    /// What it says, item by item.
    pub items: Vec<ReadItem>,
    /// Minutes after midnight, if the text has a time.
    pub minute: Option<i32>,
    /// What is in all of it.
    pub content: Content,
}

/// An item of a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadItem {
    /// As it was written.
    pub text: String,
    /// The food of the list that it was taken for.
    pub food: Option<String>,
    /// How much it weighs in grams, if that is known.
    pub grams: Option<f64>,
    /// What is in it.
    pub content: Content,
}

impl ReadItem {
    /// What its chip says: `two bananas, 54 g carb`.
    #[must_use]
    pub fn chip(&self) -> String {
        let amounts = &self.content.amounts;
        let main = [Nutrient::Carbohydrate, Nutrient::Fluid, Nutrient::Caffeine, Nutrient::Alcohol];
        let notable = |nutrient: &Nutrient| amounts.get(*nutrient).is_some_and(|amount| amount >= 1.0);
        let shown = main.into_iter().find(notable).or_else(|| main.into_iter().find(|nutrient| amounts.get(*nutrient).is_some()));
        match shown.and_then(|nutrient| Some(nutrient.show(amounts.get(nutrient)?))) {
            Some(amount) => format!("{}, {amount}", self.text),
            None => format!("{}, no numbers", self.text),
        }
    }
}

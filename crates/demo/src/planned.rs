//! What the demo athlete plans: the runs of the last days as they were meant, and two weeks ahead.

use chrono::{NaiveDate, TimeDelta};
use domain::plan::PlanFields;
use platform::{Error, Platform, Tx};

use crate::Day;

/// Days back that had a plan.
const BACK_DAYS: i64 = 10;
/// Days from today, sport, words, what it is measured by, how much, and steps.
type Ahead = (i64, &'static str, &'static str, &'static str, &'static str, &'static str);
const AHEAD: [Ahead; 9] = [
    (1, "run", "easy", "distance", "8", ""),
    (2, "strength", "core and hips", "duration", "30", ""),
    (3, "run", "tempo", "none", "", "2km easy; 4 x (1km 4:35-4:42/km, 90s jog); 1km easy"),
    (5, "run", "long, relaxed", "distance", "16", ""),
    (7, "run", "easy", "distance", "6", ""),
    (8, "run", "", "none", "", "15min warm-up; 6 x (800m 4:20-4:28/km, 2min jog); 10min cool-down"),
    (10, "ride", "easy spin", "duration", "60", ""),
    (11, "run", "by feel", "none", "", "50min effort 4-5"),
    (12, "run", "long, last 3 brisk", "distance", "18", ""),
];

/// Plans it, around a day.
pub(crate) async fn plan(platform: &Platform, tx: &mut Tx, days: &[Day], today: NaiveDate) -> Result<(), Error> {
    let now = platform.clock.now();
    let recent = days.iter().filter(|day| (1..=BACK_DAYS).contains(&(today - day.date).num_days()));
    // Meant in whole kilometres, and done as it came.
    let meant = recent.filter_map(|day| Some((day.date, (day.run.as_ref()?.totals.distance_m? / 1000.0).ceil().to_string())));
    let past = meant.map(|(date, km)| (date, ["run", "", "distance", km.as_str(), ""].map(str::to_owned)));
    let ahead = AHEAD.map(|(from_today, kind, words, target, amount, steps)| {
        (today + TimeDelta::days(from_today), [kind, words, target, amount, steps].map(str::to_owned))
    });
    for (date, typed) in past.chain(ahead) {
        let date = date.to_string();
        let fields = PlanFields::parse(|name| match name {
            "day" => Some(date.as_str()),
            "kind" => Some(&typed[0]),
            "words" => Some(&typed[1]),
            "target" => Some(&typed[2]),
            "amount" => Some(&typed[3]),
            "steps" => Some(&typed[4]),
            _ => None,
        })?;
        plan::add(tx, platform.ids.uuid(now), fields, today, now).await?;
    }
    Ok(())
}

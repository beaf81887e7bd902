//! What somebody runs for.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::units::{UNITS, Units, format_significant};
use crate::{Day, FieldErrors, Problem, one_line};

/// Races that somebody plans at once, at most.
pub const MOST_RACES: usize = 5;
/// Most characters of a race's name.
pub const MAX_NAME: usize = 80;
/// Common distances, in metres.
pub const DISTANCES_M: [f64; 6] = [5000.0, 10_000.0, 21_097.5, 42_195.0, 50_000.0, 100_000.0];
/// The shortest and the longest distance of a race, in metres.
const BOUNDS_M: (f64, f64) = (100.0, 1_000_000.0);
/// Nobody enters a race that is further away, in months.
const HORIZON_MONTHS: u32 = 60;

const NAME: &str = "A name of 1 to 80 characters, such as “Riverside Half”.";

/// A race that somebody runs for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Race {
    /// Nothing for one that is not stored yet.
    pub id: Option<Uuid>,
    /// What it is called.
    pub name: String,
    /// When.
    pub day: NaiveDate,
    /// Metres.
    pub distance_m: f64,
}

/// What somebody runs for; several things at once, or nothing that was said.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Goals {
    /// By their days.
    pub races: Vec<Race>,
    /// Fewer bad weeks.
    pub healthier: bool,
    /// To know what works.
    pub knowing: bool,
}

/// A distance as it is typed, in kilometres or miles with a point or a comma, as metres.
#[must_use]
pub fn read_distance(text: &str, units: Units) -> Option<f64> {
    let metres = units.metres(text.trim().replace(',', ".").parse::<f64>().ok()?);
    (BOUNDS_M.0..=BOUNDS_M.1).contains(&metres).then_some(metres)
}

/// A distance as a choice of the form has it, in metres.
fn read_metres(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|metres| (BOUNDS_M.0..=BOUNDS_M.1).contains(metres))
}

/// A distance as it would be typed.
#[must_use]
pub fn show_distance(metres: f64, units: Units) -> String {
    let text = units.distance_number(metres, 3);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Goals {
    /// Checks a form with the fields `race`, `healthier` and `knowing`, which say whether, and for each race by its number `race_id.0`,
    /// `race_name.0`, `race_day.0`, `race_distance.0` (metres, or `other`) and `race_far.0`, in the
    /// units that the field `units` names. A race of which nothing is filled in is none.
    pub fn parse<'a>(field: impl Fn(&str) -> Option<&'a str>, today: NaiveDate) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let wants = |name: &str| field(name).is_some_and(|value| !value.is_empty());
        let mut races: Vec<Race> = Vec::new();
        if wants("race") {
            for at in 0..MOST_RACES {
                let Some(race) = race(&field, at, today, &mut errors) else { continue };
                // A day that cannot be read stands for none: only what is right so far is compared.
                if errors.is_empty() && races.iter().any(|other| other.day == race.day && other.name == race.name) {
                    errors.add(&format!("race_name.{at}"), "That race is there already.");
                }
                races.push(race);
            }
            if races.is_empty() && errors.is_empty() {
                errors.add("race_name.0", "Which one? Or take the tick at “A race” away.");
            }
        }
        errors.into_result()?;
        races.sort_by(|a, b| (a.day, &a.name).cmp(&(b.day, &b.name)));
        Ok(Self { races, healthier: wants("healthier"), knowing: wants("knowing") })
    }

    /// Whether anything is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// `Riverside Half, healthier`; nothing without any.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let others = [(self.healthier, "healthier"), (self.knowing, "knowing")];
        let others = others.into_iter().filter(|(wanted, _)| *wanted).map(|(_, word)| word);
        let all: Vec<&str> = self.races.iter().map(|race| race.name.as_str()).chain(others).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }
}

fn race<'a>(field: &impl Fn(&str) -> Option<&'a str>, at: usize, today: NaiveDate, errors: &mut FieldErrors) -> Option<Race> {
    let name_of = |what: &str| format!("race_{what}.{at}");
    let text = |what: &str| field(&name_of(what)).map(str::trim).filter(|text| !text.is_empty());
    let (name, day, distance, far) = (text("name"), text("day"), text("distance"), text("far"));
    if name.is_none() && day.is_none() && distance.is_none() && far.is_none() {
        return None;
    }
    let id: Option<Uuid> = text("id").and_then(|id| id.parse().ok());
    let name = errors.check_line(&name_of("name"), name.unwrap_or_default(), MAX_NAME, NAME);
    let last = today.checked_add_months(Months::new(HORIZON_MONTHS)).unwrap_or(today);
    // A race that was run stays where it is until somebody takes it away.
    let first = if id.is_some() { NaiveDate::MIN } else { today };
    let day = day.and_then(|day| day.parse::<Day>().ok()).map(Day::date);
    match day {
        None => errors.add(&name_of("day"), "A day, such as 2026-12-06."),
        Some(day) if day < first => errors.add(&name_of("day"), "That day is over. A goal is ahead."),
        Some(day) if day > last => errors.add(&name_of("day"), "A day within the next five years."),
        Some(_) => {}
    }
    let units = Units::from_code(field(UNITS).unwrap_or_default());
    let metres = if distance == Some("other") { far.and_then(|far| read_distance(far, units)) } else { distance.and_then(read_metres) };
    if metres.is_none() && distance == Some("other") {
        let shown = |metres: f64| format_significant(metres / units.unit_m());
        let sentence = format!("A distance from {} to {} {}.", shown(BOUNDS_M.0), shown(BOUNDS_M.1), units.distance_unit());
        errors.add(&name_of("far"), sentence);
    } else if metres.is_none() {
        errors.add(&name_of("distance"), "How far? One of the choices.");
    }
    Some(Race { id, name: one_line(&name), day: day.unwrap_or(today), distance_m: metres.unwrap_or(BOUNDS_M.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 27).expect("a date")
    }

    fn parse(fields: &[(&'static str, &'static str)]) -> Result<Goals, Problem> {
        Goals::parse(|name| fields.iter().find(|(field, _)| *field == name).map(|(_, text)| *text), today())
    }

    #[test]
    fn several_goals_stand_beside_each_other() {
        let goals = parse(&[
            ("race", "on"),
            ("race_name.0", " Lake 50 "),
            ("race_day.0", "2027-05-08"),
            ("race_distance.0", "other"),
            ("race_far.0", "50,5"),
            ("race_name.2", "Riverside Half"),
            ("race_day.2", "2026-12-06"),
            ("race_distance.2", "21097.5"),
            ("knowing", "on"),
        ])
        .expect("valid");
        assert_eq!((goals.races.len(), goals.healthier, goals.knowing), (2, false, true));
        assert!((goals.races[1].distance_m - 50_500.0).abs() < 1e-9);
        assert_eq!(goals.words().as_deref(), Some("Riverside Half, Lake 50, knowing"));
        assert_eq!(show_distance(50_500.0, Units::default()), "50.5");
        let far = parse(&[
            ("units", "mi"),
            ("race", "on"),
            ("race_name.0", "Lake"),
            ("race_day.0", "2027-05-08"),
            ("race_distance.0", "other"),
            ("race_far.0", "31.1"),
        ]);
        assert!((far.expect("valid").races[0].distance_m - 50_050.6).abs() < 0.1);
        assert_eq!(parse(&[]).expect("nothing is an answer").words(), None);
        // Without the tick the race is none, whatever is still typed.
        assert!(parse(&[("race_name.0", "x"), ("race_day.0", "tomorrow")]).expect("valid").is_empty());
    }

    #[test]
    fn each_refusal_stands_beside_its_field() {
        let wrong =
            parse(&[("race", "on"), ("race_name.0", "\u{200b}"), ("race_day.0", "2026-11-26"), ("race_distance.0", "0")]).expect_err("refused");
        assert_eq!(wrong.fields.names().collect::<Vec<_>>(), ["race_day.0", "race_distance.0", "race_name.0"]);
        assert_eq!(wrong.fields.get("race_day.0"), Some("That day is over. A goal is ahead."));
        let far = [("race", "on"), ("race_name.0", "x"), ("race_day.0", "2032-01-01"), ("race_distance.0", "other"), ("race_far.0", "1001")];
        let far = parse(&far).expect_err("refused");
        assert_eq!(far.fields.names().collect::<Vec<_>>(), ["race_day.0", "race_far.0"]);
        assert!(parse(&[("race", "on")]).expect_err("no race").fields.get("race_name.0").is_some());
        let twice = [
            ("race", "on"),
            ("race_name.0", "Lake 50"),
            ("race_day.0", "2027-05-08"),
            ("race_distance.0", "50000"),
            ("race_name.3", " Lake 50 "),
            ("race_day.3", "2027-05-08"),
            ("race_distance.3", "42195"),
        ];
        let problem = parse(&twice).expect_err("refused");
        assert_eq!(problem.fields.names().collect::<Vec<_>>(), ["race_name.3"]);
        assert_eq!(problem.fields.get("race_name.3"), Some("That race is there already."));
        // The same race in another year is another one.
        let years = twice.map(|(field, text)| (field, if field == "race_day.3" { "2028-05-06" } else { text }));
        assert_eq!(parse(&years).expect("valid").races.len(), 2);
        let run = [
            ("race", "on"),
            ("race_id.0", "01900000-0000-7000-8000-000000000001"),
            ("race_name.0", "x"),
            ("race_day.0", "2026-10-01"),
            ("race_distance.0", "5000"),
        ];
        assert_eq!(parse(&run).expect("a race that was run").races.len(), 1);
        for text in ["NaN", "inf", "-5", "0.09", "", "five"] {
            assert_eq!(read_distance(text, Units::default()), None, "{text}");
        }
    }
}

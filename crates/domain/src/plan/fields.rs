//! A session as it is typed into a form, or sent by a program.

use chrono::{Days, NaiveDate};

use super::steps::Steps;
use super::text::{MAX_LINE, read, read_time};
use super::written::write_time;
use super::{MAX_WORDS, PlannedSession, Target};
use crate::activities::Kind;
use crate::units::{UNITS, Units};
use crate::{Day, FieldErrors, Problem, one_line};

/// How many days ahead of `today` somebody plans, at most: two years.
const HORIZON_DAYS: u64 = 731;

/// What is typed of a session.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanFields {
    /// Its day.
    pub day: NaiveDate,
    /// Which sport.
    pub kind: Kind,
    /// What it is; may be empty.
    pub words: String,
    /// How much it is to be.
    pub target: Target,
    /// What it is made of.
    pub steps: Steps,
}

impl PlanFields {
    /// Reads a form by the names of its fields: `day`, `kind`, `words`, `target` (`none`, `distance`, `duration` or `load`), its number in `amount`, and `steps`
    /// as a line. A distance is in the units that the field `units` names, a duration in minutes or as `1h30min`.
    pub fn parse<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let typed = |name: &str| field(name).unwrap_or_default().trim();
        let units = field(UNITS).map_or_else(Units::default, Units::from_code);
        let day = typed("day").parse::<Day>().map_err(|problem| errors.add("day", problem.message)).map(Day::date).unwrap_or_default();
        let kind = Kind::parse(typed("kind")).unwrap_or_else(|| {
            errors.add("kind", "Choose one of these.");
            Kind::Other
        });
        let words = check_words(typed("words"), &mut errors);
        let target = read_target(typed("target"), typed("amount"), units).unwrap_or_else(|sentence| {
            errors.add("amount", sentence);
            Target::None
        });
        let steps = check_steps(typed("steps"), &mut errors);
        errors.into_result()?;
        Ok(Self { day, kind, words, target, steps })
    }

    /// The same of a request, whose target is read already. What is wrong is added to the errors.
    #[must_use]
    pub fn checked(day: NaiveDate, kind: &str, words: &str, target: Target, steps: &str, errors: &mut FieldErrors) -> Self {
        if let Err(problem) = Day::try_from(day) {
            errors.add("day", problem.message);
        }
        let kind = Kind::parse(kind).unwrap_or_else(|| {
            errors.add("kind", "One of the kinds of activities, such as `run`, `ride` or `strength`.");
            Kind::Other
        });
        Self { day, kind, words: check_words(words, errors), target, steps: check_steps(steps, errors) }
    }

    /// As a form has it, by the names of its fields.
    #[must_use]
    pub fn typed(session: &PlannedSession, units: Units) -> Vec<(&'static str, String)> {
        let (code, _) = session.target.parts();
        let amount = match session.target {
            Target::None => String::new(),
            Target::Distance(metres) => crate::onboarding::show_distance(f64::from(metres), units),
            Target::Duration(seconds) => write_time(seconds),
            Target::Load(load) => load.to_string(),
        };
        vec![
            ("day", session.day.to_string()),
            ("kind", session.kind.code().to_owned()),
            ("words", session.words.clone()),
            ("target", code.to_owned()),
            ("amount", amount),
            ("steps", super::write(&session.steps, units)),
        ]
    }

    /// Refuses a day that is further ahead than anybody plans.
    pub fn check_day(day: NaiveDate, today: NaiveDate) -> Result<(), Problem> {
        if day > today + Days::new(HORIZON_DAYS) {
            return Err(Problem::of_field("day", "A day within the next two years."));
        }
        Ok(())
    }
}

/// The words as one line, which may be empty.
fn check_words(text: &str, errors: &mut FieldErrors) -> String {
    let line = one_line(&text.replace(['\r', '\n'], " "));
    if line.chars().count() > MAX_WORDS {
        errors.add("words", format!("At most {MAX_WORDS} characters."));
    }
    line
}

fn check_steps(text: &str, errors: &mut FieldErrors) -> Steps {
    if text.chars().count() > MAX_LINE {
        errors.add("steps", format!("At most {MAX_LINE} characters."));
        return Steps::default();
    }
    read(text).unwrap_or_else(|mistake| {
        errors.add("steps", mistake.to_string());
        Steps::default()
    })
}

fn read_target(target: &str, amount: &str, units: Units) -> Result<Target, &'static str> {
    let number = || amount.replace(',', ".").parse::<f64>().ok().filter(|number| *number > 0.0);
    let (code, value) = match target {
        // What no number belongs to.
        "" | "none" => return Ok(Target::None),
        "distance" => ("distance", number().map(|number| units.metres(number))),
        "duration" => {
            let text: String = amount.to_lowercase().split_whitespace().collect();
            ("duration", number().map(|minutes| minutes * 60.0).or_else(|| read_time(&text).map(f64::from)))
        }
        "load" => ("load", number()),
        _ => return Err("Choose one of these."),
    };
    let value = value.map(f64::round).filter(|value| *value <= 1e7).map(|value| value as u32);
    Target::of(code, value).ok_or(match code {
        "distance" => "A distance up to 1000 km, such as 8 or 12.5.",
        "duration" => "A time up to two days: minutes such as 45, or 1h30min.",
        _ => "A load from 1 to 2000, such as 75.",
    })
}

/// Which week is copied, and where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyFields {
    /// A day of the week that is copied.
    pub from: NaiveDate,
    /// A day of the week that it is copied to.
    pub to: NaiveDate,
    /// Whether what was done without a plan is copied, too.
    pub done: bool,
}

impl CopyFields {
    /// Reads a form with the fields `from`, `to` and `done`. Both weeks begin as the athlete's do.
    pub fn parse<'a>(field: impl Fn(&str) -> Option<&'a str>, units: Units) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let mut day = |name: &str| {
            let read = field(name).unwrap_or_default().trim().parse::<Day>();
            read.map_err(|problem| errors.add(name, problem.message)).map(|day| units.week_of(day.date())).unwrap_or_default()
        };
        let (from, to) = (day("from"), day("to"));
        if from == to {
            errors.add("to", "Another week than the one that is copied.");
        }
        errors.into_result()?;
        Ok(Self { from, to, done: field("done").is_some_and(|value| !value.is_empty()) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::plan::Choice;

    fn parse(fields: &[(&str, &str)]) -> Result<PlanFields, Problem> {
        PlanFields::parse(|name| fields.iter().find(|(field, _)| *field == name).map(|(_, text)| *text))
    }

    const DAY: (&str, &str) = ("day", "2026-11-27");

    #[test]
    fn a_session_is_a_day_and_a_sport_and_all_else_is_optional() {
        let plain = parse(&[DAY, ("kind", "strength")]).expect("valid");
        assert_eq!((plain.kind, plain.target, plain.words.as_str(), plain.steps.is_empty()), (Kind::Strength, Target::None, "", true));
        let target = |target, amount, units: &str| {
            parse(&[DAY, ("kind", "run"), ("target", target), ("amount", amount), ("units", units)]).map(|fields| fields.target)
        };
        assert_eq!(target("distance", "12,5", ""), Ok(Target::Distance(12_500)));
        assert_eq!(target("distance", "13.1", &Units::AMERICAN.code()), Ok(Target::Distance(21_082)));
        assert_eq!((target("duration", "45", ""), target("duration", "1 h 30 min", "")), (Ok(Target::Duration(2700)), Ok(Target::Duration(5400))));
        assert_eq!(target("load", "75", ""), Ok(Target::Load(75)));
        // A number without a target says nothing.
        assert_eq!(target("none", "75", ""), Ok(Target::None));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_field() {
        let words = "x".repeat(MAX_WORDS + 1);
        let problem =
            parse(&[("day", "soon"), ("kind", "flying"), ("words", &words), ("target", "load"), ("amount", "much"), ("steps", "2km; fast")]);
        let problem = problem.expect_err("refused");
        assert_eq!(problem.fields.names().collect::<Vec<_>>(), ["amount", "day", "kind", "steps", "words"]);
        assert!(problem.fields.get("steps").is_some_and(|sentence| sentence.starts_with("“fast”: ")), "{problem:?}");
        let today: NaiveDate = "2026-11-27".parse().expect("a date");
        assert!(PlanFields::check_day(today, today).is_ok() && PlanFields::check_day(today + Days::new(800), today).is_err());
    }

    #[test]
    fn a_week_is_copied_to_another() {
        let parse = |from: &'static str, to: &'static str| {
            CopyFields::parse(
                |name| match name {
                    "from" => Some(from),
                    "to" => Some(to),
                    _ => None,
                },
                Units::default(),
            )
        };
        let copy = parse("2026-11-18", "2026-12-06").expect("valid");
        assert_eq!((copy.from.to_string(), copy.to.to_string(), copy.done), ("2026-11-16".into(), "2026-11-30".into(), false));
        assert!(parse("2026-11-18", "2026-11-20").is_err() && parse("x", "2026-11-20").is_err());
    }

    proptest! {
        #[test]
        fn what_a_form_shows_is_read_as_the_same(metres in 1..=Target::MOST_M, seconds in 1..=Target::MOST_S, load in 1..=Target::MOST_LOAD, which in 0..4) {
            let target = [Target::None, Target::Distance(metres), Target::Duration(seconds), Target::Load(load)][which as usize];
            let steps = read("2km easy; 4 x (1km 4:35-4:42/km, 90s jog)").expect("steps");
            let session = PlannedSession { id: Uuid::nil(), day: NaiveDate::default(), kind: Kind::Run, words: "tempo".into(), target, steps, choice: Choice::ByShape };
            for units in [Units::default(), Units::AMERICAN] {
                let code = units.code();
                let typed = PlanFields::typed(&session, units);
                let field = |name: &str| if name == UNITS { Some(code.as_str()) } else { typed.iter().find(|(field, _)| *field == name).map(|(_, text)| text.as_str()) };
                let read = PlanFields::parse(field).expect("valid");
                prop_assert_eq!((&read.words, &read.steps, read.kind), (&session.words, &session.steps, session.kind));
                match (read.target, target) {
                    // Three decimals of a mile are within a metre.
                    (Target::Distance(read), Target::Distance(metres)) => prop_assert!(read.abs_diff(metres) <= 1),
                    (read, target) => prop_assert_eq!(read, target),
                }
            }
        }
    }
}

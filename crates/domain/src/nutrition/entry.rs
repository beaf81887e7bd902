//! An entry as it is typed: what, when, numbers if somebody wants to give them, and what it belongs to.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Amounts, Choice, Nutrient};
use crate::units::{NBSP, format_significant};
use crate::{Day, FieldErrors, Problem, one_line};

/// Most characters of a text.
pub const MAX_TEXT: usize = 500;
/// Most characters of the name of a favourite.
pub const MAX_NAME: usize = 60;
/// Most nutrients of the athlete's own in an entry.
pub const MAX_OWN: usize = 10;
/// Most characters of the name and the unit of one.
const MAX_OWN_NAME: usize = 40;
const MAX_OWN_UNIT: usize = 10;
/// The most of one.
const MOST_OWN: f64 = 1e6;

const TEXT: &str = "What you ate or drank, 1 to 500 characters, such as “two bananas, 60 g oats”.";
const OWN: &str = "At most ten, each a name, a number from 0 to 1000000 and a unit of up to 10 letters, such as “iron 5 mg, vitamin C 80 mg”.";
const CLOCK: &str = "A time from 0:00 to 23:59, such as 8:00.";

/// A nutrient that an athlete wants to know of besides the usual ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnNutrient {
    /// Its name, 1 to 40 characters.
    pub name: String,
    /// How much, 0 to a million.
    pub amount: f64,
    /// Its unit, at most ten characters.
    pub unit: String,
}

impl OwnNutrient {
    /// `5 mg iron`.
    #[must_use]
    pub fn show(&self) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!("{NBSP}{}", self.unit) };
        format!("{}{unit} {}", format_significant(self.amount), self.name)
    }

    /// Whether it is within bounds.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.has_name() && self.has_amount() && self.has_unit()
    }

    fn has_name(&self) -> bool {
        !self.name.is_empty() && is_plain(&self.name, MAX_OWN_NAME)
    }

    fn has_amount(&self) -> bool {
        (0.0..=MOST_OWN).contains(&self.amount)
    }

    fn has_unit(&self) -> bool {
        is_plain(&self.unit, MAX_OWN_UNIT)
    }
}

/// Whether a text is one line of at most so many characters, without the comma that separates nutrients.
fn is_plain(text: &str, most: usize) -> bool {
    text.chars().count() <= most && one_line(text) == text && !text.contains(',')
}

/// Reads `iron 5 mg, vitamin C 80 mg`: names, numbers and units, with commas between them. A decimal has a point.
#[must_use]
pub fn read_own(text: &str) -> Option<Vec<OwnNutrient>> {
    let all = text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()).map(read_one).collect::<Option<Vec<_>>>()?;
    (all.len() <= MAX_OWN).then_some(all)
}

fn read_one(part: &str) -> Option<OwnNutrient> {
    let part = one_line(&part.split_whitespace().collect::<Vec<_>>().join(" "));
    let words: Vec<&str> = part.split_whitespace().collect();
    // The last number is the amount: `vitamin B 12 2 µg`.
    let at = words.iter().rposition(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let digits = words[at].find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(words[at].len());
    let (amount, unit) = words[at].split_at(digits);
    let unit = std::iter::once(unit).filter(|unit| !unit.is_empty()).chain(words[at + 1..].iter().copied()).collect::<Vec<_>>().join(" ");
    let own = OwnNutrient { name: words[..at].join(" "), amount: amount.parse().ok()?, unit };
    own.is_valid().then_some(own)
}

/// The same as a form has it.
#[must_use]
pub fn own_text(own: &[OwnNutrient]) -> String {
    own.iter().map(|own| format!("{} {} {}", own.name, own.amount, own.unit).trim().to_owned()).collect::<Vec<_>>().join(", ")
}

/// What is wrong with the rows of a form.
const OWN_NAME: &str = "A name of 1 to 40 characters, without a comma.";
const OWN_UNIT: &str = "At most ten characters, such as mg.";

/// Reads the nutrients of a form: those of the field `own`, as [`read_own`] does, and then a row for each. A row has `own_amount_N`, `own_unit_N`, and
/// its name in `own_name_N`, where it is typed, or in `own_known_N`, where it is offered: without an amount the latter says nothing.
fn read_own_fields<'a>(typed: impl Fn(&str) -> &'a str, errors: &mut FieldErrors) -> Vec<OwnNutrient> {
    let mut all = read_own(typed("own")).unwrap_or_else(|| {
        errors.add("own", OWN);
        Vec::new()
    });
    for row in 0..MAX_OWN {
        let field = |what: &str| format!("own_{what}_{row}");
        let (name, known, amount) = (typed(&field("name")), typed(&field("known")), typed(&field("amount")));
        if amount.is_empty() && name.is_empty() {
            continue;
        }
        let own = OwnNutrient {
            name: one_line(if name.is_empty() { known } else { name }),
            amount: amount.replace(',', ".").parse().unwrap_or(f64::NAN),
            unit: one_line(typed(&field("unit"))),
        };
        let (mut is_valid, mut refuse) = (true, |what: &str, sentence: String| {
            errors.add(&field(what), sentence);
            false
        });
        if !own.has_name() {
            is_valid = refuse("name", OWN_NAME.to_owned());
        }
        if !own.has_amount() {
            let name = if own.has_name() { own.name.as_str() } else { "Amount" };
            is_valid = refuse("amount", format!("{name}: a number from 0 to {MOST_OWN}."));
        }
        if !own.has_unit() {
            is_valid = refuse("unit", OWN_UNIT.to_owned());
        }
        if is_valid {
            all.push(own);
        }
    }
    if all.len() > MAX_OWN {
        errors.add("own", OWN);
    }
    all
}

/// Minutes after midnight of a time as typed: `8`, `8:05`, `08.05`.
#[must_use]
pub fn clock(text: &str) -> Option<i32> {
    let (hours, minutes) = text.trim().split_once([':', '.']).unwrap_or((text.trim(), "0"));
    // A browser may send seconds.
    let minutes = minutes.split(':').next().unwrap_or_default();
    let number = |text: &str, most: i32| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|number: &i32| digits && *number <= most)
    };
    Some(number(hours, 23)? * 60 + number(minutes, 59)?)
}

/// `08:05`.
#[must_use]
pub fn clock_text(minute: i32) -> String {
    format!("{:02}:{:02}", minute.div_euclid(60), minute.rem_euclid(60))
}

/// An entry as it is typed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryFields {
    /// What.
    pub text: String,
    /// The day; today if none is said.
    pub day: Option<NaiveDate>,
    /// Minutes after midnight; nothing if the text or the clock says it.
    pub minute: Option<i32>,
    /// Numbers that were typed: they go before what the text says.
    pub amounts: Amounts,
    /// Nutrients of the athlete's own.
    pub own: Vec<OwnNutrient>,
    /// What it belongs to.
    pub link: Choice,
}

impl EntryFields {
    /// Reads a form by the names of its fields: `text`, `day`, `time`, the keys of the nutrients, `own` and `link`. Nutrients of the athlete's own may be rows of fields, too: `own_name_0`, `own_amount_0`,
    /// `own_unit_0` and so on, with `own_known_0` in the place of the name where it was only offered.
    pub fn parse<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let typed = |name: &str| field(name).unwrap_or_default().trim();
        let text = check_text(typed("text"), &mut errors);
        let day = match typed("day") {
            "" => None,
            day => day.parse::<Day>().map_err(|problem| errors.add("day", problem.message)).ok().map(Day::date),
        };
        let minute = match typed("time") {
            "" => None,
            time => clock(time).or_else(|| {
                errors.add("time", CLOCK);
                None
            }),
        };
        let amounts = read_amounts(typed, &mut errors);
        let own = read_own_fields(typed, &mut errors);
        let link = Choice::read(typed("link")).unwrap_or_else(|| {
            errors.add("link", "Choose one of these.");
            Choice::ByTime
        });
        errors.into_result()?;
        Ok(Self { text, day, minute, amounts, own, link })
    }
}

/// A text in one line: lines become items of it.
fn check_text(text: &str, errors: &mut FieldErrors) -> String {
    let lines: Vec<String> = text.lines().map(one_line).filter(|line| !line.is_empty()).collect();
    errors.check_line("text", &lines.join(", "), MAX_TEXT, TEXT)
}

fn read_amounts<'a>(typed: impl Fn(&str) -> &'a str, errors: &mut FieldErrors) -> Amounts {
    let mut amounts = Amounts::default();
    for nutrient in Nutrient::ALL {
        let text = typed(nutrient.key());
        if text.is_empty() {
            continue;
        }
        match nutrient.check(text.replace(',', ".").parse().unwrap_or(f64::NAN)) {
            Ok(amount) => amounts.set(nutrient, Some(amount)),
            Err(sentence) => errors.add(nutrient.key(), sentence),
        }
    }
    amounts
}

/// A favourite as it is typed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewFavourite {
    /// What it is called: `The usual before a long run`.
    pub name: String,
    /// What it is.
    pub text: String,
    /// Numbers that were typed: they go before what the text says.
    pub amounts: Amounts,
    /// Nutrients of the athlete's own.
    pub own: Vec<OwnNutrient>,
}

impl NewFavourite {
    /// Reads a form by the names of its fields: `name`, `text`, the keys of the nutrients and `own`.
    pub fn parse<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let typed = |name: &str| field(name).unwrap_or_default().trim();
        let name = errors.check_line("name", typed("name"), MAX_NAME, "A name of 1 to 60 characters, such as “The usual before a long run”.");
        let text = check_text(typed("text"), &mut errors);
        let amounts = read_amounts(typed, &mut errors);
        let own = read_own_fields(typed, &mut errors);
        errors.into_result()?;
        Ok(Self { name, text, amounts, own })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(fields: &[(&str, &str)]) -> Result<EntryFields, Problem> {
        EntryFields::parse(|name| fields.iter().find(|(field, _)| *field == name).map(|(_, text)| *text))
    }

    #[test]
    fn an_entry_is_a_text_and_all_else_is_optional() {
        let entry = parse(&[("text", " two bananas\r\n\r\n60 g oats ")]).expect("valid");
        assert_eq!((entry.text.as_str(), entry.day, entry.minute, entry.link), ("two bananas, 60 g oats", None, None, Choice::ByTime));
        let entry =
            parse(&[("text", "gel"), ("day", "2026-11-15"), ("time", "8:31"), ("carbohydrate_g", "25,5"), ("own", "iron 5 mg")]).expect("valid");
        assert_eq!((entry.minute, entry.amounts.get(Nutrient::Carbohydrate), entry.own.len()), (Some(511), Some(25.5), 1));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_field_bounds_and_unit() {
        let long = "x".repeat(MAX_TEXT + 1);
        let wrong = [
            ("text", long.as_str()),
            ("day", "soon"),
            ("time", "25:00"),
            ("energy_kcal", "20001"),
            ("fat_g", "much"),
            ("own", "iron"),
            ("link", "x"),
        ];
        let problem = parse(&wrong).expect_err("refused");
        assert_eq!(problem.fields.names().collect::<Vec<_>>(), ["day", "energy_kcal", "fat_g", "link", "own", "text", "time"]);
        assert_eq!(problem.fields.get("energy_kcal"), Some("Energy: a number from 0 to 20000 kcal."));
        assert!(parse(&[("text", " \u{200b}\n")]).is_err());
    }

    #[test]
    fn own_nutrients_are_names_numbers_and_units() {
        let own = read_own("iron 5 mg, vitamin B 12 2.5µg; beetroot 1").expect("valid");
        let shown: Vec<String> = own.iter().map(|own| format!("{}|{}|{}", own.name, own.amount, own.unit)).collect();
        assert_eq!(shown, ["iron|5|mg", "vitamin B 12|2.5|µg", "beetroot|1|"]);
        for wrong in ["iron", "5 mg", "iron 2000000 mg", "iron 5 milligrammes", &"iron 1, ".repeat(11)] {
            assert_eq!(read_own(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn own_nutrients_are_rows_of_fields_and_what_is_only_offered_says_nothing() {
        let rows = [
            ("text", "pill"),
            ("own_known_0", "Iron"),
            ("own_amount_0", ""),
            ("own_unit_0", "mg"),
            ("own_known_1", "Vitamin C"),
            ("own_amount_1", "80,5"),
            ("own_unit_1", "mg"),
            ("own_name_2", " Beetroot "),
            ("own_amount_2", "1"),
        ];
        let own = parse(&rows).expect("valid").own;
        assert_eq!(own.iter().map(OwnNutrient::show).collect::<Vec<_>>(), ["80.5\u{a0}mg Vitamin C", "1 Beetroot"]);
        let wrong = [
            ("text", "pill"),
            ("own_name_0", "Iron, zinc"),
            ("own_amount_0", "5"),
            ("own_name_1", "Zinc"),
            ("own_amount_9", "much"),
            ("own_unit_9", "milligrammes"),
        ];
        let problem = parse(&wrong).expect_err("refused");
        assert_eq!(problem.fields.names().collect::<Vec<_>>(), ["own_amount_1", "own_amount_9", "own_name_0", "own_name_9", "own_unit_9"]);
        assert_eq!(problem.fields.get("own_amount_1"), Some("Zinc: a number from 0 to 1000000."));
        // The field and the rows together are at most ten, as in the API.
        let nine = "iron 1, ".repeat(9);
        let both = |text| {
            parse(&[("text", "pill"), ("own", &nine), ("own_name_0", "a"), ("own_amount_0", "1"), ("own_name_1", "b"), ("own_amount_1", text)])
        };
        assert!(both("2").is_err_and(|problem| problem.fields.get("own").is_some()));
    }

    proptest! {
        #[test]
        fn a_time_is_read_as_it_is_written(minute in 0..1440) {
            prop_assert_eq!(clock(&clock_text(minute)), Some(minute));
        }

        #[test]
        fn no_text_breaks_the_form_and_what_is_accepted_is_within_bounds(text in ".{0,600}", time in ".{0,8}", own in ".{0,60}", amount in ".{0,8}") {
            if let Ok(entry) = parse(&[("text", &text), ("time", &time), ("own", &own), ("carbohydrate_g", &amount)]) {
                prop_assert!((1..=MAX_TEXT).contains(&entry.text.chars().count()) && one_line(&entry.text) == entry.text);
                prop_assert!(entry.minute.is_none_or(|minute| (0..1440).contains(&minute)));
                prop_assert!(entry.own.len() <= MAX_OWN && entry.own.iter().all(OwnNutrient::is_valid));
                prop_assert!(entry.amounts.iter().all(|(nutrient, amount)| nutrient.check(amount).is_ok()));
                prop_assert_eq!(read_own(&own_text(&entry.own)), Some(entry.own));
            }
        }
    }
}

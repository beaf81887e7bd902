//! Shoes and bicycles: what an athlete says of them, and how far they went.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::units::{UNITS, Units, format_significant};
use crate::{Day, FieldErrors, Problem};

/// What gear is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GearKind {
    /// A pair.
    #[default]
    Shoes,
    /// A bicycle.
    Bike,
    /// Anything else.
    Other,
}

impl GearKind {
    /// All of them, with their names in storage and their labels.
    pub const ALL: [(Self, &'static str, &'static str); 3] =
        [(Self::Shoes, "shoes", "Shoes"), (Self::Bike, "bike", "Bike"), (Self::Other, "other", "Other")];

    /// The name in storage.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(kind, ..)| *kind == self).map_or("other", |(_, code, _)| code)
    }

    /// From the name in storage; what only a newer version knows is other gear.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        Self::ALL.iter().find(|(_, name, _)| *name == code).map_or(Self::Other, |(kind, ..)| *kind)
    }

    /// The label.
    #[must_use]
    pub fn label(self) -> &'static str {
        Self::ALL.iter().find(|(kind, ..)| *kind == self).map_or("Other", |(_, _, label)| label)
    }
}

/// Gear, and what was done with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gear {
    /// Its name, as activities have it.
    pub name: String,
    /// What it is.
    pub kind: GearKind,
    /// Metres before the first activity here.
    pub start_distance_m: f64,
    /// When it retired.
    pub retired_on: Option<NaiveDate>,
    /// How many activities have it.
    pub activities: u32,
    /// Metres of those.
    pub distance_m: f64,
    /// Seconds in motion of those.
    pub moving_s: f64,
    /// The last day of those.
    pub last_day: Option<NaiveDate>,
}

impl Gear {
    /// Gear of which nothing but the name is known.
    #[must_use]
    pub fn named(name: String) -> Self {
        let kind = GearKind::default();
        Self { name, kind, start_distance_m: 0.0, retired_on: None, activities: 0, distance_m: 0.0, moving_s: 0.0, last_day: None }
    }
}

/// Pairs and bicycles of one athlete of which something is said.
pub const MAX_GEAR: usize = 500;
/// Characters of a name.
pub const MAX_GEAR_NAME: usize = 100;
/// How far gear may have gone before it came here, in metres.
const MAX_START_M: f64 = 1e9;

/// What somebody says of gear.
#[derive(Debug, Clone, PartialEq)]
pub struct GearEdit {
    /// What it is called now; `None` for gear that is new.
    pub was: Option<String>,
    /// What it is called from now on. Its activities follow.
    pub name: String,
    /// What it is.
    pub kind: GearKind,
    /// Metres before the first activity here.
    pub start_distance_m: f64,
    /// When it retired.
    pub retired_on: Option<NaiveDate>,
}

impl GearEdit {
    /// Checks a form with the fields `was`, `name`, `gear_kind`, `start_distance`, in the units that the field `units` names, and `retired_on`.
    pub fn parse<'a>(fields: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let text = |name: &str| fields(name).map(str::trim).filter(|text| !text.is_empty());
        let name = errors.check_line("name", text("name").unwrap_or_default(), MAX_GEAR_NAME, "A name of 1 to 100 characters.");
        let units = Units::from_code(text(UNITS).unwrap_or_default());
        let start = text("start_distance").map(|typed| typed.replace(',', ".").parse::<f64>().map(|far| far * units.unit_m()));
        let start_distance_m = match start {
            None => Some(0.0),
            Some(far) => far.ok().filter(|metres| (0.0..=MAX_START_M).contains(metres)),
        };
        if start_distance_m.is_none() {
            let most = format_significant(MAX_START_M / units.unit_m());
            errors.add("start_distance", format!("A distance in {}s, up to {most}.", units.distance_word()));
        }
        let retired_on = text("retired_on").map(str::parse::<Day>);
        if matches!(retired_on, Some(Err(_))) {
            errors.add("retired_on", "A day, such as 2026-11-21.");
        }
        errors.into_result()?;
        Ok(Self {
            was: text("was").map(ToOwned::to_owned),
            name,
            kind: GearKind::parse(text("gear_kind").unwrap_or("shoes")),
            start_distance_m: start_distance_m.unwrap_or_default(),
            retired_on: retired_on.and_then(Result::ok).map(Day::date),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gear_is_said_in_the_units_of_its_reader() {
        let edit = |fields: &'static [(&str, &str)]| GearEdit::parse(|name| fields.iter().find(|(field, _)| *field == name).map(|(_, text)| *text));
        let shoes = edit(&[("name", " Red shoes "), ("start_distance", "100"), ("units", "mi"), ("retired_on", "2026-03-04")]).expect("valid");
        assert_eq!((shoes.name.as_str(), shoes.kind, shoes.start_distance_m.round()), ("Red shoes", GearKind::Shoes, 160_934.0));
        assert!(shoes.retired_on.is_some() && shoes.was.is_none());
        let refused = edit(&[("name", ""), ("start_distance", "-1"), ("retired_on", "soon")]).expect_err("refused");
        assert_eq!(refused.fields.names().collect::<Vec<_>>(), ["name", "retired_on", "start_distance"]);
        for (kind, code, _) in GearKind::ALL {
            assert_eq!((GearKind::parse(code), kind.code()), (kind, code));
        }
    }
}

//! The athlete's thresholds: parameters of the formulas, valid from a day on.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::units::{UNITS, Units};
use crate::{Day, FieldErrors, Problem};

/// Thresholds of a day: an old run is scored with those of its day. `None` carries over the value of the previous entry.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Thresholds {
    /// Resting heart rate, beats per minute.
    pub resting_hr: Option<f64>,
    /// Maximum heart rate, beats per minute.
    pub hr_max: Option<f64>,
    /// Heart rate that can be held for an hour, beats per minute.
    pub threshold_hr: Option<f64>,
    /// Pace on the flat that can be held for an hour, seconds per kilometre.
    pub threshold_s_per_km: Option<f64>,
    /// `female` or `male`, for the load formulas that were fitted separately.
    pub sex: Option<String>,
    /// The year of birth: the maximum heart rate follows from the age where none is known.
    pub birth_year: Option<i32>,
    /// `maximum`, `reserve` or `threshold`.
    pub zone_model: Option<String>,
    /// `heart_rate` or `minetti`.
    pub grade_model: Option<String>,
}

/// Thresholds from a day on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatedThresholds {
    /// The first day that they hold for.
    pub valid_from: NaiveDate,
    /// The thresholds.
    pub values: Thresholds,
}

impl DatedThresholds {
    /// Checks a form with the fields `valid_from`, `resting_hr`, `hr_max`, `threshold_hr`, `threshold_pace` (such as `4:30`), `sex`,
    /// `birth_year`, `zone_model` and `grade_model`. The pace is in the units that the field `units` names.
    pub fn parse<'a>(fields: impl Fn(&str) -> Option<&'a str>, today: NaiveDate) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let text = |name: &str| fields(name).map(str::trim).filter(|t| !t.is_empty());
        let valid_from = match text("valid_from").map(|t| t.parse::<Day>().map(Day::date)) {
            Some(Ok(day)) if day <= today => day,
            Some(Ok(_)) => {
                errors.add("valid_from", "That day is still to come. Thresholds hold from a day in the past, or from today.");
                today
            }
            _ => {
                errors.add("valid_from", "A day, such as 2026-11-21.");
                today
            }
        };
        let mut number = |name: &str, low: f64, high: f64, sentence: &str| {
            let value = text(name)?;
            let parsed = value.replace(',', ".").parse::<f64>().ok().filter(|v| (low..=high).contains(v));
            if parsed.is_none() {
                errors.add(name, sentence);
            }
            parsed
        };
        let resting_hr = number("resting_hr", 25.0, 120.0, "Between 25 and 120 beats per minute.");
        let hr_max = number("hr_max", 100.0, 240.0, "Between 100 and 240 beats per minute.");
        let threshold_hr = number("threshold_hr", 80.0, 230.0, "Between 80 and 230 beats per minute.");
        let units = Units::from_code(fields(UNITS).unwrap_or_default());
        let threshold_s_per_km = text("threshold_pace").and_then(|value| {
            let seconds = parse_clock(value).map(|s| units.per_km(s)).filter(|s| (120.0..=900.0).contains(s));
            if seconds.is_none() {
                let pace = |s_per_km| units.pace_number(s_per_km);
                errors.add(
                    "threshold_pace",
                    format!("A pace between {} and {} {}, such as {}.", pace(120.0), pace(900.0), units.pace_unit(), pace(270.0)),
                );
            }
            seconds
        });
        let birth_year = text("birth_year").and_then(|value| read_birth_year(value, valid_from, &mut errors));
        let mut choice = |name: &str, allowed: &[&str]| {
            let value = text(name)?;
            if !allowed.contains(&value) {
                errors.add(name, "One of the choices.");
                return None;
            }
            Some(value.to_owned())
        };
        let sex = choice("sex", &["female", "male"]);
        let zone_model = choice("zone_model", &["maximum", "reserve", "threshold"]);
        let grade_model = choice("grade_model", &["heart_rate", "minetti"]);
        if let (Some(rest), Some(max)) = (resting_hr, hr_max)
            && rest + 30.0 > max
        {
            errors.add("hr_max", "At least 30 beats above the resting heart rate.");
        }
        if let (Some(threshold), Some(max)) = (threshold_hr, hr_max)
            && threshold > max
        {
            errors.add("threshold_hr", "Not above the maximum heart rate.");
        }
        errors.into_result()?;
        let values = Thresholds { resting_hr, hr_max, threshold_hr, threshold_s_per_km, sex, birth_year, zone_model, grade_model };
        if values == Thresholds::default() {
            return Err(Problem::new(crate::ProblemKind::Invalid, "Fill in at least one value."));
        }
        Ok(Self { valid_from, values })
    }
}

/// Reads a year of birth of somebody between 5 and 110 years old on a day. The error is that of the field `birth_year`.
pub fn read_birth_year(text: &str, on: NaiveDate, errors: &mut FieldErrors) -> Option<i32> {
    let years = (on.year() - 110)..=(on.year() - 5);
    let year = text.parse::<i32>().ok().filter(|year| years.contains(year));
    if year.is_none() {
        errors.add("birth_year", format!("A year from {} to {}, such as 1988.", years.start(), years.end()));
    }
    year
}

impl Thresholds {
    /// These thresholds, with gaps filled from earlier ones.
    #[must_use]
    pub fn or(self, earlier: Self) -> Self {
        Self {
            resting_hr: self.resting_hr.or(earlier.resting_hr),
            hr_max: self.hr_max.or(earlier.hr_max),
            threshold_hr: self.threshold_hr.or(earlier.threshold_hr),
            threshold_s_per_km: self.threshold_s_per_km.or(earlier.threshold_s_per_km),
            sex: self.sex.or(earlier.sex),
            birth_year: self.birth_year.or(earlier.birth_year),
            zone_model: self.zone_model.or(earlier.zone_model),
            grade_model: self.grade_model.or(earlier.grade_model),
        }
    }

    /// How old somebody is on a day, in years, give or take one.
    #[must_use]
    pub fn age_on(&self, day: NaiveDate) -> Option<i32> {
        self.birth_year.map(|year| day.year() - year).filter(|years| *years >= 0)
    }

    /// The thresholds of a day, from a list in order of days. Before the first entry the first one holds: an athlete who enters a
    /// threshold today has old runs scored with it until they enter an earlier one.
    #[must_use]
    pub fn on(day: NaiveDate, dated: &[DatedThresholds]) -> Self {
        let upto = dated.iter().filter(|d| d.valid_from <= day);
        let known = upto.fold(Self::default(), |earlier, d| d.values.clone().or(earlier));
        // A threshold not yet known on that day is taken from the first entry that has it.
        dated.iter().fold(known, |known, d| known.or(d.values.clone()))
    }
}

/// A number that was found in recordings, with the middle half of the efforts that it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FoundNumber {
    /// The median.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// How many efforts.
    pub efforts: u32,
}

/// The highest heart rate that several runs agree on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoundMaximum {
    /// Beats per minute.
    pub bpm: f64,
    /// Runs that came near it.
    pub seen: u32,
    /// When.
    pub day: NaiveDate,
    /// In which run.
    pub title: String,
}

/// What the recordings say of an athlete's thresholds. Nothing of it is used until somebody confirms it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FoundThresholds {
    /// Runs of the last year.
    pub runs: u32,
    /// Those of them with a heart rate.
    pub runs_with_hr: u32,
    /// Threshold heart rate, beats per minute.
    pub threshold_hr: Option<FoundNumber>,
    /// Threshold pace on the flat, seconds per kilometre.
    pub threshold_s_per_km: Option<FoundNumber>,
    /// The highest heart rate.
    pub hr_max: Option<FoundMaximum>,
}

/// `h:mm:ss`, `mm:ss` or minutes, in seconds.
pub(crate) fn parse_clock(text: &str) -> Option<f64> {
    let parts: Vec<f64> = text.trim().split(':').map(|p| p.trim().parse::<f64>().ok().filter(|v| *v >= 0.0)).collect::<Option<_>>()?;
    match parts[..] {
        [minutes] => Some(minutes * 60.0),
        [minutes, seconds] if seconds < 60.0 => Some(minutes * 60.0 + seconds),
        [hours, minutes, seconds] if minutes < 60.0 && seconds < 60.0 => Some(hours * 3600.0 + minutes * 60.0 + seconds),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, d).expect("a date")
    }

    #[test]
    fn an_old_run_gets_the_thresholds_of_its_day() {
        let entry = |d, hr_max, born| DatedThresholds {
            valid_from: day(d),
            values: Thresholds { hr_max: Some(hr_max), birth_year: born, ..Thresholds::default() },
        };
        let dated = [entry(5, 190.0, None), entry(10, 186.0, Some(1988))];
        assert_eq!(Thresholds::on(day(7), &dated).hr_max, Some(190.0));
        assert_eq!(Thresholds::on(day(10), &dated).hr_max, Some(186.0));
        assert_eq!(Thresholds::on(day(1), &dated).hr_max, Some(190.0), "before the first entry the first one holds");
        assert_eq!(Thresholds::on(day(7), &dated).birth_year, Some(1988), "the first that is known");
        assert_eq!(Thresholds::on(day(7), &[]), Thresholds::default());
    }

    #[test]
    fn every_invalid_field_gets_its_error() {
        let form = |pairs: &'static [(&str, &str)]| DatedThresholds::parse(|n| pairs.iter().find(|(k, _)| *k == n).map(|(_, v)| *v), day(20));
        let fine = form(&[("valid_from", "2026-03-01"), ("resting_hr", "48"), ("hr_max", "187"), ("threshold_pace", "4:10")]).expect("fine");
        assert_eq!(fine.values.threshold_s_per_km, Some(250.0));
        let wrong = form(&[("valid_from", "2027-01-01"), ("resting_hr", "480"), ("threshold_pace", "4:99"), ("sex", "x"), ("birth_year", "1988.5")])
            .expect_err("five wrong");
        for field in ["valid_from", "resting_hr", "threshold_pace", "sex", "birth_year"] {
            assert!(wrong.fields.get(field).is_some(), "{field}");
        }
        assert!(form(&[("valid_from", "2026-03-01")]).is_err(), "nothing to store");
        assert!(form(&[("valid_from", "2026-03-01"), ("resting_hr", "100"), ("hr_max", "110")]).is_err());
    }
}

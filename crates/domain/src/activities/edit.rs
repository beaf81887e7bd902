//! What an athlete may change about an activity, and activities entered by hand.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};

use super::thresholds::parse_clock;
use super::{Kind, read_tags};
use crate::units::{UNITS, Units, format_significant};
use crate::{Day, FieldErrors, Problem};

/// Sports that can be chosen: the stored key and the label.
pub const SPORTS: [(&str, &str); 6] =
    [("running", "Run"), ("walking", "Walk or hike"), ("cycling", "Ride"), ("swimming", "Swim"), ("transition", "Transition"), ("other", "Other")];

/// The label of a sport.
#[must_use]
pub fn sport_name(sport: &str) -> &'static str {
    SPORTS.iter().find(|(name, _)| *name == sport).map_or("Activity", |(_, label)| *label)
}

/// Longest description in characters: as many as an import keeps.
pub const MAX_DESCRIPTION: usize = 10_000;

/// A new title, sport, description, gear and tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityUpdate {
    /// 1 to 200 characters.
    pub title: String,
    /// One of [`SPORTS`].
    pub sport: String,
    /// What it is called, if that was chosen; it is of the sport then.
    pub kind: Option<Kind>,
    /// At most [`MAX_DESCRIPTION`] characters.
    pub description: String,
    /// Shoes or bicycle, up to 100 characters.
    pub gear: Option<String>,
    /// The athlete's own words for it; `None` leaves them as they are.
    pub tags: Option<Vec<String>>,
}

fn checked_title(text: &str, errors: &mut FieldErrors) -> String {
    errors.check_line("title", text, 200, "A name of 1 to 200 characters.")
}

fn checked_sport(text: &str, errors: &mut FieldErrors) -> String {
    if !SPORTS.iter().any(|(name, _)| *name == text) {
        errors.add("sport", "One of the sports in the list.");
    }
    text.to_owned()
}

/// The kind if one was sent, and the sport: that of the kind, or the one that was sent.
fn kind_and_sport(kind: Option<&str>, sport: &str, errors: &mut FieldErrors) -> (Option<Kind>, String) {
    match (kind.and_then(Kind::parse), kind) {
        (Some(kind), _) => (Some(kind), kind.sport().to_owned()),
        (None, None) => (None, checked_sport(sport, errors)),
        (None, Some(_)) => {
            errors.add("kind", "One of the sports in the list.");
            (None, String::new())
        }
    }
}

impl ActivityUpdate {
    /// Checks a form with the fields `title`, `kind` or `sport`, `description`, `gear` and `tags`, with commas between them.
    pub fn parse<'a>(fields: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let title = checked_title(fields("title").unwrap_or_default(), &mut errors);
        let (kind, sport) = kind_and_sport(fields("kind"), fields("sport").unwrap_or_default(), &mut errors);
        let description = fields("description").unwrap_or_default().trim().to_owned();
        if description.chars().count() > MAX_DESCRIPTION {
            errors.add("description", format!("At most {MAX_DESCRIPTION} characters."));
        }
        let gear: String = crate::one_line(fields("gear").unwrap_or_default()).chars().take(100).collect();
        let tags = fields("tags").map(read_tags);
        errors.into_result()?;
        Ok(Self { title, sport, kind, description, gear: (!gear.is_empty()).then_some(gear), tags })
    }
}

/// A range of a recording, in seconds from its start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeRange {
    /// Where it begins.
    pub from_s: f64,
    /// Where it ends.
    pub to_s: f64,
}

impl TimeRange {
    /// Checks a form with the fields `from` and `to`, times since the start such as `1:02:30`; empty means the start or the end.
    pub fn parse<'a>(fields: impl Fn(&str) -> Option<&'a str>, whole_s: f64) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let from_s = moment(&fields, "from", 0.0, whole_s, &mut errors);
        let to_s = moment(&fields, "to", whole_s, whole_s, &mut errors);
        if errors.is_empty() && to_s - from_s < 10.0 {
            errors.add("to", "At least ten seconds must be left.");
        }
        errors.into_result()?;
        Ok(Self { from_s, to_s })
    }

    /// Checks a part of a recording, whose fields `from` and `to` must both be there.
    ///
    /// # Errors
    /// Names the fields that are empty or cannot be read.
    pub fn parse_part<'a>(fields: impl Fn(&str) -> Option<&'a str>, whole_s: f64) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let from_s = moment(&fields, "from", f64::NAN, whole_s, &mut errors);
        let to_s = moment(&fields, "to", f64::NAN, whole_s, &mut errors);
        if errors.is_empty() && to_s - from_s < 10.0 {
            errors.add("to", "Ten seconds or more after its beginning.");
        }
        errors.into_result()?;
        Ok(Self { from_s, to_s })
    }

    /// Checks a field `from` that names a part by where it begins.
    ///
    /// # Errors
    /// Says what a time since the start looks like.
    pub fn parse_from<'a>(fields: impl Fn(&str) -> Option<&'a str>, whole_s: f64) -> Result<f64, Problem> {
        let mut errors = FieldErrors::default();
        let from_s = moment(&fields, "from", f64::NAN, whole_s, &mut errors);
        errors.into_result()?;
        Ok(from_s)
    }

    /// Checks the field `at` of the split form.
    pub fn parse_split<'a>(fields: impl Fn(&str) -> Option<&'a str>, whole_s: f64) -> Result<f64, Problem> {
        let mut errors = FieldErrors::default();
        let at = moment(&fields, "at", f64::NAN, whole_s, &mut errors);
        if errors.is_empty() && !(10.0..=whole_s - 10.0).contains(&at) {
            errors.add("at", "At least ten seconds from either end.");
        }
        errors.into_result()?;
        Ok(at)
    }
}

fn moment<'a>(fields: &impl Fn(&str) -> Option<&'a str>, name: &str, empty: f64, whole_s: f64, errors: &mut FieldErrors) -> f64 {
    let text = fields(name).map(str::trim).unwrap_or_default();
    if text.is_empty() && empty.is_finite() {
        return empty;
    }
    match parse_clock(text) {
        // The end is shown in whole seconds: a second beyond it is the end.
        Some(s) if s <= whole_s + 1.0 => s.min(whole_s),
        Some(_) => {
            errors.add(name, format!("The recording ends after {}.", crate::units::duration(whole_s)));
            0.0
        }
        None => {
            errors.add(name, "Minutes and seconds since the start, such as 12:30 or 1:02:30.");
            0.0
        }
    }
}

/// The earliest plausible year of a recording; an earlier one comes from a clock that was never set. The database function
/// `is_possible_day` has the same bound.
const FIRST_YEAR: i32 = 2000;

/// The corrected start of an activity whose clock was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// Local time in the athlete's time zone.
    pub local: NaiveDateTime,
}

impl Start {
    /// Checks a form with the fields `day` and `time`; see [`Start::latest_day`]. The field `units` says how its reader writes days.
    pub fn parse<'a>(fields: impl Fn(&str) -> Option<&'a str>, latest: NaiveDate) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let units = Units::from_code(fields(UNITS).unwrap_or_default());
        let local = local_start(&fields, &mut errors, |day| {
            if day > latest {
                Some(format!("Not after {}: it was imported by then.", units.date(latest)))
            } else {
                (day.year() < FIRST_YEAR).then(|| "Not before 2000: no watch knew where it was.".to_owned())
            }
        });
        errors.into_result()?;
        local.map(|local| Self { local }).ok_or_else(|| Problem::new(crate::ProblemKind::Invalid, "A day is needed."))
    }

    /// The same without a latest day: today may have become another since a page was opened.
    pub fn parse_any_day<'a>(fields: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Problem> {
        Self::parse(fields, NaiveDate::MAX)
    }

    /// The latest possible start day of something that was imported on the day `imported` in UTC: elsewhere on the globe it may have been the next
    /// day already.
    #[must_use]
    pub fn latest_day(imported: NaiveDate, today: NaiveDate) -> NaiveDate {
        imported.succ_opt().unwrap_or(imported).min(today)
    }
}

/// Reads the fields `day` and `time`; without a time it is noon. `reject` returns what is wrong with a day.
fn local_start<'a>(
    fields: &impl Fn(&str) -> Option<&'a str>,
    errors: &mut FieldErrors,
    reject: impl Fn(NaiveDate) -> Option<String>,
) -> Option<NaiveDateTime> {
    let text = |name: &str| fields(name).map(str::trim).filter(|t| !t.is_empty());
    let day = text("day").and_then(|t| t.parse::<Day>().ok()).map(Day::date);
    if let Some(sentence) = day.map_or_else(|| Some("A day, such as 2026-11-21.".to_owned()), reject) {
        errors.add("day", sentence);
    }
    let time = text("time").map_or_else(
        || NaiveTime::from_hms_opt(12, 0, 0),
        |t| NaiveTime::parse_from_str(t, "%H:%M").or_else(|_| NaiveTime::parse_from_str(t, "%H:%M:%S")).ok(),
    );
    if time.is_none() {
        errors.add("time", "A time, such as 18:30.");
    }
    Some(day?.and_time(time?))
}

/// How long an activity that is entered by hand may take, in seconds.
const DURATION_S: RangeInclusive<f64> = 10.0..=864_000.0;
/// How far it may lead, in metres.
const DISTANCE_M: RangeInclusive<f64> = 10.0..=2_000_000.0;
/// The mean heart rate that it may have, in beats per minute.
const HEART_RATE_BPM: RangeInclusive<f64> = 30.0..=230.0;
/// How much it may climb, in metres.
const ELEVATION_M: RangeInclusive<f64> = 0.0..=30_000.0;

/// An activity entered by hand, without a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct ManualActivity {
    /// 1 to 200 characters.
    pub title: String,
    /// One of [`SPORTS`].
    pub sport: String,
    /// What it is called, if that was chosen; it is of the sport then.
    pub kind: Option<Kind>,
    /// Local time at the start.
    pub local_start: NaiveDateTime,
    /// Seconds.
    pub elapsed_s: f64,
    /// Metres.
    pub distance_m: Option<f64>,
    /// Beats per minute.
    pub avg_hr_bpm: Option<f64>,
    /// Elevation gain in metres.
    pub elevation_gain_m: Option<f64>,
    /// At most [`MAX_DESCRIPTION`] characters.
    pub description: String,
}

impl ManualActivity {
    /// Checks a form with the fields `title`, `kind` or `sport`, `day`, `time`, `duration`, `distance`, `avg_hr`, `ascent`, `description`; distance and ascent
    /// are in the units that the field `units` names.
    pub fn parse<'a>(fields: impl Fn(&str) -> Option<&'a str>, today: NaiveDate) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let text = |name: &str| fields(name).map(str::trim).filter(|t| !t.is_empty());
        let (kind, sport) = kind_and_sport(text("kind"), text("sport").unwrap_or("running"), &mut errors);
        let title = match text("title") {
            Some(title) => checked_title(title, &mut errors),
            None => kind.map_or_else(|| sport_name(&sport), Kind::name).to_owned(),
        };
        let local_start = local_start(&fields, &mut errors, |day| (day > today).then(|| "That day is still to come.".to_owned()));
        let elapsed_s = text("duration").and_then(parse_clock).filter(|s| DURATION_S.contains(s));
        if elapsed_s.is_none() {
            errors.add("duration", "How long it took, such as 45:00 or 1:02:30.");
        }
        let mut number = |name: &str, unit: f64, range: &RangeInclusive<f64>, sentence: &str| {
            let parsed = text(name)?.replace(',', ".").parse::<f64>().ok().map(|v| v * unit).filter(|v| range.contains(v));
            if parsed.is_none() {
                errors.add(name, sentence);
            }
            parsed
        };
        let units = Units::from_code(fields(UNITS).unwrap_or_default());
        let sentence = |unit: &str, in_metres: f64, range: &RangeInclusive<f64>| {
            let shown = |metres: f64| format_significant(metres / in_metres);
            format!("{unit}, between {} and {}.", shown(*range.start()), shown(*range.end()))
        };
        let (unit, in_metres) = (units.distance_word(), units.unit_m());
        let distance_m = number("distance", in_metres, &DISTANCE_M, &sentence(&format!("A distance in {unit}s"), in_metres, &DISTANCE_M));
        let avg_hr_bpm = number("avg_hr", 1.0, &HEART_RATE_BPM, "Between 30 and 230 beats per minute.");
        let in_metres = units.height_m(1.0);
        let elevation_gain_m =
            number("ascent", in_metres, &ELEVATION_M, &sentence(&format!("A climb in {}", units.height_unit()), in_metres, &ELEVATION_M));
        let description: String = text("description").unwrap_or_default().chars().take(MAX_DESCRIPTION).collect();
        errors.into_result()?;
        let (Some(local_start), Some(elapsed_s)) = (local_start, elapsed_s) else {
            return Err(Problem::new(crate::ProblemKind::Invalid, "A day and a duration are needed."));
        };
        Ok(Self { title, sport, kind, local_start, elapsed_s, distance_m, avg_hr_bpm, elevation_gain_m, description })
    }

    /// Checks what a program sent; the errors name the fields as they are called here. Without a title it is called as its sport.
    pub fn checked(self, today: NaiveDate) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let sport = checked_sport(&self.sport, &mut errors);
        let title = if self.title.trim().is_empty() { sport_name(&sport).to_owned() } else { checked_title(&self.title, &mut errors) };
        let day = self.local_start.date();
        if Day::try_from(day).is_err() || day > today {
            errors.add("local_start", "A day from 1900 on that is not still to come.");
        }
        if !DURATION_S.contains(&self.elapsed_s) {
            errors.add("elapsed_s", "Seconds, between 10 and 864000.");
        }
        let mut within = |name: &str, value: Option<f64>, range: &RangeInclusive<f64>, sentence: &str| {
            if value.is_some_and(|value| !range.contains(&value)) {
                errors.add(name, sentence);
            }
        };
        within("distance_m", self.distance_m, &DISTANCE_M, "Metres, between 10 and 2000000.");
        within("avg_hr_bpm", self.avg_hr_bpm, &HEART_RATE_BPM, "Between 30 and 230 beats per minute.");
        within("elevation_gain_m", self.elevation_gain_m, &ELEVATION_M, "Metres, between 0 and 30000.");
        if self.description.chars().count() > MAX_DESCRIPTION {
            errors.add("description", format!("At most {MAX_DESCRIPTION} characters."));
        }
        errors.into_result()?;
        Ok(Self { title, sport, description: self.description.trim().to_owned(), ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<&'static str> {
        |name| pairs.iter().find(|(k, _)| *k == name).map(|(_, v)| *v)
    }

    #[test]
    fn a_crop_or_split_stays_inside_the_recording() {
        assert_eq!(TimeRange::parse(form(&[("from", "1:00"), ("to", "")]), 600.0), Ok(TimeRange { from_s: 60.0, to_s: 600.0 }));
        assert!(TimeRange::parse(form(&[("from", "5:00"), ("to", "4:00")]), 600.0).is_err());
        assert!(
            TimeRange::parse(form(&[("from", "x"), ("to", "20:00")]), 600.0)
                .is_err_and(|p| p.fields.get("from").is_some() && p.fields.get("to").is_some())
        );
        assert_eq!(TimeRange::parse_split(form(&[("at", "5:00")]), 600.0), Ok(300.0));
        for at in ["", "0:05", "9:55"] {
            let form = move |_: &str| Some(at);
            assert!(TimeRange::parse_split(form, 600.0).is_err(), "{at}");
        }
    }

    #[test]
    fn the_latest_start_is_written_as_its_reader_writes_days() {
        let latest = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a date");
        let refused = |pairs: &'static [(&'static str, &'static str)]| {
            let problem = Start::parse(form(pairs), latest).expect_err("too late");
            problem.fields.get("day").map(ToOwned::to_owned)
        };
        assert_eq!(refused(&[("day", "2026-11-22")]).as_deref(), Some("Not after 21 November 2026: it was imported by then."));
        assert_eq!(refused(&[("day", "2026-11-22"), ("units", "mdy")]).as_deref(), Some("Not after November 21, 2026: it was imported by then."));
    }

    #[test]
    fn a_manual_activity_needs_a_day_and_a_duration() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a date");
        let fine = ManualActivity::parse(form(&[("day", "2026-11-20"), ("duration", "45:00"), ("distance", "8,5")]), today).expect("fine");
        assert_eq!((fine.title.as_str(), fine.elapsed_s, fine.distance_m), ("Run", 2700.0, Some(8500.0)));
        let wrong = ManualActivity::parse(form(&[("day", "2026-12-24"), ("distance", "-1"), ("time", "25:00")]), today).expect_err("four wrong");
        for field in ["day", "duration", "distance", "time"] {
            assert!(wrong.fields.get(field).is_some(), "{field}");
        }
    }

    #[test]
    fn an_update_keeps_titles_short_and_sports_known() {
        assert!(ActivityUpdate::parse(form(&[("title", "Lunch"), ("sport", "running")])).is_ok());
        let wrong = ActivityUpdate::parse(form(&[("title", " "), ("sport", "chess")])).expect_err("two wrong");
        assert!(wrong.fields.get("title").is_some() && wrong.fields.get("sport").is_some());
    }
}

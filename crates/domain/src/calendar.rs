//! The calendar: what was done on which day, and what a week is against the weeks before it.

use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::activities::Kind;
use crate::onboarding::Race;
use crate::plan::{Planned, Shape, Target, share};
use crate::statistics::quantile;
use crate::units::Units;

/// Weeks before a week that say what is usual.
pub const USUAL_WEEKS: i64 = 12;
/// Of these, so many have an activity, or nothing is usual yet.
const LEAST_WEEKS: usize = 6;
/// Training impulse an hour (Banister) at 60 % of the heart-rate reserve, below which a session is easy, and at 70 %, from which it is hard:
/// `60 · 0.64 · x · e^(1.92 x)`.
const EASY_PER_HOUR: f64 = 72.9;
const HARD_PER_HOUR: f64 = 103.1;

/// The days of a month, filled up to whole weeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first day of the month.
    pub month: NaiveDate,
    /// The first day of the first week.
    pub first: NaiveDate,
    /// The last day of the last week.
    pub last: NaiveDate,
}

impl Span {
    /// The month of a day, in weeks that begin as the athlete's do.
    #[must_use]
    pub fn of(day: NaiveDate, units: Units) -> Self {
        let month = day.with_day(1).unwrap_or(day);
        let end = month.checked_add_months(Months::new(1)).map_or(month, |next| next - TimeDelta::days(1));
        Self { month, first: units.week_of(month), last: units.week_of(end) + TimeDelta::days(6) }
    }

    /// The month that most of a day's week is of.
    #[must_use]
    pub fn of_week(day: NaiveDate, units: Units) -> Self {
        Self::of(units.week_of(day) + TimeDelta::days(3), units)
    }

    /// The month of an address, such as `2026-11`; nothing for what is none, or for a year that no clock has shown.
    #[must_use]
    pub fn parse(text: &str, units: Units) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        let year = year.parse::<i32>().ok().filter(|number| digits(year, 4) && (1970..=2200).contains(number))?;
        let month = month.parse::<u32>().ok().filter(|_| digits(month, 2))?;
        NaiveDate::from_ymd_opt(year, month, 1).map(|day| Self::of(day, units))
    }

    /// As an address has it.
    #[must_use]
    pub fn key(self) -> String {
        self.month.format("%Y-%m").to_string()
    }

    /// The first days of its weeks.
    pub fn weeks(self) -> impl Iterator<Item = NaiveDate> {
        self.first.iter_weeks().take_while(move |week| *week <= self.last)
    }

    /// The month before, and the one after.
    #[must_use]
    pub fn around(self, units: Units) -> [Self; 2] {
        let before = self.month.checked_sub_months(Months::new(1)).unwrap_or(self.month);
        let after = self.month.checked_add_months(Months::new(1)).unwrap_or(self.month);
        [Self::of(before, units), Self::of(after, units)]
    }
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// The activity.
    pub id: Uuid,
    /// What it is called.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// Its day.
    pub day: NaiveDate,
    /// Metres.
    pub distance_m: Option<f64>,
    /// Seconds.
    pub moving_s: Option<f64>,
    /// Banister's training impulse.
    pub trimp: Option<f64>,
}

/// How hard something was, by its load an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Below 60 % of the heart-rate reserve, or without a heart rate.
    Easy,
    /// Between.
    Steady,
    /// From 70 % on.
    Hard,
}

impl Effort {
    /// Of a load and its time.
    fn of(load: Option<f64>, seconds: Option<f64>) -> Self {
        let per_hour = load.zip(seconds).filter(|(_, seconds)| *seconds >= 60.0).map(|(load, seconds)| load / seconds * 3600.0);
        match per_hour {
            Some(load) if load >= HARD_PER_HOUR => Self::Hard,
            Some(load) if load >= EASY_PER_HOUR => Self::Steady,
            _ => Self::Easy,
        }
    }

    /// How hard a session is planned: hard with work in repeats or an effort of 7 or more; otherwise by the load that it is to have in its time.
    #[must_use]
    pub fn of_plan(planned: &Planned) -> Self {
        match planned.session.target {
            _ if planned.session.steps.are_hard() => Self::Hard,
            Target::Load(load) => Self::of(Some(f64::from(load)), planned.session.shape().seconds),
            _ => Self::Easy,
        }
    }
}

impl Done {
    /// How hard it was.
    #[must_use]
    pub fn effort(&self) -> Effort {
        Effort::of(self.trimp, self.moving_s)
    }

    /// What is compared with a plan.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        Shape { id: self.id, day: self.day, kind: self.kind, metres: self.distance_m, seconds: self.moving_s }
    }
}

/// What the journal says of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The day.
    pub day: NaiveDate,
    /// It has a note.
    pub note: bool,
    /// The athlete was ill.
    pub ill: bool,
}

/// A race ahead, or one that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RaceDay {
    /// What it is called.
    pub name: String,
    /// When.
    pub day: NaiveDate,
    /// Metres.
    pub distance_m: f64,
}

impl From<Race> for RaceDay {
    fn from(race: Race) -> Self {
        Self { name: race.name, day: race.day, distance_m: race.distance_m }
    }
}

/// Sums of a day.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Sums {
    /// Runs.
    pub runs: u32,
    /// Metres of them.
    pub runs_m: f64,
    /// Seconds of every sport.
    pub moving_s: f64,
    /// Training impulse of every sport.
    pub trimp: f64,
    /// Metres of elevation gain of every sport.
    pub gain_m: f64,
}

impl Sums {
    fn add(self, other: Self) -> Self {
        Self {
            runs: self.runs + other.runs,
            runs_m: self.runs_m + other.runs_m,
            moving_s: self.moving_s + other.moving_s,
            trimp: self.trimp + other.trimp,
            gain_m: self.gain_m + other.gain_m,
        }
    }

    /// What a session comes to.
    #[must_use]
    pub fn of_plan(planned: &Planned) -> Self {
        let is_run = planned.session.kind.sport() == "running";
        let expected = planned.expected;
        let runs_m = expected.metres.filter(|_| is_run).unwrap_or_default();
        Self {
            runs: u32::from(is_run),
            runs_m,
            moving_s: expected.seconds.unwrap_or_default(),
            trimp: expected.load.unwrap_or_default(),
            gain_m: 0.0,
        }
    }

    /// Distance of runs, time, load and elevation gain, in the order in which they are shown.
    #[must_use]
    pub const fn numbers(self) -> [f64; 4] {
        [self.runs_m, self.moving_s, self.trimp, self.gain_m]
    }
}

/// The sums of a week, and what was usual before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Week {
    /// Its first day.
    pub first: NaiveDate,
    /// Its sums.
    pub sums: Sums,
    /// Of each number, the middle half of the twelve weeks before; nothing if too few of them have an activity.
    pub usual: Option<[(f64, f64); 4]>,
    /// The sums with what is still planned, if anything is. Nobody plans how much a session climbs.
    pub plan: Option<Sums>,
}

/// Everything that the page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalendarView {
    /// In the athlete's time zone.
    pub today: NaiveDate,
    /// Which days.
    pub span: Span,
    /// By day and time.
    pub done: Vec<Done>,
    /// Days that the journal knows.
    pub marks: Vec<Mark>,
    /// All races, by their days.
    pub races: Vec<RaceDay>,
    /// The sums of each day with an activity, from [`USUAL_WEEKS`] before the span on.
    pub days: Vec<(NaiveDate, Sums)>,
    /// What is planned on the days of the span, by day.
    pub planned: Vec<Planned>,
    /// A week that was just copied, and how many sessions undoing that would delete; nothing if none.
    pub copied: Option<(Uuid, u32)>,
}

impl CalendarView {
    /// The week that begins on a day.
    #[must_use]
    pub fn week(&self, first: NaiveDate) -> Week {
        let sums = |first: NaiveDate| {
            let last = first + TimeDelta::days(6);
            self.days.iter().filter(|(day, _)| (first..=last).contains(day)).fold(Sums::default(), |sum, (_, sums)| sum.add(*sums))
        };
        let before: Vec<Sums> = (1..=USUAL_WEEKS).map(|weeks| sums(first - TimeDelta::days(7 * weeks))).collect();
        let active = before.iter().filter(|sums| **sums != Sums::default()).count();
        let usual = (active >= LEAST_WEEKS).then(|| [0, 1, 2, 3].map(|at| middle_half(before.iter().map(|sums| sums.numbers()[at]).collect())));
        let (sums, last) = (sums(first), first + TimeDelta::days(6));
        let ahead: Vec<&Planned> = self.open().filter(|one| (first..=last).contains(&one.session.day) && one.session.day >= self.today).collect();
        let plan = (!ahead.is_empty()).then(|| ahead.into_iter().fold(sums, |sum, one| sum.add(Sums::of_plan(one))));
        Week { first, sums, usual, plan }
    }

    /// What was planned and is not done, or not yet.
    fn open(&self) -> impl Iterator<Item = &Planned> {
        self.planned.iter().filter(|one| one.activity.is_none())
    }

    /// What was planned of an activity, and how much of it was done.
    #[must_use]
    pub fn plan_of(&self, done: &Done) -> Option<(&Planned, Option<f64>)> {
        let planned = self.planned.iter().find(|one| one.activity == Some(done.id))?;
        Some((planned, share(&planned.session.shape(), &done.shape())))
    }

    /// The sessions of a day that stand there by themselves: all but those that an activity of the page stands for.
    pub fn planned_on(&self, day: NaiveDate) -> impl Iterator<Item = &Planned> {
        let is_shown = |one: &&Planned| !self.done.iter().any(|done| one.activity == Some(done.id));
        self.planned.iter().filter(move |one| one.session.day == day).filter(is_shown)
    }

    /// The next race, and in how many days.
    #[must_use]
    pub fn next_race(&self) -> Option<(&RaceDay, i64)> {
        self.races.iter().filter(|race| race.day >= self.today).min_by_key(|race| race.day).map(|race| (race, (race.day - self.today).num_days()))
    }

    /// The sums of the days of the month itself.
    #[must_use]
    pub fn of_month(&self) -> Sums {
        let of_month = self.days.iter().filter(|(day, _)| (day.year(), day.month()) == (self.span.month.year(), self.span.month.month()));
        of_month.fold(Sums::default(), |sum, (_, sums)| sum.add(*sums))
    }
}

/// The lower and the upper quartile.
fn middle_half(mut numbers: Vec<f64>) -> (f64, f64) {
    numbers.sort_by(f64::total_cmp);
    (quantile(&numbers, 0.25), quantile(&numbers, 0.75))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn view(days: Vec<(NaiveDate, Sums)>) -> CalendarView {
        let (today, races) = (day("2026-11-21"), Vec::new());
        CalendarView {
            today,
            span: Span::of(today, Units::default()),
            done: Vec::new(),
            marks: Vec::new(),
            races,
            days,
            planned: Vec::new(),
            copied: None,
        }
    }

    #[test]
    fn a_month_is_filled_up_to_weeks_that_begin_as_the_athletes_do() {
        let monday = Span::parse("2026-11", Units::default()).expect("a month");
        assert_eq!((monday.first, monday.last), (day("2026-10-26"), day("2026-12-06")));
        assert_eq!(monday.weeks().count(), 6);
        let sunday = Span::of(day("2026-11-21"), Units::AMERICAN);
        assert_eq!((sunday.first, sunday.last), (day("2026-11-01"), day("2026-12-05")));
        assert_eq!(monday.around(Units::default()).map(Span::key), ["2026-10", "2026-12"]);
        assert_eq!(
            ["2026-10-31", "2026-11-01", "2026-11-30"].map(|of| Span::of_week(day(of), Units::default()).key()),
            ["2026-10", "2026-10", "2026-12"]
        );
        for wrong in ["", "2026", "2026-13", "2026-1", "+026-01", "99999-01", "2026-00", "1800-01", "2026-11-01"] {
            assert_eq!(Span::parse(wrong, Units::default()), None, "{wrong}");
        }
    }

    #[test]
    fn a_week_stands_beside_the_middle_half_of_the_twelve_before() {
        let first = day("2026-11-16");
        let run = |weeks: i64, km: f64| (first - TimeDelta::days(7 * weeks - 2), Sums { runs: 1, runs_m: km * 1000.0, ..Sums::default() });
        let mut days: Vec<_> = (0..13).map(|week| run(week, 30.0 + week as f64)).collect();
        // Of the same week, and of the next, which is not of it.
        days.push((first, Sums { runs: 1, runs_m: 5000.0, moving_s: 1500.0, trimp: 20.0, gain_m: 12.0 }));
        days.push((first + TimeDelta::days(7), Sums { runs_m: 99.0, ..Sums::default() }));
        let week = view(days).week(first);
        assert_eq!((week.sums.runs, week.sums.numbers()), (2, [35_000.0, 1500.0, 20.0, 12.0]));
        // Of 31 … 42 km: a quarter of eleven steps from each end.
        assert_eq!(week.usual.map(|usual| usual[0]), Some((33_750.0, 39_250.0)));
        // Five weeks say nothing.
        assert_eq!(view((1..6).map(|week| run(week, 30.0)).collect()).week(first).usual, None);
    }

    #[test]
    fn a_plan_is_beside_what_was_done_and_adds_to_the_week() {
        use crate::plan::{Choice, Expected, PlannedSession, Steps};
        let planned = |id: u128, on: &str, metres: u32, activity: Option<u128>| Planned {
            session: PlannedSession {
                id: Uuid::from_u128(id),
                day: day(on),
                kind: Kind::Run,
                words: String::new(),
                target: Target::Distance(metres),
                steps: Steps::default(),
                choice: Choice::ByShape,
            },
            expected: Expected { metres: Some(f64::from(metres)), seconds: Some(3000.0), load: Some(50.0) },
            activity: activity.map(Uuid::from_u128),
        };
        let done = Done {
            id: Uuid::from_u128(10),
            kind: Kind::Run,
            title: String::new(),
            day: day("2026-11-17"),
            distance_m: Some(7100.0),
            moving_s: Some(2400.0),
            trimp: None,
        };
        let sums = Sums { runs: 1, runs_m: 7100.0, moving_s: 2400.0, trimp: 41.0, gain_m: 30.0 };
        let sessions = [("2026-11-17", 10_000, Some(10)), ("2026-11-18", 8000, None), ("2026-11-21", 5000, None), ("2026-11-22", 18_000, None)];
        let planned: Vec<Planned> = sessions.into_iter().zip(1..).map(|((on, metres, activity), id)| planned(id, on, metres, activity)).collect();
        let view = CalendarView { done: vec![done], planned, ..view(vec![(day("2026-11-17"), sums)]) };
        // Today is the 21st: what was planned before it and not done is no part of the week.
        let week = view.week(day("2026-11-16"));
        assert_eq!(week.plan.map(Sums::numbers), Some([30_100.0, 8400.0, 141.0, 30.0]));
        assert_eq!(view.week(day("2026-11-23")).plan, None);
        assert_eq!(view.plan_of(&view.done[0]).map(|(planned, share)| (planned.session.id, share)), Some((Uuid::from_u128(1), Some(0.71))));
        let on = |text: &str| view.planned_on(day(text)).count();
        assert_eq!([on("2026-11-17"), on("2026-11-18"), on("2026-11-22")], [0, 1, 1]);
    }

    #[test]
    fn the_next_race_is_the_first_that_is_not_over() {
        let race = |name: &str, on: &str| RaceDay { name: name.to_owned(), day: day(on), distance_m: 21_097.5 };
        let view =
            CalendarView { races: vec![race("over", "2026-11-20"), race("far", "2027-04-01"), race("Riverside", "2026-12-06")], ..view(Vec::new()) };
        assert_eq!(view.next_race().map(|(race, days)| (race.name.as_str(), days)), Some(("Riverside", 15)));
    }

    #[test]
    fn an_effort_is_load_against_time() {
        let done = |trimp: Option<f64>, minutes: f64| Done {
            id: Uuid::nil(),
            kind: Kind::Run,
            title: String::new(),
            day: day("2026-11-16"),
            distance_m: None,
            moving_s: Some(minutes * 60.0),
            trimp,
        };
        let efforts = [(Some(45.0), 42.5), (Some(120.0), 80.0), (Some(78.0), 39.7), (None, 40.0), (Some(500.0), 0.0)];
        let efforts = efforts.map(|(trimp, minutes)| done(trimp, minutes).effort());
        assert_eq!(efforts, [Effort::Easy, Effort::Steady, Effort::Hard, Effort::Easy, Effort::Easy]);
        let banister = |x: f64| 60.0 * 0.64 * x * (1.92 * x).exp();
        assert!((banister(0.6) - EASY_PER_HOUR).abs() < 0.1 && (banister(0.7) - HARD_PER_HOUR).abs() < 0.1);
    }

    proptest! {
        #[test]
        fn any_month_has_its_days_in_whole_weeks(days in 0_i64..80_000, american: bool) {
            let units = if american { Units::AMERICAN } else { Units::default() };
            let of = NaiveDate::default() + TimeDelta::days(days);
            let span = Span::of(of, units);
            prop_assert_eq!((span.last - span.first).num_days() % 7, 6);
            prop_assert!(span.first <= span.month && of <= span.last && (4..=6).contains(&span.weeks().count()));
            prop_assert_eq!(Span::parse(&span.key(), units), Some(span));
        }
    }
}

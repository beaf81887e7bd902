//! The month: on a desk a grid of days with the sums of each week, on a phone a small one that leads to its weeks.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate, TimeDelta};
use domain::calendar::{CalendarView, Done, Effort, Mark};
use domain::plan::Planned;
use domain::units::{NBSP, Units, duration};
use leptos::prelude::*;

use super::week::{Change, Sums};
use crate::ui::units;

/// What is on each day.
pub(super) struct ByDay {
    done: HashMap<NaiveDate, Vec<Done>>,
    marks: HashMap<NaiveDate, Mark>,
}

impl ByDay {
    pub(super) fn of(view: &CalendarView) -> Self {
        let mut done: HashMap<NaiveDate, Vec<Done>> = HashMap::new();
        for one in &view.done {
            done.entry(one.day).or_default().push(one.clone());
        }
        Self { done, marks: view.marks.iter().map(|mark| (mark.day, *mark)).collect() }
    }

    pub(super) fn done(&self, day: NaiveDate) -> &[Done] {
        self.done.get(&day).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_ill(&self, day: NaiveDate) -> bool {
        self.marks.get(&day).is_some_and(|mark| mark.ill)
    }

    /// What the journal says, in words.
    pub(super) fn journal(&self, day: NaiveDate) -> &'static str {
        match self.marks.get(&day) {
            Some(Mark { note: true, .. }) => "journal, with a note",
            Some(_) => "journal",
            None => "",
        }
    }
}

/// The grid, with the sums of each week at its side.
#[component]
pub(super) fn Month(view: CalendarView) -> impl IntoView {
    let span = view.span;
    let by_day = ByDay::of(&view);
    let names = span.first.iter_days().take(7).map(|day| view! { <span>{day.format("%a").to_string()}</span> }).collect_view();
    let weeks = span.weeks().map(|first| {
        let days = first.iter_days().take(7).map(|day| cell(&view, &by_day, day)).collect_view();
        view! {
            <section class="cal-week" aria-label=units().week(first, view.today)>
                {days}
                <div class="week-side">
                    <p class="tiny">{format!("Week {}", (first + TimeDelta::days(3)).iso_week().week())}</p>
                    // A week to come is no small week: it has the numbers of its plan, or none.
                    {side(&view, first)}
                </div>
            </section>
        }
    });
    view! {
        <div class="cal">
            <div class="cal-names tiny" aria-hidden="true">
                {names}
                <span>"Week, against your usual"</span>
            </div>
            {weeks.collect_view()}
        </div>
    }
}

/// The sums of a week; nothing for one to come without a plan.
fn side(view: &CalendarView, first: NaiveDate) -> impl IntoView + use<> {
    let (week, ahead) = (view.week(first), first > view.today);
    let sums = (!ahead || week.plan.is_some()).then(|| view! { <Sums week=week ahead=ahead /> });
    view! {
        {sums}
        <Change week=week />
    }
}

fn cell(view: &CalendarView, by_day: &ByDay, day: NaiveDate) -> impl IntoView + use<> {
    let units = units();
    let class = match (day.month() == view.span.month.month(), day == view.today) {
        (_, true) => "day today",
        (true, false) => "day",
        (false, false) => "day out",
    };
    let number = if day.day() == 1 { units.day_and_month(day) } else { day.day().to_string() };
    // Illness is one bar across its days; its first day, or the first of a row, says what it is.
    let ill = by_day.is_ill(day).then(|| {
        let begins = !by_day.is_ill(day - TimeDelta::days(1)) || day == units.week_of(day);
        view! { <div class="ill">{if begins { "Ill" } else { "\u{a0}" }}</div> }
    });
    view! {
        <div class=class data-day=day.to_string() data-name=units.weekday(day, view.today)>
            <DayLink day=day today=view.today number=number journal=by_day.journal(day) />
            {ill}
            <Items view=view.clone() done=by_day.done(day).to_vec() day=day />
        </div>
    }
}

/// The number of a day. It leads to the day's journal, which the future does not have.
#[component]
pub(super) fn DayLink(day: NaiveDate, today: NaiveDate, number: String, journal: &'static str) -> impl IntoView {
    let name = units().weekday(day, today);
    let mark = (!journal.is_empty()).then(|| view! { <i class="mark" title=journal></i> });
    if day > today {
        return view! { <p class="date"><time datetime=day.to_string() aria-label=name>{number}</time></p> }.into_any();
    }
    let label = if journal.is_empty() { format!("Journal of {name}") } else { format!("Journal of {name}: {journal}") };
    view! {
        <p class="date">
            <a href=format!("/journal/{day}") aria-label=label>
                {number}
                {mark}
            </a>
        </p>
    }
    .into_any()
}

/// What was done on a day, what is planned, and its races.
#[component]
pub(super) fn Items(view: CalendarView, done: Vec<Done>, day: NaiveDate) -> impl IntoView {
    let units = units();
    let races = view.races.iter().filter(|race| race.day == day).map(|race| {
        view! {
            <a class="ses race" href="/welcome/goals">
                <b>{units.distance(race.distance_m)}</b>
                <span>{race.name.clone()}</span>
            </a>
        }
    });
    let races = races.collect_view();
    let planned = view.planned_on(day).map(|one| plan(one, &view, units)).collect_view();
    view! { {races} {done.into_iter().map(|done| session(&done, &view, units)).collect_view()} {planned} }
}

const fn class_of(effort: Effort) -> &'static str {
    match effort {
        Effort::Easy => "ses",
        Effort::Steady => "ses steady",
        Effort::Hard => "ses hard",
    }
}

/// A session that is planned, or was. The script lets it be moved (`scripts/plan.js`).
fn plan(planned: &Planned, view: &CalendarView, units: Units) -> impl IntoView + use<> {
    let (session, is_past) = (&planned.session, planned.session.day < view.today);
    let class = format!("{} plan{}", class_of(Effort::of_plan(planned)), if is_past { " past" } else { "" });
    let words = match (planned.words(units), is_past) {
        (words, false) => words,
        (words, true) if words.is_empty() => "was planned".to_owned(),
        (words, true) => format!("{words}, was planned"),
    };
    let spoken = if is_past { "" } else { "Planned: " };
    // What it adds to its week while it is not done.
    let adds = |number: f64| if planned.activity.is_none() { format!("{number:.0}") } else { "0".to_owned() };
    let sums = domain::calendar::Sums::of_plan(planned);
    let (metres, seconds) = (adds(sums.runs_m), adds(sums.moving_s));
    let load = planned.expected.load.filter(|_| !is_past).map(|load| (load, matches!(session.target, domain::plan::Target::Load(_))));
    let load = load
        .map(|(load, exact)| view! { <em>{format!("{}{load:.0}", if exact { "" } else { "~" })}<span class="visually-hidden">" load"</span></em> });
    view! {
        <a
            class=class
            href=format!("/plan/{}", session.id)
            data-plan=session.id.to_string()
            data-name=planned.name(units)
            data-metres=metres
            data-seconds=seconds
            draggable="false"
        >
            <b>
                <span class="visually-hidden">{spoken}</span>
                {planned.amount(units)}
            </b>
            {load}
            <span>{words}</span>
        </a>
    }
}

fn session(done: &Done, view: &CalendarView, units: Units) -> impl IntoView + use<> {
    let effort = class_of(done.effort());
    let share = view.plan_of(done).map(|(planned, share)| {
        let width = format!("width:{:.0}%", share.unwrap_or(1.0) * 100.0);
        let of_it = share.map_or_else(|| "as planned".to_owned(), |share| format!("{:.0}{NBSP}% of the plan", share * 100.0));
        let title = format!("Planned: {}", planned.name(units));
        view! {
            <i class="share" title=title>
                <i style=width></i>
            </i>
            <span class="visually-hidden">{of_it}</span>
        }
    });
    let time = done.moving_s.map(duration);
    let distance = done.distance_m.filter(|metres| *metres >= 1.0).map(|metres| done.kind.distance(metres, units));
    let distance = distance.map(|(number, unit)| format!("{number}{NBSP}{unit}"));
    let (first, rest) = match (distance, time) {
        (Some(distance), time) => (distance, time),
        (None, time) => (time.unwrap_or_else(|| "–".to_owned()), None),
    };
    let sport = (done.kind.sport() != "running").then(|| done.kind.name().to_lowercase());
    let words = [rest, sport].into_iter().flatten().collect::<Vec<_>>().join(" ");
    view! {
        <a class=effort href=format!("/activities/{}", done.id) title=done.title.clone()>
            <b>{first}</b>
            {done.trimp.map(|load| view! { <em>{format!("{load:.0}")}<span class="visually-hidden">" load"</span></em> })}
            <span>{words}</span>
            {share}
            <span class="visually-hidden">{done.title.clone()}</span>
        </a>
    }
}

/// The month on a phone: each day leads to its week below.
#[component]
pub(super) fn SmallMonth(view: CalendarView, week: NaiveDate) -> impl IntoView {
    let units = units();
    let span = view.span;
    let by_day = ByDay::of(&view);
    let names = span
        .first
        .iter_days()
        .take(7)
        .map(|day| view! { <span aria-hidden="true">{day.format("%a").to_string()[..2].to_owned()}</span> })
        .collect_view();
    let days = span.first.iter_days().take_while(|day| *day <= span.last).map(|day| {
        let of_week = units.week_of(day) == week;
        let class = [
            (day.month() != span.month.month()).then_some("out"),
            (day == view.today).then_some("today"),
            of_week.then_some("chosen"),
            by_day.is_ill(day).then_some("ill"),
        ];
        let class = class.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let race = view.races.iter().any(|race| race.day == day);
        let done = by_day.done(day).len();
        let planned = view.planned_on(day).count();
        let words = match (race, done, planned) {
            (true, ..) => ", a race".to_owned(),
            (false, 0, 0) => String::new(),
            (false, 0, planned) => format!(", {} planned", domain::units::pluralize(planned, "session", "sessions")),
            (false, done, _) => format!(", {}", domain::units::pluralize(done, "activity", "activities")),
        };
        let dot = match (race, done, planned) {
            (true, ..) => Some("race"),
            (false, 0, 0) => None,
            (false, 0, _) => Some("dot open"),
            _ => Some("dot"),
        };
        view! {
            <a class=class href=format!("/calendar?month={}&week={day}", span.key()) aria-label=format!("{}{words}", units.weekday(day, view.today)) aria-current=of_week.then_some("true")>
                <span>{day.day()}</span>
                <i class=dot></i>
            </a>
        }
    });
    view! {
        <nav class="card small-month" aria-label="Days">
            {names} {days.collect_view()}
        </nav>
    }
}

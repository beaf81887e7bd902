//! A week, day below day.

use chrono::{Datelike, NaiveDate};
use domain::calendar::CalendarView;
use leptos::prelude::*;

use super::month::{ByDay, DayLink, Items};
use super::week::{Change, Sums};
use crate::ui::units;

/// The week that begins on a day.
#[component]
pub(super) fn Agenda(view: CalendarView, week: NaiveDate) -> impl IntoView {
    let by_day = ByDay::of(&view);
    let sums = view.week(week);
    let (ahead, plan) = (week > view.today, sums.plan.is_some());
    let usual = sums.usual.map(|_| {
        let hollow = if plan { " Hollow dot: with the plan." } else { "" };
        view! { <p class="tiny">{format!("The band is your usual week: the middle half of the twelve before.{hollow}")}</p> }
    });
    let days = week.iter_days().take(7).map(|day| {
        let done = by_day.done(day).to_vec();
        let free = done.is_empty() && view.planned_on(day).next().is_none() && !view.races.iter().any(|race| race.day == day);
        let rest = free.then(|| {
            let words = if by_day.is_ill(day) {
                "Ill"
            } else if day >= view.today {
                "Nothing planned"
            } else {
                "Rest"
            };
            view! { <span class="rest muted small">{words}</span> }
        });
        view! {
            <li class="agenda" data-day=day.to_string() data-name=units().weekday(day, view.today)>
                <div class="agenda-day">
                    <span class="tiny">{day.format("%a").to_string()}</span>
                    <DayLink day=day today=view.today number=day.day().to_string() journal=by_day.journal(day) />
                </div>
                <div class="stack">
                    {rest} <Items view=view.clone() done=done day=day />
                </div>
            </li>
        }
    });
    view! {
        <section class="week-view" aria-labelledby="week">
            <h2 id="week">{units().week(week, view.today)}</h2>
            <div class="card">
                <Sums week=sums ahead=ahead />
                {usual}
                <Change week=sums />
            </div>
            <ul class="card agenda-list">{days.collect_view()}</ul>
            <p class="tiny lift-hint" hidden data-plan-hint="touch">
                "Hold a session to lift it. Or open it and choose another day."
            </p>
            <div class="actions">
                <a class="btn primary" href=format!("/plan/new?day={}", day_to_plan(week, view.today))>
                    "Plan a session"
                </a>
                <a class="btn" href=format!("/plan/copy?from={week}")>
                    "Copy this week"
                </a>
            </div>
        </section>
    }
}

/// The day that a new session is offered for: today in its week, the first day of another.
fn day_to_plan(week: NaiveDate, today: NaiveDate) -> NaiveDate {
    if (0..7).contains(&(today - week).num_days()) { today } else { week }
}

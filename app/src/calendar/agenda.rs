//! A week, day below day.

use chrono::{Datelike, NaiveDate};
use domain::calendar::CalendarView;
use leptos::prelude::*;

use super::month::{ByDay, DayLink, Items};
use super::week::Sums;
use crate::ui::units;

/// The week that begins on a day.
#[component]
pub(super) fn Agenda(view: CalendarView, week: NaiveDate) -> impl IntoView {
    let by_day = ByDay::of(&view);
    let sums = view.week(week);
    let usual = sums.usual.map(|_| view! { <p class="tiny">"The band is your usual week: the middle half of the twelve before."</p> });
    let days = week.iter_days().take(7).map(|day| {
        let done = by_day.done(day).to_vec();
        let free = done.is_empty() && !view.races.iter().any(|race| race.day == day);
        let rest = free.then(|| {
            let words = if by_day.is_ill(day) {
                "Ill"
            } else if day > view.today {
                "Still to come"
            } else {
                "Rest"
            };
            view! { <span class="rest muted small">{words}</span> }
        });
        view! {
            <li class="agenda">
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
                <Sums week=sums />
                {usual}
            </div>
            <ul class="card agenda-list">{days.collect_view()}</ul>
        </section>
    }
}

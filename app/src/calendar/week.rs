//! What a week comes to, beside what is usual.

use domain::calendar::Week;
use domain::units::{decimal, hours_and_minutes};
use leptos::prelude::*;

use crate::ui::{Strip, units};

/// The sums of a week. A number that is usual nowhere stands alone; a week to come has the numbers of its plan.
#[component]
pub(super) fn Sums(
    /// The week.
    week: Week,
    /// Whether it is still to come.
    ahead: bool,
) -> impl IntoView {
    let units = units();
    let only_plan = ahead.then_some(week.plan).flatten();
    let sums = only_plan.unwrap_or(week.sums);
    let about = if only_plan.is_some() { "~" } else { "" };
    let shown = [
        ("Runs", format!("{}\u{a0}{}", units.distance_number(sums.runs_m, 1), units.distance_unit())),
        ("Time", format!("{about}{}", hours_and_minutes(sums.moving_s))),
        ("Load", format!("{about}{}", decimal(sums.trimp, 0))),
        ("Climb", units.height(sums.gain_m)),
    ];
    let plan = week.plan.map(domain::calendar::Sums::numbers);
    let rows = shown.into_iter().zip(sums.numbers()).enumerate().filter(|(at, _)| *at < 3 || only_plan.is_none());
    let rows = rows.map(|(at, ((name, words), number))| {
        // Nobody plans how much a session climbs.
        let plan = plan.map(|plan| plan[at]).filter(|_| at < 3);
        let strip = week.usual.map(|usual| view! { <Strip number=only_plan.is_none().then_some(number) usual=usual[at] plan=plan /> });
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{words} {strip}</dd>
            </div>
        }
    });
    let with_plan = week.plan.filter(|_| only_plan.is_none() && week.sums.runs_m > 0.0).filter(|plan| plan.runs_m > week.sums.runs_m);
    let with_plan = with_plan.map(|plan| {
        let distance = format!("{}\u{a0}{}", units.distance_number(plan.runs_m, 1), units.distance_unit());
        view! { <p class="tiny">{format!("with the plan, {distance}")}</p> }
    });
    view! {
        <dl class="week-sums">{rows.collect_view()}</dl>
        {with_plan}
    }
}

/// Where the script writes what moving a session does to a week, with what the week comes to as it is.
#[component]
pub(super) fn Change(week: Week) -> impl IntoView {
    let sums = week.plan.unwrap_or(week.sums);
    let (metres, seconds) = (format!("{:.0}", sums.runs_m), format!("{:.0}", sums.moving_s));
    view! { <p class="small week-change" aria-hidden="true" data-week=week.first.to_string() data-metres=metres data-seconds=seconds></p> }
}

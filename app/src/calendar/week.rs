//! What a week comes to, beside what is usual.

use domain::calendar::Week;
use domain::units::{decimal, hours_and_minutes};
use leptos::prelude::*;

use crate::ui::{Strip, units};

/// The sums of a week. A number that is usual nowhere stands alone.
#[component]
pub(super) fn Sums(week: Week) -> impl IntoView {
    let units = units();
    let sums = week.sums;
    let shown = [
        ("Runs", format!("{}\u{a0}{}", units.distance_number(sums.runs_m, 1), units.distance_unit())),
        ("Time", hours_and_minutes(sums.moving_s)),
        ("Load", decimal(sums.trimp, 0)),
        ("Climb", units.height(sums.gain_m)),
    ];
    let rows = shown.into_iter().zip(sums.numbers()).enumerate().map(|(at, ((name, words), number))| {
        let strip = week.usual.map(|usual| view! { <Strip number=number usual=usual[at] /> });
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{words} {strip}</dd>
            </div>
        }
    });
    view! { <dl class="week-sums">{rows.collect_view()}</dl> }
}

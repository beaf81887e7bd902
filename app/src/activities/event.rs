//! An event of several sports: its legs and transitions, of which an activity is one.

use domain::activities::{Kind, Leg, SportStyle};
use domain::units::{NBSP, duration};
use leptos::prelude::*;
use uuid::Uuid;

use crate::ui::{or_dash, units};

/// The legs of the event, each leading to its activity; nothing for an activity on its own.
#[component]
pub(super) fn Event(
    /// In order.
    legs: Vec<Leg>,
    /// The activity that is looked at.
    own: Uuid,
) -> impl IntoView {
    let units = units();
    let together = Leg::together_s(&legs)?;
    let sports = legs.iter().filter(|leg| leg.kind != Kind::Transition).count();
    let heart = legs.iter().any(|leg| leg.avg_hr_bpm.is_some());
    let row = move |leg: Leg| {
        let style = SportStyle::of_kind(leg.kind, leg.sub_sport.as_deref());
        let far = style.distance_number(units, leg.distance_m).filter(|_| leg.kind != Kind::Transition);
        let far = far.map(|number| format!("{number}{NBSP}{}", style.unit(units)));
        let rate = leg.moving_s.zip(leg.distance_m).filter(|(s, m)| *s > 0.0 && *m > 0.0 && leg.kind != Kind::Transition).map(|(s, m)| {
            let (number, unit) = units.rate_of(style.sport, s / m * 1000.0);
            format!("{number}{NBSP}{unit}")
        });
        let here = leg.id == own;
        view! {
            <tr class:muted=leg.kind == Kind::Transition>
                <td>
                    <a class="row-pick" href=format!("/activities/{}", leg.id) aria-current=here.then_some("page")>
                        {if here { view! { <b>{leg.kind.name()}</b> }.into_any() } else { leg.kind.name().into_any() }}
                    </a>
                </td>
                <td class="r">{or_dash(far)}</td>
                <td class="r">{or_dash(leg.elapsed_s.map(duration))}</td>
                <td class="r hide-s">{or_dash(rate)}</td>
                {heart.then(|| view! { <td class="r">{or_dash(leg.avg_hr_bpm.map(|bpm| format!("{bpm:.0}")))}</td> })}
            </tr>
        }
    };
    let rows = legs.into_iter().map(row).collect_view();
    Some(view! {
        <section class="card event" aria-label="Event">
            <div class="between">
                <h2 class="h3">{format!("An event of {sports} legs")}</h2>
                <b>{duration(together)}</b>
            </div>
            <table>
                <caption class="visually-hidden">"Legs"</caption>
                <thead>
                    <tr>
                        <th>"Leg"</th>
                        <th class="r">"Distance"</th>
                        <th class="r">"Elapsed"</th>
                        <th class="r hide-s">"Pace or speed"</th>
                        {heart.then(|| view! { <th class="r">"HR"</th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    })
}

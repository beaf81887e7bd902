//! A number beside what is usual.

use leptos::prelude::*;

/// A dot beside the band of the middle half of what is usual, and the same in words for those who do not see it. The band stands at the same place in every
/// strip: a third to two thirds.
#[component]
pub fn Strip(
    /// The number; nothing where there is only a plan.
    #[prop(into)]
    number: Option<f64>,
    /// The lower and the upper end of the band.
    usual: (f64, f64),
    /// The number with what is planned: a hollow dot.
    #[prop(optional_no_strip)]
    plan: Option<f64>,
) -> impl IntoView {
    let (low, high) = usual;
    let width = (high - low).max(1e-9);
    let at = |number: f64| format!("left:{:.0}%", (33.3 + (number - low) / width * 33.3).clamp(2.0, 98.0));
    let place = |number: f64| {
        if number < low {
            "below"
        } else if number > high {
            "above"
        } else {
            "within"
        }
    };
    let words = match (number, plan) {
        (Some(number), None) => format!(", {} your usual", place(number)),
        (Some(number), Some(plan)) => format!(", {} your usual, {} it with the plan", place(number), place(plan)),
        (None, Some(plan)) => format!(", planned {} your usual", place(plan)),
        (None, None) => String::new(),
    };
    view! {
        <span class="strip" aria-hidden="true">
            <s></s>
            {plan.map(|plan| view! { <b class="open" style=at(plan)></b> })}
            {number.map(|number| view! { <b style=at(number)></b> })}
        </span>
        <span class="visually-hidden">{words}</span>
    }
}

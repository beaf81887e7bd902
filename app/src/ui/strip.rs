//! A number beside what is usual.

use leptos::prelude::*;

/// A dot beside the band of the middle half of what is usual, and the same in words for those who do not see it. The band stands at the same place in every
/// strip: a third to two thirds.
#[component]
pub fn Strip(
    /// The number.
    number: f64,
    /// The lower and the upper end of the band.
    usual: (f64, f64),
) -> impl IntoView {
    let (low, high) = usual;
    let width = (high - low).max(1e-9);
    let at = (33.3 + (number - low) / width * 33.3).clamp(2.0, 98.0);
    let place = if number < low {
        "below"
    } else if number > high {
        "above"
    } else {
        "within"
    };
    view! {
        <span class="strip" aria-hidden="true"><s></s> <b style=format!("left:{at:.0}%")></b></span>
        <span class="visually-hidden">{format!(", {place} your usual")}</span>
    }
}

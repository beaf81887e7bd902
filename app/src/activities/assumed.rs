//! The line under numbers that rest on a heart rate that the athlete never gave.

use domain::activities::Assumed;
use leptos::prelude::*;

/// What was assumed, and where to say it; nothing if nothing was.
#[component]
pub(super) fn AssumedLine(assumed: Assumed) -> impl IntoView {
    assumed.sentence().map(|sentence| {
        view! {
            <p class="muted small">
                {sentence} " " <a href="/settings/thresholds">"Say yours"</a>
            </p>
        }
    })
}

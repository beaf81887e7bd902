//! Steps as a drawing: as wide as they are long, as high as they are hard.

use domain::plan::{Steps, write};
use leptos::prelude::*;

use crate::ui::units;

/// The drawing; nothing without steps.
#[component]
pub(crate) fn Drawing(steps: Steps) -> impl IntoView {
    let bars = steps.bars();
    let bar = |bar: domain::plan::Bar| {
        let style = format!("flex-grow:{:.0};height:{:.0}%", bar.width, bar.height);
        view! { <i class=if bar.work { "w" } else { "" } style=style></i> }
    };
    (!bars.is_empty()).then(|| {
        view! {
            <div class="plan-steps" role="img" aria-label=format!("Steps: {}", write(&steps, units()))>
                {bars.into_iter().map(bar).collect_view()}
            </div>
        }
    })
}

//! The one line that asks.

use leptos::prelude::*;

/// One line on days with training, until something is written down or it is told not to ask.
#[component]
pub fn FuelPrompt(
    /// Whether it is on home, where an answer leads back to.
    #[prop(optional)]
    on_home: bool,
) -> impl IntoView {
    let add = if on_home { "/nutrition#field-text" } else { "#field-text" };
    view! {
        <form class="card prompt" method="post" action="/nutrition/prompt">
            {on_home.then(|| view! { <input r#type="hidden" name="from" value="home" /> })}
            <p class="small">"Log today’s pre-run fuel? (Optional. It helps spot patterns when you do.)"</p>
            <div class="chips">
                <a class="btn" href=add rel=on_home.then_some("external")>
                    "Add"
                </a>
                <button class="btn quiet" r#type="submit" name="answer" value="not_today">
                    "Not today"
                </button>
                <button class="btn quiet" r#type="submit" name="answer" value="never">
                    "Never ask"
                </button>
            </div>
        </form>
    }
}

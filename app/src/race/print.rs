//! The button that prints, where a script runs; a browser's own menu does the same.

use leptos::prelude::*;

/// The button.
#[component]
pub(super) fn PrintButton() -> impl IntoView {
    let ready = RwSignal::new(false);
    // In the browser alone, once the button does something.
    Effect::new(move |_| ready.set(true));
    let print = |_| {
        #[cfg(feature = "hydrate")]
        if let Some(window) = web_sys::window() {
            // Where printing is not allowed nothing happens, as by the menu.
            let _ = window.print();
        }
    };
    view! {
        <button class="btn" r#type="button" hidden=move || !ready.get() on:click=print>
            "Print a wristband"
        </button>
    }
}

//! The browser's entry: wakes the pages that the server rendered.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the document's boot script.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_lazy(app::App);
}

//! The browser's entry: wakes the pages that the server rendered.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the document's boot script; done when the page is awake, the part of the code that it needed loaded.
#[wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    if let Some(body) = document().body() {
        leptos::mount::hydrate_from_async(body.unchecked_into(), app::App).await.forget();
    }
}

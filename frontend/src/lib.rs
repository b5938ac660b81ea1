//! The browser's entry point: turns the served HTML into the live app. Nothing else belongs here.

// A page is one type, nested as deep as its elements.
#![recursion_limit = "512"]

/// Called by the page's module script once the WASM is there.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}

//! Says to the server that somebody is at the page: what the page asks by itself keeps no sign-in alive.

/// Tells so at most this often, in milliseconds.
#[cfg(feature = "hydrate")]
const EVERY: f64 = 60_000.0;

/// Listens for keys and clicks as long as the frame is there.
pub fn attend() {
    #[cfg(feature = "hydrate")]
    {
        use leptos::prelude::*;

        // Effects run in the browser only, after hydration.
        Effect::new(move |_| {
            // Asking for the page has told already.
            let told = StoredValue::new(js_sys::Date::now());
            let heard = move || {
                let now = js_sys::Date::now();
                if told.try_get_value().is_some_and(|last| now - last >= EVERY) {
                    told.set_value(now);
                    // Whoever is signed out meanwhile hears of it from the stream.
                    leptos::task::spawn_local(async {
                        let _ = crate::api::account::here().await;
                    });
                }
            };
            let key = window_event_listener(leptos::ev::keydown, move |_| heard());
            let click = window_event_listener(leptos::ev::pointerdown, move |_| heard());
            on_cleanup(move || {
                key.remove();
                click.remove();
            });
        });
    }
}

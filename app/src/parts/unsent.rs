//! What was entered in forms when the sign-in ended: it waits in the tab's own storage, by the page's path, and is put back when the person
//! comes back signed in. Secrets never wait there.

use leptos::prelude::Signal;

/// Keeps what is entered on the page at the path `here`. Leaving it asks no more.
pub fn keep(here: &str) {
    #[cfg(feature = "hydrate")]
    browser::keep(here);
    #[cfg(not(feature = "hydrate"))]
    let _ = here;
}

/// Whether it is kept, so that leaving loses nothing.
#[cfg(feature = "hydrate")]
pub fn is_kept() -> bool {
    leptos::prelude::document().document_element().is_some_and(|root| root.has_attribute(browser::KEPT))
}

/// Puts back what waits for the page at the path `here`, once its form is there. Runs once the page is alive.
pub fn restore(here: Signal<String>) {
    leptos::prelude::Effect::new(move |_| {
        #[cfg(feature = "hydrate")]
        browser::restore(here);
        #[cfg(not(feature = "hydrate"))]
        let _ = here;
    });
}

#[cfg(feature = "hydrate")]
mod browser {
    use domain::secret::is_secret;
    use leptos::prelude::*;
    use std::time::Duration;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement, Storage};

    /// The mark on the page that its entries are kept.
    pub const KEPT: &str = "data-kept";
    /// Fields of forms that change something; filters are in the URL.
    const FIELDS: &str = "main form[method=post] [name]";
    /// A form may have to be asked for first.
    const TRIES: (u32, Duration) = (100, Duration::from_millis(100));

    /// Name, value, and whether a box is ticked.
    type Kept = (String, String, Option<bool>);

    /// None in a browser that refuses it: then nothing is kept.
    fn storage() -> Option<Storage> {
        window().session_storage().ok()?
    }

    fn key(here: &str) -> String {
        format!("unsent:{here}")
    }

    fn fields() -> Vec<Element> {
        let found = document().query_selector_all(FIELDS).ok();
        let all = found.iter().flat_map(|list| (0..list.length()).filter_map(|at| list.item(at)));
        all.filter_map(|node| node.dyn_into().ok()).collect()
    }

    fn entered(field: &Element) -> Option<Kept> {
        if is_secret(&field.get_attribute("name")?) {
            return None;
        }
        if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
            return match input.type_().as_str() {
                "password" | "hidden" | "file" | "submit" | "button" => None,
                "checkbox" | "radio" => {
                    (input.checked() != input.default_checked()).then(|| (input.name(), input.value(), Some(input.checked())))
                }
                _ => (input.value() != input.default_value()).then(|| (input.name(), input.value(), None)),
            };
        }
        if let Some(area) = field.dyn_ref::<HtmlTextAreaElement>() {
            let stood = area.default_value().unwrap_or_default();
            return (area.value() != stood).then(|| (area.name(), area.value(), None));
        }
        field.dyn_ref::<HtmlSelectElement>().map(|select| (select.name(), select.value(), None))
    }

    pub fn keep(here: &str) {
        let all: Vec<Kept> = fields().iter().filter_map(entered).collect();
        let Some(storage) = storage() else { return };
        let Ok(text) = serde_json::to_string(&all) else { return };
        if !all.is_empty() && storage.set_item(&key(here), &text).is_ok() {
            let _ = document().document_element().map(|root| root.set_attribute(KEPT, ""));
        }
    }

    pub fn restore(here: Signal<String>) {
        let at = here.get_untracked();
        let kept = storage().and_then(|storage| storage.get_item(&key(&at)).ok().flatten());
        if let Some(all) = kept.and_then(|text| serde_json::from_str::<Vec<Kept>>(&text).ok()) {
            put_back(all, here, at, TRIES.0);
        }
    }

    fn put_back(all: Vec<Kept>, here: Signal<String>, at: String, tries: u32) {
        // Another page may be shown by now.
        let Some(storage) = storage().filter(|_| here.try_get_untracked().is_some_and(|now| now == at)) else { return };
        let fields = fields();
        let there = |(name, ..): &Kept| fields.iter().any(|f| f.get_attribute("name").as_deref() == Some(name));
        if !all.iter().any(there) {
            if tries > 0 {
                set_timeout(move || put_back(all, here, at, tries - 1), TRIES.1);
            }
            return;
        }
        let _ = storage.remove_item(&key(&at));
        for (name, value, ticked) in all {
            let same = |f: &&Element| {
                let is = f.get_attribute("name").as_deref() == Some(&name);
                is && (ticked.is_none() || f.get_attribute("value").unwrap_or_else(|| "on".to_owned()) == value)
            };
            if let Some(field) = fields.iter().find(same) {
                enter(field, &value, ticked);
            }
        }
    }

    /// As if the person had entered it.
    fn enter(field: &Element, value: &str, ticked: Option<bool>) {
        match (field.dyn_ref::<HtmlInputElement>(), ticked) {
            (Some(input), Some(ticked)) => input.set_checked(ticked),
            (Some(input), None) => input.set_value(value),
            (None, _) => {
                let area = field.dyn_ref::<HtmlTextAreaElement>().map(|area| area.set_value(value));
                let _ = area.or_else(|| field.dyn_ref::<HtmlSelectElement>().map(|select| select.set_value(value)));
            }
        }
        for name in ["input", "change"] {
            if let Ok(event) = document().create_event("Event") {
                event.init_event_with_bubbles(name, true);
                let _ = field.dispatch_event(&event);
            }
        }
    }
}

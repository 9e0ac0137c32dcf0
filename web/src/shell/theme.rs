//! Light, dark, or as the system has it. `boot.js` applies the same key before the first paint.

use kit::t;
use leptos::prelude::*;

const KEY: &str = "glassbox-theme";

/// The browser may deny storage; then the choice lasts as long as the page.
fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn kept() -> String {
    storage().and_then(|storage| storage.get_item(KEY).ok().flatten()).unwrap_or_else(|| "system".into())
}

fn apply(theme: &str) {
    let Some(root) = document().document_element() else { return };
    // Setting or removing an attribute of the root cannot fail, and denied storage is no fault.
    let _ = match theme {
        "light" | "dark" => {
            let _ = storage().map(|storage| storage.set_item(KEY, theme));
            root.set_attribute("data-theme", theme)
        }
        _ => {
            let _ = storage().map(|storage| storage.remove_item(KEY));
            root.remove_attribute("data-theme")
        }
    };
}

/// Draws the switch.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let kept = kept();
    let options: Vec<_> =
        [("system", t!("shell.system_theme")), ("light", t!("shell.light")), ("dark", t!("shell.dark"))]
            .into_iter()
            .map(|(value, label)| view! { <option value=value selected=kept == value>{label}</option> })
            .collect();
    view! {
        <label class="switch">
            <span class="visually-hidden">{t!("shell.theme")}</span>
            <select data-action="theme" on:change=move |event| apply(&event_target_value(&event))>{options}</select>
        </label>
    }
}

//! Settings: how the site looks and behaves, kept in this browser and applied by `boot.js` before the first paint.

use crate::{dialog::Dialog, progress, shortcuts, slots::Slot};
use kit::t;
use learn::progress::Kind;
use leptos::{ev::Targeted, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement, UrlSearchParams};

/// The key that `boot.js` reads.
const KEY: &str = "glassbox-settings";

/// The settings that are an attribute of the root.
const ATTRIBUTES: [&str; 5] = ["font", "size", "contrast", "motion", "keys"];

/// A setting of several values; the first is how things are without the attribute.
struct Choice {
    name: &'static str,
    words: &'static str,
    values: Vec<(&'static str, &'static str)>,
}

fn choices() -> [Choice; 4] {
    let system = ("system", t!("settings.system"));
    [
        Choice {
            name: "font",
            words: t!("settings.font"),
            values: vec![
                ("sans", t!("settings.font.sans")),
                ("serif", t!("settings.font.serif")),
                ("spaced", t!("settings.font.spaced")),
            ],
        },
        Choice {
            name: "size",
            words: t!("settings.size"),
            values: vec![
                ("usual", t!("settings.size.usual")),
                ("large", t!("settings.size.large")),
                ("largest", t!("settings.size.largest")),
            ],
        },
        Choice {
            name: "contrast",
            words: t!("settings.contrast"),
            values: vec![system, ("more", t!("settings.contrast.more"))],
        },
        Choice {
            name: "motion",
            words: t!("settings.motion"),
            values: vec![system, ("off", t!("settings.motion.off")), ("on", t!("settings.motion.on"))],
        },
    ]
}

/// The value of a setting; empty if it is as usual.
fn current(name: &str) -> String {
    let root = document().document_element();
    root.and_then(|root| root.get_attribute(&format!("data-{name}"))).unwrap_or_default()
}

/// Applies and keeps a setting; an empty value takes it back. Denied storage keeps it as long as the page.
fn choose(name: &str, value: &str) {
    let Some(root) = document().document_element() else { return };
    let attribute = format!("data-{name}");
    // An attribute of ours can be set and removed.
    let _ = match value {
        "" => root.remove_attribute(&attribute),
        value => root.set_attribute(&attribute, value),
    };
    let Ok(params) = UrlSearchParams::new() else { return };
    for name in ATTRIBUTES {
        let value = current(name);
        if !value.is_empty() {
            params.set(name, &value);
        }
    }
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(KEY, &String::from(params.to_string()));
    }
}

/// The settings' page.
pub fn part(_: Slot) -> AnyView {
    view! {
        {form("page")}
        <h2 id="keys">{t!("shortcuts.title")}</h2>
        {shortcuts::sheet()}
    }
    .into_any()
}

/// The settings' dialog.
#[component]
pub fn SettingsDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Dialog name="settings" title=t!("settings.title") open>
            {form("dialog")}
            {keys_switch()}
        </Dialog>
    }
}

/// All settings but the one that belongs to the shortcuts. `place` makes the ids unique.
fn form(place: &'static str) -> impl IntoView {
    let choices: Vec<_> = choices().into_iter().map(|choice| select(place, choice)).collect();
    view! {
        <div class="settings">
            {theme(place)}
            {choices}
        </div>
        {streak()}
        <p class="settings-kept">{t!("settings.kept")}</p>
    }
}

fn select(place: &'static str, choice: Choice) -> impl IntoView {
    let Choice { name, words, values } = choice;
    let id = format!("settings-{place}-{name}");
    let now = current(name);
    let usual = values[0].0;
    let options: Vec<_> = values
        .into_iter()
        .map(|(value, words)| {
            let selected = value == now || now.is_empty() && value == usual;
            view! { <option value=value selected=selected>{words}</option> }
        })
        .collect();
    let changed = move |event: Targeted<Event, HtmlSelectElement>| {
        let value = event.target().value();
        choose(name, if value == usual { "" } else { &value });
    };
    view! {
        <label for=id.clone()>{words}</label>
        <select id=id data-setting=name on:change:target=changed>{options}</select>
    }
}

/// The theme: the same choice as the switch in the header, which applies and keeps it.
fn theme(place: &'static str) -> impl IntoView {
    let header = || document().query_selector("select[data-action=\"theme\"]").ok().flatten();
    let header = move || header().and_then(|select| select.dyn_into::<HtmlSelectElement>().ok());
    let now = current("theme");
    let options = [("system", t!("settings.system")), ("light", t!("settings.light")), ("dark", t!("settings.dark"))];
    let options: Vec<_> = options
        .into_iter()
        .map(|(value, words)| {
            let selected = value == now || now.is_empty() && value == "system";
            view! { <option value=value selected=selected>{words}</option> }
        })
        .collect();
    let changed = move |event: Targeted<Event, HtmlSelectElement>| {
        let Some(select) = header() else { return };
        select.set_value(&event.target().value());
        let init = web_sys::EventInit::new();
        init.set_bubbles(true);
        if let Ok(event) = Event::new_with_event_init_dict("change", &init) {
            // The header's switch hears it as if it had been used.
            let _ = select.dispatch_event(&event);
        }
    };
    let id = format!("settings-{place}-theme");
    view! {
        <label for=id.clone()>{t!("settings.theme")}</label>
        <select id=id data-setting="theme" on:change:target=changed>{options}</select>
    }
}

/// The switch of the streak, which is part of the progress.
fn streak() -> impl IntoView {
    let standing = progress::standing();
    let on = move || standing.with(|standing| standing.choice("streak") != Some("off"));
    let changed = move |event: Targeted<Event, HtmlInputElement>| {
        let value = if event.target().checked() { "on" } else { "off" };
        progress::record(Kind::Chose { what: "streak".into(), value: value.into() });
    };
    view! {
        <label class="settings-switch">
            <input type="checkbox" data-setting="streak" prop:checked=on on:change:target=changed/>
            <span>{t!("settings.streak")}</span>
        </label>
    }
}

/// The switch of the single-key shortcuts.
pub fn keys_switch() -> impl IntoView {
    let changed = |event: Targeted<Event, HtmlInputElement>| {
        choose("keys", if event.target().checked() { "" } else { "off" });
    };
    view! {
        <label class="settings-switch">
            <input type="checkbox" data-setting="keys" prop:checked=current("keys") != "off" on:change:target=changed/>
            <span>{t!("settings.keys")}</span>
        </label>
    }
}

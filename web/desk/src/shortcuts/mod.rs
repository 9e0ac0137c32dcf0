//! Shortcuts: what the keys that `boot.js` hears do, and the sheet that lists them.

use crate::{dialog::Dialog, search};
use kit::{address, t};
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// The event of a single key that was pressed outside any field.
pub const KEY: &str = "glassbox-key";
/// How long after `g` the second key may come.
const SECOND_KEY_MS: f64 = 1500.0;

/// Where `g` and another key lead, and the words for it.
fn places() -> [(&'static str, &'static str, &'static str); 6] {
    [
        ("h", "./", t!("shortcuts.home")),
        ("l", "learn/", t!("shortcuts.learn")),
        ("p", "paths/", t!("shortcuts.paths")),
        ("m", "models/", t!("shortcuts.models")),
        ("e", "engine/", t!("shortcuts.engine")),
        ("w", "glossary/", t!("shortcuts.glossary")),
    ]
}

thread_local! {
    /// When `g` was pressed.
    static G_AT: Cell<f64> = const { Cell::new(f64::NEG_INFINITY) };
}

/// Does what a key stands for.
pub fn pressed(key: &str) {
    let now = window().performance().map_or(0.0, |clock| clock.now());
    let after_g = now - G_AT.replace(f64::NEG_INFINITY) < SECOND_KEY_MS;
    if after_g && let Some((_, path, _)) = places().iter().find(|(of, _, _)| *of == key) {
        return search::follow(&address::absolute(path));
    }
    match key {
        "g" => G_AT.set(now),
        "n" => click(".lesson-nav a[rel=\"next\"]"),
        "p" => click(".lesson-nav a[rel=\"prev\"]"),
        "r" => run_lab(),
        _ => {}
    }
}

fn click(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector)
        && let Ok(element) = element.dyn_into::<HtmlElement>()
    {
        element.click();
    }
}

/// Clicks the main button of the lab that fills most of the window.
fn run_lab() {
    let Ok(labs) = document().query_selector_all(".lab-slot") else { return };
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    let labs = (0..labs.length()).filter_map(|at| labs.item(at)?.dyn_into::<Element>().ok());
    let seen = labs.map(|lab| {
        let around = lab.get_bounding_client_rect();
        (around.bottom().min(height) - around.top().max(0.0), lab)
    });
    let best = seen.filter(|(seen, _)| *seen > 0.0).max_by(|(one, _), (other, _)| one.total_cmp(other));
    let button = best.and_then(|(_, lab)| lab.query_selector("button.primary:not(:disabled)").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        // What runs has the focus, so that Space stops or repeats it.
        let _ = button.focus();
        button.click();
    }
}

/// The sheet as a dialog.
#[component]
pub fn ShortcutsDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Dialog name="shortcuts" title=t!("shortcuts.title") open>
            {sheet()}
        </Dialog>
    }
}

/// Every shortcut, and the switch for those of a single key.
pub fn sheet() -> impl IntoView {
    let row = |keys: &[&'static str], words: &'static str| {
        let keys: Vec<_> = keys.iter().map(|key| view! { <kbd>{*key}</kbd>" " }).collect();
        view! {
            <tr>
                <td>{keys}</td>
                <th scope="row">{words}</th>
            </tr>
        }
    };
    let places: Vec<_> = places().into_iter().map(|(key, _, words)| row(&["g", key], words)).collect();
    view! {
        <table class="shortcuts">
            <thead><tr><th scope="col">{t!("shortcuts.keys")}</th><th scope="col">{t!("shortcuts.does")}</th></tr></thead>
            <tbody>
                {row(&["Ctrl+K"], t!("shortcuts.search"))}
                {row(&["/"], t!("shortcuts.search"))}
                {row(&["?"], t!("shortcuts.sheet"))}
                {row(&["n"], t!("shortcuts.next"))}
                {row(&["p"], t!("shortcuts.previous"))}
                {row(&["r"], t!("shortcuts.run"))}
                {places}
            </tbody>
        </table>
        {crate::settings::keys_switch()}
    }
}

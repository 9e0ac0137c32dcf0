//! A listing in several languages. The choice of language is one for all listings, and is remembered.

use super::html;
use kit::{
    places::{self, Life},
    store, t,
};
use leptos::{ev, mount::mount_to, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// One algorithm in several languages.
struct Listing {
    /// The figure's id.
    id: String,
    /// What it computes, as HTML.
    caption: String,
    /// One per language.
    panels: Vec<Panel>,
}

/// One language of a listing.
struct Panel {
    /// Such as `rust`.
    lang: String,
    /// Such as "Rust".
    label: String,
    /// The listing and its notes, as HTML.
    html: String,
}

/// Gives every prerendered listing its tabs once the reader is near it.
pub fn watch() {
    places::watch("[data-block=\"tabs\"]", true, fill);
}

fn fill(figure: &HtmlElement) -> Option<Life> {
    let listing = read(figure);
    figure.replace_children_with_node_0();
    Some(Box::new(mount_to(figure.clone(), || code_tabs(listing).into_any())))
}

fn read(figure: &Element) -> Listing {
    let mut listing = Listing { id: figure.id(), caption: String::new(), panels: Vec::new() };
    for part in children(figure) {
        let Some(lang) = part.get_attribute("data-lang") else {
            if part.tag_name() == "FIGCAPTION" {
                listing.caption = part.inner_html();
            }
            continue;
        };
        // The heading names the language for readers without tabs; here the tab does.
        let html = children(&part).iter().filter(|child| !is_heading(child)).map(Element::outer_html).collect();
        let label = part.get_attribute("data-label").unwrap_or_else(|| lang.clone());
        listing.panels.push(Panel { lang, label, html });
    }
    listing
}

fn is_heading(element: &Element) -> bool {
    matches!(element.tag_name().as_str(), "H1" | "H2" | "H3" | "H4" | "H5" | "H6")
}

fn children(element: &Element) -> Vec<Element> {
    let list = element.children();
    (0..list.length()).filter_map(|index| list.item(index)).filter_map(|child| child.dyn_into().ok()).collect()
}

thread_local! {
    static LANGUAGE: ArcRwSignal<Option<String>> = ArcRwSignal::new(None);
}

/// The language chosen last, loaded from the store at the first listing.
fn language() -> ArcRwSignal<Option<String>> {
    let signal = LANGUAGE.with(ArcRwSignal::clone);
    if signal.get_untracked().is_none() {
        let loaded = signal.clone();
        spawn_local(async move {
            if let Ok(Some(lang)) = store::get("settings", "language").await {
                loaded.set(Some(lang));
            }
        });
    }
    signal
}

fn choose(lang: String) {
    LANGUAGE.with(ArcRwSignal::clone).set(Some(lang.clone()));
    spawn_local(async move {
        // Not remembered is no reason to interrupt the reader.
        let _ = store::put("settings", "language", &lang).await;
    });
}

/// Draws a listing with one tab for each language.
fn code_tabs(listing: Listing) -> impl IntoView {
    let Listing { id, caption, panels } = listing;
    let langs: Vec<String> = panels.iter().map(|panel| panel.lang.clone()).collect();
    let known = langs.clone();
    let wanted = language();
    let current = Memo::new(move |_| {
        let wanted = wanted.get();
        known.iter().position(|lang| Some(lang) == wanted.as_ref()).unwrap_or(0)
    });
    let langs = StoredValue::new(langs);
    let tab_id = |id: &str, lang: &str| format!("{id}-tab-{lang}");
    let panel_id = |id: &str, lang: &str| format!("{id}-panel-{lang}");

    let on_key = move |event: ev::KeyboardEvent| {
        let last = langs.with_value(Vec::len).saturating_sub(1);
        let now = current.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => {
                if now == last {
                    0
                } else {
                    now + 1
                }
            }
            "ArrowLeft" => {
                if now == 0 {
                    last
                } else {
                    now - 1
                }
            }
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        choose(langs.with_value(|langs| langs[next].clone()));
        focus_tab(&event, next);
    };

    let tabs: Vec<_> = panels
        .iter()
        .enumerate()
        .map(|(index, panel)| {
            let lang = panel.lang.clone();
            let selected = move || current.get() == index;
            view! {
                <button
                    type="button"
                    role="tab"
                    class="tab"
                    id=tab_id(&id, &panel.lang)
                    aria-controls=panel_id(&id, &panel.lang)
                    aria-selected=move || selected().to_string()
                    tabindex=move || if selected() { "0" } else { "-1" }
                    on:click=move |_| choose(lang.clone())
                >
                    {panel.label.clone()}
                </button>
            }
        })
        .collect();
    let bodies: Vec<_> = panels
        .into_iter()
        .enumerate()
        .map(|(index, Panel { lang, html, .. })| {
            view! {
                <div
                    role="tabpanel"
                    class="code-panel"
                    data-lang=lang.clone()
                    id=panel_id(&id, &lang)
                    aria-labelledby=tab_id(&id, &lang)
                    hidden=move || current.get() != index
                    on:mouseover=|event| point_at_line(&event)
                    on:focusin=|event| point_at_line(&event)
                    on:mouseleave=|event| point_at_line(&event)
                >
                    {html::body("code-panel-body", html)}
                </div>
            }
        })
        .collect();
    view! {
        <figcaption>{html::inline("code-caption", caption)}</figcaption>
        <div class="tab-list" role="tablist" aria-label=t!("page.language") on:keydown=on_key>
            {tabs}
        </div>
        {bodies}
    }
}

fn focus_tab(event: &ev::KeyboardEvent, index: usize) {
    let list = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    let tab = list.and_then(|list| list.children().item(index as u32));
    if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<HtmlElement>().ok()) {
        // A tab that exists can be focused.
        let _ = tab.focus();
    }
}

/// Lights up the line that the note under the pointer is about.
fn point_at_line(event: &web_sys::Event) {
    let Some(panel) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    if let Ok(Some(lit)) = panel.query_selector(".line.lit") {
        // Removing a class that is there cannot fail.
        let _ = lit.class_list().remove_1("lit");
    }
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let note = target.and_then(|target| target.closest(".line-notes li").ok().flatten());
    let number = note.and_then(|note| note.get_attribute("value"));
    // The number comes from the page itself, but only digits may become part of a selector.
    let number = number.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    if let Some(number) = number
        && let Ok(Some(line)) = panel.query_selector(&format!(".line[data-line=\"{number}\"]"))
    {
        let _ = line.class_list().add_1("lit");
    }
}

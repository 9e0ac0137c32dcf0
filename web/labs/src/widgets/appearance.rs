//! Colours for canvases, read from the style sheet, and the signal that they have changed.

use super::colour::Rgb;
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{MutationObserver, MutationObserverInit};

thread_local! {
    // Lives as long as the page: it is watched by whichever canvases there are.
    static CHANGES: ArcRwSignal<u32> = watch();
    static COLOURS: RefCell<Vec<(&'static str, Rgb)>> = const { RefCell::new(Vec::new()) };
}

/// Counts the changes of theme, window size and pixel density; to watch.
pub fn changes() -> ArcReadSignal<u32> {
    CHANGES.with(ArcRwSignal::read_only)
}

/// The colour a custom property such as `--fg` stands for in the theme that is shown.
pub fn colour(property: &'static str) -> Rgb {
    if let Some((_, known)) = COLOURS.with_borrow(|known| known.iter().find(|(name, _)| *name == property).copied()) {
        return known;
    }
    let found = read(property).unwrap_or(Rgb(128, 128, 128));
    COLOURS.with_borrow_mut(|colours| colours.push((property, found)));
    found
}

/// Asks the browser, through an element that is not shown: a custom property alone reads as written,
/// `light-dark(…)` and all.
fn read(property: &str) -> Option<Rgb> {
    let body = document().body()?;
    let probe: web_sys::HtmlElement = document().create_element("span").ok()?.unchecked_into();
    probe.set_hidden(true);
    probe.style().set_property("color", &format!("var({property})")).ok()?;
    body.append_child(&probe).ok()?;
    let style = window().get_computed_style(&probe).ok()?;
    let shown = style.and_then(|style| style.get_property_value("color").ok());
    probe.remove();
    Rgb::parse(&shown?)
}

fn watch() -> ArcRwSignal<u32> {
    let signal = ArcRwSignal::new(0);
    let changed = signal.clone();
    let listener = Closure::<dyn Fn()>::new(move || {
        COLOURS.with_borrow_mut(Vec::clear);
        changed.update(|n| *n += 1);
    });
    let function: &js_sys::Function = listener.as_ref().unchecked_ref();
    // Without one of these a canvas only keeps its colours until the next redraw.
    let _ = window().add_event_listener_with_callback("resize", function);
    if let Ok(Some(media)) = window().match_media("(prefers-color-scheme: dark)") {
        let _ = media.add_event_listener_with_callback("change", function);
    }
    if let (Ok(observer), Some(root)) = (MutationObserver::new(function), document().document_element()) {
        let options = MutationObserverInit::new();
        options.set_attributes(true);
        options.set_attribute_filter(&js_sys::Array::of1(&"data-theme".into()));
        let _ = observer.observe_with_options(&root, &options);
    }
    listener.forget();
    signal
}

/// Whether the reader has asked for less motion.
pub fn is_calm() -> bool {
    matches!(window().match_media("(prefers-reduced-motion: reduce)"), Ok(Some(media)) if media.matches())
}

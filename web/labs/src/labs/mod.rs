//! The labs that lessons and pages can embed.
//!
//! To add one: make a folder here with `Knobs`, a `Lab` component and a `lab.css`, and add its line
//! to [`labs!`].

mod knobs;

use kit::{places::Life, t, wire};
use leptos::{mount::mount_to, prelude::*};
use serde::{Deserialize, de::DeserializeOwned};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Declares each lab's module and everything that must know the whole list.
macro_rules! labs {
    ($($name:literal => $module:ident),* $(,)?) => {
        $(mod $module;)*

        /// The lab called `name`, its knobs set as the lesson asks.
        ///
        /// # Errors
        /// A sentence for the author of the lesson.
        pub fn view(name: &str, knobs: &str) -> Result<AnyView, String> {
            match name {
                $($name => parse(knobs).map(|knobs| view! { <$module::Lab knobs/> }.into_any()),)*
                _ => Err(t!("lab.no_lab_named", name = name)),
            }
        }
    };
}

labs! {
    "architecture" => architecture,
    "attention" => attention,
    "attention-cost" => attention_cost,
    "backprop" => backprop,
    "block" => block,
    "board" => board,
    "chat" => chat,
    "complete" => complete,
    "edge" => edge,
    "compress" => compress,
    "distil" => distil,
    "embeddings" => embeddings,
    "engine" => engine,
    "export" => export,
    "families" => families,
    "formats" => formats,
    "intervene" => intervene,
    "lora" => lora,
    "matmul" => matmul,
    "positions" => positions,
    "prune" => prune,
    "quantize" => quantize,
    "sampling" => sampling,
    "sentences" => sentences,
    "models" => models,
    "tokenizer" => tokenizer,
    "train" => train,
}

/// In the context of a lab that a link or an exercise has set up: its settings count more than what stood there.
#[derive(Debug, Clone, Copy)]
pub struct Asked;

thread_local! {
    /// Lives as long as the document. Every lab's owner is its child, so that what outlives a lab, such as a training,
    /// can belong to it.
    static DOCUMENT: Owner = Owner::new();
}

/// Has a prerendered place for a lab come alive: as the lesson sets it, or as a link or an exercise asks for.
pub fn fill(place: &HtmlElement) -> Option<Life> {
    crate::engine::warm();
    let take = |name: &str| {
        let value = place.get_attribute(name);
        // Taking away what may not be there cannot fail.
        let _ = place.remove_attribute(name);
        value
    };
    let (name, knobs) = (take("data-lab").unwrap_or_default(), take("data-knobs").unwrap_or_default());
    // An exercise may have asked before the lab was there.
    let asked = take("data-asked").or_else(|| shared(&name));
    let _ = place.set_attribute("data-lab-place", &name);
    place.replace_children_with_node_0();
    let own = place.clone();
    let mount = || mount_to(place.clone(), move || in_place(own, name, knobs, asked));
    Some(Box::new(DOCUMENT.with(|document| document.with(mount))))
}

fn in_place(place: HtmlElement, name: String, knobs: String, asked: Option<String>) -> AnyView {
    let asked = RwSignal::new(asked);
    let own = name.clone();
    let heard = wire::hear(wire::SET, move |detail| {
        let Ok(set) = serde_json::from_str::<Request>(&detail) else { return };
        // The first lab of that name on the page is meant.
        let first = document().query_selector(&format!("[data-lab-place=\"{own}\"]")).ok().flatten();
        if set.lab != own || first.is_none_or(|first| first != *place.unchecked_ref::<web_sys::Element>()) {
            return;
        }
        asked.set(Some(set.knobs));
        place.scroll_into_view();
    });
    // Listens as long as the place is there: disposing of the value ends it.
    let _heard = StoredValue::new_local(heard);
    let lab = move || {
        let asked = asked.get();
        if asked.is_some() {
            provide_context(Asked);
        }
        view(&name, asked.as_ref().unwrap_or(&knobs))
            .unwrap_or_else(|fault| view! { <p class="lab-error" role="alert">{fault}</p> }.into_any())
    };
    lab.into_any()
}

/// What a link, an exercise or a teacher asks a lab to be.
#[derive(Deserialize)]
struct Request {
    lab: String,
    knobs: String,
}

/// What a shared link asks of the lab called `name`: `boot.js` has unpacked it into the root's `data-shared`.
fn shared(name: &str) -> Option<String> {
    let state = document().document_element()?.get_attribute("data-shared")?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut meant = false;
    for (key, value) in form_urlencoded::parse(state.as_bytes()) {
        match &*key {
            "lab" => meant = value == name,
            // The teacher's part is not the lab's.
            key if key.starts_with('_') => {}
            key => drop(query.append_pair(key, &value)),
        }
    }
    meant.then(|| query.finish())
}

fn parse<K: DeserializeOwned>(knobs: &str) -> Result<K, String> {
    knobs::parse(knobs).map_err(|error| t!("lab.settings_do_not_fit", knobs = knobs, error = error))
}

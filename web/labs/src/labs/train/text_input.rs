//! Choosing the text to train on: a shipped one, a pasted one, or a file. Whatever is wrong with a new
//! text is said before anything is sent, and the text chosen before stays.

use kit::t;
use super::{
    presets::Settings,
    session::{Session, TrainingText},
    text_checks,
};
use crate::{address, widgets::lines::number};
use gloo::{file::futures::read_as_bytes, net::http::Request};
use leptos::{ev, html, prelude::*, task::spawn_local};
use serde::Deserialize;
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// One shipped text, as `data/index.json` lists it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Shipped {
    id: String,
    title: String,
    author: String,
    year: i32,
    file: String,
    bytes: f64,
}

/// The text to begin with.
#[derive(Debug, Clone)]
pub struct First {
    /// The id of a shipped one; empty is the first one.
    pub id: String,
    /// A text of somebody's own, in place of a shipped one.
    pub own: String,
    /// It takes the place of one that is chosen already.
    pub asked: bool,
}

/// Draws the choice of a text.
#[component]
pub fn TextInput(
    /// Where the text goes.
    session: Session,
    /// The text to begin with.
    first: First,
) -> impl IntoView {
    let shipped = RwSignal::new(Vec::<Shipped>::new());
    let trouble = RwSignal::new(None::<String>);
    let draft = RwSignal::new(String::new());
    let busy = move || session.phase.get().is_busy();

    let take = move |name: String, text: String, shipped: String| match text_checks::check(&text) {
        Ok(facts) => {
            trouble.set(None);
            session.text.set(Some(Arc::new(TrainingText { name, text, facts, shipped })));
        }
        Err(why) => trouble.set(Some(why)),
    };
    // A text that comes late does not take the place of one that was chosen meanwhile.
    let fetch = move |entry: Shipped| {
        let before = session.text.get_untracked();
        spawn_local(async move {
            match download(&entry.file).await {
                Ok(_) if session.text.get_untracked() != before => {}
                Ok(text) => take(entry.title, text, entry.id),
                Err(why) => drop(trouble.try_set(Some(why))),
            }
        });
    };
    let open = move |file: web_sys::File| {
        if let Err(why) = text_checks::check_size(file.size()) {
            return trouble.set(Some(why));
        }
        spawn_local(async move {
            match read(&file).await {
                Ok(text) => take(file.name(), text, String::new()),
                Err(why) => drop(trouble.try_set(Some(why))),
            }
        });
    };
    let First { id, own, asked } = first;
    let asked = asked && !busy();
    let own = (!own.is_empty() && (asked || session.text.with_untracked(Option::is_none))).then_some(own);
    let wanted = own.is_none() && ((asked && !id.is_empty()) || session.text.with_untracked(Option::is_none));
    if let Some(own) = own {
        take(t!("train.text").to_owned(), own, String::new());
    }
    spawn_local(async move {
        match list().await {
            Ok(all) => {
                let begin = all.iter().find(|entry| entry.id == id).or(all.first()).cloned();
                if shipped.try_set(all).is_none() && wanted
                    && let Some(entry) = begin
                {
                    fetch(entry);
                }
            }
            Err(why) => drop(trouble.try_set(Some(why))),
        }
    });

    let choose = move |id: String| {
        if let Some(entry) = shipped.with_untracked(|all| all.iter().find(|entry| entry.id == id).cloned()) {
            fetch(entry);
        }
    };
    let picker = NodeRef::<html::Input>::new();
    let picked = move |_| {
        let Some(input) = picker.get() else { return };
        let file = input.files().and_then(|files| files.get(0));
        // The same file may be picked again after it was changed.
        input.set_value("");
        if let Some(file) = file {
            open(file);
        }
    };
    let over = RwSignal::new(false);
    let dropped = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        let file = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0));
        if let Some(file) = file.filter(|_| !busy()) {
            open(file);
        }
    };
    let options = move || {
        let name = session.text.with(|text| text.as_ref().map(|text| text.name.clone())).unwrap_or_default();
        let all = shipped.get();
        let own = (!all.iter().any(|entry| entry.title == name))
            .then(|| view! { <option value="" selected=true disabled=true>{if name.is_empty() { "…".to_owned() } else { name.clone() }}</option> });
        let listed: Vec<_> = all
            .into_iter()
            .map(|entry| {
                let size = entry.bytes / 1e3;
                let label = format!("{}, {}, {} ({size:.0} kB)", entry.title, entry.author, entry.year);
                view! { <option value=entry.id selected=entry.title == name>{label}</option> }
            })
            .collect();
        view! { {own} {listed} }
    };
    view! {
        <fieldset
            class="train-text"
            class:over=move || over.get()
            on:dragover=move |event: ev::DragEvent| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=dropped
        >
            <legend>{t!("train.1_text")}</legend>
            <label class="field">
                <span>{t!("train.public_domain_text")}</span>
                <select data-field="text" disabled=busy on:change:target=move |e| choose(e.target().value())>{options}</select>
            </label>
            <label class="field">
                <span>{t!("train.or_file_yours")}</span>
                <input node_ref=picker type="file" accept=".txt,.md,text/plain,text/markdown" disabled=busy on:change=picked/>
            </label>
            <details class="paste">
                <summary>{t!("train.or_paste_text")}</summary>
                <label class="field">
                    <span>{t!("train.text")}</span>
                    <textarea
                        rows="5"
                        data-field="paste"
                        spellcheck="false"
                        prop:value=draft
                        on:input:target=move |e| draft.set(e.target().value())
                    ></textarea>
                </label>
                <button
                    type="button"
                    data-action="use-text"
                    disabled=busy
                    on:click=move |_| take(t!("train.text").to_owned(), draft.get_untracked(), String::new())
                >
                    {t!("train.use_text")}
                </button>
            </details>
            <p class="train-error" role="alert" data-text-error="" hidden=move || trouble.with(Option::is_none)>{move || trouble.get()}</p>
            <Facts session/>
        </fieldset>
    }
}

/// Says how large the text is, and whether that is enough.
#[component]
fn Facts(
    /// Whose text.
    session: Session,
) -> impl IntoView {
    let facts = move || {
        let text = session.text.get()?;
        let settings: Settings = session.settings.get();
        let parameters = settings.config(text.facts.distinct).parameters();
        let enough = text_checks::enough(settings.tokens(text.facts.characters), parameters);
        let (characters, distinct) = (number(text.facts.characters as f64), text.facts.distinct);
        Some(view! {
            <p class="train-facts" data-characters=text.facts.characters.to_string()>
                <b>{text.name.clone()}</b> ": " {characters} " " {t!("train.characters")} " " {distinct} " " {t!("train.different_ones")} " " {enough}
            </p>
        })
    };
    view! { <div aria-live="polite">{facts}</div> }
}

async fn list() -> Result<Vec<Shipped>, String> {
    let text = download("index.json").await?;
    serde_json::from_str(&text).map_err(|_| t!("train.list_texts_could").into())
}

async fn download(file: &str) -> Result<String, String> {
    let failed = || t!("train.could_not_be_loaded", file = file);
    let response = Request::get(&address::absolute(&format!("data/{file}"))).send().await.map_err(|_| failed())?;
    if !response.ok() {
        return Err(failed());
    }
    response.text().await.map_err(|_| failed())
}

/// A file as text; refused if any byte of it is not UTF-8.
async fn read(file: &web_sys::File) -> Result<String, String> {
    let blob = gloo::file::Blob::from(file.clone().unchecked_into::<web_sys::Blob>());
    let bytes = read_as_bytes(&blob)
        .await
        .map_err(|_| t!("train.could_not_be", file = file.name()))?;
    text_checks::looks_like_text(&bytes)?;
    // A mark of the byte order at the beginning is no part of the text.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    String::from_utf8(bytes.to_vec()).map_err(|_| text_checks::binary())
}

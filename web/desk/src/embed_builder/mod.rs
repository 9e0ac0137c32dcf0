//! The page “Embed a lab”: choose a lab and its looks, see it as a reader of your page will, copy the snippet.

mod snippet;

use crate::slots::Slot;
use gloo::net::http::Request;
use kit::{address, t};
use leptos::{prelude::*, task::spawn_local};
use serde::Deserialize;
use snippet::{Choice, Form};
use wasm_bindgen_futures::JsFuture;

/// A lab that can be embedded, as `embeds.json` lists it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Embed {
    lab: String,
    title: String,
    summary: String,
    height: u32,
}

async fn fetch() -> Option<Vec<Embed>> {
    let response = Request::get(&address::absolute("embeds.json")).send().await.ok()?;
    if response.ok() { response.json().await.ok() } else { None }
}

/// Draws the builder once the list is there.
pub fn part(_: Slot) -> AnyView {
    let found = RwSignal::new(None::<Option<Vec<Embed>>>);
    spawn_local(async move {
        let list = fetch().await;
        found.try_set(Some(list));
    });
    view! {
        <div class="embed-builder">
            {move || match found.get() {
                None => view! { <p role="status">{t!("embed.loading")}</p> }.into_any(),
                Some(None) => view! { <p role="alert">{t!("embed.unlisted")}</p> }.into_any(),
                Some(Some(list)) => builder(list),
            }}
        </div>
    }
    .into_any()
}

fn builder(list: Vec<Embed>) -> AnyView {
    let chosen = RwSignal::new(list.first().map(|embed| embed.lab.clone()).unwrap_or_default());
    let theme = RwSignal::new(String::new());
    let lang = RwSignal::new(String::new());
    let knobs = RwSignal::new(String::new());
    let strict = RwSignal::new(false);
    let form = RwSignal::new(Form::Element);
    let told = RwSignal::new("");
    let list = StoredValue::new(list);
    let embed = Memo::new(move |_| {
        let name = chosen.get();
        list.with_value(|list| list.iter().find(|embed| embed.lab == name).cloned())
    });
    let choice = Memo::new(move |_| {
        let embed = embed.get();
        Choice {
            site: address::absolute("./"),
            lab: chosen.get(),
            title: embed.as_ref().map(|embed| embed.title.clone()).unwrap_or_default(),
            height: embed.map_or(640, |embed| embed.height),
            theme: theme.get(),
            lang: lang.get(),
            knobs: knobs.get().trim().trim_start_matches('?').to_owned(),
            strict: strict.get(),
        }
    });
    let code = Memo::new(move |_| choice.with(|choice| choice.snippet(form.get())));
    let copy = move |_| {
        let text = code.get_untracked();
        spawn_local(async move {
            let copied = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
            told.try_set(if copied.is_ok() { t!("embed.copied") } else { t!("embed.uncopied") });
        });
    };
    let labs: Vec<_> = list.with_value(|list| {
        let option = |embed: &Embed| view! { <option value=embed.lab.clone()>{embed.title.clone()}</option> };
        list.iter().map(option).collect()
    });
    let radio = move |which: Form, words: &'static str| {
        view! {
            <label class="embed-form"><input type="radio" name="embed-form" prop:checked=move || form.get() == which on:change=move |_| form.set(which)/>{words}</label>
        }
    };
    view! {
        <div class="embed-fields">
            <label>{t!("embed.lab")}<select data-field="lab" on:change=move |event| chosen.set(event_target_value(&event))>{labs}</select></label>
            <label>{t!("embed.theme")}
                <select data-field="theme" on:change=move |event| theme.set(event_target_value(&event))>
                    <option value="">{t!("embed.theme.system")}</option>
                    <option value="light">{t!("embed.theme.light")}</option>
                    <option value="dark">{t!("embed.theme.dark")}</option>
                </select>
            </label>
            <label>{t!("embed.lang")}
                <select data-field="lang" on:change=move |event| lang.set(event_target_value(&event))>
                    <option value="">{t!("embed.lang.usual")}</option>
                    <option value="en" lang="en">"English"</option>
                    <option value="de" lang="de">"Deutsch"</option>
                </select>
            </label>
            <label class="embed-wide">{t!("embed.knobs")}<input type="text" data-field="knobs" aria-describedby="embed-knobs-hint"
                prop:value=knobs on:change=move |event| knobs.set(event_target_value(&event))/></label>
            <p id="embed-knobs-hint" class="embed-hint embed-wide">{t!("embed.knobs.hint")}</p>
            <label class="embed-form embed-wide"><input type="checkbox" data-field="strict" prop:checked=strict on:change=move |event| strict.set(event_target_checked(&event))/>{t!("embed.strict")}</label>
        </div>
        <fieldset class="embed-forms">
            <legend>{t!("embed.form")}</legend>
            {radio(Form::Element, t!("embed.form.element"))}
            {radio(Form::Frame, t!("embed.form.frame"))}
        </fieldset>
        <pre class="embed-snippet" tabindex="0" role="region" aria-label=t!("embed.snippet") data-output="snippet">{code}</pre>
        <p class="embed-copy"><button type="button" class="primary" data-action="copy" on:click=copy>{t!("embed.copy")}</button> <span role="status">{told}</span></p>
        <h2>{t!("embed.preview")}</h2>
        <p>{move || embed.get().map(|embed| embed.summary)}</p>
        {move || {
            let choice = choice.get();
            view! {
                <iframe class="embed-preview" data-output="preview" src=choice.address() title=choice.title.clone() height=choice.height.to_string()
                    sandbox=choice.sandbox()></iframe>
            }
        }}
    }
    .into_any()
}

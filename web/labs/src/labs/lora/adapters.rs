//! One model, several adapters: putting one on, writing, and taking it off again.

use super::{Knobs, results::Results};
use crate::{engine, picked::Picked};
use engine_core::jobs::adapt::{Method, Tried, TryAdapter};
use kit::t;
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

/// Tokens that are written.
const TOKENS: u32 = 60;
/// Larger files are refused before they are read.
const MOST_BYTES: f64 = 64e6;

/// Which adapter is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    Nothing,
    Of(Method),
    File,
}

/// Draws the choice of an adapter, the text to go on from, and what is written.
#[component]
pub fn TryOn(
    /// The model.
    picked: Picked,
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// What the runs have shown.
    results: RwSignal<Results>,
    /// Whether a run is under way.
    busy: Signal<bool>,
) -> impl IntoView {
    let on = RwSignal::new(On::Nothing);
    let file = RwSignal::new(None::<(String, Vec<u8>)>);
    let (says, written, writing) = (RwSignal::new(String::new()), RwSignal::new(None::<Tried>), RwSignal::new(false));
    let adapter = move || match on.get_untracked() {
        On::Nothing => Some(None),
        On::Of(method) => results.with_untracked(|results| results.end(method).map(|end| Some(end.adapter.clone()))),
        On::File => file.with_untracked(|file| file.as_ref().map(|(_, bytes)| Some(bytes.clone()))),
    };
    let write = move |_| {
        if writing.get_untracked() || busy.get_untracked() {
            return;
        }
        let (Some(model), Some(adapter)) = (untrack(|| picked.bytes()), adapter()) else { return };
        let (prompt, seed) = knobs.with_untracked(|knobs| (knobs.prompt.clone(), knobs.seed));
        writing.set(true);
        spawn_local(async move {
            let job = TryAdapter { model: model.to_vec(), adapter, prompt, tokens: TOKENS, seed };
            let told = engine::run(&job).await;
            writing.try_set(false);
            match told {
                Ok(tried) => {
                    says.try_set(match tried.rank {
                        0 => t!("lora.without").into(),
                        rank => t!("lora.with", rank = rank, alpha = tried.alpha, matrices = tried.matrices),
                    });
                    written.try_set(Some(tried));
                }
                Err(why) => {
                    written.try_set(None);
                    says.try_set(why.to_string());
                }
            }
        });
    };
    let take = move |event: leptos::ev::Event| {
        let input: web_sys::HtmlInputElement = event_target(&event);
        let Some(chosen) = input.files().and_then(|files| files.get(0)) else { return };
        // So that the same file can be chosen again.
        input.set_value("");
        let name = chosen.name();
        if chosen.size() > MOST_BYTES {
            return says.set(t!("lora.file_too_large", name = name));
        }
        spawn_local(async move {
            let Ok(buffer) = JsFuture::from(chosen.array_buffer()).await else {
                says.try_set(t!("lora.file_not_read", name = name));
                return;
            };
            says.try_set(t!("lora.file_loaded", name = name));
            file.try_set(Some((name, js_sys::Uint8Array::new(&buffer).to_vec())));
            on.try_set(On::File);
        });
    };
    let choice = move |which: On, label: Signal<String>, there: Signal<bool>| {
        view! {
            <label hidden=move || !there.get()>
                <input type="radio" name="lora-on" prop:checked=move || on.get() == which on:change=move |_| on.set(which)/>
                " " {label}
            </label>
        }
    };
    let of = move |method: Method| {
        let there = Signal::derive(move || results.with(|results| results.is_done(method)));
        choice(On::Of(method), Signal::derive(move || t!("lora.adapter_of", name = super::results::name(method))), there)
    };
    let file_name = Signal::derive(move || file.with(|file| file.as_ref().map_or(String::new(), |(name, _)| name.clone())));
    let prompt = move || knobs.with(|knobs| knobs.prompt.clone());
    view! {
        <p class="lab-caption">{t!("lora.swap")}</p>
        <div class="lora-choices" role="group" aria-label=t!("lora.which_adapter")>
            {choice(On::Nothing, Signal::derive(|| t!("lora.no_adapter").to_owned()), Signal::derive(|| true))}
            {of(Method::Lora)}
            {of(Method::Qlora)}
            {choice(On::File, file_name, Signal::derive(move || file.with(Option::is_some)))}
        </div>
        <label class="lab-field">
            <span>{t!("lora.load_adapter")}</span>
            <input type="file" accept=".safetensors" data-action="load" on:change=take/>
        </label>
        <label class="lab-field">
            <span>{t!("lora.prompt")}</span>
            <input
                type="text" maxlength="200" data-field="prompt" prop:value=prompt
                on:change:target=move |e| knobs.update(|knobs| knobs.prompt = e.target().value())
            />
        </label>
        <div class="lab-actions">
            <button type="button" data-action="write" aria-disabled=move || (writing.get() || busy.get()).to_string() on:click=write>
                {t!("lora.write")}
            </button>
        </div>
        <p class="lab-note" role="status" data-output="tried-says">{says}</p>
        <p class="lora-written" data-output="tried" hidden=move || written.with(Option::is_none)>
            {prompt} <b>{move || written.with(|written| written.as_ref().map(|tried| tried.text.clone()))}</b>
        </p>
    }
}

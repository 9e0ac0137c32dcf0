//! Asking the vectors: who is near a word, and which word completes an analogy.

use super::{Knobs, compare::Compare, learned::Learned};
use engine_core::word_vectors::{published::Published, space::Near};
use kit::t;
use leptos::prelude::*;
use std::sync::Arc;

/// So many words are offered in a list; every other one can be written.
const OFFERED: usize = 1_000;

/// One field for a word; the words that have vectors are offered.
#[component]
pub fn Word(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// For tests and links.
    field: &'static str,
    /// What it is called.
    label: &'static str,
    /// Reads it.
    get: fn(&Knobs) -> &String,
    /// Writes it.
    put: fn(&mut Knobs, String),
) -> impl IntoView {
    view! {
        <label class="embeddings-field">
            <span>{label}</span>
            <input
                type="text" data-field=field list="embeddings-words" autocomplete="off" autocapitalize="none" spellcheck="false"
                prop:value=move || knobs.with(|knobs| get(knobs).clone())
                on:input:target=move |e| knobs.update(|knobs| put(knobs, e.target().value()))
            />
        </label>
    }
}

/// Draws the neighbours of the chosen word.
#[component]
pub fn Neighbours(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// What is known.
    learned: RwSignal<Arc<Learned>>,
    /// The nearest words, best first.
    #[prop(into)]
    near: Signal<Vec<Near>>,
    /// The published vectors, once they were loaded.
    published: RwSignal<Option<Arc<Published>>>,
) -> impl IntoView {
    let words = Memo::new(move |_| learned.with(|learned| learned.words()));
    let offered = move || {
        let words = words.get();
        words.iter().take(OFFERED).map(|word| view! { <option value=word.clone()></option> }).collect::<Vec<_>>()
    };
    let missing = move || {
        let word = knobs.with(|knobs| knobs.word.clone());
        let unknown = learned.with(|learned| learned.id(&word).is_none());
        if unknown { t!("embeddings.no_vector", word = word) } else { String::new() }
    };
    let title = move || {
        let word = knobs.with(|knobs| knobs.word.clone());
        learned.with(|learned| match learned.id(&word) {
            None => String::new(),
            Some(_) if learned.is_published() => t!("embeddings.neighbours_published", word = word),
            Some(id) => t!("embeddings.neighbours_of", word = word, count = learned.count(id)),
        })
    };
    view! {
        <datalist id="embeddings-words">{offered}</datalist>
        <Word knobs field="word" label=t!("embeddings.word") get=|k| &k.word put=|k, word| k.word = word/>
        <p class="lab-note" role="status" hidden=move || missing().is_empty()>{missing}</p>
        <p class="embeddings-caption">{title}</p>
        <ol class="embeddings-near" data-output="near">
            {move || near.with(|near| rows(&words.get(), near))}
        </ol>
        <Show when=move || !learned.with(|learned| learned.is_published())>
            <Compare knobs published/>
        </Show>
    }
}

/// Words with their cosines as bars.
pub fn rows(words: &[String], near: &[Near]) -> Vec<impl IntoView + use<>> {
    let row = |near: &Near| {
        let word = words.get(near.word).cloned().unwrap_or_default();
        let share = f64::from(near.cosine.clamp(0.0, 1.0));
        view! {
            <li>
                <span>{word}</span>
                <meter min="0" max="1" value=share aria-hidden="true"></meter>
                <output>{format!("{:.2}", near.cosine)}</output>
            </li>
        }
    };
    near.iter().map(row).collect()
}

/// Draws `a : b :: c : ?`.
#[component]
pub fn Analogy(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// What is known.
    learned: RwSignal<Arc<Learned>>,
) -> impl IntoView {
    let found = Memo::new(move |_| {
        knobs.with(|knobs| learned.with(|learned| learned.analogy([&knobs.a, &knobs.b, &knobs.c], 3)))
    });
    let says = move || {
        let words = learned.with(|learned| learned.words());
        knobs.with(|Knobs { a, b, c, .. }| match found.get() {
            None => t!("embeddings.analogy_lacks").to_owned(),
            Some(near) => {
                let best = near.first().and_then(|near| words.get(near.word)).cloned().unwrap_or_default();
                t!("embeddings.analogy_says", a = a, b = b, c = c, best = best)
            }
        })
    };
    view! {
        <p class="embeddings-caption">{t!("embeddings.analogy")}</p>
        <div class="embeddings-analogy">
            <Word knobs field="a" label=t!("embeddings.a") get=|k| &k.a put=|k, word| k.a = word/>
            <Word knobs field="b" label=t!("embeddings.b") get=|k| &k.b put=|k, word| k.b = word/>
            <Word knobs field="c" label=t!("embeddings.c") get=|k| &k.c put=|k, word| k.c = word/>
        </div>
        <p class="embeddings-answer" role="status" data-output="analogy">{says}</p>
        <ol class="embeddings-near">
            {move || rows(&learned.with(|learned| learned.words()), &found.get().unwrap_or_default())}
        </ol>
    }
}

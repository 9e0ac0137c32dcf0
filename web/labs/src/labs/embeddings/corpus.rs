//! Which text the words are learned from: an invented one, a shipped one, or the learner's own.

use super::Knobs;
use crate::texts::{self, SHIPPED};
use engine_core::word_vectors::invented;
use kit::t;
use leptos::prelude::*;

/// The text that is made by rules.
pub const INVENTED: &str = "invented";
/// The learner's own text.
pub const OWN: &str = "own";
/// No text, but the vectors that others have learned from far more of it.
pub const PUBLISHED: &str = "published";
/// Sentences of the invented text: about 28,000 words.
const SENTENCES: usize = 4_000;
/// Fixes the invented text: it is the same for everybody.
const SEED: u64 = 1;

/// The text called `id`.
///
/// # Errors
/// A sentence that says what is missing and what to do.
pub async fn text(id: &str, own: &str) -> Result<String, String> {
    match id {
        INVENTED => Ok(invented::text(SENTENCES, SEED)),
        OWN if own.trim().is_empty() => Err(t!("embeddings.no_own_text").into()),
        OWN => Ok(own.to_owned()),
        id => match SHIPPED.iter().find(|(known, _)| *known == id) {
            Some((file, _)) => download(file).await,
            None => Err(t!("embeddings.no_such_text", id = id)),
        },
    }
}

/// Numbers per word and pairs to learn from that suit a text: a novel has more to learn than the invented one.
fn size_for(id: &str) -> (usize, u64) {
    if SHIPPED.iter().any(|(known, _)| *known == id) { (48, 3_000_000) } else { (24, 1_000_000) }
}

async fn download(file: &str) -> Result<String, String> {
    texts::download(file).await.ok_or_else(|| t!("embeddings.not_loaded", file = file))
}

/// Draws the choice of a text.
#[component]
pub fn Choice(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// Whether a run is under way.
    busy: Signal<bool>,
) -> impl IntoView {
    let named = [(INVENTED, t!("embeddings.invented"))].into_iter().chain(SHIPPED).chain([(OWN, t!("embeddings.own")), (PUBLISHED, t!("embeddings.published"))]);
    let options = named.map(|(id, title)| {
        let selected = move || knobs.with(|knobs| knobs.text == id);
        view! { <option value=id prop:selected=selected>{title}</option> }
    });
    let is = move |id: &'static str| knobs.with(|knobs| knobs.text == id);
    let choose = move |id: String| {
        knobs.update(|knobs| {
            // Nobody's own settings are touched: only those that stand where the lab put them.
            if (knobs.dim, knobs.steps) == size_for(&knobs.text) {
                (knobs.dim, knobs.steps) = size_for(&id);
            }
            knobs.text = id;
        });
    };
    let sample = invented::text(6, SEED);
    view! {
        <div class="embeddings-text">
            <label class="embeddings-field">
                <span>{t!("embeddings.text")}</span>
                <select data-field="text" disabled=busy on:change:target=move |e| choose(e.target().value())>
                    {options.collect::<Vec<_>>()}
                </select>
            </label>
            <details hidden=move || !is(INVENTED)>
                <summary>{t!("embeddings.first_sentences")}</summary>
                <p class="lab-note">{t!("embeddings.invented_how")}</p>
                <pre class="embeddings-sample" tabindex="0">{sample}</pre>
            </details>
            <p class="lab-note" hidden=move || !is(PUBLISHED)>{t!("embeddings.published_from")}</p>
            <label class="embeddings-field" hidden=move || !is(OWN)>
                <span>{t!("embeddings.paste_here")}</span>
                <textarea
                    rows="5" data-field="own" spellcheck="false" disabled=busy
                    prop:value=move || knobs.with(|knobs| knobs.own.clone())
                    on:input:target=move |e| knobs.update(|knobs| knobs.own = e.target().value())
                ></textarea>
            </label>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lab_begins_with_what_suits_its_text() {
        let first = Knobs::default();
        assert_eq!((first.dim, first.steps), size_for(&first.text));
    }
}

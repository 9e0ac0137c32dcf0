//! Which text is learned from or counted: a short first one, a shipped one, or the learner's own.

use super::Knobs;
use crate::texts::{self, SHIPPED};
use engine_core::{job::JobError, jobs::tokenize::Lesson, subwords::samples::FIRST_TEXT};
use kit::t;
use leptos::prelude::*;

/// The short text.
pub const FIRST: &str = "first";
/// The learner's own text.
pub const OWN: &str = "own";

/// The first `most` bytes of the text called `id`, cut at a character.
///
/// # Errors
/// A sentence that says what is missing and what to do.
pub async fn text(id: String, own: String, most: usize) -> Result<String, JobError> {
    let mut text = match id.as_str() {
        FIRST => FIRST_TEXT.to_owned(),
        OWN => own,
        id if SHIPPED.iter().any(|(known, _)| *known == id) => {
            texts::download(id).await.ok_or_else(|| JobError::Invalid(t!("tokenizer.text_not_loaded").into()))?
        }
        id => return Err(JobError::Invalid(t!("tokenizer.no_such_text", id = id))),
    };
    text.truncate(text.floor_char_boundary(most));
    Ok(text)
}

/// So much of a text is learned from: enough for a thousand merges, and quick.
pub const LEARNED: usize = 60_000;
/// So much of a text is counted.
pub const COUNTED: usize = Lesson::MOST;

/// Draws the choice of a text.
#[component]
pub fn Source(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
) -> impl IntoView {
    let all = [(FIRST, t!("tokenizer.first_text"))].into_iter().chain(SHIPPED).chain([(OWN, t!("tokenizer.own_text"))]);
    let options = all.map(|(id, title)| {
        let selected = move || knobs.with(|knobs| knobs.text == id);
        view! { <option value=id prop:selected=selected>{title}</option> }
    });
    let is = move |id: &'static str| knobs.with(|knobs| knobs.text == id);
    view! {
        <div class="tokenizer-source">
            <label class="tokenizer-field">
                <span>{t!("tokenizer.text")}</span>
                <select data-field="text" on:change:target=move |e| knobs.update(|k| (k.text, k.step) = (e.target().value(), None))>
                    {options.collect::<Vec<_>>()}
                </select>
            </label>
            <details hidden=move || !is(FIRST)>
                <summary>{t!("tokenizer.show_text")}</summary>
                <p class="tokenizer-sample">{FIRST_TEXT}</p>
            </details>
            <label class="tokenizer-field" hidden=move || !is(OWN)>
                <span>{t!("tokenizer.paste_here")}</span>
                <textarea
                    rows="5" data-field="own" spellcheck="false" prop:value=move || knobs.with(|knobs| knobs.own.clone())
                    on:change:target=move |e| knobs.update(|k| (k.own, k.step) = (e.target().value(), None))
                ></textarea>
            </label>
        </div>
    }
}

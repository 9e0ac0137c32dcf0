//! What the tokenizers are called, and the choice of one.

use engine_core::jobs::tokenize::Which;
use kit::t;
use leptos::prelude::*;

/// What a learner calls it.
pub fn name(which: Which) -> &'static str {
    match which {
        Which::Characters => t!("tokenizer.characters"),
        Which::Bytes => t!("tokenizer.bytes"),
        Which::Bpe => t!("tokenizer.own_bpe"),
        Which::WordPiece => t!("tokenizer.own_word_piece"),
        Which::Unigram => t!("tokenizer.own_unigram"),
        Which::Gpt2 => "GPT-2",
        Which::Cl100k => "cl100k (GPT-4)",
        Which::O200k => "o200k (GPT-4o)",
        Which::Bert => "BERT",
    }
}

/// How much has to be fetched for it, in kB, where it has a file; a test compares it with the file.
fn kilobytes(which: Which) -> Option<usize> {
    match which {
        Which::Gpt2 => Some(193),
        Which::Cl100k => Some(390),
        Which::O200k => Some(833),
        Which::Bert => Some(232),
        _ => None,
    }
}

/// Draws the choice of a tokenizer.
#[component]
pub fn Choice(
    /// For tests.
    field: &'static str,
    /// What it is called.
    label: &'static str,
    /// Which is chosen.
    #[prop(into)]
    value: Signal<Which>,
    /// Takes another one.
    on_choose: Callback<Which>,
) -> impl IntoView {
    let options = Which::ALL.map(|which| {
        let title = match kilobytes(which) {
            Some(size) => t!("tokenizer.with_size", name = name(which), size = size),
            None => name(which).to_owned(),
        };
        view! { <option value=which.name() prop:selected=move || value.get() == which>{title}</option> }
    });
    let choose = move |name: String| {
        if let Some(which) = Which::ALL.into_iter().find(|which| which.name() == name) {
            on_choose.run(which);
        }
    };
    view! {
        <label class="tokenizer-field">
            <span>{label}</span>
            <select data-field=field on:change:target=move |e| choose(e.target().value())>{options}</select>
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_files() {
        for which in Which::ALL {
            let size = which.file().map(|file| {
                let path = format!("{}/../../public/data/vocabularies/{file}", env!("CARGO_MANIFEST_DIR"));
                std::fs::metadata(path).expect("it is there").len().div_ceil(1_000) as usize
            });
            assert_eq!(kilobytes(which), size, "{which:?}");
        }
    }
}

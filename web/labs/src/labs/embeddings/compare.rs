//! The vectors that others have learned and published: loaded when asked for, and the same word's neighbours there.

use super::{Knobs, NEIGHBOURS, ask::rows, learned::find};
use crate::{texts, widgets::lines::number};
use engine_core::word_vectors::{
    published::{self, Published},
    space,
};
use kit::t;
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

const FILE: &str = "data/vectors/glove.bin";
/// How large the file is, which is said before it is loaded.
const BYTES: f64 = 1_237_365.0;

/// The file's size in words.
pub fn size() -> String {
    format!("{:.1} MB", BYTES / 1e6)
}

/// The published vectors, loaded if they are not here yet.
///
/// # Errors
/// A sentence that says what went wrong and what to do.
pub async fn load(here: RwSignal<Option<Arc<Published>>>) -> Result<Arc<Published>, String> {
    if let Some(published) = here.try_get_untracked().flatten() {
        return Ok(published);
    }
    let file = texts::fetch(FILE).await.ok_or_else(|| t!("embeddings.published_not_loaded").to_owned())?;
    let published = published::read(&file).map_err(|why| t!("embeddings.published_broken", why = why))?;
    let published = Arc::new(published);
    here.try_set(Some(published.clone()));
    Ok(published)
}

/// Draws the neighbours that the chosen word has among the published vectors.
#[component]
pub fn Compare(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// The published vectors, once they were loaded.
    published: RwSignal<Option<Arc<Published>>>,
) -> impl IntoView {
    let loading = RwSignal::new(false);
    let failed = RwSignal::new(String::new());
    let fetch = move |_| {
        loading.set(true);
        failed.set(String::new());
        spawn_local(async move {
            if let Err(why) = load(published).await {
                failed.try_set(why);
            }
            loading.try_set(false);
        });
    };
    let found = Memo::new(move |_| {
        let word = knobs.with(|knobs| knobs.word.clone());
        published.with(|published| {
            let published = published.as_ref()?;
            let Some(id) = find(&published.words, &word) else { return Some(None) };
            let row = published.vectors.get(id * published.dim..(id + 1) * published.dim)?;
            Some(Some(space::nearest(&published.vectors, row, &[id], NEIGHBOURS)))
        })
    });
    let title = move || {
        let word = knobs.with(|knobs| knobs.word.clone());
        match found.get() {
            None => String::new(),
            Some(Some(_)) => t!("embeddings.neighbours_published", word = word),
            Some(None) => {
                let count = published.with(|published| published.as_ref().map_or(0, |it| it.words.len()));
                t!("embeddings.not_published", word = word, count = number(count as f64))
            }
        }
    };
    let list = move || {
        let near = found.get().flatten().unwrap_or_default();
        published.with(|published| published.as_ref().map(|it| rows(&it.words, &near)))
    };
    view! {
        <button
            type="button" class="embeddings-compare" data-action="compare" disabled=move || loading.get()
            hidden=move || published.with(Option::is_some) on:click=fetch
        >
            {move || if loading.get() { t!("embeddings.loading").to_owned() } else { t!("embeddings.compare", size = size()) }}
        </button>
        <p class="lab-note" role="alert" hidden=move || failed.with(String::is_empty)>{failed}</p>
        <p class="embeddings-caption" role="status" hidden=move || title().is_empty()>{title}</p>
        <ol class="embeddings-near" data-output="near-published">{list}</ol>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_is_as_it_is_said_to_be() {
        let file = include_bytes!("../../../../../public/data/vectors/glove.bin");
        assert_eq!(BYTES, file.len() as f64);
        let Published { words, dim, vectors } = published::read(file).expect("it is whole");
        assert_eq!((words.len(), dim, vectors.len()), (20_000, 50, 1_000_000));
        assert_eq!((words[0].as_str(), find(&words, " Queen ").is_some()), ("the", true));
        assert_eq!(size(), "1.2 MB");
    }
}

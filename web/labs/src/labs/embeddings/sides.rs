//! Two words side by side: as one-hot vectors, where every word is as far from every other, and as dense ones.

use super::{Knobs, ask::Word, learned::Learned};
use crate::widgets::strips::Strips;
use kit::t;
use leptos::prelude::*;
use std::sync::Arc;

/// Draws the two words both ways.
#[component]
pub fn Sides(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// What is known.
    learned: RwSignal<Arc<Learned>>,
) -> impl IntoView {
    let ids = Memo::new(move |_| {
        knobs.with(|knobs| learned.with(|learned| Some([learned.id(&knobs.word)?, learned.id(&knobs.other)?])))
    });
    let size = Memo::new(move |_| learned.with(|learned| learned.words().len()));
    let names = move || knobs.with(|knobs| [knobs.word.clone(), knobs.other.clone()]);
    let one_hot = Signal::derive(move || {
        let row = |id: usize| (0..size.get()).map(|at| if at == id { 1.0 } else { 0.0 }).collect::<Vec<f32>>();
        Arc::new(ids.get().map_or(Vec::new(), |ids| ids.map(row).to_vec()))
    });
    let dense = Signal::derive(move || {
        learned.with(|learned| Arc::new(ids.get().map_or(Vec::new(), |ids| ids.map(|id| learned.vector(id).to_vec()).to_vec())))
    });
    let one_hot_says = Signal::derive(move || {
        let [word, other] = names();
        match ids.get() {
            Some([a, b]) => {
                let cosine = if a == b { "1" } else { "0" };
                t!("embeddings.one_hot_says", size = size.get(), word = word, a = a + 1, other = other, b = b + 1, cosine = cosine)
            }
            None => t!("embeddings.no_vector", word = if learned.with(|l| l.id(&word).is_none()) { word } else { other }),
        }
    });
    let dense_says = Signal::derive(move || {
        let [word, other] = names();
        learned.with(|learned| {
            ids.get().map_or(String::new(), |[a, b]| {
                let cosine = format!("{:.2}", learned.cosine(a, b));
                t!("embeddings.dense_says", dim = learned.knobs.dim, word = word, other = other, cosine = cosine)
            })
        })
    });
    view! {
        <p class="embeddings-caption">{t!("embeddings.side_by_side")}</p>
        <div class="embeddings-other">
            <Word knobs field="other" label=t!("embeddings.other") get=|k| &k.other put=|k, word| k.other = word/>
        </div>
        <div class="embeddings-sides">
            <div>
                <p class="embeddings-side">{t!("embeddings.one_hot")}</p>
                <Strips label=one_hot_says rows=one_hot/>
                <p class="lab-note" data-output="one-hot">{one_hot_says}</p>
            </div>
            <div>
                <p class="embeddings-side">{t!("embeddings.dense")}</p>
                <Strips label=dense_says rows=dense/>
                <p class="lab-note" data-output="dense">{dense_says}</p>
            </div>
        </div>
    }
}

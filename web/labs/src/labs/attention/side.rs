//! One view into a model: which one, what it reads, which head, and what the engine found there.

use super::heads::Head;
use crate::{
    engine::{Run, use_job},
    picked::Picked,
    widgets::timing::debounced,
};
use engine_core::jobs::{
    ModelSource,
    inspect::{Inspect, Inspection},
};
use leptos::prelude::*;
use std::sync::Arc;

/// What the engine found, kept while the next run works, so that the pictures do not blink.
pub type Seen = RwSignal<Option<Arc<Inspection>>>;

/// The settings of a view, and what came of them.
#[derive(Clone, Copy)]
pub struct Side {
    /// The model.
    pub picked: Picked,
    /// What it reads.
    pub text: RwSignal<String>,
    /// The layer and head, from zero.
    pub chosen: RwSignal<Head>,
    /// What was found.
    pub seen: Seen,
    /// The run behind it.
    pub run: Run<Inspect>,
    /// The head to look at once another model is chosen; the first one if none.
    then: StoredValue<Option<Head>>,
}

impl Side {
    /// Makes this view the same as another one.
    pub fn become_like(self, other: Self) {
        let (id, head) = (other.picked.id.get_untracked(), other.chosen.get_untracked());
        if self.picked.id.get_untracked() != id {
            self.then.set_value(Some(head));
            self.picked.id.set(id);
        }
        self.text.set(other.text.get_untracked());
        self.chosen.set(head);
        self.seen.set(other.seen.get_untracked());
    }
}

/// Looks into the model, and again whenever a setting changes, as long as it is `wanted`.
pub fn use_side(picked: Picked, text: String, head: Head, wanted: Signal<bool>) -> Side {
    let (text, chosen, seen) = (RwSignal::new(text), RwSignal::new(head), RwSignal::new(None));
    let then = StoredValue::new(None::<Head>);
    Effect::new(move |before: Option<String>| {
        let id = picked.id.get();
        if before.is_some_and(|before| before != id) {
            chosen.set(then.try_update_value(Option::take).flatten().unwrap_or_default());
        }
        id
    });
    Effect::new(move |_| {
        // A link may name a head that the learner's model does not have.
        let Some((layers, heads)) = picked.heads() else { return };
        let (layer, head) = chosen.get();
        let nearest = (layer.min(layers - 1), head.min(heads - 1));
        if nearest != (layer, head) {
            chosen.set(nearest);
        }
    });
    let settled = debounced(Signal::from(text), 250);
    let run = use_job(move || {
        let file = picked.bytes().filter(|_| wanted.get())?;
        let text: String = settled.get();
        let (layer, head) = chosen.get();
        (!text.trim().is_empty()).then(|| Inspect { model: ModelSource::File(file.to_vec()), text, layer, head })
    });
    Effect::new(move |_| {
        run.outcome.with(|outcome| {
            if let Some(Ok(found)) = outcome {
                seen.set(Some(Arc::new(found.clone())));
            }
        });
    });
    Side { picked, text, chosen, seen, run, then }
}

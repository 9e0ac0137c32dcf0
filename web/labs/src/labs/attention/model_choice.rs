//! Which model is looked at: the built-in one or one of the learner's.

use kit::t;
use super::heads::Head;
use crate::{
    address,
    models::{self, ModelRecord},
};
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// What the built-in model is called.
fn built_in() -> &'static str {
    t!("attention.built_tiny_model")
}

/// The chosen model and its file.
#[derive(Clone, Copy)]
pub struct Model {
    /// Its id; empty is the built-in one.
    pub id: RwSignal<String>,
    /// Its file, once loaded.
    pub bytes: RwSignal<Option<Arc<Vec<u8>>>>,
    /// Why it could not be loaded.
    pub trouble: RwSignal<Option<String>>,
    kept: RwSignal<Vec<ModelRecord>>,
}

impl Model {
    /// As the learner knows it.
    pub fn name(self) -> String {
        let id = self.id.get();
        if id.is_empty() {
            return built_in().to_owned();
        }
        self.kept.with(|kept| kept.iter().find(|record| record.id == id).map_or(id.clone(), |record| record.name.clone()))
    }
}

/// Loads the model that is named, and again whenever another one is.
pub fn use_model(first: String, chosen: RwSignal<Head>) -> Model {
    let asked = address::parameter("model");
    let model = Model {
        id: RwSignal::new(asked.get_untracked().unwrap_or(first)),
        bytes: RwSignal::new(None),
        trouble: RwSignal::new(None),
        kept: RwSignal::new(Vec::new()),
    };
    spawn_local(async move {
        let kept = models::list().await;
        model.kept.try_set(kept);
    });
    Effect::new(move |_| {
        if let Some(id) = asked.get().filter(|id| *id != model.id.get_untracked()) {
            model.id.set(id);
        }
    });
    Effect::new(move |before: Option<()>| {
        let id = model.id.get();
        if before.is_some() {
            chosen.set((0, 0));
        }
        spawn_local(async move {
            let loaded = if id.is_empty() { models::built_in().await } else { models::load(&id).await };
            let shape = if id.is_empty() { None } else { models::find(&id).await.map(|record| record.config) };
            // The learner may have chosen another one in the meantime.
            if model.id.try_get_untracked().as_ref() != Some(&id) {
                return;
            }
            if let Some(shape) = shape {
                let (layer, head) = chosen.get_untracked();
                chosen.set((layer.min(shape.n_layers - 1), head.min(shape.n_heads - 1)));
            }
            match loaded {
                Ok(bytes) => {
                    model.trouble.set(None);
                    model.bytes.set(Some(Arc::new(bytes)));
                }
                Err(why) => model.trouble.set(Some(why)),
            }
        });
    });
    model
}

/// Draws the list of models.
#[component]
pub fn ModelChoice(
    /// What is chosen.
    model: Model,
) -> impl IntoView {
    let options = move || {
        let kept = model.kept.get();
        kept.into_iter()
            .map(|record| {
                let label = t!("attention.step", name = record.name, step = record.step);
                let id = record.id.clone();
                view! { <option value=record.id prop:selected=move || model.id.get() == id>{label}</option> }
            })
            .collect::<Vec<_>>()
    };
    view! {
        <label class="attention-model" data-model-name=move || model.name()>
            <span>{t!("attention.model")}</span>
            <select on:change:target=move |e| model.id.set(e.target().value())>
                <option value="" prop:selected=move || model.id.with(String::is_empty)>{built_in()}</option>
                {options}
            </select>
        </label>
    }
}

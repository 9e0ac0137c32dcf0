//! Which model a lab looks at: one that is shipped, or one of the learner's.

use crate::{
    address,
    models::{self, ModelRecord},
};
use kit::t;
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// The id of the shipped model that copies.
pub const COPYING: &str = "copying";
/// The id of the largest shipped model; that of the one that labs begin with is empty.
pub const SMALL: &str = "small";

/// For a link: which of the shipped models this is. A kept model is in this browser only, so it has no name there.
pub fn shipped(id: &str) -> String {
    if [COPYING, SMALL].contains(&id) { id.into() } else { String::new() }
}

/// The chosen model and its file.
#[derive(Clone, Copy)]
pub struct Picked {
    /// Its id; empty is the built-in one.
    pub id: RwSignal<String>,
    /// The id of the model that is loaded, and its file.
    pub file: RwSignal<Option<(String, Arc<Vec<u8>>)>>,
    /// Why it could not be loaded.
    pub trouble: RwSignal<Option<String>>,
    kept: RwSignal<Vec<ModelRecord>>,
}

impl Picked {
    /// The file of the model that is chosen, once it is loaded.
    pub fn bytes(self) -> Option<Arc<Vec<u8>>> {
        let id = self.id.get();
        self.file.with(|file| file.as_ref().filter(|(of, _)| *of == id).map(|(_, bytes)| bytes.clone()))
    }

    /// The file of the model that is chosen; fetched, if it is not there yet.
    ///
    /// # Errors
    /// One sentence that says what to do.
    pub async fn load(self) -> Result<Vec<u8>, String> {
        let known = untrack(|| self.bytes());
        match known {
            Some(bytes) => Ok(bytes.to_vec()),
            None => load(&self.id.get_untracked()).await,
        }
    }

    /// As the learner knows it, with the step of one that the learner has trained.
    pub fn name(self) -> String {
        self.called(|record| t!("pick.step", name = record.name, step = record.step))
    }

    fn called(self, kept: impl Fn(&ModelRecord) -> String) -> String {
        match self.id.get().as_str() {
            "" => t!("pick.built_in").to_owned(),
            COPYING => t!("pick.copying").to_owned(),
            SMALL => t!("pick.small").to_owned(),
            id => self.kept.with(|all| all.iter().find(|record| record.id == id).map_or(id.to_owned(), kept)),
        }
    }

    /// The blocks and heads of one of the learner's models, once they are known.
    pub fn heads(self) -> Option<(usize, usize)> {
        let id = self.id.get();
        let shape = |record: &ModelRecord| (record.config.n_layers, record.config.n_heads);
        self.kept.with(|kept| kept.iter().find(|record| record.id == id).map(shape))
    }

    /// As outcomes name it.
    pub fn told(self) -> String {
        let id = self.id.get_untracked();
        if id.is_empty() { "built-in".into() } else { id }
    }
}

async fn load(id: &str) -> Result<Vec<u8>, String> {
    match id {
        "" => models::built_in().await,
        COPYING => models::copying().await,
        SMALL => models::small().await,
        id => models::load(id).await,
    }
}

/// Loads the model that is named, and again whenever another one is. `?model=…` in the address wins.
pub fn use_picked(first: String) -> Picked {
    let asked = address::parameter("model");
    let picked = use_another(asked.get_untracked().unwrap_or(first));
    Effect::new(move |_| {
        if let Some(id) = asked.get().filter(|id| *id != picked.id.get_untracked()) {
            picked.id.set(id);
        }
    });
    picked
}

/// Loads the model that is named, and again whenever another one is, whatever the address says.
pub fn use_another(first: String) -> Picked {
    let picked = Picked {
        id: RwSignal::new(first),
        file: RwSignal::new(None),
        trouble: RwSignal::new(None),
        kept: RwSignal::new(Vec::new()),
    };
    spawn_local(async move {
        let kept = models::list().await;
        picked.kept.try_set(kept);
    });
    Effect::new(move |_| {
        let id = picked.id.get();
        spawn_local(async move {
            let loaded = load(&id).await;
            // The learner may have chosen another one in the meantime, or left.
            if picked.id.try_get_untracked().as_ref() != Some(&id) {
                return;
            }
            match loaded {
                Ok(bytes) => {
                    picked.trouble.set(None);
                    picked.file.set(Some((id, Arc::new(bytes))));
                }
                Err(why) => picked.trouble.set(Some(why)),
            }
        });
    });
    picked
}

/// Draws the list of models.
#[component]
pub fn PickModel(
    /// What is chosen.
    picked: Picked,
) -> impl IntoView {
    let option = move |id: String, label: String| {
        let own = id.clone();
        view! { <option value=id prop:selected=move || picked.id.with(|id| *id == own)>{label}</option> }
    };
    let kept = move || {
        let kept = picked.kept.get().into_iter();
        kept.map(|record| option(record.id, t!("pick.step", name = record.name, step = record.step)))
            .collect::<Vec<_>>()
    };
    view! {
        <label class="pick-model" data-model-name=move || picked.called(|record| record.name.clone())>
            <span>{t!("pick.model")}</span>
            <select data-field="model" on:change:target=move |e| picked.id.set(e.target().value())>
                {option(String::new(), t!("pick.built_in").into())}
                {option(SMALL.into(), t!("pick.small").into())}
                {option(COPYING.into(), t!("pick.copying").into())}
                {kept}
            </select>
        </label>
    }
}

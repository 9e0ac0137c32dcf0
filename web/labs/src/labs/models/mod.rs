//! My models: what the learner has trained or brought along, and what can be done with it.

mod import;
mod row;

use kit::t;
use crate::{
    models::{self, ModelRecord},
    store,
    widgets::lab_frame::{LabFrame, LabState},
};
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};

/// Nothing can be set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {}

/// What the rows and the import share.
#[derive(Clone, Copy)]
struct Shelf {
    models: RwSignal<Vec<ModelRecord>, LocalStorage>,
    state: RwSignal<LabState>,
    /// What happened last, for a live region.
    news: RwSignal<String>,
}

impl Shelf {
    /// Reads the list anew, after something changed.
    fn refresh(self) {
        spawn_local(async move {
            let models = models::list().await;
            self.models.try_set(models);
        });
    }

    fn working(self) {
        self.state.try_set(LabState::Running);
    }

    fn done(self, news: impl Into<String>) {
        self.news.try_set(news.into());
        self.state.try_set(LabState::Done);
        self.refresh();
    }

    fn failed(self, why: impl Into<String>) {
        self.state.try_set(LabState::Failed(why.into()));
    }
}

/// Bytes as a learner reads them.
fn size(bytes: f64) -> String {
    match bytes {
        b if b < 1e3 => format!("{b:.0} B"),
        b if b < 1e6 => format!("{:.0} kB", b / 1e3),
        b if b < 1e9 => format!("{:.1} MB", b / 1e6),
        b => format!("{:.1} GB", b / 1e9),
    }
}

/// Draws the lab.
#[component]
pub fn Lab(knobs: Knobs) -> impl IntoView {
    let Knobs {} = knobs;
    let shelf = Shelf {
        models: RwSignal::new_local(Vec::new()),
        state: RwSignal::new(LabState::Running),
        news: RwSignal::new(String::new()),
    };
    spawn_local(async move {
        let models = models::list().await;
        shelf.models.try_set(models);
        shelf.state.try_update(|state| {
            if *state == LabState::Running {
                *state = LabState::Done;
            }
        });
    });
    let ids =
        Memo::new(move |_| shelf.models.with(|models| models.iter().map(|model| model.id.clone()).collect::<Vec<_>>()));
    let rows = move || {
        let rows = ids.get().into_iter().filter_map(|id| {
            let model = shelf.models.with_untracked(|models| models.iter().find(|model| model.id == id).cloned())?;
            Some(view! { <row::ModelRow model shelf/> })
        });
        rows.collect::<Vec<_>>()
    };
    view! {
        <LabFrame name="models" title=t!("models.title") state=shelf.state>
            <p class="lab-note" role="status" data-output="news">{shelf.news}</p>
            <p class="lab-empty" hidden=move || !ids.with(Vec::is_empty)>
                {t!("models.have_not_trained")} " "<a href="learn/project-mini-gpt/">{t!("models.train_one")}</a>
                " " {t!("models.minute_or_bring")}
            </p>
            <ul class="models">{rows}<row::BuiltInRow shelf/></ul>
            <import::Import shelf/>
            <StorageMeter shelf/>
        </LabFrame>
    }
}

#[component]
fn StorageMeter(shelf: Shelf) -> impl IntoView {
    let usage = RwSignal::new(None::<store::Usage>);
    let persistent = store::persistent();
    Effect::new(move |_| {
        shelf.models.track();
        spawn_local(async move {
            let now = store::usage().await;
            usage.try_set(now);
        });
    });
    let words = move || {
        usage.get().map(|store::Usage { used, quota }| {
            t!("models.glassbox_uses_browser", used = size(used), quota = size(quota))
        })
    };
    let share = move || usage.get().map_or(0.0, |usage| usage.used / usage.quota.max(1.0));
    view! {
        <div class="storage">
            <p class="storage-warning" data-output="memory-only" hidden=move || persistent.get()>
                {t!("models.browser_does_not")}
            </p>
            <p class="lab-note" data-output="storage">{words}</p>
            <meter class="storage-meter" min="0" max="1" aria-label=t!("models.storage_use") prop:value=share hidden=move || usage.get().is_none()></meter>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_rounded_for_readers() {
        assert_eq!(size(900.0), "900 B");
        assert_eq!(size(812_000.0), "812 kB");
        assert_eq!(size(3_240_000.0), "3.2 MB");
    }
}

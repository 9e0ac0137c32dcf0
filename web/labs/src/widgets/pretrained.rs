//! Getting a pretrained model: from its pack, which a learner downloads on purpose, or from a file of the learner's.

use crate::large_file::{LargeFile, Shards};
use kit::{
    packs::{self, Pack, megabytes},
    t, wire,
};
use leptos::{html, prelude::*, task::spawn_local};

/// Where the pack is.
#[derive(Clone)]
enum Place {
    /// Nobody has looked yet.
    Unknown,
    /// The list of packs cannot be had.
    Unlisted,
    /// This site was built without it.
    NotInBuild,
    /// It can be downloaded.
    Absent(Pack),
    /// It is kept in this browser.
    Kept(Shards),
}

impl Place {
    /// Looks for the pack called `name`.
    async fn look(name: &str) -> Self {
        match packs::find(name).await {
            None => Self::Unlisted,
            Some(None) => Self::NotInBuild,
            Some(Some(pack)) => match Shards::open(pack.clone()).await {
                Some(shards) => Self::Kept(shards),
                None => Self::Absent(pack),
            },
        }
    }

    /// For tests and styles.
    fn name(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Unlisted => "unlisted",
            Self::NotInBuild => "not-in-build",
            Self::Absent(_) => "absent",
            Self::Kept(_) => "kept",
        }
    }
}

/// A pretrained model, for the reader.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Its pack.
    pub pack: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// Which file of the learner's will do, and where it can be had.
    pub file: &'static str,
    /// How such a file's name ends, as a browser's file dialog takes it.
    pub accept: &'static str,
}

/// Draws where the model is and what can be done about it.
#[component]
pub fn Pretrained(
    /// Which model.
    about: About,
    /// Whether no model is in memory or on its way.
    #[prop(into)]
    idle: Signal<bool>,
    /// How many bytes of how many are in memory, while it is loaded.
    #[prop(into)]
    loading: Signal<Option<(u64, u64)>>,
    /// Loads a file.
    open: UnsyncCallback<LargeFile>,
    /// Gives loading up.
    close: UnsyncCallback<()>,
) -> impl IntoView {
    let About { pack, name, file, accept } = about;
    let place = RwSignal::new_local(Place::Unknown);
    let look = move || spawn_local(async move { drop(place.try_set(Place::look(pack).await)) });
    look();
    let heard = wire::hear(wire::PACK, move |changed| {
        if changed == pack {
            look();
        }
    });
    // Listens as long as the lab is there: disposing of the value ends it.
    let _heard = StoredValue::new_local(heard);

    let picker = NodeRef::<html::Input>::new();
    let pick = move |_| {
        let file = picker.get().and_then(|input| input.files()).and_then(|list| list.get(0));
        if let Some(file) = file {
            open.run(LargeFile::Disk(file.name(), file.into()));
        }
    };
    let share = move || match loading.get() {
        Some((done, all)) if all > 0 => format!("{:.3}", done as f64 / all as f64),
        _ => "0".into(),
    };
    let where_it_is = move || {
        let words = match place.get() {
            Place::Unknown => t!("pretrained.looking", name = name),
            Place::Unlisted => t!("pretrained.unlisted", name = name),
            Place::NotInBuild => t!("pretrained.not_in_build", name = name, file = file),
            Place::Absent(pack) => t!("pretrained.absent", name = name, size = megabytes(pack.bytes() as f64)),
            Place::Kept(_) => t!("pretrained.kept", name = name),
        };
        idle.get().then_some(words)
    };
    let from_pack = move || match place.get() {
        Place::Kept(shards) => {
            let load = move |_| open.run(LargeFile::Kept(shards.clone()));
            Some(view! { <button type="button" class="primary" data-action="load-pack" on:click=load>{t!("pretrained.load")}</button> }.into_any())
        }
        // The desk draws the pack with its buttons here; a page without the desk has none.
        Place::Absent(_) => Some(view! { <div data-desk="packs" data-json=pack></div> }.into_any()),
        _ => None,
    };
    view! {
        <div class="pretrained" data-place=move || place.with(Place::name)>
            <p role="status" data-output="place">{where_it_is}</p>
            {move || idle.get().then(from_pack)}
            <div class="pretrained-row" hidden=move || loading.with(Option::is_none)>
                <progress max="1" value=share aria-label=t!("pretrained.loading")></progress>
                <button type="button" data-action="stop-loading" on:click=move |_| close.run(())>{t!("pretrained.stop")}</button>
            </div>
            <details class="pretrained-file" hidden=move || !idle.get() open=move || place.with(|place| matches!(place, Place::NotInBuild))>
                <summary>{t!("pretrained.from_disk")}</summary>
                <label class="pretrained-choose">
                    <span>{file}</span>
                    <input type="file" accept=accept data-action="open-file" node_ref=picker on:change=pick/>
                </label>
            </details>
        </div>
    }
}

//! The part of the lab that gets the model: from its pack, or from a file of the learner's.

use super::{
    Stage,
    model::{PACK, Place},
};
use crate::large_file::LargeFile;
use kit::{packs::megabytes, t};
use leptos::{html, prelude::*};

/// Draws where the model is and what can be done about it.
#[component]
pub fn Load(
    /// How far it is.
    stage: RwSignal<Stage>,
    /// Where the pack is.
    place: RwSignal<Place, LocalStorage>,
    /// Loads a file.
    open: UnsyncCallback<LargeFile>,
    /// Gives loading up, or lets the model go.
    close: UnsyncCallback<()>,
) -> impl IntoView {
    let picker = NodeRef::<html::Input>::new();
    let pick = move |_| {
        let file = picker.get().and_then(|input| input.files()).and_then(|list| list.get(0));
        if let Some(file) = file {
            open.run(LargeFile::Disk(file.name(), file.into()));
        }
    };
    let idle = move || stage.with(|stage| matches!(stage, Stage::Empty));
    let loading = move || stage.with(|stage| matches!(stage, Stage::Loading(..)));
    let share = move || match stage.get() {
        Stage::Loading(done, all) if all > 0 => format!("{:.3}", done as f64 / all as f64),
        _ => "0".into(),
    };
    let about = move || {
        let words = match place.get() {
            Place::Unknown => t!("chat.looking").to_owned(),
            Place::Unlisted => t!("chat.unlisted").to_owned(),
            Place::NotInBuild => t!("chat.not_in_build").to_owned(),
            Place::Absent(pack) => t!("chat.absent", size = megabytes(pack.bytes() as f64)),
            Place::Kept(_) => t!("chat.kept").to_owned(),
        };
        idle().then_some(words)
    };
    let from_pack = move || match place.get() {
        Place::Kept(shards) => {
            let load = move |_| open.run(LargeFile::Kept(shards.clone()));
            Some(view! { <button type="button" class="primary" data-action="load-pack" on:click=load>{t!("chat.load")}</button> }.into_any())
        }
        // The desk draws the pack with its buttons here; a page without the desk has the link below.
        Place::Absent(_) => Some(view! { <div data-desk="packs" data-json=PACK></div> }.into_any()),
        _ => None,
    };
    view! {
        <div class="chat-load" data-place=move || place.with(Place::name)>
            <p role="status" data-output="place">{about}</p>
            {move || idle().then(from_pack)}
            <div class="chat-row" hidden=move || !loading()>
                <progress max="1" value=share aria-label=t!("chat.loading")></progress>
                <button type="button" data-action="stop-loading" on:click=move |_| close.run(())>{t!("chat.stop_loading")}</button>
            </div>
            <details class="chat-file" hidden=move || !idle() open=move || place.with(|place| matches!(place, Place::NotInBuild))>
                <summary>{t!("chat.from_disk")}</summary>
                <label class="chat-field">
                    <span>{t!("chat.choose_file")}</span>
                    <input type="file" accept=".gguf" data-action="open-file" node_ref=picker on:change=pick/>
                </label>
            </details>
        </div>
    }
}

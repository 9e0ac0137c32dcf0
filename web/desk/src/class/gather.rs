//! Files and pasted codes come in.

use gloo::file::{File as ReadableFile, futures::read_as_bytes};
use kit::t;
use learn::share::{Class, MAX_FILE};
use leptos::{ev, html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Event, FileList, HtmlInputElement};

/// Draws the place to drop files on, the file button, and the field for codes.
#[component]
pub fn Gather(
    /// What has come so far.
    class: RwSignal<Class>,
) -> impl IntoView {
    let over = RwSignal::new(false);
    let area = NodeRef::<html::Textarea>::new();
    let drop_files = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        if let Some(files) = event.data_transfer().and_then(|transfer| transfer.files()) {
            read(class, &files);
        }
    };
    let choose = move |event: Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        if let Some(files) = input.files() {
            read(class, &files);
        }
    };
    let paste = move |_| {
        let Some(area) = area.get_untracked() else { return };
        let text = area.value();
        if !text.trim().is_empty() {
            class.update(|class| class.add(t!("class.pasted"), &text));
            area.set_value("");
        }
    };
    view! {
        <div class="class-gather">
            <div class="class-drop" data-over=move || over.get().to_string() data-class="drop"
                on:dragover=move |event| { event.prevent_default(); over.set(true); }
                on:dragleave=move |_| over.set(false)
                on:drop=drop_files
            >
                <p>{t!("class.drop")}</p>
                <label>{t!("class.choose")} " "
                    <input type="file" multiple=true accept=".json,.txt,application/json,text/plain" data-field="class-files" on:change=choose/>
                </label>
            </div>
            <label class="class-paste">{t!("class.paste")}
                <textarea node_ref=area rows="4" spellcheck="false" data-field="class-paste"></textarea>
            </label>
            <button type="button" class="primary" data-action="class-add" on:click=paste>{t!("class.add")}</button>
        </div>
    }
}

fn read(class: RwSignal<Class>, files: &FileList) {
    let files: Vec<ReadableFile> =
        (0..files.length()).filter_map(|at| files.item(at)).map(ReadableFile::from).collect();
    spawn_local(async move {
        let mut next = class.get_untracked();
        for file in files {
            // One that is too long is named as such; only its first bytes are read.
            let part = file.slice(0, file.size().min(MAX_FILE as u64 + 1));
            let bytes = read_as_bytes(&part).await.unwrap_or_default();
            next.add(&file.name(), &String::from_utf8_lossy(&bytes));
        }
        class.set(next);
    });
}

//! Bringing a model along as a file. The file is only ever read in the worker.

use kit::t;
use super::{Shelf, size};
use crate::models::{self, ModelRecord};
use leptos::{ev, html, prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

/// Larger files are refused before they are read.
const MOST_BYTES: f64 = 256e6;

/// Draws the file picker, which is also a place to drop a file.
#[component]
pub fn Import(shelf: Shelf) -> impl IntoView {
    let picker = NodeRef::<html::Input>::new();
    let over = RwSignal::new(false);
    let pick = move |_| {
        let Some(input) = picker.get() else { return };
        take(shelf, input.files());
        // So that the same file can be chosen again.
        input.set_value("");
    };
    let drop_file = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        take(shelf, event.data_transfer().and_then(|data| data.files()));
    };
    let hover = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    view! {
        <div class="import" class:over=over on:drop=drop_file on:dragover=hover on:dragleave=move |_| over.set(false)>
            <label class="import-label">
                <span>{t!("models.bring_model_along")}</span>
                <input type="file" accept=".safetensors" data-action="import" node_ref=picker on:change=pick/>
            </label>
        </div>
    }
}

fn take(shelf: Shelf, files: Option<web_sys::FileList>) {
    let Some(file) = files.and_then(|files| files.get(0)) else { return };
    shelf.working();
    spawn_local(async move {
        match import(&file).await {
            Ok(record) => shelf.done(t!("models.was_imported", name = record.name)),
            Err(why) => shelf.failed(why),
        }
    });
}

async fn import(file: &web_sys::File) -> Result<ModelRecord, String> {
    let name = file.name();
    check_size(&name, file.size())?;
    let buffer = JsFuture::from(file.array_buffer()).await;
    let buffer = buffer
        .map_err(|_| t!("models.could_not_be", name = name))?;
    let bytes = js_sys::Uint8Array::new(&buffer).to_vec();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let kept = models::keep_file(stem, t!("models.imported").into(), &bytes).await;
    kept.map_err(|error| t!("models.not_imported", name = name, error = error))
}

fn check_size(name: &str, bytes: f64) -> Result<(), String> {
    if bytes > MOST_BYTES {
        return Err(t!("models.large_models_up", name = name, bytes = size(bytes), most_bytes = size(MOST_BYTES)));
    }
    if bytes == 0.0 {
        return Err(t!("models.empty_choose_safetensors", name = name));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_size;

    #[test]
    fn files_that_cannot_be_models_are_refused_unread() {
        assert!(check_size("a.safetensors", 3e9).unwrap_err().contains("256.0 MB"));
        assert!(check_size("a.safetensors", 0.0).unwrap_err().contains("empty"));
        assert_eq!(check_size("a.safetensors", 1e6), Ok(()));
    }
}

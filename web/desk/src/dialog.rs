//! The frame of the desk's dialogs: the browser's own `<dialog>`, which keeps the focus inside and gives it back.

use kit::t;
use leptos::{ev::MouseEvent, html, prelude::*};
use wasm_bindgen::JsCast;

/// Draws a dialog; its content exists only while it is open.
#[component]
pub fn Dialog(
    /// Its name, as in the event that opens it.
    name: &'static str,
    /// The heading.
    title: &'static str,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The content.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let (Some(dialog), open) = (node.get(), open.get()) else { return };
        if open && !dialog.open() {
            // It is in the document and closed, so it can be shown.
            let _ = dialog.show_modal();
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    let beside = move |event: MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|target| target.tag_name() == "DIALOG") {
            open.set(false);
        }
    };
    let heading = format!("dialog-{name}");
    let labelled_by = heading.clone();
    view! {
        <dialog class="desk-dialog" node_ref=node data-dialog=name aria-labelledby=labelled_by on:close=move |_| open.set(false) on:click=beside>
            <div class="desk-dialog-inside">
                <div class="desk-dialog-head">
                    <h2 id=heading>{title}</h2>
                    <button type="button" data-action="close" aria-label=t!("dialog.close") on:click=move |_| open.set(false)>
                        <span aria-hidden="true">"×"</span>
                    </button>
                </div>
                {move || open.get().then(|| children())}
            </div>
        </dialog>
    }
}

//! A text to take along: shown whole, with a button that copies it.

use kit::t;
use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Draws the text and its button.
#[component]
pub fn Copy(
    /// What the text is, for readers who do not see it.
    label: &'static str,
    /// The words on the button.
    button: &'static str,
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// The element's `data-field`, by which tests find it.
    field: &'static str,
) -> impl IntoView {
    let area = NodeRef::<html::Textarea>::new();
    let said = RwSignal::new("");
    Effect::new(move |_| {
        text.track();
        said.set("");
    });
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            let copied = match clipboard() {
                Some(clipboard) => JsFuture::from(clipboard.write_text(&text)).await.is_ok(),
                None => false,
            };
            if !copied && let Some(area) = area.get_untracked() {
                // The learner's own keys can still copy what is marked.
                let _ = area.focus();
                area.select();
            }
            said.set(if copied { t!("share.copied") } else { t!("share.copy-yourself") });
        });
    };
    view! {
        <div class="copy">
            <textarea node_ref=area class="copy-text" readonly=true rows="3" aria-label=label data-field=field
                spellcheck="false" prop:value=move || text.get()></textarea>
            <div class="copy-row">
                <button type="button" class="primary" on:click=copy>{button}</button>
                <span class="copy-said" role="status">{move || said.get()}</span>
            </div>
        </div>
    }
}

/// The clipboard; pages without a secure connection have none.
fn clipboard() -> Option<web_sys::Clipboard> {
    let navigator = window().navigator();
    let found = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard")).ok()?;
    found.is_object().then(|| navigator.clipboard())
}
